import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../../src/core/errors.ts';
import type { BookmarkFields, Row } from '../../../../src/core/stream.ts';
import { LOWEST_ID } from '../../../../src/vendors/livechat/helpdesk-api.ts';
import {
  CALM,
  expectPresent,
  HOUR_MS,
  NOW,
  present,
  read,
  startOf,
  table,
  type Vendor,
  vendorOf,
  type World,
} from '../../../helpers/helpdesk-vendor.ts';

/** All in the silo `tickets`. */
const ONE_SILO: World = { ...CALM, elsewhere: 0, silos: ['tickets'] };
const at = (ms: number) => new Date(ms).toISOString();
const place = (ms: number, id = LOWEST_ID) => ({ value: at(ms), id });

describe('the bookmark', () => {
  test('has the place of each silo after each page, and the earliest of them for people', async () => {
    const vendor = vendorOf(CALM);
    const { bookmarks, bookmark, rows } = await read(vendor, CALM);
    const inTickets = rows.filter((row) => row['silo'] === 'tickets');
    expect(inTickets.length).toBeGreaterThan(100);
    const hundredth = inTickets[99];
    const start = at(startOf(CALM));
    expect(bookmarks[0]).toEqual({
      api: 'helpdesk',
      modified: start,
      silos: {
        tickets: { value: hundredth?.['modified'], id: hundredth?.['id'] },
        archive: { value: start, id: LOWEST_ID },
      },
    });
    // What changed in the last five minutes is read again; the first answer came after 700 ms, its time is in whole seconds.
    const settled = NOW - 5 * 60_000;
    const silos = { tickets: place(settled), archive: place(settled) };
    expect(bookmark).toEqual({ api: 'helpdesk', modified: at(settled), silos });
  });

  test.each<[string, BookmarkFields]>([
    ['no time', { api: 'helpdesk', modified: 'yesterday' }],
    ['nothing else', { api: 'helpdesk' }],
    ['silos that are no object', { api: 'helpdesk', modified: at(NOW), silos: ['tickets'] }],
    ['a silo that is null', { api: 'helpdesk', silos: { tickets: null } }],
    ['a silo without a place', { api: 'helpdesk', silos: { tickets: {} } }],
    ['a place without a time', { api: 'helpdesk', silos: { tickets: { id: LOWEST_ID } } }],
    ['a place whose time is none', { api: 'helpdesk', silos: { tickets: { value: 'soon', id: LOWEST_ID } } }],
    [
      'a place whose time is a number',
      { api: 'helpdesk', silos: { tickets: { value: 1_700_000_000, id: LOWEST_ID } } },
    ],
    ['a place without an id', { api: 'helpdesk', silos: { tickets: { value: at(NOW) } } }],
    ['a place with a number for an id', { api: 'helpdesk', silos: { tickets: { value: at(NOW), id: 7 } } }],
  ])('with %s is damaged: an error for the user, and no call', async (_what, bookmark) => {
    const { error, calls } = await read(vendorOf(CALM), CALM, { bookmark });
    expect(error).toMatchObject({ kind: 'config', message: expect.stringContaining('livechat_tickets is damaged') });
    expect(calls).toBe(0);
  });

  test.each([
    ['rest_v2', "came from LiveChat's REST API v2"],
    ['helpdesk_v9', 'came from another API'],
    [7, 'came from another API'],
  ])('of the API %s is refused: the same tickets have other ids there', async (api, words) => {
    const { error, calls } = await read(vendorOf(CALM), CALM, { bookmark: { api, modified: at(NOW) } });
    expect(error).toMatchObject({ kind: 'config', message: expect.stringContaining(words) });
    expect(error?.message).toContain('Reset the stream');
    expect(calls).toBe(0);
  });

  test('with a time alone is a place in every silo', async () => {
    const vendor = vendorOf(CALM);
    const half = (startOf({ start: 0 }) + NOW) / 2;
    const { rows } = await read(vendor, CALM, { bookmark: { modified: at(half) } });
    const wanted = present(vendor, CALM).filter(({ updated }) => updated >= half);
    expect(wanted.length).toBeGreaterThan(50);
    expect([...table(rows).keys()].sort()).toEqual(wanted.map(({ id }) => id).sort());
  });

  test('does not run ahead with our clock, where HelpDesk does not tell its own', async () => {
    const world = { ...ONE_SILO, tellsTime: false };
    const vendor = vendorOf(world);
    const first = await read(vendor, world);
    expect(first.rows).toHaveLength(world.tickets);
    const [ticket] = vendor.vendor.shelf;
    if (ticket === undefined) throw new Error('no ticket');
    Object.assign(ticket, { updated: vendor.vendor.now, version: ticket.version + 1 });
    const quiet = await read(vendor, world, { bookmark: first.bookmark });
    expect(table(quiet.rows).get(ticket.id)).toBe(ticket.version);
    expect(quiet.calls).toBeLessThan(5);
  });

  test('from the future brings nothing and stays', async () => {
    const future = { api: 'helpdesk', modified: '2099-01-01T00:00:00.000Z' };
    const first = await read(vendorOf(CALM), CALM, { bookmark: future });
    expect(first).toMatchObject({ rows: [], calls: 2, error: undefined });
    expect(first.bookmark).toMatchObject(future);
    const second = await read(vendorOf(CALM), CALM, { bookmark: first.bookmark });
    expect(second.rows).toEqual([]);
    expect(second.bookmark).toEqual(first.bookmark);
  });

  test('keeps the places of silos that are not asked for, also of those that nobody knows', async () => {
    const silos = { tickets: place(NOW - HOUR_MS), attic: place(NOW - 2 * HOUR_MS), trash: place(NOW - HOUR_MS, 'x') };
    const { bookmark } = await read(vendorOf(CALM), CALM, { bookmark: { api: 'helpdesk', silos } });
    expect(bookmark).toMatchObject({
      modified: at(NOW - 2 * HOUR_MS),
      silos: { attic: silos.attic, trash: silos.trash },
    });
  });

  test('that does not know a silo: it is read from start_date, the others go on', async () => {
    const vendor = vendorOf(CALM);
    const first = await read(vendor, CALM);
    vendor.vendor.now += HOUR_MS;
    const silos = [...CALM.silos, 'spam'] as const;
    const second = await read(vendor, CALM, { bookmark: first.bookmark, silos });
    const spam = present(vendor, CALM, ['spam']).map(({ id }) => id);
    expect(spam.length).toBeGreaterThan(5);
    expect([...table(second.rows).keys()].sort()).toEqual(spam.sort());
    // One call each, and what a look at what has moved meanwhile takes.
    expect(second.calls).toBe(5);
  });

  test('from before a start_date that was moved forward: what lies between is not asked for', async () => {
    const world: World = { ...ONE_SILO, start: 0.5 };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world, { bookmark: { api: 'helpdesk', modified: at(startOf(ONE_SILO)) } });
    expect(rows).toHaveLength(present(vendor, world).length);
    expect(vendor.vendor.queries[0]).toMatchObject({ updatedDateFrom: at(startOf(world)) });
  });
});

