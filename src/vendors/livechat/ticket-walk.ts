import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Row, StreamItem } from '../../core/stream.ts';
import { parseInstant } from '../../core/timestamps.ts';
import type { TicketPage } from './rest-v2.ts';
import { ticketRow } from './rows.ts';
import { writeTicketBookmark } from './ticket-bookmark.ts';
import { laterThan, type TicketWindow } from './ticket-windows.ts';

/** Tickets on a page; the API has no parameter for it (livechat-api §2.1). */
const PAGE_SIZE = 25;

/**
 * How far behind the vendor's clock a list may be: a change can get its time a moment before it appears in the list,
 * and not all of the vendor's machines have the same time. Whatever is concluded from a time leaves this margin, in ms.
 */
export const SAFETY_LAG_MS = 5 * 60_000;

/** How far the clocks of the vendor's machines may differ, in ms. */
const CLOCK_SKEW_MS = 10_000;

/** After so many rounds tickets change faster than they can be read. */
const MAX_CATCH_UP_ROUNDS = 20;

/** Rounds that find none of the tickets said to be missing, after which the number is taken to count something else. */
const MAX_IDLE_ROUNDS = 2;

/**
 * How often the walk steps back from one place because tickets seem to have been deleted, and how many empty pages it
 * passes: beyond that the numbers are not to be trusted, and every call is billed.
 */
const MAX_STEPS_BACK = 5;
const MAX_EMPTY_PAGES = 3;

/** Each reading of a list with unsteady ties misses a part of what the one before missed: ten leave nothing but bad luck. */
const MAX_RECOUNTS = 10;

/** What the walks of one run share. */
export interface TicketRun {
  readonly list: (window: TicketWindow, page: number) => Promise<TicketPage>;
  readonly log: Log;
  /** Tickets that last changed before this (epoch ms) are not wanted. */
  readonly floor: number;
  /** True for a first load, where a ticket that is not found now is not looked for by the next run either. */
  readonly first: boolean;
  /** Calls made so far. */
  calls: number;
  /** Changes before this (epoch ms) are final: the vendor's clock at the first answer, less the safety margin. */
  until: number;
  /** Every ticket that last changed before this (epoch ms) has been given; goes into checkpoints. */
  settled: number;
  /** Ids of all tickets met in the list at hand, whether wanted or not. */
  readonly met: Set<unknown>;
  /** The last change (epoch ms, or null where there is none) with which each ticket of the list at hand was given. */
  readonly given: Map<unknown, number | null>;
}

export interface WalkStart {
  readonly page: number;
  readonly answer: TicketPage;
  /** From the checkpoint, when the walk goes on from one. */
  readonly total?: number;
  readonly newest?: number;
}

export interface WalkOptions {
  /** The walk may end below this instant (epoch ms). */
  readonly stopBelow: number;
  /** Tickets that last changed before this (epoch ms) are known to have been given. @default the run's floor */
  readonly wantFrom?: number;
  readonly checkpoints?: boolean;
}

export interface WalkResult {
  readonly calls: number;
  /** Tickets that had not been given before, in any version. */
  readonly found: number;
  /** The latest change on the first page (epoch ms); undefined when the list is empty or has no times. */
  readonly newest: number | undefined;
  readonly total: number | undefined;
  /** False when the walk ended before the last page, below `stopBelow`. */
  readonly toTheEnd: boolean;
  /**
   * Whether the walk may have missed tickets that nobody touched: a page before the last was not full or not in order, or
   * tickets with equal times lay on both sides of a page edge, where they may have changed places between two calls.
   */
  readonly doubtful: boolean;
}

/**
 * Reads a window's list page by page, the latest change first, and yields rows and checkpoints.
 *
 * The order is what makes this safe: a ticket that changes meanwhile moves to the first page and pushes others down, so
 * rows may come twice but none is skipped, and a walk can go on from a page number later. Ascending, each change would
 * pull a row over the page edge unseen, and so would pages asked for out of turn: they are read strictly one by one.
 * The changed ticket itself is found again by {@link catchUp}, or in a later window. Only a deletion pulls rows up; it
 * shows in `total`, and the walk steps back.
 */
