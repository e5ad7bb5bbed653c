import { expect } from 'vitest';
import type { BookmarkFields, Row, SyncMode } from '../../src/core/stream.ts';
import { formatDay } from '../../src/core/timestamps.ts';
import { dayStart } from '../../src/sandbox/account-zone.ts';
import { TicketShelf } from '../../src/sandbox/livechat/ticket-shelf.ts';
import type { RestV2, TicketPage, TicketQuery } from '../../src/vendors/livechat/rest-v2.ts';
import { createTicketsStream } from '../../src/vendors/livechat/tickets.ts';

export const DAY_MS = 86_400_000;
export const FROM = Date.UTC(2025, 0, 1);
export const NOW = Date.UTC(2027, 5, 1);

/** Something that happens at the vendor just before it answers the call with this number. */
export interface Incident {
  readonly call: number;
  /** `bulk`: sixty change at one instant. `cut`: the page comes without its last tickets, this once. */
  readonly what: 'modify' | 'create' | 'remove' | 'cut' | 'bulk';
  /** Which ticket, as a share of all; of a page that is cut, how much is left. */
  readonly which: number;
}

export interface World {
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

export const CALM: World = {
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
export function vendorOf(world: World) {
  const { tickets: count, days, equalTimestamps, cap, timeZone, envelope } = world;
  const facts = { seed: 3, count, agents: 3, from: FROM, to: FROM + days * DAY_MS, equalTimestamps, bigText: 0 };
  const shelf = new TicketShelf(facts, world.unstableTies);
  const vendor = { shelf, calls: 0, now: NOW, incidents: [...world.incidents], queries: [] as TicketQuery[] };
  const time = (ms: number) => (world.wholeSeconds ? Math.floor(ms / 1000) : new Date(ms).toISOString());
  const api: RestV2 = {
    listAgents: () => Promise.reject(new Error('not asked for')),
    listChats: () => Promise.reject(new Error('not asked for')),
    async listTickets(query) {
      vendor.calls += 1;
      vendor.now += 700;
      vendor.queries.push(query);
      let left = 25;
      for (const { what, which } of vendor.incidents.filter((incident) => incident.call === vendor.calls)) {
        const number = Math.floor(which * shelf.size);
        if (what === 'create') shelf.create(vendor.now);
        else if (shelf.size === 0) continue;
        else if (what === 'bulk')
          for (let n = 0; n < 60; n += 1) shelf.modify((number + n * 7) % shelf.size, vendor.now);
        else if (what === 'cut') left = Math.floor(which * 25);
        else shelf[what](number, vendor.now);
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
      const serverTime = Math.floor(vendor.now / 1000) * 1000;
      return { tickets: rows, ...totals, serverTime, vendorTime: serverTime };
    },
  };
  return { api, vendor };
}

export type Vendor = ReturnType<typeof vendorOf>;

/** Reads once; `seen` collects the bookmarks. `stopAfter` items it is cut off; the last bookmark comes back as it would from a file. */
export async function read(
  { api }: Vendor,
  world: World,
  bookmark?: BookmarkFields,
  stopAfter = Number.POSITIVE_INFINITY,
  mode: SyncMode = 'incremental',
  seen: BookmarkFields[] = [],
) {
  const rows: Row[] = [];
  let last = bookmark;
  let items = 0;
  const stream = createTicketsStream(async () => api, startOf(world), world.cap);
  const signal = new AbortController().signal;
  for await (const item of stream.read({ mode, bookmark, signal, log: () => {}, onWait: () => {}, onCall: () => {} })) {
    if (item.kind === 'rows') rows.push(...item.rows);
    if (item.kind === 'bookmark') {
      last = JSON.parse(JSON.stringify(item.bookmark)) as BookmarkFields;
      seen.push(last);
    }
    items += 1;
    if (items >= stopAfter) break;
  }
  return { rows, bookmark: last, cutOff: items >= stopAfter };
}

export function startOf({ start, days }: World): number {
  return FROM + Math.floor(start * days * DAY_MS);
}

/** id -> number of events, which tells one version of a ticket from another. */
export function table(rows: readonly Row[]): Map<unknown, unknown> {
  return new Map(rows.map((row) => [row['id'], row['n']]));
}

/** What there is that changed at `since` or later. */
export function truth({ vendor }: Vendor, since = Number.NEGATIVE_INFINITY): Map<unknown, unknown> {
  const numbers = Array.from({ length: vendor.shelf.size }, (_, number) => vendor.shelf.ticket(number));
  const wanted = numbers.filter((ticket) => ticket !== undefined && ticket.modified >= since);
  return new Map(wanted.map((ticket) => [ticket?.id, ticket?.events.length]));
}

/** Everything that is there has been delivered in its present version; what was deleted may be, too. */
export function expectComplete(delivered: Map<unknown, unknown>, wanted: Map<unknown, unknown>): void {
  for (const [id, events] of wanted) expect([id, delivered.get(id)]).toEqual([id, events]);
}

/** Answers with the vendor's pages and changed totals. */
export function lying(world: World, change: (answer: TicketPage, call: number) => Partial<TicketPage>) {
  const vendor = vendorOf(world);
  const { listTickets } = vendor.api;
  vendor.api.listTickets = async (query, call) => {
    const answer = await listTickets(query, call);
    return { ...answer, ...change(answer, vendor.vendor.calls) };
  };
  return vendor;
}
