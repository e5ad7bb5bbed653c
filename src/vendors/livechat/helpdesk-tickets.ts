import { SyncError } from '../../core/errors.ts';
import type { ReadRequest, Row, Stream, StreamItem } from '../../core/stream.ts';
import { formatInstant, parseInstant } from '../../core/timestamps.ts';
import { type HelpdeskApi, LOWEST_ID, type Place, type Silo, TICKETS_PER_PAGE } from './helpdesk-api.ts';
import {
  HELPDESK_BOOKMARK_FIELDS,
  type HelpdeskBookmark,
  instantOf,
  readHelpdeskBookmark,
  writeHelpdeskBookmark,
} from './helpdesk-bookmark.ts';
import { createDirectory, type DirectoryLoader } from './helpdesk-directory.ts';
import { helpdeskTicketRow } from './helpdesk-row.ts';
import { describeTickets, TICKETS } from './ticket-api.ts';

/** A change may show up in the list this much later than its time says, in ms: so much is read again. */
const SAFETY_LAG_MS = 5 * 60_000;

/**
 * livechat_tickets over HelpDesk: every ticket of these silos that changed at `startDate` (epoch ms) or later, and afterwards what
 * changed since the last run.
 */
export function createHelpdeskTicketsStream(
  connect: () => Promise<HelpdeskApi>,
  startDate: number,
  silos: readonly Silo[],
): Stream {
  return {
    ...describeTickets(),
    bookmarkFields: HELPDESK_BOOKMARK_FIELDS,
    read: (request) => readTickets(connect, startDate, silos, request),
    async forecast(request) {
      const known = readHelpdeskBookmark(request.bookmark, silos, TICKETS);
      const api = await connect();
      let rows = 0;
      let calls = 0;
      for (const silo of silos) {
        const after = startOf(known, silo, startDate);
        const { total } = await api.listTickets({ silo, after, pageSize: 1 }, request);
        if (total === undefined) return { rows: undefined, calls: undefined };
        rows += total;
        calls += Math.max(1, Math.ceil(total / TICKETS_PER_PAGE));
      }
      // Names of agents, teams and tags, and a last look at what has changed silo meanwhile.
      return { rows, calls: rows === 0 ? calls : calls + 3 + silos.length - 1 };
    },
  };
}

/** How far the reading of a silo has come. */
interface Reached {
  readonly place: Place;
  /** Tickets that were given at this place, in the version in which they were: it may be read inclusively. */
  readonly given: Set<string>;
}

interface Run {
  readonly api: HelpdeskApi;
  readonly request: ReadRequest;
  readonly directory: DirectoryLoader;
  /** In each silo every ticket up to here has been read, by this run or an earlier one. */
  readonly places: Map<Silo, Place>;
  /** Where the walk through each silo ended. */
  readonly ends: Map<Silo, Reached>;
  /** Silos of which was said that they show more than they were asked for. */
  readonly warned: Set<Silo>;
  /** What changed at this time (epoch ms) or later is read again by the next run; undefined while HelpDesk's clock is not known. */
  settledBefore: number | undefined;
  /** Pages that had tickets. */
  pages: number;
  /** How many tickets HelpDesk says there are, in the silos so far. */
  expected: number;
}

/**
 * Walks each silo in the order of (updatedAt, ID): a ticket that changes meanwhile moves to the end, so none is lost and every
 * page is a checkpoint. A ticket can also move to a silo that has been walked; so, if there was more to read than a look, the
 * silos are looked at once more from where their walks ended.
 *
 * So a run gives every ticket that was there when it began, unless it has left these silos. Two kinds are left to the next run,
 * which finds them by the time of their move: a ticket that moves twice, each time out of a silo before it is reached there; and
 * one that moves between the calls of a run that had nothing to read, which makes only one for each silo.
 */
async function* readTickets(
  connect: () => Promise<HelpdeskApi>,
  startDate: number,
  silos: readonly Silo[],
  request: ReadRequest,
): AsyncGenerator<StreamItem, void> {
  const known = readHelpdeskBookmark(request.bookmark, silos, TICKETS);
  const startIn = (silo: Silo) => startOf(known, silo, startDate);
  if (known.size > 0) request.log('info', `Going on with what changed from ${startIn(silos[0] as Silo).value} on.`);
  const api = await connect();
  const run: Run = {
    api,
    request,
    directory: createDirectory(api, request.log),
    // The place in a silo that is not asked for any more is kept: it may be again.
    places: new Map([...known, ...silos.map((silo) => [silo, startIn(silo)] as const)]),
    ends: new Map(),
    warned: new Set(),
    settledBefore: undefined,
    pages: 0,
    expected: 0,
  };
  const beginningOf = (silo: Silo): Reached => ({ place: startIn(silo), given: new Set() });
  for (const silo of silos) yield* walk(run, silo, beginningOf(silo), known.size === 0);
  if (run.pages > 0) {
    for (const silo of silos.slice(0, -1)) yield* walk(run, silo, run.ends.get(silo) ?? beginningOf(silo));
  }
  for (const silo of silos) settle(run, silo);
  yield { kind: 'bookmark', bookmark: writeHelpdeskBookmark(run.places) };
}

