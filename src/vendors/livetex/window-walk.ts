import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Row, StreamItem } from '../../core/stream.ts';
import type { ListPage } from './web-api.ts';

/** How often a window is read that changes while it is read, before shorter ones are tried. */
const MOST_READINGS = 3;
/** The same for the shortest window, beyond which there is no other way. */
const MOST_LAST_READINGS = 12;

/** A window that is being read. */
export interface OpenWindow {
  /** Asks for the page that begins behind so many rows. */
  readonly list: (offset: number) => Promise<ListPage>;
  /** The first page. */
  readonly first: ListPage;
  /** What identifies an item. */
  readonly keyOf: (item: Row) => string;
  /** Brings an item to its row; undefined for one that has been given already. */
  readonly take: (item: Row) => Row | undefined;
  /** Whether shorter windows can be asked for instead. */
  readonly isDivisible: boolean;
  readonly log: Log;
  /** What it has and where it is, for messages: `chats created from … to …`. */
  readonly title: string;
}

export interface WindowResult {
  /** How many rows the window has, as far as is known. */
  readonly rows: number;
  /** False when it changed at every reading, and shorter windows are to be read instead. */
  readonly isDone: boolean;
}

/**
 * How many rows a window has when that is more than `most`; undefined otherwise. Without a number, a page far behind tells that
 * there are more, but not how many.
 */
export async function tooMany(
  { first, list }: Pick<OpenWindow, 'first' | 'list'>,
  most: number,
): Promise<number | undefined> {
  const { items, total } = first;
  if (total !== undefined && total >= items.length) return total > most ? total : undefined;
  if (items.length === 0) return undefined;
  return (await list(most)).items.length > 0 ? most * 4 : undefined;
}

/**
 * Reads a window, page by page. What comes with one answer belongs together. Over several pages it only does if nothing moved
 * between them: each page begins with the last row of the one before, so that a shift shows, the total stays the same, and there
 * are as many different rows as it says. Otherwise the window is read again.
 */
export async function* readWindow(window: OpenWindow): AsyncGenerator<StreamItem, WindowResult> {
  const { isDivisible, log, title } = window;
  const most = isDivisible ? MOST_READINGS : MOST_LAST_READINGS;
  const met = new Set<string>();
  let { first } = window;
  /** What every page said so far; undefined once two said different things. */
  let agreed = first.total;
  for (let reading = 1; ; reading += 1) {
    const metBefore = met.size;
    const pass = yield* readOnce(window, first, met);
    const { rows, total, hasShifted } = pass;
    if (pass.totalMoved || total !== agreed) agreed = undefined;
    const isSteady = !hasShifted && !pass.totalMoved;
    if (isSteady && rows >= (total ?? 0)) return { rows, isDone: true };
    if (isSteady && reading > 1 && met.size === metBefore) {
      log(
        'warn',
        `LiveTex counts ${total} ${title}, and gives ${rows}, also when asked again; all that it gave were read.`,
      );
      return { rows, isDone: true };
    }
    // Where nothing came or went, it does not matter in which order they were found.
    if (!isDivisible && agreed !== undefined && met.size >= agreed) return { rows: met.size, isDone: true };
    if (reading >= most) {
      if (isDivisible) return { rows: Math.max(met.size, total ?? 0), isDone: false };
      const isMissing = total === undefined ? met.size > metBefore : met.size < total;
      if (isMissing) throw restless(title, met.size, total);
      log('warn', `The list of ${title} changed at each of ${reading} readings; all that it gave were read.`);
      return { rows: met.size, isDone: true };
    }
    log('debug', `The list of ${title} changed while it was read: reading it again.`);
    first = await window.list(0);
  }
}

interface Pass {
  /** How many different rows this reading gave. */
  readonly rows: number;
  readonly total: number | undefined;
  /** Whether a page did not begin where the one before had ended, or gave a row a second time. */
  readonly hasShifted: boolean;
  /** Whether two pages told different totals. */
  readonly totalMoved: boolean;
}

async function* readOnce(window: OpenWindow, first: ListPage, met: Set<string>): AsyncGenerator<StreamItem, Pass> {
  const { list, keyOf, take } = window;
  const keys = new Set<string>();
  let page = first;
  // Without a number an empty page is all there is to tell the end: it is asked for twice.
  if (page.items.length === 0 && page.total === undefined) page = await list(0);
  let fresh = page.items;
  let hasShifted = false;
  let totalMoved = false;
  let position = 0;
  let longestPage = 0;
  let last: string | undefined;

  while (fresh.length > 0) {
    longestPage = Math.max(longestPage, page.items.length);
    const rows: Row[] = [];
    for (const item of fresh) {
      last = keyOf(item);
      hasShifted ||= keys.has(last);
      keys.add(last);
      met.add(last);
      const row = take(item);
      if (row !== undefined) rows.push(row);
    }
    if (rows.length > 0) yield { kind: 'rows', rows };
    position += fresh.length;
    if (page.total === position) break;

    const { total } = page;
    page = await list(position - 1);
    totalMoved ||= page.total !== total;
    const [overlap, ...others] = page.items;
    if (overlap !== undefined && keyOf(overlap) === last) {
      fresh = others;
      if (fresh.length === 0 && longestPage > 1 && (page.total ?? 0) <= position) break;
    } else {
      hasShifted = true;
      fresh = page.items;
    }
    if (fresh.length > 0) continue;
    // More should come: a page of a single row has no room for another one, which comes alone, and then its place is checked.
    page = await list(position);
    fresh = page.items;
    const [before] = (await list(position - 1)).items;
    hasShifted ||= before === undefined || keyOf(before) !== last;
  }
  return { rows: keys.size, total: page.total, hasShifted, totalMoved };
}

function restless(title: string, met: number, total: number | undefined): SyncError {
  return new SyncError(
    'transient',
    `LiveTex gives the list of ${title} in another order at each reading: ${met} of ${total ?? 'an unknown number'} were found in ${MOST_LAST_READINGS} readings. Run the sync again; if this stays, please report it.`,
  );
}
