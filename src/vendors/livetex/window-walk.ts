import { SyncError } from '../../core/errors.ts';
import type { Row, StreamItem } from '../../core/stream.ts';

/** How often a window is read that changes while it is read, before shorter ones are tried. */
const MOST_READINGS = 3;
/** The same for the shortest window, beyond which there is no other way. */
const MOST_LAST_READINGS = 12;
/** When the last so many of them brought nothing new, and what is counted changes, there is nothing more to be found. */
const QUIET_READINGS = 3;

/** One page of a window, mapped. */
export interface RowPage {
  readonly rows: readonly Row[];
  /** How many rows the window has; undefined where that is not known. */
  readonly total: number | undefined;
  /** What the answer says of it, whether or not that is to be believed. */
  readonly said: number | undefined;
}

/** A window that is being read. */
export interface OpenWindow {
  /** Asks for the page that begins behind so many rows. */
  readonly list: (offset: number) => Promise<RowPage>;
  /** The first page. */
  readonly first: RowPage;
  /** The page size that is asked for. */
  readonly pageSize: number;
  readonly keyOf: (row: Row) => string;
  /** The window is read from its beginning. */
  readonly beginReading: () => void;
  /** Those of the rows that are to be given on: not the ones that this reading, or the window before, has given. */
  readonly give: (rows: readonly Row[]) => Row[];
  /** Whether shorter windows can be asked for instead. */
  readonly isDivisible: boolean;
  /** Tells the user something, once a run. `what` is what it is about. */
  readonly warnOnce: (what: string, message: string) => void;
  /** What it has and where it is, for messages: `chats created from … to …`. */
  readonly title: string;
}

export interface WindowResult {
  /** How many rows the window has, as far as is known. */
  readonly rows: number;
  /**
   * `moving`: it changed at every reading; `short`: it gave fewer rows than it counts, each time the same. Shorter windows may
   * tell more in both cases.
   */
  readonly outcome: 'done' | 'moving' | 'short';
}

/** A page that comes so often once more comes for ever. */
const MOST_REPEATS = 2;

/** So many pages without a new row, in a list that moves and tells no number, are its end. */
const MOST_DULL = 3;

/** Servers cut pages at these lengths (livetex-api §3.2). */
const CUT_LENGTHS = new Set([50, 100]);

/**
 * How many rows a window has when that is more than `most`; undefined otherwise. A page far behind proves it: a number may
 * count something else, or may not be there.
 */
export async function tooMany(
  { first, list, keyOf }: Pick<OpenWindow, 'first' | 'list' | 'keyOf'>,
  most: number,
): Promise<number | undefined> {
  const { rows, total } = first;
  const isKnown = total !== undefined && total >= rows.length;
  if (rows.length === 0 || (isKnown && total <= most)) return undefined;
  const beyond = await list(most);
  const [start] = rows;
  const [there] = beyond.rows;
  // The first row once more, so far behind, comes of a server that does not look at the offset.
  if (there === undefined || start === undefined || keyOf(there) === keyOf(start)) return undefined;
  return isKnown ? total : most * 4;
}

/**
 * Reads a window, page by page. What comes with one answer belongs together. Over several pages it only does if nothing moved
 * between them: each page begins with the last row of the one before, so that a shift shows, the total stays the same, and there
 * are as many rows as it says, all of them different. Otherwise the window is read again.
 */
export async function* readWindow(window: OpenWindow): AsyncGenerator<StreamItem, WindowResult> {
  const { isDivisible, title, warnOnce } = window;
  const met = new Set<string>();
  let { first } = window;
  /** What every page said so far; undefined once two said different things. */
  let agreed = first.total;
  let quiet = 0;
  for (let reading = 1; ; reading += 1) {
    const metBefore = met.size;
    window.beginReading();
    const { rows, entries, twins, total, hasShifted, totalMoved } = yield* readOnce(window, first, met);
    quiet = met.size === metBefore ? quiet + 1 : 0;
    if (totalMoved || total !== agreed) agreed = undefined;
    // Two of one id in one answer are what they are; in two answers they tell that places were exchanged between them.
    const isSteady = !hasShifted && !totalMoved && entries - rows === twins;
    const isShort = entries < (total ?? 0);
    if (isSteady && twins > 0) warnOnce('twice', `LiveTex lists some ${title} twice.`);
    if (isSteady && !isShort) return { rows, outcome: 'done' };
    if (isSteady && quiet > 0) return { rows, outcome: 'short' };
    // Where nothing came or went, it does not matter in which order they were found.
    if (!isDivisible && agreed !== undefined && met.size >= agreed) return { rows: met.size, outcome: 'done' };
    if (reading >= (isDivisible ? MOST_READINGS : MOST_LAST_READINGS)) {
      if (isDivisible) return { rows: Math.max(met.size, total ?? 0), outcome: 'moving' };
      if (agreed === undefined ? quiet < QUIET_READINGS : met.size < agreed) throw restless(title, met.size, total);
      warnOnce('moving', `The list of ${title} changed at each of ${reading} readings; all that it gave were read.`);
      return { rows: met.size, outcome: 'done' };
    }
    first = await window.list(0);
  }
}