export async function* walkWindow(
  run: TicketRun,
  window: TicketWindow,
  start: WalkStart,
  { stopBelow, wantFrom = run.floor, checkpoints = false }: WalkOptions,
): AsyncGenerator<StreamItem, WalkResult> {
  const later = laterThan(window) ?? Number.POSITIVE_INFINITY;
  const newest = start.newest ?? newestChange(start.answer);
  let { page, answer } = start;
  let total = start.total ?? answer.total;
  let calls = 1;
  let found = 0;
  let doubtful = false;
  let previous: TicketPage | undefined;
  let furthest = page;
  let stepsBack = 0;
  let emptyPages = 0;

  while (true) {
    const lost = (total ?? 0) - (answer.total ?? total ?? 0);
    total = answer.total ?? total;
    if (lost > 0 && page > 1 && stepsBack < MAX_STEPS_BACK) {
      stepsBack += 1;
      page = Math.max(1, page - Math.ceil(lost / PAGE_SIZE));
      answer = await run.list(window, page);
      calls += 1;
      continue;
    }
    doubtful ||= lost > 0 && page > 1;
    if (page > furthest) stepsBack = 0;
    furthest = Math.max(furthest, page);
    const rows: Row[] = [];
    for (const ticket of answer.tickets) {
      run.met.add(ticket['id']);
      const modified = changeOf(ticket);
      if (modified !== null && (modified < wantFrom || modified >= later)) continue;
      if (run.given.get(ticket['id']) === modified) continue;
      if (!run.given.has(ticket['id'])) found += 1;
      run.given.set(ticket['id'], modified);
      rows.push(ticketRow(ticket));
    }
    if (rows.length > 0) yield { kind: 'rows', rows };

    emptyPages = answer.tickets.length === 0 ? emptyPages + 1 : 0;
    const toTheEnd = isLastPage(answer, page, previous) || emptyPages >= MAX_EMPTY_PAGES;
    const isShort = answer.tickets.length < PAGE_SIZE && !isLastPage(answer, page, previous);
    doubtful ||= isShort || !isInOrder(answer.tickets) || meetsInTie(previous, answer);
    if (toTheEnd || endsBelow(answer.tickets, stopBelow)) return { calls, found, newest, total, toTheEnd, doubtful };
    page += 1;
    if (checkpoints && total !== undefined && newest !== undefined) {
      const scan = { window, page, total, newest };
      yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: run.settled, scan }) };
    }
    previous = answer;
    answer = await run.list(window, page);
    calls += 1;
  }
}

/**
 * Finds the tickets that changed while a window was walked: they have moved to the first pages. Reads from there down to
 * what had changed when the walk began (`newest`, epoch ms), usually one page, and again until no ticket can have moved
 * past the reader: a round was a single page, or as many tickets were met as the list has. `metAll` says that the walk saw
 * the list from its beginning; after one that was resumed, a round that finds no further ticket is enough.
 */
export async function* catchUp(
  run: TicketRun,
  window: TicketWindow,
  newest: number,
  metAll: boolean,
): AsyncGenerator<StreamItem, void> {
  let since = newest - SAFETY_LAG_MS;
  let idle = 0;
  for (let round = 1; round <= MAX_CATCH_UP_ROUNDS; round += 1) {
    const start = { page: 1, answer: await run.list(window, 1) };
    const stopBelow = Math.max(run.floor, since);
    // A resumed walk does not know what was given before it, but that it was.
    const walk = yield* walkWindow(run, window, start, { stopBelow, wantFrom: metAll ? run.floor : stopBelow });
    const missing = metAll && walk.total !== undefined ? walk.total - run.met.size : undefined;
    if (walk.calls === 1 || (missing !== undefined && missing <= 0)) return;
    idle = walk.found === 0 ? idle + 1 : 0;
    if (idle >= (missing === undefined ? 1 : MAX_IDLE_ROUNDS)) return;
    // What can still be missing has moved during this round. The margin is small now, or a busy account would never end.
    if (walk.newest !== undefined) since = walk.newest - CLOCK_SKEW_MS;
  }
  // Whatever moved on has changed after this run's bookmark: the next run reads it. A full refresh has no next run.
  if (!run.first) return;
  throw new SyncError(
    'transient',
    `LiveChat tickets come in faster than they can be read: the list was read again ${MAX_CATCH_UP_ROUNDS} times and had others each time. Run the sync when less is going on, or raise calls_per_minute if the account allows it.`,
  );
}

