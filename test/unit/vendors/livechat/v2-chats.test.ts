import { describe, expect, test } from 'vitest';
import type { BookmarkFields } from '../../../../src/core/stream.ts';
import { dayOf, formatDay } from '../../../../src/core/timestamps.ts';
import type { ChatsPage, ChatsQuery, RestV2 } from '../../../../src/vendors/livechat/rest-v2.ts';
import { v2ChatReader } from '../../../../src/vendors/livechat/v2-chats.ts';
import { CALM, ChatVendor, type ChatWorld, DAY_MS, FROM, MINUTE_MS, runChats } from '../../../helpers/chat-vendor.ts';

const DAY = 1440;

/** Chats that begin one after the other, `apart` minutes. */
const row = (count: number, apart: number) =>
  Array.from({ length: count }, (_, n) => ({ start: n * apart, lasts: 3, changes: [] }));

/** A vendor after `days` days, whose answers may be changed, and what it is asked. */
function vendorAfter(
  days: number,
  world: Partial<ChatWorld>,
  change: (page: ChatsPage, query: ChatsQuery, call: number) => ChatsPage = (page) => page,
) {
  const vendor = new ChatVendor({ ...CALM, ...world });
  const queries: ChatsQuery[] = [];
  const { v2 } = vendor;
  const api: RestV2 = {
    ...v2,
    async listChats(query, call) {
      queries.push(query);
      return change(await v2.listChats(query, call), query, queries.length);
    },
  };
  Object.defineProperty(vendor, 'v2', { value: api, configurable: true });
  vendor.now += days * DAY_MS;
  return { vendor, queries };
}

const ids = (rows: readonly Record<string, unknown>[]) => rows.map(({ id }) => String(id));
const cut = (page: ChatsPage, left: number) => ({ ...page, chats: page.chats.slice(0, left) });

describe('windows of days', () => {
  test('a long list is read in windows of about the right size, oldest first, each covered by a bookmark', async () => {
    const { vendor, queries } = vendorAfter(30, { lives: row(300, 144), window: 50 });
    const run = await runChats(vendor, 'v2');
    expect(ids(run.rows)).toHaveLength(300);
    expect(new Set(ids(run.rows)).size).toBe(300);
    const [whole, ...others] = queries;
    expect(whole).toEqual({ from: dayOf(FROM), to: dayOf(FROM) + 32, page: 1 });
    const windows = others.filter(({ page }) => page === 1);
    expect(windows).toHaveLength(6);
    windows.forEach(({ from }, n) => {
      expect(from).toBe(n === 0 ? whole?.from : (windows[n - 1]?.to ?? 0) + 1);
    });
    expect(windows.at(-1)?.to).toBe(whole?.to);
    // Two pages a window, and the one that told how many there are.
    expect(run.calls).toBe(13);
    expect(run.seen).toHaveLength(6);
    const edges = windows.slice(0, -1).map(({ to }) => `${formatDay(to + 1)}T00:00:00.000Z`);
    expect(run.seen.slice(0, -1).map((bookmark) => bookmark['started_timestamp'])).toEqual(edges);
  });

  test('what lies in one window takes a call for every 25, and a bookmark at the end', async () => {
    const { vendor, queries } = vendorAfter(30, { lives: row(101, 144) });
    const run = await runChats(vendor, 'v2');
    expect(queries.map(({ page }) => page)).toEqual([1, 2, 3, 4, 5]);
    expect([run.rows.length, run.seen.length]).toEqual([101, 1]);
  });

  test('while it reads again what an earlier run read, there is no bookmark: it would say that all of it has been', async () => {
    const lives = [...row(120, 60), { start: 6 * DAY, lasts: 3, changes: [] }];
    const { vendor } = vendorAfter(5, { lives, window: 20, lookbackDays: 4 });
    const first = await runChats(vendor, 'v2');
    vendor.now += 2 * DAY_MS;
    const second = await runChats(vendor, 'v2', first.bookmark);
    expect(second.calls).toBeGreaterThan(3);
    for (const bookmark of second.seen) {
      expect(String(bookmark['started_timestamp']) > String(first.bookmark?.['started_timestamp'])).toBe(true);
    }
  });

  test('a list near to what it can show is divided, also where it turns out so in a window', async () => {
    // 80 chats on one day in the middle of quiet ones.
    const crowd = Array.from({ length: 80 }, (_, n) => ({ start: 10 * DAY + n, lasts: 3, changes: [] }));
    const { vendor, queries } = vendorAfter(20, { lives: [...row(40, 700), ...crowd], cap: 100, window: 40 });
    const run = await runChats(vendor, 'v2');
    expect(new Set(ids(run.rows)).size).toBe(vendor.begun().length);
    expect(queries.every(({ page }) => page <= 4)).toBe(true);
  });

  test('a day that has more than a list shows ends the stream with an error that says what to do', async () => {
    const crowd = Array.from({ length: 98 }, (_, n) => ({ start: 10 * DAY + n, lasts: 3, changes: [] }));
    const { vendor } = vendorAfter(20, { lives: crowd, cap: 100, window: 10 });
    await expect(runChats(vendor, 'v2')).rejects.toMatchObject({
      kind: 'system',
      message: expect.stringMatching(/^LiveChat has 98 chats of 2026-01-11, .*Use a personal access token/),
    });
  });

  test('a list that grows beyond what it shows while it is read has pushed some out: an error, and the next run divides it', async () => {
    const later = Array.from({ length: 30 }, (_, n) => ({ start: 20 * DAY + 2 + n * 0.001, lasts: 3, changes: [] }));
    const { vendor } = vendorAfter(20, { lives: [...row(95, 300), ...later], cap: 100, window: 98, callMs: MINUTE_MS });
    await expect(runChats(vendor, 'v2')).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('grew beyond the 100'),
    });
    const again = await runChats(vendor, 'v2');
    expect(new Set(ids(again.rows)).size).toBe(125);
  });
});

