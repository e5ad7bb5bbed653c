import { SyncError } from '../../core/errors.ts';
import type { ReadRequest, Stream, StreamItem } from '../../core/stream.ts';
import { dayOf, formatDay, formatInstant } from '../../core/timestamps.ts';
import { PAGE_SIZE, type RestV2, type TicketPage } from './rest-v2.ts';
import { describeTickets, TICKETS } from './ticket-api.ts';
import { readTicketBookmark, TICKET_BOOKMARK_FIELDS, type TicketScan, writeTicketBookmark } from './ticket-bookmark.ts';
import { catchUp } from './ticket-catch-up.ts';
import { changeOf, endsBelow, isBare, newestChange, pageBefore, sameTickets } from './ticket-order.ts';
import { createRun, missingOf, openList, SAFETY_LAG_MS, type TicketRun } from './ticket-run.ts';
import { settleTie } from './ticket-ties.ts';
import { type WalkResult, type WalkStart, walkWindow } from './ticket-walk.ts';
import {
  isPart,
  LIST_CAP,
  longestWalk,
  settledUntil,
  splitWindow,
  type TicketWindow,
  windowSince,
} from './ticket-windows.ts';

/** How often places that are in doubt are looked at again while that brings further tickets. */
const MAX_LOOKS = 3;

/** Each reading of a list without order misses a part of what the one before missed: ten leave nothing but bad luck. */
const MAX_RECOUNTS = 10;

/**
 * livechat_tickets over REST v2: every ticket that changed at `startDate` (epoch ms) or later, and afterwards what changed
 * since the last run. A list that is near to `cap` tickets, of which more are not shown, is divided.
 */
export function createTicketsStream(connect: () => Promise<RestV2>, startDate: number, cap = LIST_CAP): Stream {
  return {
    ...describeTickets(),
    bookmarkFields: TICKET_BOOKMARK_FIELDS,
    read: (request) => readTickets(connect, startDate, cap, request),
    async forecast(request) {
      const floor = Math.max(readTicketBookmark(request.bookmark, TICKETS)?.modified ?? startDate, startDate);
      const api = await connect();
      const { total } = await api.listTickets({ ...windowSince(floor), page: 1 }, request);
      if (total === undefined) return { rows: undefined, calls: undefined };
      // At the end of several pages the list is looked at once more for what has changed meanwhile.
      const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
      return { rows: total, calls: pages === 1 ? 1 : pages + 1 };
    },
  };
}

/** The list that goes on until now, as it was when it was opened: tickets that change from then on move past its reader. */
interface LastList {
  readonly window: TicketWindow;
  /** What had changed last (epoch ms); undefined when it was empty. */
  readonly newest: number | undefined;
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
  cap: number,
  request: ReadRequest,
): AsyncGenerator<StreamItem, void> {
  const known = readTicketBookmark(request.bookmark, TICKETS);
  const floor = Math.max(known?.modified ?? startDate, startDate);
  if (known?.scan !== undefined) {
    request.log('info', `Going on at page ${known.scan.page} of the list, where an earlier run was cut off.`);
  } else if (known !== undefined) request.log('info', `Going on with what changed from ${formatInstant(floor)} on.`);
  const mustFindAll = request.mode === 'full_refresh' || known === undefined;
  const api = await connect();
  let run = createRun(api, { floor, mustFindAll, cap }, request);
  let scan = known?.scan;
  let last: LastList | undefined;
  const pending: TicketWindow[] = scan === undefined ? [windowSince(floor)] : windowsFrom(scan.window);

  for (let window = pending.shift(); window !== undefined; window = pending.shift()) {
    const resumed = scan;
    scan = undefined;
    const start = await firstPage(run, window, resumed);
    if (window.to === null && !isPart(window)) last = { window, newest: newestChange(start.answer), calls: run.calls };
    // The parts of the last list are caught up with together, and so is what was given of them.
    if (window.to !== null || !isPart(window)) openList(run);
    if (await isTooLong(run, window, start.answer)) {
      pending.unshift(...(await split(run, window, start.answer)));
      continue;
    }
    if (known === undefined && run.calls === 1 && start.answer.total !== undefined) {
      yield { kind: 'estimate', rows: start.answer.total };
    }
    if (resumed !== undefined && window.to === null) {
      // All that had not changed since the earlier run opened the list is there now, and this is where a new one begins.
      yield* readWindow(run, window, start, undefined);
      const since = Math.max(floor, Math.min(resumed.newest - SAFETY_LAG_MS, run.until));
      yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: since }) };
      run = createRun(api, { floor: since, mustFindAll, cap }, request);
      pending.push(windowSince(since));
      continue;
    }
    yield* readWindow(run, window, start, last);
    if (window.to !== null && window.settles) {
      // A damaged state may name a day that is still to come.
      run.settled = Math.max(run.settled, Math.min(settledUntil(window.to), run.until));
      yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: run.settled }) };
    }
  }
  yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: Math.max(run.settled, run.until) }) };
}

