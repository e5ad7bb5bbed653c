import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { ReadRequest, Row } from '../../core/stream.ts';
import { PAGE_SIZE, type RestV2, type TicketPage } from './rest-v2.ts';
import { expectedOn, isBare, newestChange, pageCount, sameTickets } from './ticket-order.ts';
import type { TicketWindow } from './ticket-windows.ts';

/**
 * How far behind the vendor's clock a list may be: a change can get its time a moment before it appears in the list,
 * and not all of the vendor's machines have the same time. Whatever is concluded from a time leaves this margin, in ms.
 */
export const SAFETY_LAG_MS = 5 * 60_000;

/** After so many short pages that were the same when asked for again, short pages are taken for this list's way. */
const MAX_CONFIRMED_SHORT = 3;

/**
 * A list and its number may be taken a moment apart: so many tickets too many are forgiven once. Then its numbers are not
 * believed any more.
 */
const RACING_TICKETS = 5;
const MAX_STRIKES = 2;

/** What the walks of one run share. */
export interface TicketRun {
  /** One page of a window's list; one that is shorter than the list's numbers say is asked for twice. */
  readonly list: (window: TicketWindow, page: number) => Promise<TicketPage>;
  readonly log: Log;
  /** Tickets that last changed before this (epoch ms) are not wanted. */
  readonly floor: number;
  /** True when no further run will look for a ticket that this one does not find: in a full refresh, and a first load. */
  readonly mustFindAll: boolean;
  /** How many tickets a list shows at most. */
  readonly cap: number;
  /** Calls made so far. */
  calls: number;
  /** Short pages within lists that were the same when asked for again. */
  confirmedShort: number;
  /** Changes before this (epoch ms) are final: the vendor's clock at the first answer, less the safety margin. */
  until: number;
  /** Every ticket that last changed before this (epoch ms) has been given; goes into checkpoints. */
  settled: number;
  /** How many tickets the list at hand has, as was said last; undefined for a bare list. */
  total: number | undefined;
  /** It has fallen: tickets were deleted, or it is not to be trusted. What was met cannot be held against it any more. */
  fell: boolean;
  /** Ids of all tickets met in the list at hand, whether wanted or not. */
  readonly met: Set<unknown>;
  /** The last change (epoch ms, or null where there is none) with which each ticket of the list at hand was given. */
  readonly given: Map<unknown, number | null>;
}

/**
 * Begins a run: calls go out with the request's signal and are reported to it; the first answer sets `until`.
 * `list` throws what the API client throws.
 */
export function createRun(
  api: RestV2,
  { floor, mustFindAll, cap }: Pick<TicketRun, 'floor' | 'mustFindAll' | 'cap'>,
  request: ReadRequest,
): TicketRun {
  let strikes = 0;
  const ask = async (window: TicketWindow, page: number): Promise<TicketPage> => {
    const answer = await api.listTickets({ ...window, page }, request);
    // A list with more tickets on its first pages than it says it has in all says nothing: it is read as a bare one.
    const seen = (page - 1) * PAGE_SIZE + answer.tickets.length;
    const surplus = answer.tickets.length === 0 ? 0 : seen - (answer.total ?? seen);
    if (surplus > 0) strikes += surplus > RACING_TICKETS ? MAX_STRIKES : 1;
    if (run.calls === 0) {
      // Without the vendor's clock only its changes tell what time it has.
      const known = answer.vendorTime !== undefined ? answer.serverTime : (newestChange(answer) ?? floor);
      run.until = Math.max(floor, known - SAFETY_LAG_MS);
    }
    run.calls += 1;
    return strikes < MAX_STRIKES ? answer : { ...answer, total: undefined, pages: undefined };
  };
  const run: TicketRun = {
    // Numbers that prove wrong are not shown to anybody from then on.
    async list(window, page) {
      const answer = await ask(window, page);
      // A bare list tells nothing of what a page should have, but a whole list is seldom empty.
      const expected = expectedOn(answer, page) ?? (page === 1 ? 1 : 0);
      const trusted = run.confirmedShort >= MAX_CONFIRMED_SHORT && !isBare(answer);
      if (trusted || answer.tickets.length >= expected) return answer;
      const again = await ask(window, page);
      if (!isBare(again) && again.tickets.length < expected) run.confirmedShort += 1;
      return again.tickets.length >= answer.tickets.length ? again : answer;
    },
    log: request.log,
    floor,
    mustFindAll,
    cap,
    calls: 0,
    confirmedShort: 0,
    until: floor,
    settled: floor,
    total: undefined,
    fell: false,
    met: new Set(),
    given: new Map(),
  };
  return run;
}

