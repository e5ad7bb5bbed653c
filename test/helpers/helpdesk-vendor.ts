import { expect } from 'vitest';
import { SyncError } from '../../src/core/errors.ts';
import type { BookmarkFields, Row, SyncMode } from '../../src/core/stream.ts';
import type { ApiAnswer, ApiCall, HttpClient } from '../../src/http/client.ts';
import { noise, uuid } from '../../src/sandbox/random.ts';
import { createHelpdeskApi, LOWEST_ID, type Silo } from '../../src/vendors/livechat/helpdesk-api.ts';
import { createHelpdeskTicketsStream } from '../../src/vendors/livechat/helpdesk-tickets.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** When the first call is made. */
export const NOW = Date.UTC(2026, 5, 1);
const OLDEST = NOW - 100 * DAY_MS;
const SILOS: readonly Silo[] = ['tickets', 'archive', 'spam', 'trash'];

/** Something that happens at HelpDesk just before it answers the call with this number. */
export interface Incident {
  readonly call: number;
  /**
   * `bulk`: 130 change at one instant. `move`: to another silo. `late`: a change of some minutes ago shows up in the list only
   * now. `remove`: deleted for good.
   */
  readonly what: 'modify' | 'create' | 'move' | 'trash' | 'bulk' | 'late' | 'remove';
  /** Which ticket, as a share of all. */
  readonly which: number;
}

export interface World {
  readonly tickets: number;
  /** So many each share the time of their last change. */
  readonly equalTimestamps: number;
  /** So many more changed at one instant two minutes ago, where a run does not yet take them for read. */
  readonly recent: number;
  /** So many of ten tickets are not in the first silo but in the others by turns. */
  readonly elsewhere: number;
  readonly silos: readonly Silo[];
  /** Where start_date lies, as a share of the time between the first and the last ticket. */
  readonly start: number;
  /** Whether the ticket that next.value and next.ID name is on the next page too. */
  readonly inclusive: boolean;
  readonly ignoresFilter: boolean;
  /** A place that is no ticket's is answered with 422. */
  readonly refusesPlace: boolean;
  readonly totals: boolean;
  /** False for answers without a Date: then there is our own clock alone, which is two hours ahead. */
  readonly tellsTime: boolean;
  /** Time between two answers: long where calls wait for quota. */
  readonly msPerCall: number;
  readonly incidents: readonly Incident[];
}

export const CALM: World = {
  tickets: 250,
  equalTimestamps: 1,
  recent: 0,
  elsewhere: 3,
  silos: ['tickets', 'archive'],
  start: -1,
  inclusive: false,
  ignoresFilter: false,
  refusesPlace: false,
  totals: true,
  tellsTime: true,
  msPerCall: 700,
  incidents: [],
};

interface Ticket {
  readonly id: string;
  readonly created: number;
  updated: number;
  silo: Silo;
  /** Tells one version from another. */
  version: number;
  /** How often it went to another silo. */
  moves: number;
}

/** HelpDesk in this process, behind the client that the API's calls go through. */
export function vendorOf(world: World) {
  const { tickets: count, equalTimestamps, recent, elsewhere } = world;
  const shelf: Ticket[] = [];
  let added = 0;
  const add = (updated: number) => {
    const n = added;
    added += 1;
    const others = SILOS.slice(1);
    const silo = noise(7, n, 1) % 10 < elsewhere ? (others[noise(7, n, 2) % 3] as Silo) : 'tickets';
    shelf.push({ id: uuid(7, n, 3), created: updated, updated, silo, version: 1, moves: 0 });
  };
  for (let n = 0; n < count; n += 1) {
    const crowd = n - (n % equalTimestamps);
    add(OLDEST + Math.floor(((crowd + 1) / (count + 1)) * (NOW - OLDEST - DAY_MS)));
  }
  for (let n = 0; n < recent; n += 1) add(NOW - 2 * MINUTE_MS);

  const vendor = {
    shelf,
    calls: 0,
    now: NOW,
    incidents: [...world.incidents],
    /** Paths of all calls. */
    paths: [] as string[],
    queries: [] as NonNullable<ApiCall['query']>[],
    /** The call (by its number) that fails. */
    failAt: Number.POSITIVE_INFINITY,
    /** Has the last word on an answer. */
    change: (data: Row[], _path: string): unknown => data,
  };
  const happen = ({ what, which }: Incident) => {
    if (what === 'create') return add(vendor.now);
    const place = Math.floor(which * shelf.length);
    const ticket = shelf[place];
    if (ticket === undefined) return;
    if (what === 'remove') return void shelf.splice(place, 1);
    const crowd = what === 'bulk' ? shelf.slice(place).concat(shelf.slice(0, place)).slice(0, 130) : [ticket];
    for (const changed of crowd) {
      changed.updated = what === 'late' ? Math.max(changed.updated, vendor.now - 4 * MINUTE_MS) : vendor.now;
      changed.version += 1;
    }
    if (what === 'move' || what === 'trash') {
      const others = SILOS.filter((silo) => silo !== ticket.silo);
      ticket.silo = what === 'trash' ? 'trash' : (others[Math.floor(which * 997) % others.length] as Silo);
      ticket.moves += 1;
    }
  };
  const list = (query: NonNullable<ApiCall['query']>): Pick<ApiAnswer, 'headers'> & { data: Row[] } => {
    expect(query).toMatchObject({ sortBy: 'updatedAt', order: 'asc' });
    const { silo, updatedDateFrom, pageSize, 'next.value': value, 'next.ID': id } = query;
    if (id === LOWEST_ID && world.refusesPlace) {
      throw new SyncError('system', 'HelpDesk refuses "next.ID"', { status: 422 });
    }
    const from = world.ignoresFilter ? Number.NEGATIVE_INFINITY : Date.parse(String(updatedDateFrom));
    const found = shelf.filter((ticket) => ticket.silo === silo && ticket.updated >= from);
    found.sort((a, b) => a.updated - b.updated || (a.id < b.id ? -1 : 1));
    const place = Date.parse(String(value));
    const isBehind = (ticket: Ticket) =>
      ticket.updated > place ||
      (ticket.updated === place && (ticket.id > String(id) || (world.inclusive && ticket.id === id)));
    const page = (value === undefined ? found : found.filter(isBehind)).slice(0, Number(pageSize));
    return { data: page.map(shape), headers: world.totals ? { 'x-total-count': String(found.length) } : {} };
  };
  const http: HttpClient = {
    async request({ path, query = {}, onCall }) {
      onCall?.();
      vendor.calls += 1;
      vendor.now += world.msPerCall;
      vendor.paths.push(path);
      for (const incident of vendor.incidents) if (incident.call === vendor.calls) happen(incident);
      if (vendor.calls === vendor.failAt) throw new SyncError('transient', 'HelpDesk is down', { status: 503 });
      const serverTime = Math.floor(vendor.now / 1000) * 1000;
      if (path === '/tickets') vendor.queries.push(query);
      const { data, headers } = path === '/tickets' ? list(query) : { data: [], headers: {} };
      const clock = world.tellsTime
        ? { serverTime, vendorTime: serverTime }
        : { serverTime: serverTime + 2 * HOUR_MS, vendorTime: undefined };
      return { data: vendor.change(data, path), ...clock, headers };
    },
    words: () => undefined,
    vendorAheadMs: () => 0,
    counts: () => ({ calls: vendor.calls, billedCalls: vendor.calls }),
    close: () => Promise.resolve(),
  };
  return { http, vendor };
}

