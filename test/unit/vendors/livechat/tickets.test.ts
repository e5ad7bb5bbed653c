import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BookmarkFields, Row, SyncMode } from '../../../../src/core/stream.ts';
import { formatDay } from '../../../../src/core/timestamps.ts';
import { dayStart } from '../../../../src/sandbox/account-zone.ts';
import { TicketShelf } from '../../../../src/sandbox/ticket-shelf.ts';
import type { RestV2, TicketPage, TicketQuery } from '../../../../src/vendors/livechat/rest-v2.ts';
import { createTicketsStream } from '../../../../src/vendors/livechat/tickets.ts';

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2025, 0, 1);
const NOW = Date.UTC(2027, 5, 1);

/** Something that happens at the vendor just before it answers the call with this number. */
interface Incident {
  readonly call: number;
  /** `cut`: the page comes without its last tickets, this once. */
  readonly what: 'modify' | 'create' | 'remove' | 'cut';
  /** Which ticket, as a share of all; of a page that is cut, how much is left. */
  readonly which: number;
}

interface World {
  readonly tickets: number;
  readonly days: number;
  readonly equalTimestamps: number;
  readonly unstableTies: boolean;
  readonly cap: number;
  readonly timeZone: string;
  readonly wholeSeconds: boolean;
  readonly envelope: boolean;
  /** Where start_date lies, as a share of the time between the first and the last ticket. */
  readonly start: number;
  readonly incidents: readonly Incident[];
}

const CALM: World = {
  tickets: 100,
  days: 60,
  equalTimestamps: 1,
  unstableTies: false,
  cap: 25_000,
  timeZone: 'UTC',
  wholeSeconds: false,
  envelope: true,
  start: -10,
  incidents: [],
};

/** A vendor in this process: the sandbox's tickets behind the interface that the stream reads from. */
function vendorOf(world: World) {
  const { tickets: count, days, equalTimestamps, cap, timeZone, envelope } = world;
  const facts = { seed: 3, count, agents: 3, from: FROM, to: FROM + days * DAY_MS, equalTimestamps, bigText: 0 };
  const shelf = new TicketShelf(facts, world.unstableTies);
  const vendor = { shelf, calls: 0, now: NOW, incidents: [...world.incidents], queries: [] as TicketQuery[] };
  const time = (ms: number) => (world.wholeSeconds ? Math.floor(ms / 1000) : new Date(ms).toISOString());
  const api: RestV2 = {
    listAgents: () => Promise.reject(new Error('not asked for')),
    async listTickets(query) {
      vendor.calls += 1;
      vendor.now += 700;
      vendor.queries.push(query);
      let left = 25;
      for (const { what, which } of vendor.incidents.filter((incident) => incident.call === vendor.calls)) {
        const number = Math.floor(which * shelf.size);
        if (what === 'create') shelf.create(vendor.now);
        else if (what === 'cut') left = Math.floor(which * 25);
        else if (shelf.size > 0) shelf[what](number, vendor.now);
      }
      const filter = {
        since: dayStart(formatDay(query.from), timeZone),
        before: query.to === null ? undefined : dayStart(formatDay(query.to), timeZone, 1),
        status: query.filters['status'],
        assigned: query.filters['assigned'],
        tagged: query.filters['tagged'],
        ascending: false,
      };
      const { tickets, total } = shelf.list(filter, (query.page - 1) * 25, 25, cap);
      const rows = tickets
        .slice(0, left)
        .map((ticket): Row => ({ id: ticket.id, modified: time(ticket.modified), n: ticket.events.length }));
      const totals = envelope ? { total, pages: Math.ceil(total / 25) } : { total: undefined, pages: undefined };
      return { tickets: rows, ...totals, serverTime: Math.floor(vendor.now / 1000) * 1000, isVendorTime: true };
    },
  };
  return { api, vendor };
}

type Vendor = ReturnType<typeof vendorOf>;

