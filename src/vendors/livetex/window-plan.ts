import { MS_PER_DAY } from '../../core/timestamps.ts';

/** Half-open [from, to) in local time (see local-time.ts), whole seconds: finer ones cannot be asked for (livetex-api §3.3). */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export const SECOND_MS = 1000;

/** The longest window: an empty history of ten years costs ten calls. */
const LONGEST_MS = 366 * MS_PER_DAY;

/** Rows that a window should have: enough that its last page, which is seldom full, weighs little. */
export const GOOD_ROWS = 4000;
/** So full should pages be where each window is to fit on one: the number of rows of the next window is a guess. */
const GOOD_PAGE = 0.7;
/** A window with this many times as many rows is divided before it is read. */
const TOO_MANY = 2;
/** A window may be so many times as long as the one before. */
const GROWTH = 8;
/** A window that LiveTex refuses, or fails to answer, is followed by one this many times shorter. */
const RETREAT = 8;

/** Chooses how long the next window is. It begins with the longest, whose number of rows says how many a shorter one has. */
export interface WindowPlan {
  /** The window from a time on, which ends at `end` at the latest. */
  next(from: number, end: number): TimeWindow;
  /** Of more rows than this a window is to be divided. */
  mostRows(): number;
  /** The window has been read and had so many rows. */
  hasRead(window: TimeWindow, rows: number): void;
  /** The window has too many rows. Only for one that can be shorter. */
  shorten(window: TimeWindow, rows: number): void;
  /** The window did not give all that it has: much shorter ones may. */
  shortenMuch(window: TimeWindow): void;
  /** LiveTex does not answer for so long a window: none is to be as long from now on. */
  limit(window: TimeWindow): void;
  /**
   * What is read over several pages changes under way: from now on windows are to fit on one page, since what comes with one
   * answer belongs together.
   */
  shortenToPage(window: TimeWindow, rows: number, pageSize: number): void;
}

/** True for a window that can be divided. */
export function isDivisible({ from, to }: TimeWindow): boolean {
  return to - from > SECOND_MS;
}

export function createWindowPlan(windowRows: number): WindowPlan {
  let longest = LONGEST_MS;
  let length = LONGEST_MS;
  let goodRows = windowRows;
  const set = (ms: number) => {
    length = Math.min(longest, Math.max(SECOND_MS, Math.floor(ms / SECOND_MS) * SECOND_MS));
  };
  const shorten = ({ from, to }: TimeWindow, rows: number) => {
    set((to - from) * Math.min(goodRows / Math.max(rows, 1), 0.5));
  };
  const shortenMuch = ({ from, to }: TimeWindow) => set((to - from) / RETREAT);
  return {
    next: (from, end) => ({ from, to: Math.min(from + length, end) }),
    mostRows: () => goodRows * TOO_MANY,
    hasRead({ from, to }, rows) {
      set((to - from) * (rows === 0 ? GROWTH : Math.min(goodRows / rows, GROWTH)));
    },
    shorten,
    shortenMuch,
    limit(window) {
      shortenMuch(window);
      longest = length;
    },
    shortenToPage(window, rows, pageSize) {
      goodRows = Math.max(1, Math.floor(pageSize * GOOD_PAGE));
      shorten(window, rows);
    },
  };
}
