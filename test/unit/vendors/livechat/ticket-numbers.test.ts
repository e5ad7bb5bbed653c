import { describe, expect, test } from 'vitest';
import type { BookmarkFields, Row } from '../../../../src/core/stream.ts';
import type { TicketPage } from '../../../../src/vendors/livechat/rest-v2.ts';
import {
  CALM,
  expectComplete,
  type Incident,
  lying,
  read,
  table,
  truth,
  vendorOf,
} from '../../../helpers/ticket-vendor.ts';

describe('numbers that lie', () => {
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

  test.each([
    ['one page hides a ticket', (tickets: Row[], page: number) => (page === 3 ? tickets.slice(0, 24) : tickets)],
    ['the last pages are empty', (tickets: Row[], page: number) => (page >= 7 ? [] : tickets)],
    [
      'one page is out of order',
      (tickets: Row[], page: number) => (page === 3 ? tickets.toReversed().slice(1) : tickets),
    ],
  ])('where %s, a run that goes on after the fault reads it again', async (_what, change) => {
    const world = { ...CALM, tickets: 200 };
    const vendor = vendorOf(world);
    const { listTickets } = vendor.api;
    let isFaulty = true;
    vendor.api.listTickets = async (query, call) => {
      const answer = await listTickets(query, call);
      return isFaulty ? { ...answer, tickets: change(answer.tickets, query.page) } : answer;
    };
    const cutOff = await read(vendor, world, undefined, 14).catch(() => undefined);
    const failed: BookmarkFields[] = [];
    await read(vendor, world, undefined, undefined, 'incremental', failed).catch(() => {});
    isFaulty = false;
    for (const bookmark of [cutOff?.bookmark, failed.at(-1)]) {
      const { rows } = await read(vendor, world, bookmark);
      const met = new Set([...table(cutOff?.rows ?? []).keys(), ...table(rows).keys()]);
      if (bookmark !== undefined) expect(met.size).toBe(200);
    }
  });

  test('a run that was cut off among empty pages reads them again', async () => {
    const world = { ...CALM, tickets: 400 };
    const vendor = vendorOf(world);
    const { listTickets } = vendor.api;
    let isFaulty = true;
    vendor.api.listTickets = async (query, call) => {
      const answer = await listTickets(query, call);
      return isFaulty && query.page >= 5 && query.page <= 7 ? { ...answer, tickets: [] } : answer;
    };
    const seen: BookmarkFields[] = [];
    await expect(read(vendor, world, undefined, undefined, 'incremental', seen)).rejects.toThrow('empty pages');
    isFaulty = false;
    for (const bookmark of seen) {
      const given = new Set(Array.from({ length: 100 }, (_, place) => vendor.vendor.shelf.ticket(399 - place)?.id));
      const { rows } = await read(vendor, world, bookmark);
      for (const id of table(rows).keys()) given.add(String(id));
      expect(given.size).toBe(400);
    }
  });

  test('a total that is the length of the page is not believed', async () => {
    const world = { ...CALM, tickets: 200 };
    const vendor = lying(world, ({ tickets }) => ({ total: tickets.length, pages: undefined }));
    expect((await read(vendor, world)).rows).toHaveLength(200);
  });

  test('a server that repeats its last page beyond the end is not asked a thousand times', async () => {
    const world = { ...CALM, tickets: 100 };
    const vendor = vendorOf(world);
    const { listTickets } = vendor.api;
    vendor.api.listTickets = async (query, call) => {
      const answer = await listTickets({ ...query, page: Math.min(query.page, 4) }, call);
      return { ...answer, total: undefined };
    };
    expect((await read(vendor, world)).rows).toHaveLength(100);
    expect(vendor.vendor.calls).toBeLessThan(10);
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
    expect(bookmark?.['modified']).toMatch(/^2027-05-31T23:55:/);
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
