import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayStart } from '../../../src/sandbox/account-zone.ts';
import { lastChange, originalTicket } from '../../../src/sandbox/livechat/ticket-data.ts';
import { TicketShelf } from '../../../src/sandbox/livechat/ticket-shelf.ts';
import { SANDBOX_API_KEY, SANDBOX_LOGIN } from '../../../src/sandbox/options.ts';
import { RateLimit } from '../../../src/sandbox/rate-limit.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { sandboxFor } from '../../helpers/sandbox.ts';

const FACTS = {
  seed: 1,
  count: 200,
  agents: 3,
  from: Date.UTC(2025, 0, 1),
  to: Date.UTC(2025, 2, 1),
  equalTimestamps: 3,
  bigText: 0,
};
const AUTHORIZATION = `Basic ${Buffer.from(`${SANDBOX_LOGIN}:${SANDBOX_API_KEY}`).toString('base64')}`;
const HEADERS = { authorization: AUTHORIZATION, 'x-api-version': '2' };

describe('the data', () => {
  test('is the same at every start, and its changes come in order', () => {
    expect(originalTicket(FACTS, 17)).toEqual(originalTicket({ ...FACTS }, 17));
    for (let n = 1; n < 200; n += 1) expect(lastChange(FACTS, n)).toBeGreaterThanOrEqual(lastChange(FACTS, n - 1));
  });

  test('names nobody: every address ends in .example', () => {
    const text = JSON.stringify(Array.from({ length: 200 }, (_, n) => originalTicket(FACTS, n)));
    for (const [, domain] of text.matchAll(/@([\w.-]+)/g)) expect(domain).toMatch(/\.example$/);
  });
});

describe('the shelf', () => {
  const change = fc.record({
    what: fc.constantFrom('modify', 'create', 'remove'),
    which: fc.double({ min: 0, max: 0.99, noNaN: true }),
  });
  const day = fc.option(fc.integer({ min: -20, max: 90 }), { nil: undefined });

  test('lists what a plain search would: the tickets with anything in the window, the latest change first', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        day,
        day,
        fc.option(fc.constantFrom('open', 'solved'), { nil: undefined }),
        fc.boolean(),
        (changes, from, to, status, ascending) => {
          const shelf = new TicketShelf(FACTS, false);
          let now = FACTS.to + 1000;
          for (const { what, which } of changes) {
            now += 1000;
            const number = Math.floor(which * shelf.size);
            if (what === 'create') shelf.create(now);
            else shelf[what](number, now);
          }
          const at = (days: number | undefined) => (days === undefined ? undefined : FACTS.from + days * 86_400_000);
          const [since, before] = [at(from), at(to)];
          const filter = { since, before, status, assigned: undefined, tagged: undefined, ascending };
          const all = Array.from({ length: shelf.size }, (_, number) => shelf.ticket(number)).filter(
            (ticket) => ticket !== undefined,
          );
          const wanted = all.filter(
            (ticket) =>
              (status === undefined || ticket.status === status) &&
              ticket.events.some(({ date }) => date >= (since ?? -Infinity) && date < (before ?? Infinity)),
          );
          const pages: string[] = [];
          const times: number[] = [];
          for (let offset = 0; ; offset += 25) {
            const { tickets, total } = shelf.list(filter, offset, 25, 25_000);
            expect(total).toBe(wanted.length);
            if (tickets.length === 0) break;
            pages.push(...tickets.map((ticket) => ticket.id));
            times.push(...tickets.map((ticket) => ticket.modified));
          }
          expect([...pages].sort()).toEqual(wanted.map((ticket) => ticket.id).sort());
          expect(times).toEqual([...times].sort((a, b) => (ascending ? a - b : b - a)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('shows no more than the cap', () => {
    const filter = {
      since: undefined,
      before: undefined,
      status: undefined,
      assigned: undefined,
      tagged: undefined,
      ascending: false,
    };
    const shelf = new TicketShelf(FACTS, false);
    expect(shelf.list(filter, 100, 25, 110)).toMatchObject({ total: 110, tickets: { length: 10 } });
    expect(shelf.list(filter, 125, 25, 110).tickets).toEqual([]);
  });
});

test('a day begins at midnight of the account, through changes of the clock too', () => {
  expect(dayStart('2025-03-10', 'UTC')).toBe(Date.UTC(2025, 2, 10));
  expect(dayStart('2025-03-10', 'Pacific/Kiritimati')).toBe(Date.UTC(2025, 2, 9, 10));
  expect(dayStart('2025-03-10', 'Etc/GMT+12')).toBe(Date.UTC(2025, 2, 10, 12));
  expect(dayStart('2025-03-30', 'Europe/Warsaw')).toBe(Date.UTC(2025, 2, 29, 23));
  expect(dayStart('2025-03-30', 'Europe/Warsaw', 1)).toBe(Date.UTC(2025, 2, 30, 22));
  expect(dayStart('30.03.2025', 'UTC')).toBeUndefined();
});

test('the rate limit slides', () => {
  const limit = new RateLimit(2, 1000);
  expect([
    limit.take(0),
    limit.take(400),
    limit.take(500),
    limit.take(1000),
    limit.take(1100),
    limit.take(1400),
  ]).toEqual([undefined, undefined, 500, undefined, 300, undefined]);
});

describe('the server behaves as the API is described', () => {
  test('pages of 25, an envelope, the version header, credentials, dates', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const get = async (path: string, headers: Record<string, string> = HEADERS) => {
      const response = await fetch(`${sandbox.url}${path}`, { headers });
      // biome-ignore lint/suspicious/noExplicitAny: an answer is any JSON
      return { status: response.status, body: (await response.json()) as any };
    };
    const first = await get('/tickets');
    expect(first.body).toMatchObject({ pages: 3, total: 60 });
    expect(first.body.tickets).toHaveLength(25);
    expect((await get('/tickets?page=3')).body.tickets).toHaveLength(10);
    expect((await get('/tickets?page=4')).body.tickets).toEqual([]);
    expect((await get('/agents')).body).toHaveLength(12);
    expect(await get('/agents', { 'x-api-version': '2' })).toMatchObject({ status: 401 });
    expect(await get('/agents', { authorization: AUTHORIZATION })).toMatchObject({ status: 400 });
    expect(await get('/tickets?date_from=01.02.2025')).toMatchObject({ status: 400 });
    expect(await get('/tickets?page=0')).toMatchObject({ status: 400 });
    expect(await get('/elsewhere')).toMatchObject({ status: 404 });
    expect(sandbox.calls.outcomes).toEqual({ 200: 4, 400: 3, 401: 1, 404: 1 });
  });

  test('can be told to change and to fail from outside', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const control = async (path: string) => (await fetch(`${sandbox.url}/_sandbox/${path}`)).text();
    await control('modify?count=2');
    await control('create');
    expect((await control('oracle')).trim().split('\n')).toHaveLength(61);
    expect((await control('oracle?stream=livechat_agents')).trim().split('\n')).toHaveLength(12);
    await control('faults?kinds=503&every=1');
    expect((await fetch(`${sandbox.url}/agents`, { headers: HEADERS })).status).toBe(503);
    expect(await control('faults?kinds=earthquake')).toContain('no such fault');
    expect(JSON.parse(await control('calls'))).toMatchObject({ count: 1, outcomes: { 503: 1 } });
  });

  test('a port that is taken is an error', async () => {
    const sandbox = await sandboxFor();
    const port = Number(new URL(sandbox.url).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
