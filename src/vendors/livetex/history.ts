import { SyncError } from '../../core/errors.ts';
import { loadStreamSchema } from '../../core/schema.ts';
import type { ReadRequest, Row, Stream, StreamItem } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { formatInstant, MS_PER_DAY } from '../../core/timestamps.ts';
import {
  HISTORY_BOOKMARK_FIELDS,
  type HistoryBookmark,
  readHistoryBookmark,
  writeHistoryBookmark,
} from './history-bookmark.ts';
import { createHistoryRun } from './history-run.ts';
import { earliestLocal, instantBefore, latestLocal, localText } from './local-time.ts';
import { createOpenRows } from './open-rows.ts';
import type { Fill } from './shapes.ts';
import type { Resource, WebApi } from './web-api.ts';
import { createWindowPlan, GOOD_ROWS, isDivisible, SECOND_MS } from './window-plan.ts';
import { type RowPage, readWindow, tooMany, type WindowResult } from './window-walk.ts';

/** LiveTex is younger: an earlier start_date would only cost calls. */
const EARLIEST = 0;

/** How often a run asks for shorter periods after a failure: three times leave less than a day. */
const MOST_RETREATS = 3;

/** A row may appear in the list a little later than its time says: the bookmark stays so far behind the run. */
const SAFETY_LAG_MS = 5 * 60_000;

/** What is particular to chats, or to leads. */
export interface HistoryKind {
  readonly name: 'livetex_chats' | 'livetex_leads';
  readonly resource: Resource;
  readonly keyColumn: string;
  readonly fill: Fill;
  /** Whether a row is closed for good; undefined where only its closed_at tells. */
  readonly isClosed: (row: Row) => boolean | undefined;
  /** The properties that LiveTex leaves out for logins that may not read them. */
  readonly guarded: readonly string[];
}

export interface HistorySettings {
  readonly zone: TimeZone;
  readonly lookbackDays: number;
  readonly openDays: number;
  readonly pageSize: number;
  /** In epoch ms. */
  readonly startDate: number;
  /** How many rows a window should have. @default GOOD_ROWS */
  readonly windowRows?: number;
}

/**
 * A list that LiveTex only filters by the time of creation: read in windows of that time, from the oldest to now. It cannot be
 * asked for what changed, so each run reads the last days again, and goes back to the oldest row that was still open.
 */
export function createHistoryStream(
  kind: HistoryKind,
  connect: () => Promise<WebApi>,
  settings: HistorySettings,
): Stream {
  const schema = loadStreamSchema(kind.name);
  const { zone, pageSize } = settings;
  // Every row begins with all columns, so that all of them have one shape, which is faster to look into.
  const empty: Row = Object.fromEntries(Object.keys(schema.properties).map((name) => [name, null]));
  const toRow = (item: Row): Row => {
    const row = { ...empty };
    kind.fill(row, item);
    return row;
  };
  return {
    name: kind.name,
    schema,
    primaryKey: [kind.keyColumn],
    cursorField: 'created_at',
    syncModes: ['full_refresh', 'incremental'],
    bookmarkVersion: 1,
    bookmarkFields: HISTORY_BOOKMARK_FIELDS,
    read: (request) => readHistory(kind, toRow, connect, settings, request),
    async forecast(request) {
      const known = readHistoryBookmark(request.bookmark, kind.name);
      const begin = beginOf(known, settings);
      const api = await connect();
      const { vendor } = await api.now(request);
      const window = { from: localText(earliestLocal(begin, zone)), to: localText(latestLocal(vendor, zone)) };
      const { total } = await api.list(kind.resource, { window, offset: 0, limit: 1 }, request);
      if (total === undefined) return { rows: undefined, calls: undefined };
      // Each window has a last page, which is seldom full.
      return { rows: total, calls: Math.ceil(total / pageSize) + Math.ceil(total / GOOD_ROWS) + 1 };
    },
  };
}

/** From when on (epoch ms) a run reads. */
function beginOf(known: HistoryBookmark | undefined, { startDate, lookbackDays }: HistorySettings): number {
  return Math.max(EARLIEST, startDate, known === undefined ? EARLIEST : againFrom(known, lookbackDays));
}