/** Reads once. `stopAfter` items it is cut off; the last bookmark comes back as it would from a file. */
async function read(
  { api }: Vendor,
  world: World,
  bookmark?: BookmarkFields,
  stopAfter = Number.POSITIVE_INFINITY,
  mode: SyncMode = 'incremental',
) {
  const rows: Row[] = [];
  let last = bookmark;
  let items = 0;
  const stream = createTicketsStream(async () => api, startOf(world), world.cap);
  const signal = new AbortController().signal;
  for await (const item of stream.read({ mode, bookmark, signal, log: () => {}, onWait: () => {}, onCall: () => {} })) {
    if (item.kind === 'rows') rows.push(...item.rows);
    if (item.kind === 'bookmark') last = JSON.parse(JSON.stringify(item.bookmark));
    items += 1;
    if (items >= stopAfter) break;
  }
  return { rows, bookmark: last, cutOff: items >= stopAfter };
}

function startOf({ start, days }: World): number {
  return FROM + Math.floor(start * days * DAY_MS);
}

/** id -> number of events, which tells one version of a ticket from another. */
function table(rows: readonly Row[]): Map<unknown, unknown> {
  return new Map(rows.map((row) => [row['id'], row['n']]));
}

/** What there is that changed at `since` or later. */
function truth({ vendor }: Vendor, since = Number.NEGATIVE_INFINITY): Map<unknown, unknown> {
  const numbers = Array.from({ length: vendor.shelf.size }, (_, number) => vendor.shelf.ticket(number));
  const wanted = numbers.filter((ticket) => ticket !== undefined && ticket.modified >= since);
  return new Map(wanted.map((ticket) => [ticket?.id, ticket?.events.length]));
}

/** Everything that is there has been delivered in its present version; what was deleted may be, too. */
function expectComplete(delivered: Map<unknown, unknown>, wanted: Map<unknown, unknown>): void {
  for (const [id, events] of wanted) expect([id, delivered.get(id)]).toEqual([id, events]);
}

const worlds: fc.Arbitrary<World> = fc
  .record({
    tickets: fc.integer({ min: 0, max: 420 }),
    days: fc.integer({ min: 1, max: 140 }),
    equalTimestamps: fc.constantFrom(1, 1, 3, 30, 90),
    unstableTies: fc.boolean(),
    cap: fc.constantFrom(25_000, 25_000, 300, 150),
    timeZone: fc.constantFrom('UTC', 'Pacific/Kiritimati', 'Etc/GMT+12', 'America/New_York', 'Asia/Kolkata'),
    wholeSeconds: fc.boolean(),
    envelope: fc.boolean(),
    start: fc.constantFrom(-10, -10, 0.3, 0.8),
    incidents: fc.array(
      fc.record({
        call: fc.integer({ min: 1, max: 40 }),
        what: fc.constantFrom('modify', 'modify', 'modify', 'create', 'remove', 'cut'),
        which: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
      { maxLength: 40 },
    ),
  })
  .map((world) => ({ ...world, incidents: world.incidents.filter(isBearable(world)) }));

/**
 * What no reader can see is left out: a deletion in a list without numbers (REST v2 deletes no tickets), and a page that is
 * cut again when it is asked for again.
 */
function isBearable({ envelope }: Pick<World, 'envelope'>): (incident: Incident) => boolean {
  return ({ what, call }) => {
    if (what === 'remove') return envelope;
    return what !== 'cut' || call % 4 === 1;
  };
}

/**
 * Days with more tickets than a list shows cannot all be divided, and a bare list may turn out to be too long only in the
 * end: then the stream has to say so, and nothing else.
 */
async function orUndivided<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error) => {
    expect(String(error)).toMatch(/cannot be divided further|grew beyond the/);
    return undefined;
  });
}

