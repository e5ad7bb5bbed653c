import { SyncError } from '../../core/errors.ts';
import type { Row, StreamItem } from '../../core/stream.ts';
import { dayOf, formatInstant } from '../../core/timestamps.ts';
import type { TicketPage } from './rest-v2.ts';
import { ticketRow } from './rows.ts';
import type { TieMark } from './ticket-bookmark.ts';
import { changeOf, isLastPage, pageBefore } from './ticket-order.ts';
import { give, nextPage, refuseBeyondCap, type TicketRun } from './ticket-run.ts';
import type { TicketWindow } from './ticket-windows.ts';

/**
 * Follows a walk from the latest change to the oldest and keeps the ties that need a second look: tickets with the same last
 * change lie on both sides of a page edge, and not as many were met as there are places for them, since one came twice.
 * Either another ticket moved to the front and pushed the list on by a place, and nothing is lost, or two of them changed
 * places between two calls, and one was skipped.
 */
export class TieWatch {
  /** The ties found so far, oldest first. */
  readonly ties: TieMark[];
  #time: number | undefined;
  #firstPage = 0;
  #lastPage = 0;
  #places = 0;
  #ids = new Set<unknown>();

  /** Begins with the ties that an earlier run left. */
  constructor(left: readonly TieMark[] = []) {
    this.ties = [...left];
  }

  /** Takes the next ticket of the walk. */
  see(id: unknown, time: number, page: number): void {
    if (time !== this.#time) {
      this.skip();
      this.#time = time;
      this.#firstPage = page;
      this.#ids = new Set();
    }
    this.#lastPage = page;
    this.#places += 1;
    this.#ids.add(id);
  }

  /** The next ticket is one that is not wanted: what came before it is complete. */
  skip(): void {
    this.#close(this.#places > this.#ids.size);
    this.#time = undefined;
    this.#places = 0;
  }

  /** The walk goes back: what lay across its last page edge is not seen in one go. */
  interrupt(): void {
    this.#close(this.#lastPage > this.#firstPage);
    this.#time = undefined;
    this.#places = 0;
  }

  /** The walk has ended; returns the ties that are left. */
  end(): readonly TieMark[] {
    this.skip();
    return this.ties;
  }

  #close(isDoubtful: boolean): void {
    if (!isDoubtful || this.#time === undefined) return;
    this.ties.push({ time: this.#time, page: this.#firstPage });
  }
}

/** Readings that bring nothing new, after which the tie is looked for in other windows, where the page edges lie elsewhere. */
const IDLE_READINGS_IN_PLACE = 4;
/** Readings that bring nothing new, after which it is given up. */
const MAX_IDLE_READINGS = 8;

/**
 * Reads a tie again until as many tickets have been given as it has places; yields those that were skipped. Throws a
 * transient error when that cannot be reached: some are there and are not shown.
 */
export async function* settleTie(run: TicketRun, window: TicketWindow, tie: TieMark): AsyncGenerator<StreamItem, void> {
  // What changed after this run's bookmark is read again by the next one, when it has come to rest.
  if (!run.mustFindAll && tie.time >= run.until) return;
  // What the walk met is not counted in: one of them may have changed since, and take no place here any more.
  let ids = new Set<unknown>();
  let places = 0;
  let page = tie.page;
  let idle = 0;
  while (true) {
    const inPlace = idle < IDLE_READINGS_IN_PLACE;
    const reading = inPlace
      ? yield* readTie(run, window, tie.time, page)
      : yield* readTie(run, windowAround(window, tie.time, idle - IDLE_READINGS_IN_PLACE), tie.time, 1);
    if (inPlace) page = reading.page;
    const before = ids.size;
    // Fewer places than the last time: some have left, and nobody knows which of those that were met.
    ids = reading.places < places ? reading.ids : new Set([...ids, ...reading.ids]);
    places = reading.places;
    if (ids.size >= places && !reading.fell && (inPlace || places > 0)) return;
    idle = ids.size > before ? 0 : idle + 1;
    if (idle >= MAX_IDLE_READINGS) throw hidden(tie, Math.max(1, places - ids.size));
  }
}

interface TieReading {
  /** How many places the tie takes in the list. */
  readonly places: number;
  /** Those that stood there. */
  readonly ids: Set<unknown>;
  /** The page on which it begins. */
  readonly page: number;
  /** The list's number fell meanwhile: tickets were deleted, and others pulled past the reader. */
  readonly fell: boolean;
}

/** Reads the pages on which tickets with `time` lie, from about `page` on. */
async function* readTie(
  run: TicketRun,
  window: TicketWindow,
  time: number,
  page: number,
): AsyncGenerator<StreamItem, TieReading> {
  let at = page;
  let answer = await run.list(window, at);
  // Deletions pull a list up: the first of them may lie on a page before.
  while (at > 1 && (changeAt(answer, 0) ?? time) <= time) {
    at = pageBefore(at, answer);
    answer = await run.list(window, at);
  }
  const { total = 0 } = answer;
  const ids = new Set<unknown>();
  let places = 0;
  let firstPage: number | undefined;
  while (true) {
    const rows: Row[] = [];
    for (const ticket of answer.tickets) {
      if (changeOf(ticket) !== time) continue;
      firstPage ??= at;
      places += 1;
      ids.add(ticket['id']);
      run.met.add(ticket['id']);
      if (give(run, ticket, time)) rows.push(ticketRow(ticket));
    }
    if (rows.length > 0) yield { kind: 'rows', rows };
    const isBehind = answer.tickets.length === 0 || (changeAt(answer, -1) ?? time) < time;
    if (!isBehind) refuseBeyondCap(run, at, answer);
    if (isBehind || isLastPage(answer, at)) {
      return { places, ids, page: firstPage ?? at, fell: (answer.total ?? total) < total };
    }
    at += 1;
    answer = await nextPage(run, window, at, answer);
  }
}

/** A short window that holds the tickets of one time; each `width` puts other tickets, and so other page edges, before them. */
function windowAround({ filters }: TicketWindow, time: number, width: number): TicketWindow {
  return { from: dayOf(time) - 1, to: dayOf(time) + 1 + width, filters, settles: false };
}

function changeAt({ tickets }: TicketPage, index: number): number | undefined {
  const ticket = tickets.at(index);
  return ticket === undefined ? undefined : (changeOf(ticket) ?? undefined);
}

function hidden({ time }: TieMark, missing: number): SyncError {
  return new SyncError(
    'transient',
    `LiveChat has tickets that all changed at ${formatInstant(time)} and does not show ${missing} of them: its pages repeat others in their place, at every reading. Run the sync again; if this stays, please report it.`,
  );
}