describe('what changes while it is read', () => {
  test('all hundred of a page at once: they come again, in their new version', async () => {
    const world: World = { ...ONE_SILO, tickets: 100, incidents: [{ call: 2, what: 'bulk', which: 0 }] };
    const vendor = vendorOf(world);
    const { rows, error } = await read(vendor, world);
    expect(error).toBeUndefined();
    expect(rows).toHaveLength(200);
    expectPresent(table(rows), present(vendor, world));
  });

  test('a ticket of the page before: it comes again in the same run', async () => {
    const world: World = { ...ONE_SILO, tickets: 150, incidents: [{ call: 2, what: 'modify', which: 0.1 }] };
    const vendor = vendorOf(world);
    const { rows } = await read(vendor, world);
    expect(rows).toHaveLength(151);
    expectPresent(table(rows), present(vendor, world));
  });
});

describe('pages that cannot be gone on from', () => {
  /** Each answer in turn, over and over. */
  function giving(...pages: Row[][]): Vendor {
    const vendor = vendorOf(ONE_SILO);
    vendor.vendor.change = () => {
      if (vendor.vendor.calls > 20) throw new Error('it asks for ever');
      return structuredClone(pages[(vendor.vendor.calls - 1) % pages.length]);
    };
    return vendor;
  }
  const page = (from: number, minutes: (n: number) => number): Row[] =>
    Array.from({ length: 100 }, (_, n) => ({ ID: `id-${from + n}`, updatedAt: at(NOW - HOUR_MS + minutes(n)) }));

  test('the same one again and again is an error, and no loop; what came before has its bookmark', async () => {
    const { error, calls, rows, bookmark } = await read(giving(page(0, (n) => n)), ONE_SILO);
    expect(error).toMatchObject({ kind: 'system', message: expect.stringContaining('does not go on after') });
    expect(calls).toBe(2);
    expect(rows).toHaveLength(100);
    expect(bookmark).toMatchObject({ silos: { tickets: { id: 'id-99' } } });
  });

  test('one that is shorter than was asked for is not the last, if the answers count more', async () => {
    const vendor = vendorOf(ONE_SILO);
    const { http } = vendor;
    const short: Vendor = {
      ...vendor,
      http: {
        ...http,
        request: (call) => http.request({ ...call, query: { ...call.query, pageSize: 40 } }),
      },
    };
    const { rows, error } = await read(short, ONE_SILO);
    expect(error).toBeUndefined();
    expectPresent(table(rows), present(vendor, ONE_SILO));
  });

  test('two by turns, of one instant, are an error too', async () => {
    const { error, calls, rows } = await read(
      giving(
        page(0, () => 0),
        page(100, () => 0),
      ),
      ONE_SILO,
    );
    expect(error?.message).toContain('does not go on after');
    expect(calls).toBe(3);
    expect(rows).toHaveLength(200);
  });

  test.each([
    ['the latest first', [page(0, (n) => -n)], 0],
    ['one that goes back behind the place', [page(0, (n) => n), page(100, (n) => n - 50)], 100],
  ])('%s: the order is another one than was asked for', async (_what, pages, rows) => {
    const reading = await read(giving(...pages), ONE_SILO);
    expect(reading.error).toMatchObject({ kind: 'system', message: expect.stringContaining('in another order') });
    expect(reading.rows).toHaveLength(rows);
  });

  test.each<[string, Row]>([
    ['no ID', { updatedAt: at(NOW) }],
    ['null for an ID', { ID: null, updatedAt: at(NOW) }],
    ['no updatedAt', { ID: 'x' }],
    ['null for updatedAt', { ID: 'x', updatedAt: null }],
    ['words for updatedAt', { ID: 'x', updatedAt: 'just now' }],
  ])('a ticket with %s is an error: it could be lost unseen', async (_what, ticket) => {
    const vendor = vendorOf(ONE_SILO);
    vendor.vendor.change = (tickets) => [ticket, ...tickets.slice(1)];
    const { error, rows } = await read(vendor, ONE_SILO);
    expect(error).toMatchObject({ kind: 'system', message: expect.stringContaining('without ID or without a time') });
    expect(rows).toEqual([]);
  });
});