describe('nothing is lost', () => {
  test('whatever changes at the vendor between two calls, a run delivers every ticket, the next one the rest', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const vendor = vendorOf(world);
        const before = truth(vendor, startOf(world));
        const first = await orUndivided(read(vendor, world));
        if (first === undefined) return;
        const after = truth(vendor);
        const delivered = table(first.rows);
        // A ticket that was there when the run began is there, in some version, in a full refresh too.
        for (const id of before.keys()) if (after.has(id)) expect([id, delivered.has(id)]).toEqual([id, true]);
        vendor.vendor.incidents = [];
        const second = await read(vendor, world, first.bookmark);
        expectComplete(table([...first.rows, ...second.rows]), truth(vendor, startOf(world)));
      }),
      { numRuns: 400 },
    );
  });

  test('cut off anywhere and resumed from its last bookmark, again and again', async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
        async (world, cuts) => {
          const vendor = vendorOf(world);
          const rows: Row[] = [];
          let bookmark: BookmarkFields | undefined;
          for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
            const part = await orUndivided(read(vendor, world, bookmark, cut));
            if (part === undefined) return;
            rows.push(...part.rows);
            bookmark = part.bookmark;
            vendor.vendor.now += 3_600_000;
          }
          vendor.vendor.incidents = [];
          const last = await read(vendor, world, bookmark);
          expectComplete(table([...rows, ...last.rows]), truth(vendor, startOf(world)));
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each([30, 40, 100, 400])('%i equal times that change places from call to call', async (equalTimestamps) => {
    const world = { ...CALM, tickets: 400, equalTimestamps, unstableTies: true };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor));
  });

  test('tickets that change while those that changed are read', async () => {
    // Sixty unread tickets move to the front, and while they are read the last of them moves again.
    const number = (n: number) => (n + 0.5) / 400;
    const incidents = [
      ...Array.from({ length: 60 }, (_, n): Incident => ({ call: 3, what: 'modify', which: number(n) })),
      ...Array.from({ length: 30 }, (_, n): Incident => ({ call: 19, what: 'modify', which: number(n) })),
    ];
    const world = { ...CALM, tickets: 400, incidents };
    for (const envelope of [true, false]) {
      const vendor = vendorOf({ ...world, envelope });
      const first = await read(vendor, world);
      const delivered = table(first.rows);
      for (const id of truth(vendor).keys()) expect([id, delivered.has(id)]).toEqual([id, true]);
      const second = await read(vendor, world, first.bookmark);
      expectComplete(table([...first.rows, ...second.rows]), truth(vendor));
    }
  });

  test('a ticket that changes after it was read comes again in the same run', async () => {
    const world: World = { ...CALM, tickets: 100, incidents: [{ call: 3, what: 'modify', which: 0.999 }] };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor));
    expect(rows).toHaveLength(101);
  });

  test('many changes in the second after the bookmark', async () => {
    const vendor = vendorOf(CALM);
    const { bookmark } = await read(vendor, CALM);
    const instant = Date.parse(String(bookmark?.['modified'])) + 300;
    for (let number = 0; number < 70; number += 1) vendor.vendor.shelf.modify(number, instant);
    const second = await read(vendor, CALM, bookmark);
    expect(second.rows).toHaveLength(70);
  });

  test('a bare list without totals is read to its end', async () => {
    const world = { ...CALM, tickets: 230, envelope: false };
    const { rows } = await read(vendorOf(world), world);
    expect(rows).toHaveLength(230);
  });

  test('a bare list that is longer than a list shows is divided', async () => {
    const world = { ...CALM, tickets: 900, days: 400, cap: 300, envelope: false };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor));
    expect(vendor.vendor.calls).toBeLessThan(36 * 3);
  });

  test('ties on page edges that were read before an interruption are settled after it', async () => {
    const world = { ...CALM, tickets: 361, days: 1, equalTimestamps: 30, unstableTies: true };
    const vendor = vendorOf(world);
    const first = await read(vendor, world, undefined, 12);
    const { ties } = (first.bookmark as { scan: { ties: unknown[] } }).scan;
    expect(ties.length).toBeGreaterThan(1);
    const second = await read(vendor, world, first.bookmark);
    expectComplete(table([...first.rows, ...second.rows]), truth(vendor));
  });

  /** As databases do that sort anew for each page: which of the equal ones a page has depends on its number alone. */
  function repeating(world: World, everywhere: boolean) {
    const vendor = vendorOf(world);
    const { listTickets } = vendor.api;
    vendor.api.listTickets = async (query, call) => {
      const answer = await listTickets(query, call);
      if (query.page !== 2 || (query.to !== null && !everywhere)) return answer;
      const before = await listTickets({ ...query, page: 1 }, call);
      return { ...answer, tickets: [...before.tickets.slice(-1), ...answer.tickets.slice(1)] };
    };
    return vendor;
  }

  test.each([0, 0.2])('a ticket that its list never shows is found in another list (start at %d)', async (start) => {
    const world = { ...CALM, tickets: 90, equalTimestamps: 60, start };
    const vendor = repeating(world, false);
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor, startOf(world)));
  });

  test('a ticket that no list shows ends the stream with an error instead of being lost', async () => {
    const world = { ...CALM, tickets: 90, equalTimestamps: 60 };
    await expect(read(repeating(world, true), world)).rejects.toThrow(/does not show 1 of them/);
  });

  test.each([true, false])(
    'a vendor that does not tell its time, and a clock of ours that is ahead (%s)',
    async (told) => {
      const world = { ...CALM, tickets: 60 };
      const vendor = vendorOf(world);
      const { listTickets } = vendor.api;
      const ahead = told ? 0 : 3 * DAY_MS;
      vendor.api.listTickets = async (query, call) => {
        const answer = await listTickets(query, call);
        return { ...answer, serverTime: answer.serverTime + ahead, isVendorTime: told };
      };
      const first = await read(vendor, world);
      vendor.vendor.shelf.modify(5, vendor.vendor.now);
      const second = await read(vendor, world, first.bookmark);
      expectComplete(table([...first.rows, ...second.rows]), truth(vendor));
    },
  );

  test('more tickets on one day than a list shows are read by assignment, then by tags, then by status', async () => {
    const world = { ...CALM, tickets: 400, days: 1, cap: 260 };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor));
    expect(vendor.vendor.queries.some((query) => 'assigned' in query.filters)).toBe(true);
  });

  test('a status that nobody knows of is not left out', async () => {
    const world = { ...CALM, tickets: 400, days: 1, cap: 160 };
    // It says how many there are, and not only how many it shows.
    const frank = { ...world, cap: 25_000 };
    const vendor = vendorOf(frank);
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor));
    expect(vendor.vendor.queries.some((query) => 'status' in query.filters)).toBe(true);
    await expect(read(vendorOf(world), world)).rejects.toThrow('cannot be divided further');

    const other = vendorOf(frank);
    const { listTickets } = other.api;
    other.api.listTickets = async (query, call) => {
      const answer = await listTickets(query, call);
      return query.filters['status'] === 'spam' ? { ...answer, tickets: [], total: 0, pages: 0 } : answer;
    };
    await expect(read(other, world)).rejects.toThrow('cannot be divided further');
  });

  test('more than that cannot be read: the stream says so instead of losing some', async () => {
    const world = { ...CALM, tickets: 400, days: 1, cap: 60 };
    await expect(read(vendorOf(world), world)).rejects.toThrow(/LiveChat has 60 tickets .* cannot be divided further/);
  });
});

