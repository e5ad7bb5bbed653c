import { SyncError } from '../../core/errors.ts';
import { loadStreamSchema } from '../../core/schema.ts';
import type { ReadRequest, Stream, StreamItem } from '../../core/stream.ts';
import { dayOf, formatDay, formatInstant } from '../../core/timestamps.ts';
import type { RestV2, TicketPage } from './rest-v2.ts';
import { readTicketBookmark, TICKET_BOOKMARK_FIELDS, writeTicketBookmark } from './ticket-bookmark.ts';
import {
  catchUp,
  newestChange,
  recount,
  SAFETY_LAG_MS,
  type TicketRun,
  type WalkStart,
  walkWindow,
} from './ticket-walk.ts';
import { SPLIT_FROM_TOTAL, settledUntil, splitWindow, type TicketWindow, windowSince } from './ticket-windows.ts';

const NAME = 'livechat_tickets';

/**
 * livechat_tickets over REST v2: every ticket that changed at `startDate` (epoch ms) or later, and afterwards what changed
 * since the last run. A list of `splitFrom` tickets or more is divided.
 */
export function createTicketsStream(
  connect: () => Promise<RestV2>,
  startDate: number,
  splitFrom = SPLIT_FROM_TOTAL,
): Stream {
  return {
    name: NAME,
    schema: loadStreamSchema(NAME),
    primaryKey: ['id'],
    cursorField: 'modified',
    syncModes: ['full_refresh', 'incremental'],
    bookmarkVersion: 1,
    bookmarkFields: TICKET_BOOKMARK_FIELDS,
    read: (request) => readTickets(connect, startDate, splitFrom, request),
  };
}

/** The list that goes on until now, as it was when it was opened: tickets that change from then on move past its reader. */
interface LastList {
  readonly window: TicketWindow;
  /** What had changed last (epoch ms); undefined when it was empty. */
  readonly newest: number | undefined;
  /** True when an earlier run opened it. */
  readonly resumed: boolean;
  /** How many calls the run had made by then. */
  readonly calls: number;
}

/**
 * Reads the windows oldest first. A list can show 25,000 tickets, so a window with more is split until it can be shown.
 * A ticket belongs to the window in which it last changed; one that changes during the run leaves its window for the
 * last one, which is still to come. Only while the last window itself is read can a ticket move past the reader, and
 * {@link catchUp} looks for those. The run thus ends with every ticket that there was when it began.
 */
async function* readTickets(
  connect: () => Promise<RestV2>,
  startDate: number,
  splitFrom: number,
  request: ReadRequest,
): AsyncGenerator<StreamItem, void> {
  const known = readTicketBookmark(request.bookmark, NAME);
  if (known !== undefined) {
    request.log('info', `Going on from ${formatInstant(known.modified)}; start_date only matters for a first sync.`);
  }
  const floor = Math.max(known?.modified ?? startDate, startDate);
  const run = createRun(await connect(), floor, known === undefined, request);
  let scan = known?.scan;
  let last: LastList | undefined;
  const pending: TicketWindow[] = scan === undefined ? [windowSince(floor)] : windowsFrom(scan.window);

  for (let window = pending.shift(); window !== undefined; window = pending.shift()) {
    const resumed = scan;
    scan = undefined;
    const answer = await run.list(window, resumed?.page ?? 1);
    if (known?.scan === undefined && run.calls === 1 && answer.total !== undefined) {
      yield { kind: 'estimate', rows: answer.total };
    }
    const isPart = Object.keys(window.filters).length > 0;
    if (window.to === null && !isPart) {
      const newest = resumed?.newest ?? newestChange(answer);
      last = { window, newest, resumed: resumed !== undefined, calls: run.calls };
    }
    // The parts of the last list are counted together, and so is what was given of them.
    if (window.to !== null || !isPart) {
      run.met.clear();
      run.given.clear();
    }
    if ((answer.total ?? 0) >= splitFrom) {
      pending.unshift(...split(window, answer));
      continue;
    }
    const start = resumed === undefined ? { page: 1, answer } : { ...resumed, answer };
    yield* readWindow(run, window, start, resumed !== undefined, last);
    if (window.to !== null && window.settles) {
      run.settled = Math.max(run.settled, settledUntil(window.to));
      yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: run.settled }) };
    }
  }
  yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: Math.max(run.settled, run.until) }) };
}

/** Walks one window, then looks for what the walk can have missed. */
async function* readWindow(
  run: TicketRun,
  window: TicketWindow,
  start: WalkStart,
  resumed: boolean,
  last: LastList | undefined,
): AsyncGenerator<StreamItem, void> {
  const isPart = Object.keys(window.filters).length > 0;
  const walk = yield* walkWindow(run, window, start, { stopBelow: run.floor, checkpoints: !isPart });
  const total = walk.total ?? 0;
  // Only a list that was read from its first page to its last, by itself, can be held against its number.
  const counts = !resumed && walk.toTheEnd && (window.to !== null || !isPart);
  const isShort = () => counts && run.met.size < total;

  if (window.to === null) {
    const moved = last !== undefined && (last.resumed || run.calls > last.calls);
    if (window.settles && moved && last.newest !== undefined) {
      yield* catchUp(run, last.window, last.newest, !last.resumed);
    }
  } else if (isShort() && walk.newest !== undefined) {
    yield* catchUp(run, window, walk.newest, true);
  }
  if (isShort() && walk.doubtful) yield* recount(run, window, total);
  if (isShort()) {
    run.log(
      'warn',
      `LiveChat counts ${total} tickets in a list that gave ${run.met.size}; all that it gave were read.`,
    );
  }
}

function createRun(api: RestV2, floor: number, first: boolean, request: ReadRequest): TicketRun {
  const { signal, onWait, onCall, log } = request;
  const run: TicketRun = {
    async list(window, page) {
      const answer = await api.listTickets({ ...window, page }, { signal, onWait, onCall });
      if (run.calls === 0) run.until = answer.serverTime - SAFETY_LAG_MS;
      run.calls += 1;
      return answer;
    },
    log,
    floor,
    first,
    calls: 0,
    until: floor,
    settled: floor,
    met: new Set(),
    given: new Map(),
  };
  return run;
}

/** The window of a checkpoint, and what lies after it. */
function windowsFrom(window: TicketWindow): TicketWindow[] {
  return window.to === null ? [window] : [window, { from: window.to + 1, to: null, filters: {}, settles: true }];
}

function split(window: TicketWindow, { total, serverTime }: TicketPage): TicketWindow[] {
  const parts = splitWindow(window, dayOf(serverTime));
  if (parts !== undefined) return parts;
  throw new SyncError(
    'system',
    `LiveChat has ${total} tickets that were active on ${formatDay(window.from)} (${new URLSearchParams(window.filters)}), and its REST API v2 shows at most 25,000 of a list, which cannot be divided further. Rows up to that day have been delivered; set start_date after it to load the later ones.`,
  );
}
