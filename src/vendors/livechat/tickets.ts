import { SyncError } from '../../core/errors.ts';
import { loadStreamSchema } from '../../core/schema.ts';
import type { ReadRequest, Stream, StreamItem } from '../../core/stream.ts';
import { dayOf, formatDay, formatInstant } from '../../core/timestamps.ts';
import type { RestV2, TicketPage } from './rest-v2.ts';
import { readTicketBookmark, TICKET_BOOKMARK_FIELDS, writeTicketBookmark } from './ticket-bookmark.ts';
import { catchUp, newestChange, recount, SAFETY_LAG_MS, type TicketRun, walkWindow } from './ticket-walk.ts';
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
  { bookmark, signal, log, onWait, onCall }: ReadRequest,
): AsyncGenerator<StreamItem, void> {
  const known = readTicketBookmark(bookmark, NAME);
  if (known !== undefined) {
    log('info', `Going on from ${formatInstant(known.modified)}; start_date only matters for a first sync.`);
  }
  const floor = Math.max(known?.modified ?? startDate, startDate);
  const api = await connect();
  /** Changes before this instant are final: the vendor's clock at the first answer, less the safety margin. */
  let until: number | undefined;
  const run: TicketRun = {
    list: async (window, page) => {
      const answer = await api.listTickets({ ...window, page }, { signal, onWait, onCall });
      until ??= answer.serverTime - SAFETY_LAG_MS;
      return answer;
    },
    log,
    floor,
    first: known === undefined,
    settled: floor,
    given: new Map(),
  };

  let scan = known?.scan;
  const pending: TicketWindow[] = scan === undefined ? [windowSince(floor)] : windowsFrom(scan.window);
  /** The list without end as it was opened: what had changed last then, and how many calls were made since. */
  let open: { window: TicketWindow; newest: number | undefined; resumed: boolean } | undefined;
  let callsSince = 0;
  let estimated = scan !== undefined;
  let met = new Set<unknown>();

  for (let window = pending.shift(); window !== undefined; window = pending.shift()) {
    const resumed = scan;
    scan = undefined;
    const page = resumed?.page ?? 1;
    const answer = await run.list(window, page);
    if (!estimated && answer.total !== undefined) yield { kind: 'estimate', rows: answer.total };
    estimated = true;
    const filtered = Object.keys(window.filters).length > 0;
    if (window.to === null && !filtered) {
      open = { window, newest: resumed?.newest ?? newestChange(answer.tickets), resumed: resumed !== undefined };
      callsSince = 0;
    }
    // The parts of the list without end are counted together.
    if (window.to !== null || !filtered) {
      met = new Set();
      run.given.clear();
    }
    if ((answer.total ?? 0) >= splitFrom) {
      pending.unshift(...split(window, answer));
      callsSince += 1;
      continue;
    }
    const start = { page, answer, ...(resumed === undefined ? {} : { total: resumed.total, newest: resumed.newest }) };
    const walk = yield* walkWindow(run, window, start, { stopBelow: floor, met, checkpoints: !filtered });
    callsSince += walk.calls;

    const total = walk.total ?? 0;
    const counts = resumed === undefined && walk.toTheEnd && (window.to !== null || !filtered);
    if (window.to === null) {
      // While the last list was read, tickets can have moved past the reader.
      const moved = callsSince > 1 || open?.resumed === true;
      if (window.settles && moved && open?.newest !== undefined) {
        yield* catchUp(run, open.window, open.newest, open.resumed ? undefined : met);
      }
    } else if (counts && met.size < total && walk.newest !== undefined) {
      yield* catchUp(run, window, walk.newest, met);
    }
    if (counts && walk.doubtful) yield* recount(run, window, total, met);
    if (counts && met.size < total) {
      log('warn', `LiveChat counts ${total} tickets in a list that gave ${met.size}; all that it gave were read.`);
    }

    if (window.to !== null && window.settles) {
      run.settled = Math.max(run.settled, settledUntil(window.to));
      yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified: run.settled }) };
    }
  }
  const modified = Math.max(run.settled, until ?? run.settled);
  yield { kind: 'bookmark', bookmark: writeTicketBookmark({ modified }) };
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
