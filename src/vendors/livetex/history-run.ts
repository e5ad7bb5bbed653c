import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Row } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { formatInstant, MS_PER_DAY } from '../../core/timestamps.ts';
import { createGivenRows } from './given-rows.ts';
import type { HistoryKind } from './history.ts';
import { instantBefore } from './local-time.ts';
import type { OpenRows } from './open-rows.ts';
import { createTotals, type Totals } from './totals.ts';
import type { ListPage } from './web-api.ts';
import type { TimeWindow } from './window-plan.ts';
import type { RowPage } from './window-walk.ts';
import { createWithheld } from './withheld.ts';

/** How far from its window a row may lie before it is doubted that LiveTex looks at the window: a day, in any zone. */
const STRAY_MS = 2 * MS_PER_DAY;

/** What one run through a list knows beyond its single windows. */
export interface HistoryRun {
  /** Maps a page. */
  page(page: ListPage): RowPage;
  keyOf(row: Row): string;
  /** A window is read from its beginning: what it gives is given again. */
  beginReading(): void;
  /** Those of the rows that are to be given on. Throws a system error for one that cannot be told from others. */
  give(rows: readonly Row[]): Row[];
  warnOnce(what: string, message: string): void;
  /** Throws a system error when most rows of a first page lie far outside its window: then nothing else can be relied on. */
  checkFilter(
    page: RowPage,
    window: TimeWindow,
    bounds: { readonly from: string; readonly to: string },
    zone: TimeZone,
  ): void;
  readonly totals: Totals;
  /** A window gave fewer rows than it counts, and its parts are read next. */
  suspect(window: TimeWindow): void;
  /** A window has been read, and what was given before the last one may be forgotten. */
  hasRead(window: TimeWindow): void;
  /** Whether all that was read so far is known to be all there is: only then may a bookmark say so. */
  isSure(): boolean;
  /** The run has come to its end: tells what is worth telling. Throws a transient error when not a row was given, but counted. */
  finish(): void;
}

export function createHistoryRun(
  { resource, keyColumn, guarded }: HistoryKind,
  toRow: (item: Row) => Row,
  open: OpenRows,
  log: Log,
): HistoryRun {
  const given = createGivenRows();
  const withheld = createWithheld(resource, guarded);
  const told = new Set<string>();

  const warnOnce = (what: string, message: string) => {
    if (told.has(what)) return;
    told.add(what);
    log('warn', message);
  };
  const totals = createTotals(resource, warnOnce);
  const keyOf = (row: Row) => {
    const key = row[keyColumn];
    if (typeof key === 'number' && !Number.isSafeInteger(key)) {
      throw new SyncError('system', `LiveTex gives an id of ${resource} as a number that JSON cannot hold (${key}).`);
    }
    return String(key);
  };

  return {
    page({ items, total }) {
      for (const item of items) withheld.see(item);
      return { rows: items.map(toRow), total: totals.believed(total), said: total };
    },
    keyOf,
    warnOnce,
    beginReading: () => given.beginReading(),
    give: (rows) =>
      rows.filter((row) => {
        const key = keyOf(row);
        const how = given.take(key, row);
        if (how === 'known') return false;
        if (how === 'namesake') {
          warnOnce(
            'namesake',
            `LiveTex gives several ${resource} with the id ${key}: a table by ${keyColumn} keeps the last.`,
          );
        }
        open.see(row);
        return true;
      }),
    checkFilter({ rows }, { from, to }, bounds, zone) {
      const earliest = formatInstant(Math.max(0, instantBefore(from, zone) - STRAY_MS));
      const latest = formatInstant(instantBefore(to, zone) + STRAY_MS);
      const strays = rows.filter(({ created_at: at }) => typeof at === 'string' && (at < earliest || at > latest));
      if (strays.length * 2 <= rows.length) return;
      throw new SyncError(
        'system',
        `LiveTex was asked for ${resource} created from ${bounds.from} to ${bounds.to} and gives others, of ${String(strays[0]?.['created_at'])}: it does not take the filter as it is known. Please report this.`,
      );
    },
    totals,
    suspect(window) {
      totals.suspect(window, given.count);
    },
    hasRead(window) {
      totals.hasRead(window, given.count);
      // Within a window that is suspected it has to be known what was given of all of it.
      if (totals.suspectedUntil() === Number.POSITIVE_INFINITY) given.turn();
    },
    isSure: () => !totals.isUnsure(given.count),
    finish() {
      totals.finish(given.count);
      const missing = withheld.note();
      if (missing !== undefined) log('warn', missing);
      const leftOut = open.leftOut();
      if (leftOut !== undefined) log('info', leftOut);
    },
  };
}
