import type { Row, StreamItem } from '../../core/stream.ts';
import { PAGE_SIZE, type TicketPage } from './rest-v2.ts';
import { ticketRow } from './rows.ts';
import {
  MAX_OPEN_TIES,
  MAX_OPEN_TIES_UNCOUNTED,
  type TicketScan,
  type TieMark,
  writeTicketBookmark,
} from './ticket-bookmark.ts';
import { changeOf, endsBelow, isInOrder, isLastPage, newestChange, pageCount } from './ticket-order.ts';
import { give, hasEmptyPages, nextPage, noteTotal, refuseBeyondCap, type TicketRun } from './ticket-run.ts';
import { settleTie, TieWatch } from './ticket-ties.ts';
import { laterThan, type TicketWindow } from './ticket-windows.ts';

/**
 * How often the walk steps back because tickets seem to have been deleted, from one place and in all, and how many empty
 * pages it passes: beyond that the numbers are not to be trusted, and every call is billed.
 */
const MAX_STEPS_BACK_HERE = 5;
const MAX_STEPS_BACK = 10;
const MAX_EMPTY_PAGES = 3;

export interface WalkStart {
  readonly page: number;
  readonly answer: TicketPage;
  /** The checkpoint that the walk goes on from; undefined for one that begins at the first page. */
  readonly resumed?: TicketScan | undefined;
}

export interface WalkOptions {
  /** The walk may end below this instant (epoch ms). */
  readonly stopBelow: number;
  readonly checkpoints?: boolean;
}

export interface WalkResult {
  readonly calls: number;
  /** Tickets that had not been given before, in any version. */
  readonly found: number;
  /** The latest change on the first page (epoch ms); undefined when the list is empty or has no times. */
  readonly newest: number | undefined;
  /** False when the walk ended before the last page, below `stopBelow`. */
  readonly toTheEnd: boolean;
  /** What all else relies on did not hold: a page was out of order, or the total fell too often to step back each time. */
  readonly unsure: boolean;
  /** A page within the list stayed shorter than others: there are tickets that it does not show. */
  readonly hasHoles: boolean;
  /** Where a ticket may have slipped past because others with the same time changed places with it. */
  readonly ties: readonly TieMark[];
}

/**
 * Reads a window's list page by page, the latest change first, and yields rows and checkpoints.
 *
 * The order is what makes this safe: a ticket that changes meanwhile moves to the first page and pushes others down, so
 * rows may come twice but none is skipped, and a walk can go on from a page number later. Ascending, each change would
 * pull a row over the page edge unseen, and so would pages asked for out of turn: they are read strictly one by one.
 * The changed ticket itself is found again by the catch-up, or in a later window. Only a deletion pulls rows up; it
 * shows in `total`, and the walk steps back.
 */
export async function* walkWindow(
  run: TicketRun,
  window: TicketWindow,
  start: WalkStart,
  { stopBelow, checkpoints = false }: WalkOptions,
): AsyncGenerator<StreamItem, WalkResult> {
  const later = laterThan(window) ?? Number.POSITIVE_INFINITY;
  const newest = start.resumed?.newest ?? newestChange(start.answer);
  const callsBefore = run.calls - 1;
  const watch = new TieWatch(start.resumed?.ties);
  // Of a list that can be held against its number nothing more may have to be known.
  const isCounted = start.resumed === undefined && start.answer.total !== undefined;
  const mostTies = isCounted ? MAX_OPEN_TIES : MAX_OPEN_TIES_UNCOUNTED;
  let { page, answer } = start;
  let total = start.resumed?.total ?? answer.total;
  let found = 0;
  let unsure = false;
  let furthest = page;
  let stepsBack = 0;
  let stepsBackHere = 0;
  let emptyPages = 0;
  let longest = 0;
  /** The shortest page that another one followed, and the shortest since then. */
  let shortestInside = Number.POSITIVE_INFINITY;
  let shortestAtEnd = Number.POSITIVE_INFINITY;
  const hasHoles = () => shortestInside < longest;

  while (true) {
    const lost = (total ?? 0) - (answer.total ?? total ?? 0);
    total = answer.total ?? total;
    noteTotal(run, answer);
    if (lost > 0 && page > 1 && stepsBackHere < MAX_STEPS_BACK_HERE && stepsBack < MAX_STEPS_BACK) {
      stepsBack += 1;
      stepsBackHere += 1;
      page = Math.max(1, page - Math.ceil(lost / PAGE_SIZE));
      watch.interrupt();
      answer = await run.list(window, page);
      continue;
    }
    if (page > furthest) stepsBackHere = 0;
    furthest = Math.max(furthest, page);
    const changes = answer.tickets.map(changeOf);
    unsure ||= !isInOrder(changes) || (lost > 0 && page > 1);
    const length = Math.min(answer.tickets.length, PAGE_SIZE);
    longest = Math.max(longest, length);
    if (length > 0 && !answer.isPatched) shortestInside = Math.min(shortestInside, shortestAtEnd);
    shortestAtEnd = length > 0 ? length : Math.min(shortestAtEnd, length);
    const rows: Row[] = [];
    for (const [index, ticket] of answer.tickets.entries()) {
      run.met.add(ticket['id']);
      const modified = changes[index] ?? null;
      if (modified !== null && (modified < run.floor || modified >= later)) {
        watch.skip();
        continue;
      }
      if (modified !== null) watch.see(ticket['id'], modified, page);
      const isNew = !run.given.has(ticket['id']);
      if (give(run, ticket, modified)) rows.push(ticketRow(ticket));
      if (isNew) found += 1;
    }
    if (rows.length > 0) yield { kind: 'rows', rows };
    while (watch.ties.length > mostTies) yield* settleTie(run, window, watch.ties.shift() as TieMark);

    refuseBeyondCap(run, page, answer);
    emptyPages = answer.tickets.length === 0 ? emptyPages + 1 : 0;
    const toTheEnd =
      isLastPage(answer, page) || (emptyPages >= MAX_EMPTY_PAGES && (await endsHere(run, window, answer)));
    if (toTheEnd || endsBelow(changes, stopBelow)) {
      const calls = run.calls - callsBefore;
      return { calls, found, newest, toTheEnd, unsure, hasHoles: hasHoles(), ties: watch.end() };
    }
    page += 1;
    // What an interrupted walk was not sure of, the one that goes on from a later page could not know: nor that the last page,
    // shorter than others, is a hole when the list goes on.
    const isSound = !unsure && !hasHoles() && shortestAtEnd >= longest;
    if (checkpoints && isSound && total !== undefined && newest !== undefined) {
      const scan = { window, page, total, newest, ties: watch.ties };
      yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: run.settled, scan }) };
    }
    answer = await nextPage(run, window, page, answer);
  }
}

/** Whether a list that gives empty pages where its number says there are more has ended: then its last page is empty, too. */
async function endsHere(run: TicketRun, window: TicketWindow, answer: TicketPage): Promise<boolean> {
  const { tickets } = await run.list(window, pageCount(answer) ?? 1);
  if (tickets.length === 0) return true;
  throw hasEmptyPages(answer.total ?? 'unknown length');
}