describe('nothing is wasted', () => {
  test('a change during a walk costs no call where the number of tickets says that none is missing', async () => {
    const incidents = [3, 9, 14].map((call): Incident => ({ call, what: 'modify', which: 0 }));
    const world = { ...CALM, tickets: 1000, incidents };
    const vendor = vendorOf(world);
    await read(vendor, world);
    expect(vendor.vendor.calls).toBe(41);
  });

  test('and two where it does not', async () => {
    const incidents: Incident[] = [{ call: 3, what: 'modify', which: 0.9 }];
    const world = { ...CALM, tickets: 1000, start: 0.5, incidents };
    const vendor = vendorOf(world);
    await read(vendor, world);
    expect(vendor.vendor.calls).toBeLessThan(22 + 1 + 2);
  });

  test('a first load costs one call a page and one to see what moved', async () => {
    const world = { ...CALM, tickets: 1000 };
    const vendor = vendorOf(world);
    await read(vendor, world);
    expect(vendor.vendor.calls).toBe(41);
  });

  test('one page costs one call', async () => {
    const world = { ...CALM, tickets: 20 };
    const vendor = vendorOf(world);
    await read(vendor, world);
    expect(vendor.vendor.calls).toBe(1);
  });

  test('a quiet second run costs one call and brings nothing', async () => {
    const world = { ...CALM, tickets: 1000 };
    const vendor = vendorOf(world);
    const { bookmark } = await read(vendor, world);
    vendor.vendor.calls = 0;
    const second = await read(vendor, world, bookmark);
    expect(second.rows).toEqual([]);
    expect(vendor.vendor.calls).toBe(1);
  });

  test('a resumed walk reads the rest, and what changed since it began, not all again', async () => {
    const world = { ...CALM, tickets: 1000 };
    const vendor = vendorOf(world);
    const first = await read(vendor, world, undefined, 60);
    vendor.vendor.shelf.modify(3, vendor.vendor.now);
    vendor.vendor.calls = 0;
    const second = await read(vendor, world, first.bookmark);
    expect(vendor.vendor.calls).toBeLessThan(15);
    expectComplete(table([...first.rows, ...second.rows]), truth(vendor));
  });

  test('beyond the cap the windows cost little more than the pages', async () => {
    const world = { ...CALM, tickets: 3000, days: 700, cap: 1000 };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor));
    expect(rows.length).toBeLessThan(3000 * 1.1);
    expect(vendor.vendor.calls).toBeLessThan(120 * 1.4);
  });

  test('a total that counts something else costs no second reading', async () => {
    const world = { ...CALM, tickets: 100 };
    const vendor = vendorOf(world);
    const { listTickets } = vendor.api;
    vendor.api.listTickets = async (query, call) => {
      const answer = await listTickets(query, call);
      const total = (answer.total ?? 0) + 3;
      return { ...answer, total, pages: Math.ceil(total / 25) };
    };
    const { rows } = await read(vendor, world);
    expect(rows).toHaveLength(100);
    // Its last page is short by those that are not there: one more call.
    expect(vendor.vendor.calls).toBe(5 + 1 + 1);
  });
});