/** Where a run begins in a silo: where the last one ended, or at the start date. */
function startOf(known: HelpdeskBookmark, silo: Silo, startDate: number): Place {
  const place = known.get(silo);
  return place !== undefined && instantOf(place) > startDate
    ? place
    : { value: formatInstant(startDate), id: LOWEST_ID };
}

/** Reads a silo from a place to its end, page by page. */
async function* walk(run: Run, silo: Silo, from: Reached, isFirstLoad = false): AsyncGenerator<StreamItem, void> {
  const { api, directory, warned, request } = run;
  const start = instantOf(from.place);
  let { place, given } = from;
  let total: number | undefined;
  let seen = 0;
  while (true) {
    const page = await api.listTickets({ silo, after: place, isFirstLoad: isFirstLoad && seen === 0 }, request);
    if (page.serverTime !== undefined) run.settledBefore ??= page.serverTime - SAFETY_LAG_MS;
    if (isFirstLoad && given.size === 0 && page.total !== undefined) {
      run.expected += page.total;
      yield { kind: 'estimate', rows: run.expected };
    }
    // A place that is read inclusively gives its ticket again, which is no news; one that changed meanwhile is.
    const tickets = page.tickets.filter((ticket) => !given.has(versionOf(ticket)));
    total ??= page.total;
    seen += tickets.length;
    // A page that is shorter than what was asked for is the last one, unless the answers count more tickets than came so far.
    const isShort = page.tickets.length < TICKETS_PER_PAGE;
    const isLast = isShort && (tickets.length === 0 || seen >= (total ?? 0));
    if (tickets.length > 0) {
      // What comes before all that was asked for is an ignored filter, and is left out below.
      const next = lastPlace(tickets, silo, given.size === 0 ? Number.NEGATIVE_INFINITY : instantOf(place));
      // All of one instant are remembered, so that pages of it that come by turns are not taken for new ones.
      if (next.value !== place.value) given = new Set();
      for (const ticket of page.tickets) given.add(versionOf(ticket));
      place = next;
      const wanted = tickets.filter((ticket) => changeOf(ticket, silo) >= start);
      if (wanted.length < tickets.length && !warned.has(silo)) {
        warned.add(silo);
        request.log(
          'warn',
          `HelpDesk lists tickets (${silo}) from before the time that it was asked for. They are left out, but the calls for them are made, and billed, at each sync.`,
        );
      }
      if (wanted.length > 0) {
        run.pages += 1;
        await directory.prepare(wanted, request);
        yield { kind: 'rows', rows: wanted.map((ticket) => helpdeskTicketRow(ticket, silo, directory)) };
        settle(run, silo, place);
        yield { kind: 'bookmark', bookmark: writeHelpdeskBookmark(run.places) };
      }
    }
    run.ends.set(silo, { place, given });
    if (isLast) return;
    if (tickets.length === 0) throw stuck(silo, place);
  }
}

/**
 * Notes that a silo has been read up to a place, or to its end. What changed within the last minutes is not taken for read: by
 * HelpDesk's clock, or where it does not tell by the latest change, since ours may be ahead. A place that lies in the future
 * stays where it is.
 */
function settle({ places, settledBefore: clock }: Run, silo: Silo, reached?: Place): void {
  const settledBefore = clock ?? (reached === undefined ? undefined : instantOf(reached) - SAFETY_LAG_MS);
  if (settledBefore === undefined) return;
  const isSettled = reached !== undefined && instantOf(reached) < settledBefore;
  const place = isSettled ? reached : { value: formatInstant(settledBefore), id: LOWEST_ID };
  const current = places.get(silo);
  if (current === undefined || instantOf(place) >= instantOf(current)) places.set(silo, place);
}

/**
 * The place of the last ticket of a page. Throws a system error where the page is not in the order that was asked for, or has what
 * changed before `latest` (epoch ms).
 */
function lastPlace(tickets: readonly Row[], silo: Silo, latest: number): Place {
  for (const ticket of tickets) {
    const changed = changeOf(ticket, silo);
    if (changed < latest) {
      throw new SyncError(
        'system',
        `HelpDesk gives tickets (${silo}) in another order than the one it was asked for, by the time of the last change: going on could lose some. Please report this.`,
      );
    }
    latest = changed;
  }
  const { updatedAt, ID } = tickets.at(-1) as Row;
  return { value: String(updatedAt), id: String(ID) };
}

/** Tells a ticket from others and from itself at other times. */
function versionOf({ updatedAt, ID }: Row): string {
  return `${String(updatedAt)} ${String(ID)}`;
}

/** When a ticket last changed, in epoch ms. */
function changeOf({ updatedAt, ID }: Row, silo: Silo): number {
  const changed = parseInstant(updatedAt);
  if (typeof changed === 'number' && ID !== undefined && ID !== null) return changed;
  throw new SyncError(
    'system',
    `HelpDesk lists a ticket (${silo}) without ID or without a time in updatedAt, by which the list is read. Please report this.`,
  );
}

function stuck(silo: Silo, { value }: Place): SyncError {
  return new SyncError(
    'system',
    `HelpDesk gives the same page of tickets (${silo}) again and again: it does not go on after ${value}. What it gave before has been delivered. Run the sync again; if this stays, please report it.`,
  );
}
