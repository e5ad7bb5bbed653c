import { SyncError } from '../../core/errors.ts';
import type { StreamItem } from '../../core/stream.ts';
import type { TicketPage } from './rest-v2.ts';
import { MAX_OPEN_TIES_UNCOUNTED, type TieMark } from './ticket-bookmark.ts';
import { changeOf } from './ticket-order.ts';
import { noteTotal, SAFETY_LAG_MS, type TicketRun } from './ticket-run.ts';
import { settleTie } from './ticket-ties.ts';
import { walkWindow } from './ticket-walk.ts';
import type { TicketWindow } from './ticket-windows.ts';

/** How far the clocks of the vendor's machines may differ, in ms. */
const CLOCK_SKEW_MS = 10_000;

/** Rounds without a further ticket that are enough where there is no number, and equal times lay on a page edge. */
const IDLE_ROUNDS_WITH_TIES = 3;

/**
 * After so many rounds tickets change faster than they can be read. What a later run finds anyway is worth fewer: it has
 * changed after this run's bookmark.
 */
const MAX_ROUNDS = 20;
const MAX_ROUNDS_BEFORE_NEXT_RUN = 3;

export interface CatchUp {
  readonly window: TicketWindow;
  /** What had changed last when the walk began (epoch ms). */
  readonly newest: number;
  /** How many tickets of the list have not been met; undefined where no number can be held against it. */
  readonly missing: () => number | undefined;
}

/**
 * Finds the tickets that changed while a window was walked: they have moved to the first pages. Reads from there down to
 * what had changed when the walk began, usually one page, and again until no ticket can have moved past the reader: the
 * first page shows nothing new, a round was a single page, or as many tickets were met as the list has. Where there is no
 * number to hold against, a round that finds no further ticket is enough, too. Returns whether it got so far: false leaves
 * the rest to the next run. Throws a transient error where there is none.
 */
export async function* catchUp(
  run: TicketRun,
  { window, newest, missing }: CatchUp,
): AsyncGenerator<StreamItem, boolean> {
  let since = newest - SAFETY_LAG_MS;
  let idle = 0;
  /** Ties met so far, by their time: what they hide is looked for when the list has come to rest. */
  const ties = new Map<number, TieMark>();
  const hasMetAll = () => (missing() ?? 1) <= 0;
  const rounds = run.mustFindAll ? MAX_ROUNDS : MAX_ROUNDS_BEFORE_NEXT_RUN;
  for (let round = 1; round <= rounds; round += 1) {
    const start = { page: 1, answer: await run.list(window, 1) };
    noteTotal(run, start.answer);
    if (isAllKnown(run, start.answer)) {
      if (ties.size === 0 || hasMetAll()) return true;
      yield* settleAll(run, window, ties);
      continue;
    }
    const walk = yield* walkWindow(run, window, start, { stopBelow: Math.max(run.floor, since) });
    if (hasMetAll() || (walk.calls === 1 && ties.size === 0)) return true;
    // What can still be missing has moved during this round. The margin is small now, or a busy account would never end.
    since = (walk.newest ?? newest) - CLOCK_SKEW_MS;
    for (const tie of walk.ties) if (ties.size < MAX_OPEN_TIES_UNCOUNTED) ties.set(tie.time, tie);
    idle = walk.found === 0 ? idle + 1 : 0;
    if (missing() === undefined && idle >= (ties.size === 0 ? 1 : IDLE_ROUNDS_WITH_TIES)) {
      yield* settleAll(run, window, ties);
      return true;
    }
  }
  // Whatever moved on has changed after this run's bookmark: the next run reads it. A full refresh has no next run.
  if (!run.mustFindAll) return false;
  throw new SyncError(
    'transient',
    `LiveChat tickets change faster than they can be read: the list was read again ${MAX_ROUNDS} times and had others each time. Run the sync when less is going on, or raise calls_per_minute if the account allows it.`,
  );
}

async function* settleAll(
  run: TicketRun,
  window: TicketWindow,
  ties: Map<number, TieMark>,
): AsyncGenerator<StreamItem, void> {
  for (const tie of ties.values()) yield* settleTie(run, window, tie);
  ties.clear();
}

/** Whether a first page has nothing that was not given: then nothing has changed since the pages after it were read. */
function isAllKnown(run: TicketRun, { tickets }: TicketPage): boolean {
  return tickets.every((ticket) => {
    const modified = changeOf(ticket);
    return (modified !== null && modified < run.floor) || run.given.get(ticket['id']) === modified;
  });
}
