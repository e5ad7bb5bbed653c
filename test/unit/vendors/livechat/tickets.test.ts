import { describe, expect, test } from 'vitest';
import type { BookmarkFields } from '../../../../src/core/stream.ts';
import {
  CALM,
  DAY_MS,
  expectComplete,
  type Incident,
  read,
  startOf,
  table,
  truth,
  vendorOf,
  type World,
} from '../../../helpers/ticket-vendor.ts';

describe('nothing is lost', () => {
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

  test('many that change at one instant between two runs, of which the first was cut off', async () => {
    const world = { ...CALM, tickets: 400, unstableTies: true };
    for (let seed = 0; seed < 20; seed += 1) {
      const vendor = vendorOf(world);
      const first = await read(vendor, world, undefined, 8 + (seed % 5));
      for (let n = 0; n < 60; n += 1) vendor.vendor.shelf.modify((seed * 13 + n * 5) % 400, vendor.vendor.now);
      vendor.vendor.now += 3_600_000;
      vendor.vendor.shelf.modify(399, vendor.vendor.now);
      vendor.vendor.now += 3_600_000;
      const second = await read(vendor, world, first.bookmark);
      expectComplete(table([...first.rows, ...second.rows]), truth(vendor));
    }
  });

  test('many that change at one instant during a full refresh', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const world: World = {
        ...CALM,
        tickets: 400,
        unstableTies: true,
        incidents: [{ call: 3, what: 'bulk', which: seed / 21 }],
      };
      const vendor = vendorOf(world);
      const { rows } = await read(vendor, world, undefined, undefined, 'full_refresh');
      expect(table(rows).size).toBe(400);
    }
  });

  test('a crowd that pushes a bare list on by exactly a page is not taken for its end', async () => {
    const incidents = [1, 36].map((call, n): Incident => ({ call, what: 'bulk', which: n === 0 ? 0.00256 : 0 }));
    const world: World = {
      ...CALM,
      tickets: 391,
      days: 59,
      equalTimestamps: 30,
      cap: 300,
      timeZone: 'Pacific/Kiritimati',
      envelope: false,
      incidents,
    };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expect(table(rows).size).toBe(391);
  });

  test('a bare list whose server ignores page numbers is not asked for ever', async () => {
    const world = { ...CALM, tickets: 60, envelope: false };
    const vendor = vendorOf(world);
    const { listTickets } = vendor.api;
    vendor.api.listTickets = (query, call) => listTickets({ ...query, page: 1 }, call);
    const { rows } = await read(vendor, world);
    expect(rows).toHaveLength(25);
    expect(vendor.vendor.calls).toBeLessThan(10);
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
        return { ...answer, serverTime: answer.serverTime + ahead, vendorTime: told ? answer.serverTime : undefined };
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
  test('equal times among changes at every few calls are no false alarm, and cost little', async () => {
    const incidents = Array.from(
      { length: 200 },
      (_, n): Incident => ({ call: 4 * n + 1, what: 'modify', which: (n % 50) / 500 }),
    );
    const world = { ...CALM, tickets: 3200, equalTimestamps: 100, incidents };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expect(table(rows).size).toBe(3200);
    expect(vendor.vendor.calls).toBeLessThan(128 * 1.1);
  });

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
    const world = { ...CALM, tickets: 300, cap: 200, start: 0 };
    const seen: BookmarkFields[] = [];
    await read(vendorOf(world), world, undefined, undefined, 'incremental', seen);
    const settled = seen.filter((bookmark) => !('scan' in bookmark)).map((bookmark) => bookmark['modified']);
    expect(settled.length).toBeGreaterThan(2);
    for (const instant of settled.slice(0, -1)) expect(instant).toMatch(/T10:00:00\.000Z$/);
    expect(settled).toEqual([...settled].sort());
  });
});