async function* readHistory(
  kind: HistoryKind,
  toRow: (item: Row) => Row,
  connect: () => Promise<WebApi>,
  settings: HistorySettings,
  request: ReadRequest,
): AsyncGenerator<StreamItem, void, void> {
  const { resource } = kind;
  const { zone, lookbackDays, openDays, pageSize } = settings;
  const { log } = request;
  const known = readHistoryBookmark(request.bookmark, kind.name);
  const api = await connect();
  const { vendor, ours } = await api.now(request);
  // Whichever clock is ahead, all that there is now lies before it; whichever is behind, what comes later lies behind it.
  const until = Math.max(vendor, ours) + SECOND_MS;
  const covered = Math.min(vendor, ours) - SAFETY_LAG_MS;
  const begin = beginOf(known, settings);
  const open = createOpenRows({ ...kind, noun: resource, until, lookbackDays, openDays });
  const bookmarkAt = (createdAt: number): StreamItem => {
    const openSince = open.since();
    return {
      kind: 'bookmark',
      bookmark: writeHistoryBookmark(openSince === undefined ? { createdAt } : { createdAt, openSince }),
    };
  };
  if (known !== undefined && begin < until) {
    log('debug', `Reading what was created since ${formatInstant(begin)} again, and what is new.`);
  }
  if (known !== undefined && known.createdAt >= until && begin >= until) {
    log(
      'warn',
      `The state says that all up to ${formatInstant(known.createdAt)} has been read, which is still to come: nothing is read before. If that is wrong, reset the stream.`,
    );
  }

  const run = createHistoryRun(kind, toRow, open, log);
  const plan = createWindowPlan(settings.windowRows ?? GOOD_ROWS);
  let largestPage = 1;
  let retreats = 0;
  // From here on in local time, as LiveTex counts it.
  const start = Math.floor(earliestLocal(begin, zone) / SECOND_MS) * SECOND_MS;
  const end = Math.ceil(latestLocal(until, zone) / SECOND_MS) * SECOND_MS;
  let from = start;
  while (begin < until && from < end) {
    const window = plan.next(from, Math.min(end, run.totals.suspectedUntil()));
    // Both bounds belong to the window: whatever `<=` and `>=` mean to the second, what lies on one is in this window or the next.
    const bounds = { from: localText(window.from), to: localText(window.to) };
    const list = async (offset: number): Promise<RowPage> =>
      run.page(await api.list(resource, { window: bounds, offset, limit: pageSize }, request));
    const title = `${resource} created from ${bounds.from} to ${bounds.to} (${zone.name})`;
    let result: WindowResult;
    try {
      const first = await list(0);
      run.checkFilter(first, window, bounds, zone);
      largestPage = Math.max(largestPage, first.rows.length);
      const crowd = isDivisible(window) ? await tooMany({ ...run, list, first }, plan.mostRows()) : undefined;
      if (crowd !== undefined) {
        plan.shorten(window, crowd);
        continue;
      }
      if (known === undefined && from === start && window.to === end && first.total !== undefined) {
        yield { kind: 'estimate', rows: first.total };
      }
      result = yield* readWindow({ ...run, list, first, pageSize, isDivisible: isDivisible(window), title });
    } catch (error) {
      if (retreats >= MOST_RETREATS || window.to - window.from <= MS_PER_DAY || !mayBeTooLong(error)) throw error;
      retreats += 1;
      // A server that is down for a moment is no reason to ask for short periods to the end.
      if (retreats === 1 && isOutage(error)) plan.shortenMuch(window);
      else plan.limit(window);
      log('info', `${error.message} Asking for shorter periods.`);
      continue;
    }
    if (result.outcome === 'moving') {
      plan.shortenToPage(window, result.rows, largestPage);
      continue;
    }
    if (result.outcome === 'short' && isDivisible(window)) {
      run.suspect(window);
      plan.shortenMuch(window);
      continue;
    }
    if (result.outcome === 'short') run.totals.isShort(result.rows, title);
    plan.hasRead(window, result.rows);
    from = window.to;
    run.hasRead(window);
    // Until all that the last run covered has been read again, its bookmark says more.
    const reached = Math.min(instantBefore(from, zone), covered);
    if (from < end && run.isSure() && reached > (known?.createdAt ?? Number.NEGATIVE_INFINITY))
      yield bookmarkAt(reached);
  }

  run.finish();
  if (begin < until) yield bookmarkAt(Math.max(covered, known?.createdAt ?? covered));
  else if (known !== undefined) yield { kind: 'bookmark', bookmark: writeHistoryBookmark(known) };
}

/** Refusals and failures that may come of too long a period, or too deep an offset. */
function mayBeTooLong(error: unknown): error is SyncError {
  return error instanceof SyncError && ([400, 413, 422].includes(error.status ?? 0) || isOutage(error));
}

function isOutage({ status = 0, detail = '' }: SyncError): boolean {
  return [500, 502, 504].includes(status) || /(?:ATTEMPT|HEADERS|BODY)_TIMEOUT/.test(detail);
}

/** Where a run goes back to: the lookback, and further to what was still open. */
function againFrom({ createdAt, openSince }: HistoryBookmark, lookbackDays: number): number {
  return Math.min(createdAt - lookbackDays * MS_PER_DAY, openSince ?? Number.POSITIVE_INFINITY);
}
