import { describe, expect, test } from 'vitest';
import { readChatBookmark, startOfChats, writeChatBookmark } from '../../../../src/vendors/livechat/chat-bookmark.ts';
import type { ChatPage, V3Api } from '../../../../src/vendors/livechat/v3-api.ts';
import { v3ChatReader } from '../../../../src/vendors/livechat/v3-chats.ts';
import { CALM, ChatVendor, type ChatWorld, DAY_MS, FROM, MINUTE_MS, runChats } from '../../../helpers/chat-vendor.ts';

const DAY = 1440;

const row = (count: number, apart: number, lasts = 3) =>
  Array.from({ length: count }, (_, n) => ({ start: n * apart, lasts, changes: [] }));

type Change = (page: ChatPage, asked: string | undefined, call: number) => ChatPage;

/** A vendor after `days` days, whose answers may be changed; `asked` has the calls in their order. */
function vendorAfter(
  days: number,
  world: Partial<ChatWorld>,
  change: { readonly archives?: Change; readonly active?: Change } = {},
) {
  const vendor = new ChatVendor({ ...CALM, ...world });
  const asked: string[] = [];
  const { v3 } = vendor;
  const same: Change = (page) => page;
  const { archives = same, active = same } = change;
  const api: V3Api = {
    ...v3,
    async listArchives(query, call) {
      asked.push(`archives ${query.page ?? new Date(query.from).toISOString()}`);
      return archives(await v3.listArchives(query, call), query.page, asked.length);
    },
    async listActive(page, call) {
      asked.push(`active ${page ?? ''}`.trim());
      return active(await v3.listActive(page, call), page, asked.length);
    },
  };
  Object.defineProperty(vendor, 'v3', { value: api });
  vendor.now += days * DAY_MS;
  return { vendor, asked };
}

const ids = (rows: readonly Record<string, unknown>[]) => rows.map(({ id }) => String(id));

describe('the order of calls', () => {
  test('a first load asks what goes on, and then for the archive since start_date', async () => {
    const { vendor, asked } = vendorAfter(9, { lives: row(8, 500), page: 3, startDate: 60 });
    await runChats(vendor, 'v3');
    expect(asked).toEqual(['active', 'archives 2026-01-01T01:00:00.000Z', 'archives S3', 'archives S6']);
  });

  test('where nothing was open, the archive of the lookback is first; a quiet run ends there, and its bookmark stays', async () => {
    const { vendor, asked } = vendorAfter(30, { lives: row(7, 500) });
    const first = await runChats(vendor, 'v3');
    asked.length = 0;
    vendor.now += 3_600_000;
    const second = await runChats(vendor, 'v3', first.bookmark);
    expect(asked).toEqual(['archives 2026-01-28T00:00:00.000Z']);
    expect(second.seen).toEqual([first.bookmark]);
  });

  test('a page of the archive that is there already is not asked for again', async () => {
    const { vendor, asked } = vendorAfter(30, { lives: [...row(7, 500), { start: 29 * DAY, lasts: 3, changes: [] }] });
    const first = await runChats(vendor, 'v3');
    asked.length = 0;
    vendor.now += 3_600_000;
    const second = await runChats(vendor, 'v3', first.bookmark);
    expect(asked).toEqual(['archives 2026-01-28T00:00:00.000Z', 'active']);
    expect(ids(second.rows)).toEqual(['S7']);
  });

  test('while it reads again what an earlier run read, there is no bookmark: they never go back', async () => {
    const lives = [...row(200, 60), { start: 60, lasts: 60 * DAY, changes: [] }];
    const { vendor } = vendorAfter(5, { lives, page: 9 });
    const first = await runChats(vendor, 'v3');
    vendor.now += DAY_MS;
    const { seen } = await runChats(vendor, 'v3', first.bookmark);
    const places = [first.bookmark, ...seen].map((bookmark) => String(bookmark?.['started_timestamp']));
    expect(places.length).toBeGreaterThan(3);
    expect([...new Set(places)].sort()).toEqual(places);
  });

  test('it is, when the last run was longer ago than the lookback: something may have ended between the two calls', async () => {
    const lives = [...row(7, 500), { start: 31 * DAY, lasts: 3 * DAY, changes: [] }];
    const { vendor, asked } = vendorAfter(30, { lives, archiveActive: false, lookbackDays: 0 });
    const first = await runChats(vendor, 'v3');
    // The long one ends just after the archive was asked, which has another one.
    vendor.now = FROM + 34 * DAY_MS - 900;
    const other = { id: 'S99', start: vendor.now - MINUTE_MS, end: vendor.now - 5000, changes: [] };
    (vendor.chats as unknown[]).push(other);
    asked.length = 0;
    const second = await runChats(vendor, 'v3', first.bookmark);
    expect(asked.map((call) => call.split(' ')[0])).toEqual(['archives', 'active', 'archives']);
    expect(ids(second.rows)).toContain('S7');
  });
});