/**
 * Walks a window again until the tickets met are as many as LiveChat says there are (`total`). Two walks in a row that
 * bring none of the missing ones show that the number counts something else.
 */
export async function* recount(run: TicketRun, window: TicketWindow, total: number): AsyncGenerator<StreamItem, void> {
  let idle = 0;
  for (let round = 1; run.met.size < total && idle < MAX_IDLE_ROUNDS; round += 1) {
    if (round > MAX_RECOUNTS) {
      throw new SyncError(
        'transient',
        `LiveChat says that a list has ${total} tickets and gives others at each reading: ${run.met.size} after ${round} readings. Run the sync again; if this stays, please report it.`,
      );
    }
    run.log('info', `LiveChat counts ${total} tickets in a list that gave ${run.met.size}: reading it again.`);
    const before = run.met.size;
    const start = { page: 1, answer: await run.list(window, 1) };
    yield* walkWindow(run, window, start, { stopBelow: run.floor });
    idle = run.met.size > before ? 0 : idle + 1;
  }
}

/** When a ticket last changed, in epoch ms; null when LiveChat does not say. */
function changeOf(ticket: Row): number | null {
  return parseInstant(ticket['modified']) ?? null;
}

/** Whether the last ticket of a page and the first of the next changed at the same time. */
function meetsInTie(previous: TicketPage | undefined, next: TicketPage): boolean {
  const last = previous?.tickets.at(-1);
  const [first] = next.tickets;
  return last !== undefined && first !== undefined && changeOf(last) === changeOf(first) && last['id'] !== first['id'];
}

/**
 * The latest change on a first page (epoch ms), by the vendor's clock; undefined when no ticket there has a time. A time in
 * the future would hide what changes now: it counts as now.
 */
export function newestChange({ tickets, serverTime }: TicketPage): number | undefined {
  const changes = tickets.map(changeOf).filter((change) => change !== null);
  return changes.length === 0 ? undefined : Math.min(Math.max(...changes), serverTime);
}

/** Short and even empty pages occur in the middle of lists: where the answer says how many pages there are, that counts. */
function isLastPage({ pages, total, tickets }: TicketPage, page: number, previous: TicketPage | undefined): boolean {
  if (pages !== undefined) return page >= pages;
  if (total !== undefined) return page * PAGE_SIZE >= total;
  // A bare list tells nothing. It ends with an empty page, or repeats itself where the server ignores page numbers.
  const repeated = previous?.tickets.length === tickets.length && sameIds(previous.tickets, tickets);
  return tickets.length === 0 || repeated;
}

function sameIds(some: readonly Row[], others: readonly Row[]): boolean {
  return some.every((ticket, index) => ticket['id'] === others[index]?.['id']);
}

/** True when a page is in the order that it should have and its last ticket changed before `instant`: the rest is older. */
function endsBelow(tickets: readonly Row[], instant: number): boolean {
  const last = tickets.at(-1);
  return last !== undefined && isInOrder(tickets) && (changeOf(last) ?? instant) < instant;
}

/** Whether every ticket has a time and none is later than the one before it. */
function isInOrder(tickets: readonly Row[]): boolean {
  const changes = tickets.map(changeOf);
  return changes.every(
    (change, index) => change !== null && change <= (changes[index - 1] ?? Number.POSITIVE_INFINITY),
  );
}