/**
 * The first page of a window, or the one from which a walk that was cut off goes on: the last that was read, and further
 * back while it holds nothing but tickets of one time, since the earlier run did not see all that lie beside them.
 */
async function firstPage(run: TicketRun, window: TicketWindow, resumed: TicketScan | undefined): Promise<WalkStart> {
  let page = Math.max(1, (resumed?.page ?? 1) - 1);
  let answer = await run.list(window, page);
  while (page > 1 && isOfOneTime(answer)) {
    page = pageBefore(page, answer);
    answer = await run.list(window, page);
  }
  return { page, answer, resumed };
}

function isOfOneTime({ tickets }: TicketPage): boolean {
  const [first] = tickets;
  const last = tickets.at(-1);
  return first === undefined || last === undefined || changeOf(first) === changeOf(last);
}

/** Whether a list may have more tickets than it shows. A bare one has no number: then the page that would be too much tells. */
async function isTooLong(run: TicketRun, window: TicketWindow, answer: TicketPage): Promise<boolean> {
  const longest = longestWalk(run.cap);
  const { tickets, total, pages } = answer;
  if (!isBare(answer)) return (total ?? (pages ?? 0) * PAGE_SIZE) >= longest;
  if (tickets.length < PAGE_SIZE || endsBelow(tickets.map(changeOf), run.floor)) return false;
  const beyond = await run.list(window, Math.ceil(longest / PAGE_SIZE));
  return beyond.tickets.length > 0 && !sameTickets(beyond.tickets, tickets);
}

/** Walks one window, then looks for what the walk can have missed. */
async function* readWindow(
  run: TicketRun,
  window: TicketWindow,
  start: WalkStart,
  last: LastList | undefined,
): AsyncGenerator<StreamItem, void> {
  const walk = yield* walkWindow(run, window, start, { stopBelow: run.floor, checkpoints: !isPart(window) });
  // Only a list that was read from its first page to its last, by itself, can be held against its number.
  const counts = start.resumed === undefined && walk.toTheEnd && (window.to !== null || !isPart(window));
  const missing = () => (counts ? missingOf(run) : undefined);

  const isUnsure = walk.ties.length > 0 || walk.unsure;
  // When every ticket of the list was met, it does not matter in which places.
  if (isUnsure && missing() === undefined) yield* lookAgain(run, window, walk, missing);
  let atRest = yield* catchUpWith(run, window, last, missing);
  for (let look = 1; look <= MAX_LOOKS && isUnsure && (missing() ?? 0) > 0; look += 1) {
    const met = run.met.size;
    yield* lookAgain(run, window, walk, missing);
    if (!atRest || run.met.size === met) break;
    atRest = yield* catchUpWith(run, window, last, missing);
  }
  // While the list changes on, its number says nothing.
  if (!atRest && !walk.hasHoles) return;
  if (window.to !== null && (missing() ?? 0) > 0 && walk.newest !== undefined) {
    // Those that changed under way have moved to the front, and a later window gives them: here they only count.
    yield* catchUp(run, { window, newest: walk.newest, missing });
  }
  if (isUnsure && run.mustFindAll && (missing() ?? 0) > 0) yield* recount(run, window, missing);
  const short = missing() ?? 0;
  if (short >= PAGE_SIZE || (walk.hasHoles && missing() !== 0)) {
    // Going on from a later page, the next run would not know of it.
    yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: run.settled }) };
    throw incomplete(short);
  }
  // A few at the end of a list that is whole otherwise: the number counts something else.
  if (short > 0) {
    run.log('warn', `LiveChat counts ${short} tickets more than its list gave; all that it gave were read.`);
  }
}