describe('what goes on without being in the archive', () => {
  const lives = [
    { start: 0, lasts: 30, changes: [] },
    { start: 100, lasts: 60 * DAY, changes: [] },
    ...Array.from({ length: 6 }, (_, n) => ({ start: 200 + n * 100, lasts: 30, changes: [] })),
    { start: 2000, lasts: 60 * DAY, changes: [] },
  ];

  test('comes once, where its start belongs, before the bookmark that covers it', async () => {
    const { vendor } = vendorAfter(9, { lives, page: 3, archiveActive: false });
    const run = await runChats(vendor, 'v3');
    expect(ids(run.rows)).toEqual(['S0', 'S2', 'S3', 'S1', 'S4', 'S5', 'S6', 'S7', 'S8']);
    expect(run.seen.map((bookmark) => bookmark['open_since'])).toEqual(Array(4).fill('2026-01-01T01:40:00.000Z'));
    for (const id of ['S1', 'S8']) expect(run.rows.find((one) => one['id'] === id)).toMatchObject({ active: true });
  });

  test('the archive’s row is taken where it has it too, for it tells more', async () => {
    const { vendor } = vendorAfter(9, { lives, page: 3 });
    const run = await runChats(vendor, 'v3');
    expect(ids(run.rows)).toEqual(lives.map((_, n) => `S${n}`));
    expect(run.rows.every((one) => 'ended_timestamp' in one)).toBe(true);
  });

  test('is left out where it began before what is read again: a row with messages is there, and must not be replaced', async () => {
    const { vendor } = vendorAfter(50, {
      lives: [
        { start: 100, lasts: 95 * DAY, changes: [] },
        { start: 80 * DAY, lasts: 3, changes: [] },
      ],
    });
    const first = await runChats(vendor, 'v3');
    expect(ids(first.rows)).toContain('S0');
    vendor.now += 40 * DAY_MS;
    const second = await runChats(vendor, 'v3', first.seen.at(-1));
    expect(ids(second.rows)).toEqual(['S1']);
  });

  test('is left out where it began before start_date, or where list_chats says that it ended', async () => {
    const ended: Change = (page) => ({
      ...page,
      chats: [
        ...page.chats,
        { id: 'Q', users: [], last_thread_summary: { id: 'S77', created_at: '2026-01-02T00:00:00Z', active: false } },
        { id: 'R', users: [] },
      ],
    });
    const { vendor } = vendorAfter(9, { lives, archiveActive: false, startDate: 150 }, { active: ended });
    expect(ids((await runChats(vendor, 'v3')).rows)).toEqual(['S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8']);
  });

  test('is not followed when the archive, which is asked later, knows that it ended', async () => {
    const ending = [{ start: 0, lasts: 9 * DAY, changes: [] }];
    const { vendor } = vendorAfter(9, { lives: ending });
    vendor.now -= 900;
    const run = await runChats(vendor, 'v3');
    expect(run.rows).toMatchObject([{ id: 'S0', active: false }]);
    expect(run.bookmark).not.toHaveProperty('open_since');
  });

  test('is followed on the word of the archive alone, too', async () => {
    const silent: Change = (page) => ({ ...page, chats: [] });
    const { vendor } = vendorAfter(9, { lives }, { active: silent });
    expect((await runChats(vendor, 'v3')).bookmark).toMatchObject({ open_since: '2026-01-01T01:40:00.000Z' });
  });

  test('is not followed any longer when it is older than open_days', async () => {
    const { vendor } = vendorAfter(30, { lives, archiveActive: false, openDays: 29 });
    const { bookmark } = await runChats(vendor, 'v3');
    expect(bookmark?.['open_since']).toBe('2026-01-02T09:20:00.000Z');
    const none = vendorAfter(40, { lives, archiveActive: false, openDays: 20 });
    expect((await runChats(none.vendor, 'v3')).bookmark).not.toHaveProperty('open_since');
  });
});