interface Pass {
  /** How many different rows this reading gave, and with how many entries. */
  readonly rows: number;
  readonly entries: number;
  /** Entries beyond the first of their id in the same answer. */
  readonly twins: number;
  readonly total: number | undefined;
  /** Whether a page did not begin where the one before had ended. */
  readonly hasShifted: boolean;
  /** Whether two pages told different totals. */
  readonly totalMoved: boolean;
}

async function* readOnce(window: OpenWindow, first: RowPage, met: Set<string>): AsyncGenerator<StreamItem, Pass> {
  const { list, keyOf, give, pageSize } = window;
  const keys = new Set<string>();
  let page = first;
  // Without a number an empty page is all there is to tell the end: it is asked for twice.
  if (page.rows.length === 0 && page.total === undefined) page = await list(0);
  let fresh = page.rows;
  let hasShifted = false;
  let totalMoved = false;
  /** Rows before the page, as the server counts them, and entries so far. */
  let offset = 0;
  let entries = 0;
  let longestPage = 0;
  let pageKeys = page.rows.map(keyOf);
  let before: readonly string[] = [];
  let repeats = 0;
  let dull = 0;
  let twins = 0;

  while (fresh.length > 0) {
    longestPage = Math.max(longestPage, page.rows.length);
    twins += pageKeys.length - new Set(pageKeys).size;
    const known = keys.size;
    for (const key of pageKeys) {
      keys.add(key);
      met.add(key);
    }
    const last = pageKeys.at(-1);
    const rows = give(fresh);
    if (rows.length > 0) yield { kind: 'rows', rows };
    entries += fresh.length;
    const end = offset + page.rows.length;
    // A server that does not look at the offset gives the same page for ever.
    const same = pageKeys.length === before.length && pageKeys.every((key, n) => key === before[n]);
    before = pageKeys;
    repeats = same ? repeats + 1 : 0;
    if (repeats >= MOST_REPEATS && end > (page.total ?? 0)) {
      hasShifted = true;
      break;
    }
    // Of a list that grows at every call the end is never reached; this reading does not count any more anyway.
    dull = keys.size === known ? dull + 1 : 0;
    const isBehind = page.total === undefined ? dull >= MOST_DULL && longestPage > 1 : dull > 0 && end >= page.total;
    if (hasShifted && isBehind) break;
    // A number that is exactly a page may be the number of rows on it.
    const isPage = offset === 0 && (end === pageSize || CUT_LENGTHS.has(end));
    if (page.total === entries && !isPage) break;

    const { total, said } = page;
    offset = end - 1;
    page = await list(offset);
    pageKeys = page.rows.map(keyOf);
    totalMoved ||= page.total !== total;
    const place = last === undefined ? -1 : pageKeys.indexOf(last);
    const isKnownBefore = () => pageKeys.slice(0, place).every((key) => keys.has(key));
    if (place === 0 || (place > 0 && said !== undefined && page.said === said && isKnownBefore())) {
      // Further behind it stands where rows are counted and not shown; no row lies between it and what was given.
      fresh = page.rows.slice(place + 1);
      if (fresh.length === 0 && longestPage > 1 && (page.total ?? 0) <= entries) break;
    } else {
      hasShifted = true;
      fresh = page.rows;
      // Of pages of a single row each has to be further on than the one before.
      if (fresh.length === 1) offset = end;
    }
    if (fresh.length > 0) continue;
    // More should come: a page of a single row has no room for another one, which comes alone, and then its place is checked.
    offset = end;
    page = await list(offset);
    pageKeys = page.rows.map(keyOf);
    fresh = page.rows;
    const [there] = (await list(offset - 1)).rows;
    hasShifted ||= there === undefined || keyOf(there) !== last;
  }
  return { rows: keys.size, entries, twins, total: page.total, hasShifted, totalMoved };
}

function restless(title: string, met: number, total: number | undefined): SyncError {
  return new SyncError(
    'transient',
    `LiveTex gives the list of ${title} in another order at each reading: ${met} of ${total ?? 'an unknown number'} were found in ${MOST_LAST_READINGS} readings. Run the sync again; if this stays, please report it.`,
  );
}