function incomplete(missing: number): SyncError {
  const how = missing > 0 ? `${missing} tickets fewer than it says there are` : 'pages within it that are not full';
  return new SyncError(
    'transient',
    `LiveChat gives a list of tickets with holes: ${how}, also when asked again. What it gave has been delivered. Run the sync again; if this stays, please report it.`,
  );
}

async function* lookAgain(
  run: TicketRun,
  window: TicketWindow,
  walk: WalkResult,
  missing: () => number | undefined,
): AsyncGenerator<StreamItem, void> {
  for (const tie of walk.ties) yield* settleTie(run, window, tie);
  if (walk.unsure) yield* recount(run, window, missing);
}

/**
 * Once the window that goes on until now has been read, or the last of its parts: finds what has changed meanwhile. Returns
 * false when it changes on, and the next run has to find the rest.
 */
async function* catchUpWith(
  run: TicketRun,
  { to, settles }: TicketWindow,
  last: LastList | undefined,
  missing: () => number | undefined,
): AsyncGenerator<StreamItem, boolean> {
  if (to !== null || !settles || last?.newest === undefined) return true;
  const { window, newest, calls } = last;
  return run.calls === calls || (yield* catchUp(run, { window, newest, missing }));
}

/**
 * Walks a list without a steady order again, which may give others each time, until none are missing. Without a number to hold
 * against, and where the number counts something else, a walk that brings nothing new is the end.
 */
async function* recount(
  run: TicketRun,
  window: TicketWindow,
  missing: () => number | undefined,
): AsyncGenerator<StreamItem, void> {
  for (let round = 1; (missing() ?? 1) > 0; round += 1) {
    if (round > MAX_RECOUNTS) {
      throw new SyncError(
        'transient',
        `LiveChat gives the tickets of a list in no order and others at each reading: new ones still came at reading ${MAX_RECOUNTS}. Run the sync again; if this stays, please report it.`,
      );
    }
    run.log('info', 'LiveChat gave a list of tickets in no steady order: reading it again.');
    const start = { page: 1, answer: await run.list(window, 1) };
    const walk = yield* walkWindow(run, window, start, { stopBelow: run.floor });
    if (walk.found === 0) return;
  }
}

/** The window of a checkpoint, and what lies after it. */
function windowsFrom(window: TicketWindow): TicketWindow[] {
  return window.to === null ? [window] : [window, { from: window.to + 1, to: null, filters: {}, settles: true }];
}

/**
 * Divides a window. By days that is always possible; a day is divided by filters, whose parts together must have as many
 * tickets as the day, or some are in none of them. Throws a system error when there is no way.
 */
async function split(run: TicketRun, window: TicketWindow, answer: TicketPage): Promise<TicketWindow[]> {
  const parts = splitWindow(window, dayOf(answer.serverTime));
  if (parts === undefined) throw undivided(window, answer.total);
  const filters = parts[0]?.filters ?? {};
  const isByFilter = Object.keys(filters).length > Object.keys(window.filters).length;
  if (!isByFilter) return parts;
  // Of a number that is exactly the most that a list shows, nobody knows what it stands for.
  if (answer.total === run.cap && 'status' in filters) throw undivided(window, answer.total);
  // Tickets change between two calls: the second try counts.
  for (const isLastTry of [false, true]) {
    let sum = 0;
    for (const part of parts) sum += (await run.list(part, 1)).total ?? Number.NaN;
    const { total } = isLastTry ? await run.list(window, 1) : answer;
    if (sum >= (total ?? Number.NaN)) return parts;
  }
  throw undivided(window, answer.total);
}

function undivided(window: TicketWindow, total: number | undefined): SyncError {
  const filters = new URLSearchParams(window.filters);
  const which = filters.size === 0 ? '' : ` (${filters})`;
  return new SyncError(
    'system',
    `LiveChat has ${total ?? 'too many'} tickets that were active on ${formatDay(window.from)}${which}, and its REST API v2 shows at most 25,000 of a list, which cannot be divided further. Rows up to that day have been delivered; set start_date after it to load the later ones.`,
  );
}
