import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Row } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { formatInstant } from '../../core/timestamps.ts';
import { createGivenRows } from './given-rows.ts';
import type { HistoryKind } from './history.ts';
import { instantBefore } from './local-time.ts';
import type { OpenRows } from './open-rows.ts';
import type { ListPage } from './web-api.ts';
import type { TimeWindow } from './window-plan.ts';
import type { RowPage } from './window-walk.ts';
import { createWithheld } from './withheld.ts';

/** How far from its window a row may lie before it is doubted that LiveTex looks at the window: a day, in any zone. */
const STRAY_MS = 2 * 86_400_000;

/** No server cuts its pages at fewer rows (livetex-api §3.2). */
const FULL_PAGE = 50;

/** What one run through a list knows beyond its single windows. */
export interface HistoryRun {
  /** Maps a page. */
  page(page: ListPage): RowPage;
  keyOf(row: Row): string;
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
  /** A window gave fewer rows than it counts: what its parts give decides whether the number is to be believed. */
  suspect(window: TimeWindow): void;
  /**
   * The shortest window gave fewer rows than it counts. Throws a system error when it gave a page or more: then LiveTex does not
   * show more of a list, and there is no way to the rest.
   */
  isShort(rows: number, title: string): void;
  /** Where the window ends whose parts are being read, because it gave too few rows; no window reaches beyond it. */
  suspectedUntil(): number;
  /** A window has been read, and what was given before the last one may be forgotten. */
  hasRead(window: TimeWindow): void;
  /**
   * False while it is not known whether a window has given all it has, and while LiveTex counts rows and has not given a single
   * one: a bookmark would say that there are no more.
   */
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
  const suspects: { readonly to: number; readonly count: number }[] = [];
  let believesTotals = true;

  const warnOnce = (what: string, message: string) => {
    if (told.has(what)) return;
    told.add(what);
    log('warn', message);
  };
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
      return { rows: items.map(toRow), total: believesTotals ? total : undefined, said: total };
    },
    keyOf,
    warnOnce,
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
    suspect({ to }) {
      suspects.push({ to, count: given.count });
    },
    isShort(rows, title) {
      if (rows >= FULL_PAGE) {
        throw new SyncError(
          'system',
          `LiveTex counts more ${title} than the ${rows} that it shows, and a second cannot be divided. What it gave has been delivered. Please report this.`,
        );
      }
      if (suspects.length === 0) warnOnce('short', `LiveTex counts more ${title} than the ${rows} that it gives.`);
    },
    suspectedUntil: () => suspects.at(-1)?.to ?? Number.POSITIVE_INFINITY,
    hasRead({ to }) {
      while ((suspects.at(-1)?.to ?? Number.POSITIVE_INFINITY) <= to) {
        if (suspects.pop()?.count !== given.count || !believesTotals) continue;
        believesTotals = false;
        warnOnce(
          'totals',
          `LiveTex counts more ${resource} than it gives, also when asked in small parts: from here on its numbers are left out of account. All that it gives is read.`,
        );
      }
      // Within a window that is suspected it has to be known what was given of all of it.
      if (suspects.length === 0) given.turn();
    },
    isSure: () => suspects.length === 0 && (believesTotals || given.count > 0),
    finish() {
      if (!believesTotals && given.count === 0) {
        throw new SyncError(
          'transient',
          `LiveTex counts ${resource}, and gives none of them. Run the sync again; if this stays, please report it.`,
        );
      }
      const missing = withheld.note();
      if (missing !== undefined) log('warn', missing);
      const leftOut = open.leftOut();
      if (leftOut !== undefined) log('info', leftOut);
    },
  };
}