describe('answers that are not what they should be', () => {
  test.each([
    ['in between', (asked: string | undefined) => asked === 'S2'],
    ['at the end', (asked: string | undefined) => asked === 'S5'],
    ['at the beginning', (asked: string | undefined) => asked === undefined],
  ])('a page that comes empty %s is asked for once more', async (_where, isHit) => {
    let isEmptied = false;
    const once: Change = (page, asked) => {
      if (isEmptied || !isHit(asked)) return page;
      isEmptied = true;
      return { ...page, chats: [] };
    };
    const { vendor } = vendorAfter(9, { lives: row(8, 500), page: 3 }, { archives: once });
    const run = await runChats(vendor, 'v3');
    expect(ids(run.rows)).toEqual(['S0', 'S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7']);
    expect(run.calls).toBe(5);
  });

  test('one that stays empty is one of which nothing may be seen', async () => {
    const none: Change = (page, asked) => (asked === 'S2' ? { ...page, chats: [] } : page);
    const { vendor } = vendorAfter(9, { lives: row(8, 500), page: 3 }, { archives: none });
    expect(ids((await runChats(vendor, 'v3')).rows)).toEqual(['S0', 'S1', 'S2', 'S6', 'S7']);
  });

  test('pages that follow each other in a circle end the stream with an error', async () => {
    const circle: Change = (page) => ({ ...page, next: 'S2' });
    const { vendor, asked } = vendorAfter(9, { lives: row(8, 500), page: 3 }, { archives: circle });
    await expect(runChats(vendor, 'v3')).rejects.toMatchObject({
      kind: 'system',
      message: expect.stringContaining('same page of chats again and again'),
    });
    expect(asked).toHaveLength(3);
  });

  test.each([
    ['the same page', false, 4],
    ['an empty page', true, 50],
  ])('%s under a new name each time ends the stream with an error', async (_what, isEmpty, most) => {
    const { vendor } = vendorAfter(9, { lives: row(8, 500), page: 3 });
    const call = { signal: new AbortController().signal };
    const page = await vendor.v3.listArchives({ from: FROM }, call);
    let turn = 0;
    const listArchives = async (): Promise<ChatPage> => {
      turn += 1;
      return { ...page, chats: isEmpty && turn > 1 ? [] : structuredClone(page.chats), next: `name-${turn}` };
    };
    const reader = v3ChatReader({ ...vendor.v3, listArchives }, vendor.settings);
    const request = {
      ...{ mode: 'incremental' as const, bookmark: undefined, log: () => {}, onWait: () => {}, onCall: () => {} },
      ...call,
    };
    const read = async () => {
      for await (const item of reader.read(undefined, request)) expect(item.kind).toBeDefined();
    };
    await expect(read()).rejects.toMatchObject({ kind: 'system' });
    expect(turn).toBeLessThan(most);
  });

  test('a number of chats that is too high costs a first load one call, and a quiet run none', async () => {
    const high: Change = (page) => ({ ...page, found: (page.found ?? 0) + 7 });
    const { vendor } = vendorAfter(9, { lives: row(3, 50) }, { archives: high });
    const first = await runChats(vendor, 'v3');
    expect(first.calls).toBe(2);
    expect((await runChats(vendor, 'v3', first.bookmark)).calls).toBe(1);
    const empty = vendorAfter(9, { lives: [] }, { archives: high });
    expect((await runChats(empty.vendor, 'v3')).calls).toBe(3);
  });
});

describe('forecast', () => {
  test.each([
    [0, { rows: 0, calls: 2 }],
    [100, { rows: 100, calls: 2 }],
    [230, { rows: 230, calls: 4 }],
  ])('%i chats', async (count, wanted) => {
    const vendor = new ChatVendor({ ...CALM, lives: row(count, 20) });
    vendor.now += 30 * DAY_MS;
    const request = { mode: 'incremental' as const, bookmark: undefined, signal: new AbortController().signal };
    const silent = { log: () => {}, onWait: () => {}, onCall: () => {} };
    const forecast = await v3ChatReader(vendor.v3, vendor.settings).forecast(undefined, { ...request, ...silent });
    expect(forecast).toEqual(wanted);
    expect(vendor.calls).toBe(1);
    expect((await runChats(vendor, 'v3')).calls).toBe(wanted.calls);
  });
});