describe('numbers that lie', () => {
  /** Answers with the vendor's pages and changed totals. */
  function lying(world: World, change: (answer: TicketPage, call: number) => Partial<TicketPage>) {
    const vendor = vendorOf(world);
    const { listTickets } = vendor.api;
    vendor.api.listTickets = async (query, call) => {
      const answer = await listTickets(query, call);
      return { ...answer, ...change(answer, vendor.vendor.calls) };
    };
    return vendor;
  }

  test('a total that goes up and down at every call costs some calls, not all there are', async () => {
    const world = { ...CALM, tickets: 200 };
    const vendor = lying(world, ({ total }, call) => ({ total: (total ?? 0) - (call % 2) }));
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor));
    expect(vendor.vendor.calls).toBeLessThan(120);
  });

  test('a hole of empty pages is an error, not the end', async () => {
    const world = { ...CALM, tickets: 400 };
    const vendor = lying(world, ({ tickets }, call) => ({ tickets: call > 3 && call < 10 ? [] : tickets }));
    await expect(read(vendor, world)).rejects.toThrow(/empty pages in the middle of a list of 400/);
  });

  test('a list that gives too few tickets is an error, however it does that', async () => {
    const world = { ...CALM, tickets: 100 };
    const ways: Record<string, (answer: TicketPage, page: number) => TicketPage> = {
      'page 2 hides five': (answer, page) => ({ ...answer, tickets: answer.tickets.slice(0, page === 2 ? 20 : 25) }),
      'page 4 is empty': (answer, page) => (page === 4 ? { ...answer, tickets: [] } : answer),
      'only page 1 is not empty': (answer, page) => (page > 1 ? { ...answer, tickets: [] } : answer),
      'pages of ten': (answer) => ({ ...answer, pages: undefined, tickets: answer.tickets.slice(0, 10) }),
    };
    for (const [way, change] of Object.entries(ways)) {
      const vendor = vendorOf(world);
      const { listTickets } = vendor.api;
      vendor.api.listTickets = async (query, call) => change(await listTickets(query, call), query.page);
      await expect(read(vendor, world), way).rejects.toThrow('a list of tickets with holes');
    }
    const repeating = vendorOf(world);
    const { listTickets } = repeating.api;
    repeating.api.listTickets = (query, call) => listTickets({ ...query, page: Math.min(query.page, 2) }, call);
    await expect(read(repeating, world)).rejects.toThrow('50 tickets fewer than it says there are');
  });

  test.each([0, 10])('a total of %i beside more tickets than that is not believed', async (total) => {
    const world = { ...CALM, tickets: 100 };
    const vendor = lying(world, () => ({ total, pages: undefined }));
    expect((await read(vendor, world)).rows).toHaveLength(100);
  });

  test('a bare list with an empty page within it is read on', async () => {
    const world = { ...CALM, tickets: 200, envelope: false };
    const vendor = lying(world, ({ tickets }, call) => ({ tickets: call === 5 ? [] : tickets }));
    expect((await read(vendor, world)).rows).toHaveLength(200);
  });

  test('one ticket that is old by mistake does not end a list', async () => {
    const world = { ...CALM, tickets: 100, start: 0 };
    const old = { id: 'OLD', modified: '2020-01-01T00:00:00.000Z', n: 1 };
    const vendor = lying(world, ({ tickets }, call) => (call === 1 ? { tickets: [...tickets.slice(0, 24), old] } : {}));
    const { rows } = await read(vendor, world);
    expect(rows.length).toBeGreaterThanOrEqual(99);
  });

  test('a list whose total falls at every call costs some calls, not five a page', async () => {
    const world = { ...CALM, tickets: 400 };
    const vendor = lying(world, ({ total }, call) => ({ total: (total ?? 0) + 200 - call }));
    await read(vendor, world).catch(() => {});
    expect(vendor.vendor.calls).toBeLessThan(100);
  });

  test('an older version of a ticket behind a newer one is not given', async () => {
    const world = { ...CALM, tickets: 60 };
    const vendor = vendorOf(world);
    const newest = vendor.vendor.shelf.ticket(59);
    const { listTickets } = vendor.api;
    vendor.api.listTickets = async (query, call) => {
      const answer = await listTickets(query, call);
      const stale = { id: newest?.id, modified: '2025-01-01T00:00:00.000Z', n: 0 };
      return query.page === 3 ? { ...answer, tickets: [...answer.tickets.slice(0, 9), stale] } : answer;
    };
    const { rows } = await read(vendor, world).catch(() => ({ rows: [] as Row[] }));
    expect(rows.filter((row) => row['id'] === newest?.id && row['n'] === 0)).toEqual([]);
  });

  test.each([
    { from: '2023-11-28', to: null, page: 1_000_000, total: 100, newest: '2025-02-01T00:00:00.000Z' },
    { from: '2023-11-28', to: null, page: 5, total: 100, newest: '2025-02-01T00:00:00.000Z', ties: [{ page: 900 }] },
    { from: '9999-12-31', to: '9999-12-31', page: 1, total: 100, newest: '2025-02-01T00:00:00.000Z' },
    { from: '2023-11-28', to: null, page: 900, total: 22_500, newest: '2025-02-01T00:00:00.000Z' },
  ])('a bookmark of a place that the list does not have: %j', async (scan) => {
    const world = { ...CALM, tickets: 100 };
    const vendor = vendorOf(world);
    const { bookmark } = await read(vendor, world, { api: 'rest_v2', modified: '2023-12-01T00:00:00.000Z', scan });
    expect(vendor.vendor.calls).toBeLessThan(15);
    expect(bookmark?.['modified']).toBe('2027-05-31T23:55:00.000Z');
  });

  test('a bare list that changes at every call is read with a few calls a page', async () => {
    const incidents = Array.from(
      { length: 2000 },
      (_, n): Incident => ({ call: n + 1, what: 'modify', which: ((n * 37) % 997) / 1000 }),
    );
    const world = { ...CALM, tickets: 1000, envelope: false, incidents };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expect(table(rows).size).toBe(1000);
    expect(vendor.vendor.calls).toBeLessThan(200);
  });

  test('a list that says it has one page and has more is read on', async () => {
    const world = { ...CALM, tickets: 60 };
    const vendor = lying(world, () => ({ pages: 1 }));
    const { rows } = await read(vendor, world);
    expect(rows).toHaveLength(60);
    const other = lying(world, ({ tickets }, call) => ({ total: undefined, pages: call < 3 ? call : 3, tickets }));
    expect((await read(other, world)).rows).toHaveLength(60);
  });

  test('pages that are all empty are not walked to the last', async () => {
    const vendor = lying({ ...CALM, tickets: 0 }, () => ({ total: 20_000, pages: 800 }));
    await expect(read(vendor, CALM)).rejects.toThrow('20000 tickets fewer than it says there are');
    expect(vendor.vendor.calls).toBeLessThan(20);
  });

  test('a ticket from the future does not hide what changes now', async () => {
    const incidents = Array.from(
      { length: 60 },
      (_, n): Incident => ({ call: 3, what: 'modify', which: (n + 0.5) / 400 }),
    );
    const world = { ...CALM, tickets: 400, incidents };
    const future = { id: 'F', modified: '2099-01-01T00:00:00.000Z', n: 1 };
    const vendor = lying(world, ({ tickets, total }) => ({ tickets: [future, ...tickets], total: (total ?? 0) + 1 }));
    const { rows } = await read(vendor, world);
    expectComplete(table(rows), truth(vendor));
  });
});