describe('totals', () => {
  test('a page that comes short is found by the total, and the list is read again', async () => {
    const { vendor, queries } = vendorAfter(30, { lives: row(80, 300) }, (page, _query, call) =>
      call === 2 ? cut(page, 20) : page,
    );
    const run = await runChats(vendor, 'v2');
    expect(ids(run.rows).sort()).toEqual(vendor.chats.map(({ id }) => id).sort());
    expect(queries).toHaveLength(8);
  });

  test('a total that is not reached by three readings ends the stream with an error; what came has been given', async () => {
    const { vendor, queries } = vendorAfter(30, { lives: row(60, 300) }, (page) => ({ ...page, total: 62 }));
    await expect(runChats(vendor, 'v2')).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(/^LiveChat gives 2 chats fewer of 2026-01-01 to 2026-02-02 than it says/),
    });
    expect(queries).toHaveLength(9);
  });

  test('chats that begin at every call are the next run’s: nothing is read again for them, and nothing fails', async () => {
    const busy = Array.from({ length: 200 }, (_, n) => ({ start: 12 * DAY + n, lasts: 3, changes: [] }));
    const { vendor } = vendorAfter(12, { lives: [...row(230, 70), ...busy], callMs: MINUTE_MS });
    const run = await runChats(vendor, 'v2');
    const there = vendor.chats.filter(({ start }) => start <= run.began).map(({ id }) => id);
    expect(ids(run.rows)).toEqual(expect.arrayContaining(there));
    expect(run.calls).toBe(10);
    const next = await runChats(vendor, 'v2', run.bookmark);
    const thereNow = vendor.chats.filter(({ start }) => start <= next.began).map(({ id }) => id);
    expect(ids([...run.rows, ...next.rows])).toEqual(expect.arrayContaining(thereNow));
  });
});

describe('bare lists, which have no total', () => {
  test.each([0, 1, 24, 25, 26, 50, 70])('%i chats: the list ends with a page that is not full', async (count) => {
    const { vendor } = vendorAfter(30, { lives: row(count, 300), envelope: false });
    const run = await runChats(vendor, 'v2');
    expect(ids(run.rows).sort()).toEqual(vendor.chats.map(({ id }) => id).sort());
    expect(run.calls).toBe(Math.floor(count / 25) + 1);
  });

  test.each([25, 60])(
    '%i that begin between two calls push a whole page of known ones along: it goes on',
    async (count) => {
      const crowd = Array.from({ length: count }, () => ({ start: 25 * DAY + 1, lasts: 3, changes: [] }));
      const { vendor } = vendorAfter(25, { lives: [...row(70, 300), ...crowd], envelope: false, callMs: MINUTE_MS });
      vendor.now -= 1;
      const run = await runChats(vendor, 'v2');
      expect(ids(run.rows)).toEqual(expect.arrayContaining(Array.from({ length: 70 }, (_, n) => `S${n}`)));
    },
  );

  test('a list that knows no pages gives the same one for ever: it is read once', async () => {
    const { vendor } = vendorAfter(30, { lives: row(25, 300), envelope: false });
    const { v2 } = vendor;
    const api = { ...v2, listChats: (query: ChatsQuery, call: never) => v2.listChats({ ...query, page: 1 }, call) };
    Object.defineProperty(vendor, 'v2', { value: api, configurable: true });
    const run = await runChats(vendor, 'v2');
    expect([run.rows.length, run.calls]).toEqual([25, 3]);
  });

  test('one that does not end before what a list shows may hide some: an error', async () => {
    const { vendor } = vendorAfter(30, { lives: row(120, 300), envelope: false, cap: 100 });
    await expect(runChats(vendor, 'v2')).rejects.toThrow('LiveChat has too many chats');
  });
});

describe('forecast', () => {
  test.each([
    [{ lives: row(230, 70) }, { rows: 230, calls: 10 }],
    [
      { lives: row(230, 70), envelope: false },
      { rows: undefined, calls: undefined },
    ],
    [{ lives: [] }, { rows: 0, calls: 1 }],
  ])('says what the list says: %#', async (world, wanted) => {
    const { vendor } = vendorAfter(30, world);
    const request = {
      mode: 'incremental' as const,
      bookmark: undefined as BookmarkFields | undefined,
      signal: new AbortController().signal,
      log: () => {},
      onWait: () => {},
      onCall: () => {},
    };
    const reader = v2ChatReader(vendor.v2, vendor.settings, () => vendor.now);
    expect(await reader.forecast(undefined, request)).toEqual(wanted);
    expect(vendor.calls).toBe(1);
  });
});