/** Begins with another list: what was met and given of the one before does not count for it. */
export function openList(run: TicketRun): void {
  run.total = undefined;
  run.fell = false;
  run.met.clear();
  run.given.clear();
}

/** Takes the number of tickets from an answer about the list at hand. */
export function noteTotal(run: TicketRun, { total }: TicketPage): void {
  if (run.total !== undefined && total !== undefined && total < run.total) run.fell = true;
  run.total = total;
}

/** How many tickets of the list at hand have not been met; undefined where no number can be held against it. */
export function missingOf(run: TicketRun): number | undefined {
  return run.fell || run.total === undefined ? undefined : run.total - run.met.size;
}

/** Notes that a ticket is given with this last change (epoch ms); false when it has been, or with a later one. */
export function give(run: TicketRun, ticket: Row, modified: number | null): boolean {
  const known = run.given.get(ticket['id']);
  if (known !== undefined && (known === modified || (known ?? 0) > (modified ?? 0))) return false;
  run.given.set(ticket['id'], modified);
  return true;
}

/**
 * The page after `previous`. A bare list has no numbers that a page could be held against: it ends where a page is empty.
 * Lest a passing fault ends it, a short page is asked for again when its successor has come, and so is an empty page behind
 * a full one, where the next is tried, too. A server that ignores page numbers gives the same page for ever: no further page,
 * that is.
 */
export async function nextPage(
  run: TicketRun,
  window: TicketWindow,
  page: number,
  previous: TicketPage,
): Promise<TicketPage> {
  const answer = await run.list(window, page);
  const { tickets } = answer;
  if (!isBare(answer)) {
    const isBeyond = page > (pageCount(answer) ?? page);
    return isBeyond && sameTickets(previous.tickets, tickets) ? { ...answer, tickets: [] } : answer;
  }
  if (page === 2 && sameTickets(previous.tickets, tickets)) {
    // A crowd of exactly one page that has just moved to the front looks the same, but not a second time.
    const third = await run.list(window, page + 1);
    return sameTickets(previous.tickets, third.tickets) ? { ...answer, tickets: [] } : answer;
  }
  if (previous.tickets.length >= PAGE_SIZE) {
    if (tickets.length > 0) return answer;
    const again = await run.list(window, page);
    if (again.tickets.length > 0) return again;
    const beyond = await run.list(window, page + 1);
    if (beyond.tickets.length === 0 || sameTickets(beyond.tickets, previous.tickets)) return answer;
    // Either it has a hole, or it has just grown.
    const grown = await run.list(window, page);
    if (grown.tickets.length > 0) return grown;
    throw hasEmptyPages('unknown length');
  }
  if (tickets.length > 0 && run.confirmedShort >= MAX_CONFIRMED_SHORT) return answer;
  const again = await run.list(window, page - 1);
  if (again.tickets.length > previous.tickets.length) {
    return { ...answer, tickets: [...again.tickets, ...tickets], isPatched: true };
  }
  if (tickets.length > 0) run.confirmedShort += 1;
  return answer;
}

/** The error for a list of `length` that goes on behind an empty page. */
export function hasEmptyPages(length: number | string): SyncError {
  return new SyncError(
    'transient',
    `LiveChat gives empty pages in the middle of a list of ${length}. Run the sync again; it goes on from where it stands. If this stays, please report it.`,
  );
}

/** Throws a transient error at the last page that a list shows, when it is full: what lies behind it cannot be read. */
export function refuseBeyondCap({ cap }: TicketRun, page: number, { tickets }: TicketPage): void {
  if (page * PAGE_SIZE < cap || tickets.length < PAGE_SIZE) return;
  throw new SyncError(
    'transient',
    `LiveChat's list of tickets grew beyond the ${cap} that it shows while it was read. Run the sync again: it reads the list in parts then.`,
  );
}