describe('a place that HelpDesk does not take', () => {
  test("is left out if it is no ticket's, and then for good; the tickets' own are said", async () => {
    const world: World = { ...CALM, refusesPlace: true };
    const vendor = vendorOf(world);
    const { rows, error } = await read(vendor, world);
    expect(error).toBeUndefined();
    expect(rows).toHaveLength(present(vendor, world).length);
    const places = vendor.vendor.queries.map((query) => [query['silo'], query['next.ID'] ?? null]);
    const ids = new Set(rows.map((row) => row['id']));
    expect(places.map(([silo, id]) => [silo, ids.has(id) ? 'a ticket' : id])).toEqual([
      ['tickets', LOWEST_ID],
      ['tickets', null],
      ['tickets', 'a ticket'],
      ['archive', null],
      ['tickets', 'a ticket'],
    ]);
  });

  test.each([
    [422, true],
    [400, true],
    [403, false],
    [500, false],
  ])('HTTP %d: tried without it: %s', async (status, isTried) => {
    const vendor = vendorOf(ONE_SILO);
    const { request } = vendor.http;
    vendor.http.request = async (call) => {
      if (call.query?.['next.ID'] !== LOWEST_ID) return request(call);
      throw new SyncError('system', 'refused', { status });
    };
    const { error, rows } = await read(vendor, ONE_SILO);
    expect(error?.status).toBe(isTried ? undefined : status);
    expect(rows).toHaveLength(isTried ? 250 : 0);
  });

  test("is an error if it is a ticket's", async () => {
    const vendor = vendorOf(ONE_SILO);
    const { request } = vendor.http;
    vendor.http.request = async (call) => {
      if (call.query?.['next.ID'] === LOWEST_ID) return request(call);
      throw new SyncError('system', 'refused', { status: 422 });
    };
    const { error, rows } = await read(vendor, ONE_SILO);
    expect(error?.message).toBe('refused');
    expect(rows).toHaveLength(100);
  });

  test('is not tried again without it where it had been left out', async () => {
    const world: World = { ...CALM, refusesPlace: true };
    const vendor = vendorOf(world);
    const { request } = vendor.http;
    vendor.http.request = (call) =>
      call.query?.['silo'] === 'archive'
        ? Promise.reject(new SyncError('system', `refused ${asked++}`, { status: 422 }))
        : request(call);
    let asked = 0;
    expect((await read(vendor, world)).error?.message).toBe('refused 0');
    expect(asked).toBe(1);
  });

  test('with a filter that is ignored as well: what is older is left out, with one warning for each silo', async () => {
    const world: World = { ...CALM, refusesPlace: true, ignoresFilter: true, start: 0.9 };
    const vendor = vendorOf(world);
    const { rows, logs } = await read(vendor, world);
    const wanted = present(vendor, world);
    expect(wanted.length).toBeGreaterThan(10);
    expect([...table(rows).keys()].sort()).toEqual(wanted.map(({ id }) => id).sort());
    const warnings = logs.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings.map((message) => /^HelpDesk lists tickets \((\w+)\) from before/.exec(message)?.[1])).toEqual([
      'tickets',
      'archive',
    ]);
    // A later run sees them again; it says so, and gives none of them.
    vendor.vendor.now += HOUR_MS;
    const second = await read(vendor, world, {
      bookmark: { api: 'helpdesk', modified: at(vendor.vendor.now - HOUR_MS / 2) },
    });
    expect(second.rows).toEqual([]);
    expect(second.logs.filter(({ level }) => level === 'warn')).toHaveLength(2);
  });
});

