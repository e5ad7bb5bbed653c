import { describe, expect, test } from 'vitest';
import { ChatShelf } from '../../../src/sandbox/livechat/chats/chat-shelf.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { type Json, livechatFor } from '../../helpers/livechat-sandbox.ts';

type World = Awaited<ReturnType<typeof livechatFor>>;

const NOW = Date.UTC(2026, 1, 1);
const DAY_MS = 86_400_000;

/** All items of a list, page by page: what is asked for goes with the first call alone. */
async function walk({ v3 }: World, list: string, asked: object = {}, between: () => void = () => {}): Promise<Json[]> {
  const items: Json[] = [];
  let body: object = asked;
  for (;;) {
    const answer = await v3(`agent/${list}`, body);
    expect(answer.status).toBe(200);
    items.push(...(answer.body.chats ?? answer.body.chats_summary));
    if (answer.body.next_page_id === undefined) return items;
    between();
    body = { page_id: answer.body.next_page_id };
  }
}

const threadIds = (items: Json[]) => items.map((item) => item.thread.id);

describe('list_archives', () => {
  test.each([
    ['asc', 7, 1],
    ['desc', 100, 1],
    ['asc', 9, 40],
    ['desc', 9, 40],
  ])('%s, %i a page, %i to an instant: the pages have every thread once, in order', async (order, limit, equal) => {
    const world = await livechatFor({ livechat: { chats: 130 }, equalTimestamps: equal });
    const items = await walk(world, 'list_archives', { sort_order: order, limit });
    const wanted = [...world.sandbox.oracle.chats('v3')].map((row) => row['id']);
    expect(threadIds(items).sort()).toEqual(wanted.sort());
    expect(new Set(threadIds(items)).size).toBe(130);
    const times = items.map((item) => item.thread.created_at);
    const sorted = [...times].sort();
    expect(times).toEqual(order === 'asc' ? sorted : sorted.reverse());
  });

  test('takes the window by the start of threads, to the microsecond', async () => {
    const world = await livechatFor({ livechat: { chats: 60 } });
    const all = await walk(world, 'list_archives', { sort_order: 'asc', limit: 100 });
    const [from, to] = [all[10].thread.created_at, all[20].thread.created_at].map((time) =>
      time.replace('Z', '+00:00'),
    );
    const asked = { filters: { from, to }, sort_order: 'asc', limit: 3 };
    expect(threadIds(await walk(world, 'list_archives', asked))).toEqual(threadIds(all.slice(10, 20)));
    const both = await livechatFor({ livechat: { chats: 60, archiveBounds: 'inclusive' } });
    expect(await walk(both, 'list_archives', asked)).toHaveLength(11);
    // The same instant in another zone.
    const moved = `${new Date(Date.parse(from) + 7_200_000).toISOString().slice(0, 23)}${from.slice(23, 26)}+02:00`;
    const answer = await world.v3('agent/list_archives', { ...asked, filters: { from: moved, to } });
    expect(answer.body.chats[0].thread.id).toBe(all[10].thread.id);
  });

  test('takes a page_id alone, for a month', async () => {
    const clock = new FakeClock(NOW);
    const { v3 } = await livechatFor({}, { clock });
    const first = await v3('agent/list_archives', { limit: 5 });
    const { next_page_id: page_id, found_chats } = first.body;
    expect(first.body.chats).toHaveLength(5);
    expect(found_chats).toBe(400);
    for (const more of [{ limit: 5 }, { sort_order: 'desc' }, { filters: {} }]) {
      const refused = await v3('agent/list_archives', { page_id, ...more });
      expect(refused).toMatchObject({ status: 400, body: { error: { type: 'validation' } } });
    }
    expect((await v3('agent/list_archives', { page_id })).body.chats).toHaveLength(5);
    expect((await v3('agent/list_chats', { page_id })).body.error.type).toBe('validation');
    await clock.advance(31 * DAY_MS);
    expect((await v3('agent/list_archives', { page_id })).body.error.type).toBe('validation');
  });

  test.each([
    { limit: 101 },
    { limit: 0 },
    { sort_order: 'random' },
    { filters: { from: '2025-01-01T00:00:00Z' } },
    { filters: { from: '2025-01-01' } },
    { filters: { from: '2025-01-02T00:00:00.000000+00:00', to: '2025-01-01T00:00:00.000000+00:00' } },
    { filters: { created_from: 1 } },
    { filters: { thread_ids: Array.from({ length: 21 }, (_, n) => `S${n}`) } },
    { pagination: {} },
  ])('refuses %j', async (asked) => {
    const { v3 } = await livechatFor({ livechat: { chats: 20 } });
    expect(await v3('agent/list_archives', asked)).toMatchObject({
      status: 400,
      body: { error: { type: 'validation' } },
    });
  });

  test('finds threads by their ids, and chats with all of theirs', async () => {
    const world = await livechatFor({ livechat: { chats: 40 } });
    const all = await walk(world, 'list_archives', { limit: 100 });
    const several = all.find((item) => item.thread.previous_thread_id !== undefined);
    const own = all.filter(({ id }) => id === several.id);
    expect(own.length).toBeGreaterThan(1);
    const byChat = await world.v3('agent/list_archives', { filters: { chat_ids: [several.id, 'Q00'] } });
    expect(byChat.body.chats).toEqual(own);
    const byThread = await world.v3('agent/list_archives', { filters: { thread_ids: [several.thread.id] } });
    expect(byThread.body.chats).toEqual([several]);
  });

  test('keeps its pages when threads begin, end, and are rated meanwhile', async () => {
    const clock = new FakeClock(NOW);
    const world = await livechatFor({ livechat: { chats: 60 } }, { clock });
    const { livechatChats: shelf, oracle } = world.sandbox;
    const before = [...oracle.chats('v3')].map((row) => row['id']);
    let turn = 0;
    const seen = await walk(world, 'list_archives', { limit: 10, sort_order: 'asc' }, () => {
      for (let n = 0; n < 7; n += 1) {
        turn += 1;
        shelf.happen(turn, clock.now() + turn);
      }
    });
    expect(turn).toBeGreaterThan(30);
    expect(threadIds(seen)).toEqual(expect.arrayContaining(before));
    expect(new Set(threadIds(seen)).size).toBe(seen.length);
    expect(shelf.size).toBeGreaterThan(65);
  });

  test('shows every variant that the documentation allows', async () => {
    const world = await livechatFor({ surprises: true });
    const all = await walk(world, 'list_archives', { limit: 100 });
    const has = (what: (item: Json) => boolean) => all.some(what);
    expect(has(({ thread }) => thread.active)).toBe(true);
    expect(has(({ thread }) => thread.restricted_access !== undefined && thread.events === undefined)).toBe(true);
    for (const part of ['queues_duration', 'summary', 'customer_visit', 'next_thread_id', 'tags', 'sentiment']) {
      expect(has(({ thread }) => part in thread)).toBe(true);
      expect(has(({ thread }) => !(part in thread))).toBe(true);
    }
    const customers = all.map(({ users }) => users.find(({ type }: Json) => type === 'customer'));
    for (const part of ['name', 'email', 'phone_number', 'visit', 'session_fields', 'tickets', 'omnichannel']) {
      expect(customers.some((customer) => part in customer)).toBe(true);
      expect(customers.some((customer) => !(part in customer))).toBe(true);
    }
    const events = all.flatMap(({ thread }) => thread.events ?? []);
    const kinds = ['filled_form', 'message', 'file', 'system_message'];
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(kinds));
    const endings = new Set(events.map((event) => event.system_message_type));
    expect(endings.size).toBeGreaterThan(6);
    const fields = events.flatMap((event) => event.fields ?? []);
    const answers = new Set(fields.map(({ answer, answers }) => (answers ? 'list' : typeof answer)));
    expect(answers).toEqual(new Set(['string', 'object', 'list', 'undefined']));
    const ratings = all.map(({ thread }) => thread.properties.rating?.score);
    expect(new Set(ratings)).toEqual(new Set([undefined, 0, 1]));
    expect(JSON.stringify(all)).toContain('half \\ud83d emoji');
    for (const [, domain] of JSON.stringify(all).matchAll(/@([\w.-]+)/g)) expect(domain).toMatch(/\.example$/);
  });
});

