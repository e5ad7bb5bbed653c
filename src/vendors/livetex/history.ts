import { loadStreamSchema } from '../../core/schema.ts';
import type { ReadRequest, Row, Stream, StreamItem } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { formatInstant } from '../../core/timestamps.ts';
import { createGivenRows } from './given-rows.ts';
import {
  HISTORY_BOOKMARK_FIELDS,
  type HistoryBookmark,
  readHistoryBookmark,
  writeHistoryBookmark,
} from './history-bookmark.ts';
import { earliestLocal, instantBefore, latestLocal, localText } from './local-time.ts';
import { createOpenRows } from './open-rows.ts';
import type { Fill } from './shapes.ts';
import type { Resource, WebApi } from './web-api.ts';
import { createWindowPlan, GOOD_ROWS, isDivisible, SECOND_MS } from './window-plan.ts';
import { readWindow, tooMany } from './window-walk.ts';
import { createWithheld } from './withheld.ts';

const DAY_MS = 86_400_000;

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
  /** The property that LiveTex leaves out for logins that may not read it. */
  readonly guarded: string;
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
  };
}

async function* readHistory(
  kind: HistoryKind,
  toRow: (item: Row) => Row,
  connect: () => Promise<WebApi>,
  settings: HistorySettings,
  request: ReadRequest,
): AsyncGenerator<StreamItem, void, void> {
  const { resource } = kind;
  const { zone, lookbackDays, openDays, pageSize, startDate } = settings;
  const { log } = request;
  const known = readHistoryBookmark(request.bookmark, kind.name);
  const api = await connect();
  const { vendor, ours } = await api.now(request);
  // Whichever clock is ahead, all that there is now lies before it; whichever is behind, what comes later lies behind it.
  const until = Math.max(vendor, ours) + SECOND_MS;
  const covered = Math.min(vendor, ours) - SAFETY_LAG_MS;
  const begin = known === undefined ? startDate : Math.max(startDate, againFrom(known, lookbackDays));
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

  const plan = createWindowPlan(settings.windowRows ?? GOOD_ROWS);
  const given = createGivenRows();
  const withheld = createWithheld(resource, kind.guarded);
  let largestPage = 1;
  // From here on in local time, as LiveTex counts it.
  const start = Math.floor(earliestLocal(begin, zone) / SECOND_MS) * SECOND_MS;
  const end = Math.ceil(latestLocal(until, zone) / SECOND_MS) * SECOND_MS;
  let from = start;
  while (begin < until && from < end) {
    const window = plan.next(from, end);
    // Both bounds belong to the window: whatever `<=` and `>=` mean to the second, what lies on one is in this window or the next.
    const bounds = { from: localText(window.from), to: localText(window.to) };
    const list = (offset: number) => api.list(resource, { window: bounds, offset, limit: pageSize }, request);
    const first = await list(0);
    largestPage = Math.max(largestPage, first.items.length);
    const crowd = isDivisible(window) ? await tooMany({ list, first }, plan.mostRows()) : undefined;
    if (crowd !== undefined) {
      plan.shorten(window, crowd);
      continue;
    }
    if (known === undefined && from === start && window.to === end && first.total !== undefined) {
      yield { kind: 'estimate', rows: first.total };
    }
    const result = yield* readWindow({
      list,
      first,
      keyOf: (item) => String(item['id']),
      take(item) {
        if (!given.isNew(String(item['id']))) return undefined;
        withheld.see(item);
        const row = toRow(item);
        open.see(row);
        return row;
      },
      isDivisible: isDivisible(window),
      log,
      title: `${resource} created from ${bounds.from} to ${bounds.to} (${zone.name})`,
    });
    if (!result.isDone) {
      plan.shortenToPage(window, result.rows, largestPage);
      continue;
    }
    plan.hasRead(window, result.rows);
    given.turn();
    from = window.to;
    // Until all that the last run covered has been read again, its bookmark says more.
    const reached = Math.min(instantBefore(from, zone), covered);
    if (from < end && reached > (known?.createdAt ?? Number.NEGATIVE_INFINITY)) yield bookmarkAt(reached);
  }

  const missing = withheld.note();
  if (missing !== undefined) log('warn', missing);
  const leftOut = open.leftOut();
  if (leftOut !== undefined) log('info', leftOut);
  yield begin < until || known === undefined
    ? bookmarkAt(Math.max(covered, known?.createdAt ?? startDate))
    : { kind: 'bookmark', bookmark: writeHistoryBookmark(known) };
}

/** Where a run goes back to: the lookback, and further to what was still open. */
function againFrom({ createdAt, openSince }: HistoryBookmark, lookbackDays: number): number {
  return Math.min(createdAt - lookbackDays * DAY_MS, openSince ?? Number.POSITIVE_INFINITY);
}