describe('the bookmark', () => {
  const NAME = 'livechat_chats';

  test('comes back as it was written', () => {
    const bookmark = { startedBefore: FROM + 1, readAt: FROM + 2, openSince: FROM };
    expect(readChatBookmark(writeChatBookmark(bookmark), NAME)).toEqual(bookmark);
    const { openSince: _, ...closed } = bookmark;
    expect(writeChatBookmark(closed)).toEqual({
      started_timestamp: '2026-01-01T00:00:00.001Z',
      read_at: '2026-01-01T00:00:00.002Z',
    });
  });

  test.each([undefined, {}])('there is none in %j', (fields) => {
    expect(readChatBookmark(fields, NAME)).toBeUndefined();
  });

  test('one without read_at was made when the last chat began: a little more is read again', () => {
    const known = readChatBookmark({ started_timestamp: '2026-01-10T00:00:00Z' }, NAME);
    expect(known).toEqual({ startedBefore: FROM + 9 * DAY_MS, readAt: FROM + 9 * DAY_MS, openSince: undefined });
    expect(startOfChats(known, { startDate: FROM, lookbackDays: 2, openDays: 30 })).toBe(FROM + 7 * DAY_MS);
  });

  test.each([
    ['no time', { started_timestamp: 'yesterday' }, '"started_timestamp" should be a time'],
    ['a missing time', { read_at: '2026-01-10T00:00:00Z' }, '"started_timestamp" is missing'],
    ['null', { started_timestamp: null }, '"started_timestamp" is missing'],
    ['an object', { started_timestamp: {} }, '"started_timestamp" should be a time'],
    [
      'a bad read_at',
      { started_timestamp: '2026-01-10T00:00:00Z', read_at: '2026-02-30T00:00:00Z' },
      '"read_at" should be',
    ],
    ['a bad open_since', { started_timestamp: '2026-01-10T00:00:00Z', open_since: true }, '"open_since" should be'],
  ])('%s: a configuration error that says what is wrong', (_what, fields, words) => {
    expect(() => readChatBookmark(fields, NAME)).toThrow(
      expect.objectContaining({ kind: 'config', message: expect.stringContaining(words) }),
    );
  });

  test.each(['v3', 'v2'] as const)('one from the future brings nothing, and stays (%s)', async (api) => {
    const vendor = new ChatVendor({ ...CALM, lives: row(30, 20) });
    vendor.now += 20 * DAY_MS;
    const future = { started_timestamp: '2999-01-01T00:00:00.000Z', read_at: '2999-01-01T00:00:00.000Z' };
    const run = await runChats(vendor, api, future);
    expect([run.rows, run.seen, run.calls]).toEqual([[], [future], 1]);
  });

  const settings = { startDate: FROM, lookbackDays: 3, openDays: 30 };
  const at = (days: number) => FROM + days * DAY_MS;
  test.each([
    ['the lookback', { startedBefore: at(60), readAt: at(60) }, {}, 57],
    ['five minutes at least', { startedBefore: at(60), readAt: at(60) }, { lookbackDays: 0 }, 60 - 5 / DAY],
    ['the first that was open', { startedBefore: at(60), readAt: at(60), openSince: at(40) }, {}, 40],
    ['open_days at most', { startedBefore: at(60), readAt: at(60), openSince: at(10) }, {}, 30],
    [
      'what is open within the lookback',
      { startedBefore: at(60), readAt: at(60), openSince: at(55) },
      { openDays: 0, lookbackDays: 7 },
      53,
    ],
    ['where it was cut off', { startedBefore: at(20), readAt: at(60) }, {}, 20],
    ['start_date', { startedBefore: at(1), readAt: at(1) }, {}, 0],
  ])('goes back to %s', (_what, known, given, days) => {
    expect(startOfChats(known, { ...settings, ...given })).toBe(at(days));
  });
});