describe('chats that go on', () => {
  test('are in the archives, or in list_chats alone', async () => {
    const world = await livechatFor({ livechat: { archiveActive: false } });
    const ended = await walk(world, 'list_archives', { limit: 100 });
    const active = await walk(world, 'list_chats', { filters: { active: true }, limit: 2 });
    const ids = active.map((chat) => chat.last_thread_summary.id);
    expect(ids.length).toBeGreaterThan(2);
    expect(ended.every(({ thread }) => !thread.active)).toBe(true);
    const wanted = [...world.sandbox.oracle.chats('v3')].map((row) => row['id']);
    expect([...threadIds(ended), ...ids].sort()).toEqual(wanted.sort());
    const everywhere = await livechatFor();
    const shown = await walk(everywhere, 'list_archives', { limit: 100 });
    expect(threadIds(shown.filter(({ thread }) => thread.active)).sort()).toEqual(ids.sort());
    // One chat, one line, however many threads it has.
    const chats = await walk(world, 'list_chats', { limit: 100 });
    expect(new Set(chats.map(({ id }) => id)).size).toBe(chats.length);
    expect(new Set(shown.map(({ id }) => id)).size).toBe(chats.length);
  });

  test('end, are rated and tagged, and go on in a new thread', async () => {
    const clock = new FakeClock(NOW);
    const world = await livechatFor({ livechat: { chats: 20 } }, { clock });
    const { livechatChats: shelf } = world.sandbox;
    const number = shelf.start(NOW);
    const latest = async () => (await world.v3('agent/list_archives', { limit: 1 })).body.chats[0];
    expect((await latest()).thread).toMatchObject({ active: true, created_at: '2026-02-01T00:00:00.000000Z' });
    shelf.say(number, 'Anybody there?', NOW + 1000);
    shelf.end(number, NOW + 2000, 'manual_archived_customer');
    shelf.rate(number, 0, 'slow');
    shelf.tag(number, 'late');
    const { thread } = await latest();
    expect(thread).toMatchObject({
      active: false,
      tags: ['late'],
      properties: { rating: { score: 0, comment: 'slow' } },
    });
    expect(thread.events.at(-1)).toMatchObject({
      system_message_type: 'manual_archived_customer',
      created_at: '2026-02-01T00:00:02.000000Z',
    });
    shelf.start(NOW + 5000, number);
    expect((await latest()).thread.previous_thread_id).toBe(thread.id);
  });
});