describe('what is said beforehand', () => {
  test('at a first load the totals of the silos add up; at a later one they would be those of all tickets', async () => {
    const vendor = vendorOf(CALM);
    const first = await read(vendor, CALM);
    const size = (silo: 'tickets' | 'archive') => present(vendor, CALM, [silo]).length;
    expect(first.estimates).toEqual([size('tickets'), size('tickets') + size('archive')]);
    const second = await read(vendor, CALM, { bookmark: first.bookmark });
    expect(second.estimates).toEqual([]);
    const silent = await read(vendorOf({ ...CALM, totals: false }), CALM);
    expect(silent.estimates).toEqual([]);
  });
});

describe('names of agents, teams and tags', () => {
  const LISTS: Readonly<Record<string, Row[]>> = {
    '/agents': [{ ID: 'a1', email: 'jane@company.example', name: 'Jane Doe' }],
    '/teams': [{ ID: 't1', name: 'Support' }],
    '/tags': [{ ID: 'g1', name: 'vip' }],
  };
  /** Tickets whose fields `more` gives by their place on the page. */
  function naming(more: (n: number, call: number) => Row, world = ONE_SILO): Vendor {
    const vendor = vendorOf(world);
    vendor.vendor.change = (data, path) =>
      LISTS[path] ?? data.map((ticket, n) => structuredClone({ ...ticket, ...more(n, vendor.vendor.calls) }));
    return vendor;
  }
  const paths = (vendor: Vendor) => vendor.vendor.paths.filter((path) => path !== '/tickets');
  const failing = (vendor: Vendor, path: string, status: number) => {
    const { request } = vendor.http;
    vendor.http.request = (call) =>
      call.path === path ? Promise.reject(new SyncError('config', `no ${path}.`, { status })) : request(call);
  };

  test('cost nothing while no ticket needs them', async () => {
    const vendor = naming(() => ({
      assignment: { team: { ID: 't1', name: 'Support' }, agent: null },
      teamIDs: [],
      tagIDs: [],
      followers: [],
      events: [
        { ID: 1, author: { type: 'agent', ID: 'a1', email: 'jane@company.example', name: 'Jane Doe' } },
        { ID: 2, author: { type: 'client', email: 'client@customer.example' } },
        { ID: 3, author: null },
        { ID: 4 },
      ],
    }));
    const { rows } = await read(vendor, ONE_SILO);
    expect(rows[0]).toMatchObject({
      assigned_team: { id: 't1', name: 'Support' },
      assignee: null,
      teams: [],
      tags: [],
    });
    expect(paths(vendor)).toEqual([]);
  });

  test('are asked for once, by the first page that needs them', async () => {
    const vendor = naming((n, call) => ({
      ...(n === 3 && call === 1 ? { tagIDs: ['g1', 'gone'] } : {}),
      ...(n === 4 && call > 2 ? { teamIDs: ['t1', 'gone'], followers: ['a1', 'gone'], tagIDs: ['g1'] } : {}),
    }));
    const { rows, calls } = await read(vendor, ONE_SILO);
    expect(vendor.vendor.paths).toEqual(['/tickets', '/tags', '/tickets', '/agents', '/teams', '/tickets']);
    expect(calls).toBe(6);
    expect(rows[3]).toMatchObject({ tags: ['vip', 'gone'], teams: null, followers: null });
    expect(rows[104]).toMatchObject({
      tags: ['vip'],
      teams: [
        { id: 't1', name: 'Support' },
        { id: 'gone', name: null },
      ],
      followers: [
        { id: 'jane@company.example', name: 'Jane Doe' },
        { id: 'gone', name: null },
      ],
    });
  });

  test.each<[string, Row]>([
    ['an assigned agent', { assignment: { team: null, agent: { ID: 'a1', name: 'Jane Doe' } } }],
    ['an assignment in the history', { events: [{ ID: 1, assignment: { new: { agent: { ID: 'a1' } } } }] }],
    ['an author without an address', { events: [{ ID: 1, author: { type: 'agent', ID: 'a1', name: 'Jane' } }] }],
    ['an author whose address is null', { events: [{ ID: 1, author: { ID: 'a1', email: null, name: 'Jane' } }] }],
    ['an author without a name', { events: [{ ID: 1, author: { ID: 'a1', email: 'jane@company.example' } }] }],
    ['a follower', { followers: ['a1'] }],
  ])('%s needs the agents', async (_what, fields) => {
    const vendor = naming(() => fields);
    const { rows } = await read(vendor, ONE_SILO);
    expect(paths(vendor)).toEqual(['/agents']);
    expect(JSON.stringify(rows[0])).toContain('"id":"jane@company.example"');
  });

  test.each([403, 404])('that may not be read (HTTP %d): ids in their place, and one warning', async (status) => {
    const vendor = naming(() => ({ teamIDs: ['t1'], tagIDs: ['g1'] }));
    failing(vendor, '/teams', status);
    const { rows, logs, error } = await read(vendor, ONE_SILO);
    expect(error).toBeUndefined();
    expect(rows).toHaveLength(250);
    expect(rows.at(-1)).toMatchObject({ teams: [{ id: 't1', name: null }], tags: ['vip'] });
    const warnings = logs.filter(({ level }) => level === 'warn');
    expect(warnings).toEqual([
      { level: 'warn', message: 'no /teams. Tickets have ids in place of the names of teams.' },
    ]);
  });

  test.each([401, 402, 429, 503])('that fail with HTTP %d end the stream before their tickets', async (status) => {
    const vendor = naming(() => ({ teamIDs: ['t1'] }));
    failing(vendor, '/teams', status);
    const { rows, error, bookmark } = await read(vendor, ONE_SILO);
    expect(error?.status).toBe(status);
    expect(rows).toEqual([]);
    expect(bookmark).toBeUndefined();
  });
});