describe('bookmarks', () => {
  test("stand behind the vendor's clock by the safety margin, and never go back", async () => {
    const world = { ...CALM, tickets: 10 };
    const vendor = vendorOf(world);
    const { bookmark } = await read(vendor, world);
    expect(bookmark).toEqual({ api: 'rest_v2', modified: '2027-05-31T23:55:00.000Z' });
    vendor.vendor.now -= 86_400_000;
    const second = await read(vendor, world, bookmark);
    expect(second.bookmark).toEqual(bookmark);
  });

  test('a closed window settles what changed before it ended anywhere on earth', async () => {
    const world = { ...CALM, tickets: 300, cap: 200 };
    const { api } = vendorOf(world);
    const settled: unknown[] = [];
    const stream = createTicketsStream(async () => api, FROM, 200);
    const signal = new AbortController().signal;
    for await (const item of stream.read({
      mode: 'incremental',
      bookmark: undefined,
      signal,
      log: () => {},
      onWait: () => {},
      onCall: () => {},
    })) {
      if (item.kind === 'bookmark' && !('scan' in item.bookmark)) settled.push(item.bookmark['modified']);
    }
    expect(settled.length).toBeGreaterThan(2);
    for (const instant of settled.slice(0, -1)) expect(instant).toMatch(/T10:00:00\.000Z$/);
    expect(settled).toEqual([...settled].sort());
  });
});