export type Vendor = ReturnType<typeof vendorOf>;

/** A ticket on the wire, with the fields that the reading depends on. */
function shape({ id, created, updated, version }: Ticket): Row {
  const time = (ms: number) => new Date(ms).toISOString();
  return { ID: id, createdAt: time(created), updatedAt: time(updated), priority: version };
}

export interface ReadOptions {
  readonly bookmark?: BookmarkFields | undefined;
  readonly silos?: readonly Silo[];
  readonly mode?: SyncMode;
  /** Cut off after so many items. */
  readonly stopAfter?: number;
  /** The call of this run that fails. */
  readonly failAt?: number;
}

/** Reads once, as a new process does. The last bookmark comes back as it would from a file. */
export async function read({ http, vendor }: Vendor, world: World, options: ReadOptions = {}) {
  const { silos = world.silos, mode = 'incremental', stopAfter = Number.POSITIVE_INFINITY } = options;
  const rows: Row[] = [];
  const bookmarks: BookmarkFields[] = [];
  const logs: { level: string; message: string }[] = [];
  const estimates: number[] = [];
  const before = vendor.calls;
  let items = 0;
  let error: SyncError | undefined;
  vendor.failAt = vendor.calls + (options.failAt ?? Number.POSITIVE_INFINITY);
  const stream = createHelpdeskTicketsStream(async () => createHelpdeskApi(http), startOf(world), silos);
  const request = {
    mode,
    bookmark: options.bookmark,
    signal: new AbortController().signal,
    log: (level: string, message: string) => logs.push({ level, message }),
    onWait: () => {},
    onCall: () => {},
  };
  try {
    for await (const item of stream.read(request)) {
      if (item.kind === 'rows') rows.push(...item.rows);
      if (item.kind === 'bookmark') bookmarks.push(JSON.parse(JSON.stringify(item.bookmark)) as BookmarkFields);
      if (item.kind === 'estimate') estimates.push(item.rows);
      items += 1;
      if (items >= stopAfter) break;
    }
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown;
    error = thrown;
  }
  vendor.failAt = Number.POSITIVE_INFINITY;
  const bookmark = bookmarks.at(-1) ?? options.bookmark;
  return { rows, bookmark, bookmarks, logs, estimates, error, calls: vendor.calls - before };
}

/** start_date in epoch ms. */
export function startOf({ start }: Pick<World, 'start'>): number {
  return OLDEST + Math.floor(start * (NOW - OLDEST));
}

/** id -> version, as in a table that is upserted. */
export function table(rows: readonly Row[]): Map<unknown, unknown> {
  return new Map(rows.map((row) => [row['id'], row['priority']]));
}

/** The tickets that these silos have now and that changed at start_date or later. */
export function present({ vendor }: Vendor, world: World, silos = world.silos): Ticket[] {
  return vendor.shelf.filter((ticket) => silos.includes(ticket.silo) && ticket.updated >= startOf(world));
}

/** Each of these is in the table in its present version; what has left these silos since may be there, too. */
export function expectPresent(delivered: Map<unknown, unknown>, wanted: readonly Ticket[]): void {
  for (const { id, version } of wanted) expect([id, delivered.get(id)]).toEqual([id, version]);
}