test('200,000 threads are found from any place without being counted off', () => {
  const facts = { seed: 1, count: 200_000, agents: 3, from: 0, to: NOW, equalTimestamps: 50, bigText: 0 };
  const shelf = new ChatShelf(facts);
  const everything = { from: -Infinity, to: Infinity, inclusive: false };
  const started = performance.now();
  for (let n = 1; n < 1000; n += 1) {
    const number = n * 199;
    const place = { micros: shelf.startOf(number), number };
    expect(shelf.walk(everything, true, place).next().value).toBe(number + 1);
    expect(shelf.walk(everything, false, place).next().value).toBe(number - 1);
  }
  expect(performance.now() - started).toBeLessThan(5000);
});

describe('REST v2', () => {
  test('has the same chats, the latest first, with the ids of the threads', async () => {
    const world = await livechatFor({ livechat: { chats: 120 } });
    const items = await walk(world, 'list_archives', { limit: 100 });
    const pages = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((page) => world.v2(`/chats?include_pending=1&page=${page}`)),
    );
    const chats = pages.flatMap(({ body }) => body.chats);
    expect(pages[0]?.body).toMatchObject({ total: 120, pages: 5 });
    expect(chats.map(({ id }: Json) => id)).toEqual(threadIds(items));
    chats.forEach((chat: Json, n: number) => {
      const { thread } = items[n];
      expect(chat.started_timestamp ?? chat.time).toBe(Math.floor(Date.parse(thread.created_at) / 1000));
      expect(chat.pending ?? false).toBe(thread.active);
    });
    const missed = chats.filter(({ type }: Json) => type === 'missed_chat');
    expect(missed.length).toBeGreaterThan(0);
    for (const chat of missed) expect(Object.keys(chat)).toEqual(expect.arrayContaining(['time', 'email', 'message']));
    const ended = await world.v2('/chats');
    expect(ended.body.total).toBe(items.filter(({ thread }) => !thread.active).length);
  });

  test('takes days by the start, in the zone that is asked for', async () => {
    const { v2, sandbox } = await livechatFor({ livechat: { chats: 300 } });
    const starts = [...sandbox.oracle.chats('rest_v2')]
      .filter((row) => row['active'] === false)
      .map((row) => Date.parse(String(row['started_timestamp'])));
    const between = (from: number, to: number) => starts.filter((at) => at >= from && at < to).length;
    const asked = '/chats?date_from=2025-03-01&date_to=2025-03-31';
    const [march, april] = [Date.UTC(2025, 2, 1), Date.UTC(2025, 3, 1)];
    expect((await v2(asked)).body.total).toBe(between(march, april));
    const shift = 14 * 3_600_000;
    const there = await v2(`${asked}&timezone=Pacific/Kiritimati`);
    expect(there.body.total).toBe(between(march - shift, april - shift));
    expect(there.body.chats[0].started).toMatch(/^[A-Z][a-z]{2}, \d\d\/\d\d\/25 \d\d:\d\d:\d\d [ap]m$/);
    expect((await v2('/chats?timezone=Nowhere')).status).toBe(400);
    expect((await v2('/chats?date_from=1.3.2025')).status).toBe(400);
  });

  test('shows no more than the cap, and may be gone', async () => {
    const { v2 } = await livechatFor({ livechat: { chats: 300 }, cap: 60 });
    expect((await v2('/chats?page=3')).body).toMatchObject({ total: 60, pages: 3, chats: { length: 10 } });
    expect((await v2('/chats?page=4')).body.chats).toEqual([]);
    for (const [v2Gone, status] of [
      ['404', 404],
      ['410', 410],
      ['unsupported_version', 400],
    ] as const) {
      const gone = await livechatFor({ livechat: { v2Gone } });
      for (const path of ['/chats', '/agents', '/tickets']) expect((await gone.v2(path)).status).toBe(status);
      expect((await gone.v3('agent/list_archives')).status).toBe(200);
    }
  });
});
