import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readForm } from '../../../src/sandbox/form.ts';
import { chatAt } from '../../../src/sandbox/livetex/chat.ts';
import { creationOf } from '../../../src/sandbox/livetex/data.ts';
import { parseFields, selected } from '../../../src/sandbox/livetex/fields.ts';
import { leadAt } from '../../../src/sandbox/livetex/lead.ts';
import { parseCriteria } from '../../../src/sandbox/livetex/query.ts';
import { LivetexShelf } from '../../../src/sandbox/livetex/shelf.ts';
import { createLivetexTimes } from '../../../src/sandbox/livetex/times.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FROM = Date.UTC(2025, 0, 1);
const TO = Date.UTC(2025, 2, 1);
const NOW = Date.UTC(2026, 0, 1);
const FACTS = { seed: 1, count: 200, agents: 3, from: FROM, to: TO, equalTimestamps: 3 };

describe('the data', () => {
  test('are the same at every start, and come in the order of their numbers', () => {
    for (const kind of ['chat', 'lead'] as const) {
      const created = Array.from({ length: 200 }, (_, number) => creationOf(FACTS, kind, number));
      expect(created).toEqual(created.toSorted((a, b) => a - b));
      expect(new Set(created).size).toBe(Math.ceil(200 / 3));
      expect(created[0]).toBeGreaterThanOrEqual(FROM);
      expect(created.at(-1)).toBeLessThan(TO);
    }
    expect(chatAt(FACTS, 17, FROM, NOW)).toEqual(chatAt({ ...FACTS }, 17, FROM, NOW));
    expect(leadAt(FACTS, 17, FROM, NOW)).toEqual(leadAt({ ...FACTS }, 17, FROM, NOW));
  });

  test('name nobody: every address ends in .example', () => {
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    const rows = numbers.flatMap((number) => [chatAt(FACTS, number, FROM, NOW), leadAt(FACTS, number, FROM, NOW)]);
    for (const [, domain] of JSON.stringify(rows).matchAll(/[\w.]@([\w.-]+)/g)) expect(domain).toMatch(/\.example$/);
  });

  test('hold all that happens to chats, in about the shares that are told', () => {
    const chats = Array.from({ length: 4000 }, (_, number) => chatAt(FACTS, number, FROM, NOW));
    const part = (has: (chat: (typeof chats)[number]) => boolean) => chats.filter(has).length / chats.length;
    expect(part((chat) => chat.result === 'missed')).toBeCloseTo(0.15, 1);
    expect(part((chat) => chat.closedAt === null)).toBeCloseTo(0.01, 2);
    expect(part((chat) => (chat.duration ?? 0) > 86_400)).toBeCloseTo(0.04, 1);
    expect(part((chat) => chat.rating !== null)).toBeCloseTo(0.34, 1);
    expect(part((chat) => chat.employees.length === 2)).toBeGreaterThan(0.05);
    expect(new Set(chats.flatMap(({ messages }) => messages.map(({ creator }) => creator)))).toEqual(
      new Set(['visitor', 'employee', 'bot', 'system']),
    );
    expect(new Set(chats.map(({ id }) => id)).size).toBe(chats.length);
    const ids = chats.flatMap(({ messages }) => messages.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('show of a chat only what has happened', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 0, max: 45 * DAY_MS }), (number, age) => {
        const chat = chatAt(FACTS, number, FROM, FROM + age);
        const end = chatAt(FACTS, number, FROM, NOW);
        expect(chat.messages).toEqual(end.messages.filter(({ at }) => at <= FROM + age));
        expect(chat.closedAt).toBe((end.closedAt ?? Infinity) <= FROM + age ? end.closedAt : null);
        for (const { at } of end.messages) {
          expect(at).toBeGreaterThanOrEqual(FROM);
          expect(at).toBeLessThanOrEqual(end.closedAt ?? Infinity);
        }
        if (chat.closedAt === null) {
          expect([chat.duration, chat.rating, chat.remark, chat.conversation.result]).toEqual([null, null, null, null]);
          expect(chat.conversation.isClosed).toBe(false);
        }
        if (chat.result === 'missed') expect(chat.employees).toEqual([]);
        expect(end.rating === null || end.closedAt !== null).toBe(true);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test('show of a lead only what has happened', () => {
    const before = leadAt(FACTS, 1, FROM, FROM);
    expect(before).toMatchObject({ result: 'missed', completedAt: null, completedBy: null, assignedTo: null });
    const done = Array.from({ length: 400 }, (_, number) => leadAt(FACTS, number, FROM, NOW));
    const completed = done.filter(({ completedAt }) => completedAt !== null);
    expect(completed.length / done.length).toBeCloseTo(0.85, 1);
    for (const lead of completed) expect(lead).toMatchObject({ result: 'completed', completedBy: {} });
    expect(new Set(done.map(({ type }) => type))).toEqual(new Set(['form', 'callback', 'chat']));
    expect(done.filter(({ utm }) => utm !== null).length / done.length).toBeCloseTo(0.5, 1);
  });
});

describe('the shelf', () => {
  const change = fc.record({
    what: fc.constantFrom('insert', 'remove', 'wait'),
    where: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  // Half of the windows begin and end exactly where a row is created.
  const bound = fc.oneof(
    fc.constantFrom(-Infinity, Infinity),
    fc.integer({ min: FROM - DAY_MS, max: TO + DAY_MS }),
    fc.nat(199).map((number) => creationOf(FACTS, 'chat', number)),
  );
  const shelfFor = (unstableTies: boolean, now: () => number, facts = FACTS) =>
    new LivetexShelf<{ number: number; createdAt: number }>({
      count: facts.count,
      creationOf: (number) => creationOf(facts, 'chat', number),
      rowAt: (number, createdAt) => ({ number, createdAt }),
      now,
      seed: 1,
      unstableTies,
    });

  test('lists what a plain search would, page by page', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 25 }),
        bound,
        bound,
        fc.constantFrom('asc', 'desc', 'random'),
        fc.constantFrom(1, 3, 10),
        fc.boolean(),
        fc.integer({ min: 1, max: 60 }),
        (changes, since, before, order, equalTimestamps, unstableTies, pageSize) => {
          let now = FROM + 30 * DAY_MS;
          const shelf = shelfFor(unstableTies, () => now, { ...FACTS, equalTimestamps });
          for (const { what, where } of changes) {
            if (what === 'wait') now += Math.floor(where * 10 * DAY_MS);
            // Often at the instant of another row.
            else if (what === 'insert' && where < 0.5) shelf.insert(shelf.createdAt(Math.floor(where * shelf.size)));
            else if (what === 'insert') shelf.insert(FROM + Math.floor(where * (TO - FROM)));
            else shelf.remove(Math.floor(where * shelf.size));
          }
          const wanted = Array.from({ length: shelf.size }, (_, number) => shelf.row(number))
            .filter((row) => row !== undefined)
            .filter(({ createdAt }) => createdAt >= since && createdAt < before)
            .sort((a, b) => a.createdAt - b.createdAt || a.number - b.number)
            .map(({ number }) => number);
          expect(wanted.every((number) => shelf.createdAt(number) <= now)).toBe(true);

          const found: number[] = [];
          const step = unstableTies ? 1000 : pageSize;
          for (let offset = 0; ; offset += step) {
            const { numbers, total } = shelf.list({ since, before }, order, offset, step);
            expect(total).toBe(wanted.length);
            if (numbers.length === 0) break;
            found.push(...numbers);
          }
          expect(found.toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b));
          if (order === 'random') return;
          const expected = order === 'asc' ? wanted : wanted.toReversed();
          const times = (numbers: number[]) => numbers.map((number) => shelf.createdAt(number));
          expect(times(found)).toEqual(times(expected));
          if (!unstableTies) expect(found).toEqual(expected);
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  });

  test('lets rows of one instant change places at each call, within whole ties', () => {
    const shelf = shelfFor(true, () => NOW, { ...FACTS, equalTimestamps: 10 });
    const pages = Array.from({ length: 8 }, () => {
      const { numbers } = shelf.list({ since: -Infinity, before: Infinity }, 'asc', 5, 10);
      expect(numbers.map((number) => Math.floor(number / 10))).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
      return numbers.join();
    });
    expect(new Set(pages).size).toBeGreaterThan(4);
  });

  test('has rows only from their creation on, and not after they went away', () => {
    let now = FROM;
    const shelf = shelfFor(false, () => now);
    const all = () => shelf.list({ since: -Infinity, before: Infinity }, 'asc', 0, 1).total;
    expect(all()).toBe(0);
    now = shelf.createdAt(3) - 1;
    expect([all(), shelf.row(3)]).toEqual([3, undefined]);
    now += 1;
    expect([all(), shelf.row(3)?.number]).toEqual([6, 3]);
    shelf.remove(3);
    shelf.remove(3);
    expect([all(), shelf.row(3)]).toEqual([5, undefined]);
    expect(shelf.insert(now + 1)).toBe(200);
    expect([all(), shelf.size]).toEqual([5, 201]);
  });
});

describe('times of Moscow', () => {
  const objects = createLivetexTimes('objects', 'Europe/Moscow');
  const bare = createLivetexTimes('bare', 'Europe/Moscow');
  const v2 = createLivetexTimes('v2', 'Europe/Moscow');

  test.each([
    ['before the clocks went forward for good', '2011-03-26T22:59:59.500Z', '2011-03-27T01:59:59', '+0300'],
    ['after it', '2011-03-26T23:00:00.250Z', '2011-03-27T03:00:00', '+0400'],
    ['in the years of lasting summer time', '2012-01-15T08:00:00.001Z', '2012-01-15T12:00:00', '+0400'],
    ['before they went back for good', '2014-10-25T20:59:59.999Z', '2014-10-26T00:59:59', '+0400'],
    ['after it', '2014-10-25T23:00:00.000Z', '2014-10-26T02:00:00', '+0300'],
    ['now', '2024-03-01T09:30:05.123Z', '2024-03-01T12:30:05', '+0300'],
  ])('%s', (_when, utc, local, offset) => {
    const instant = Date.parse(utc);
    const second = Math.floor(instant / 1000) * 1000;
    expect(objects.written(instant)).toBe(local);
    expect(bare.written(instant)).toBe(`${local}.${utc.slice(20, 23)}`);
    expect(v2.written(instant)).toBe(local + offset);
    expect([objects.knowable(instant), bare.knowable(instant), v2.knowable(instant)]).toEqual([
      second,
      instant,
      second,
    ]);
    expect(objects.understood(local)).toBe(second);
    expect(objects.understood(local + offset)).toBe(second);
    expect(objects.understood(`${utc.slice(0, 23)}Z`)).toBe(instant);
  });

  test('of the hour that came twice no more than the first is known, unless the offset is said', () => {
    const [first, again] = [Date.UTC(2014, 9, 25, 21, 30), Date.UTC(2014, 9, 25, 22, 30)];
    expect(objects.written(first)).toBe(objects.written(again));
    expect([objects.knowable(first), objects.knowable(again)]).toEqual([first, first]);
    expect([v2.knowable(first), v2.knowable(again)]).toEqual([first, again]);
    expect([v2.written(first), v2.written(again)]).toEqual(['2014-10-26T01:30:00+0400', '2014-10-26T01:30:00+0300']);
  });
});

describe('q', () => {
  const times = createLivetexTimes('objects', 'Europe/Moscow');
  const windowOf = (q: string, bounds: 'inclusive' | 'exclusive-upper' = 'inclusive') =>
    parseCriteria(q, times, bounds);
  const noon = Date.UTC(2024, 2, 1, 9);

  test.each([
    ['', -Infinity, Infinity],
    ['created_at>=2024-03-01T12:00:00', noon, Infinity],
    ['created_at>2024-03-01T12:00:00', noon + 1, Infinity],
    ['created_at<2024-03-01T12:00:00', -Infinity, noon],
    ['created_at<=2024-03-01T12:00:00', -Infinity, noon + 1],
    ['created_at=2024-03-01T12:00:00', noon, noon + 1],
    ['created_at>=2024-03-01T12:00:00.5', noon + 500, Infinity],
    ['created_at>=2024-03-01T12:00:00.0004', noon + 1, Infinity],
    ['created_at<=2024-03-01T12:00:00.0004', -Infinity, noon + 1],
    ['created_at>=2024-03-01', noon - 12 * HOUR_MS, Infinity],
    ['created_at>=2024-03-01T09:00:00Z  created_at<2024-03-01T14:00:00+03:00', noon, noon + 2 * HOUR_MS],
    ['created_at>=2024-03-01T14:00:00+0500 created_at>=2023-01-01', noon, Infinity],
  ])('%s', (q, since, before) => {
    expect(windowOf(q)).toEqual({ window: { since, before } });
  });

  test('can leave out its upper bound', () => {
    expect(windowOf('created_at<=2024-03-01T12:00:00', 'exclusive-upper')).toMatchObject({ window: { before: noon } });
    expect(windowOf('created_at<=2024-03-01T12:00:00.5', 'exclusive-upper')).toMatchObject({
      window: { before: noon + 500 },
    });
  });

  test.each([
    ['closed_at>=2024-03-01', 'closed_at'],
    ['created_at>=2024-02-30', 'created_at'],
    ['created_at>=2024-03-01T12:00', 'created_at'],
    ['created_at>=today', 'created_at'],
    ['created_at', 'created_at'],
    // A plus that was not encoded arrives as a space.
    ['created_at>=2024-03-01T12:00:00 03:00', '03:00'],
  ])('%s is not taken', (q, name) => {
    expect(windowOf(q)).toMatchObject({ invalid: { [name]: expect.any(String) } });
  });
});

describe('fields', () => {
  const shape = { id: 1, site: { id: 2, url: 'x' }, employee: [{ id: 3, email: 'y' }], rating: '5', visitor: null };
  test.each([
    ['id', { id: 1 }],
    ['site,id,unknown', { site: shape.site, id: 1 }],
    [
      'site(id),employee(email),rating(type),visitor(id)',
      { site: { id: 2 }, employee: [{ email: 'y' }], rating: '5', visitor: null },
    ],
  ])('%s chooses', (text, expected) => {
    expect(selected(shape, parseFields(text) ?? new Map())).toEqual(expected);
  });

  test.each(['site(id', 'site)', 'id,', ',id', 'site()', 'site(id)url', '()', 'a b'])('"%s" cannot be read', (text) => {
    expect(parseFields(text)).toBeUndefined();
  });
});

test('multipart is read by its mark, whatever stands in the values', () => {
  const body = [
    'preamble',
    '--b',
    'Content-Disposition: form-data; name="password"',
    '',
    'a\r\nb--b',
    '--b',
    'content-type: text/plain',
    'content-disposition: form-data; name="username"; filename="x"',
    '',
    'ü@shop.example',
    '--b--',
    '',
  ].join('\r\n');
  expect(readForm('multipart/form-data; boundary="b"', body)?.fields).toEqual(
    new Map([
      ['password', 'a\r\nb--b'],
      ['username', 'ü@shop.example'],
    ]),
  );
  expect(readForm('multipart/form-data', body)).toBeUndefined();
});
