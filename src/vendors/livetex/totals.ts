import { SyncError } from '../../core/errors.ts';
import type { TimeWindow } from './window-plan.ts';

/** No server cuts its pages at fewer rows (livetex-api §3.2). */
const FULL_PAGE = 50;

/**
 * LiveTex counts the rows of a window, and may count others than it gives: those of the whole account, or what the login may not
 * see. A window that gives fewer than it counts is read again in parts. Do they give more, the number was right; do they give
 * nothing new, it counts something else, and from then on no number is believed.
 */
export interface Totals {
  /** The number as far as it is to be believed. */
  believed(total: number | undefined): number | undefined;
  /** This window gave too few; its parts are read next. `given` is how many rows the run has given so far. */
  suspect(window: TimeWindow, given: number): void;
  /** Where the window ends whose parts are being read; no window reaches beyond it. */
  suspectedUntil(): number;
  /**
   * A window that cannot be divided gave too few. Throws a system error when it gave a page or more: then LiveTex does not show
   * more of a list, and there is no way to the rest.
   */
  isShort(rows: number, title: string): void;
  /** A window has been read to its end. */
  hasRead(window: TimeWindow, given: number): void;
  /** Whether it is not known yet if a window has given all it has, or if there is anything at all. */
  isUnsure(given: number): boolean;
  /** Throws a transient error when rows were counted and none was given. */
  finish(given: number): void;
}

export function createTotals(noun: string, warnOnce: (what: string, message: string) => void): Totals {
  const suspects: { readonly to: number; readonly given: number }[] = [];
  let isBelieved = true;
  const givesNone = (given: number) => !isBelieved && given === 0;
  const until = () => suspects.at(-1)?.to ?? Number.POSITIVE_INFINITY;

  return {
    believed: (total) => (isBelieved ? total : undefined),
    suspect({ to }, given) {
      suspects.push({ to, given });
    },
    suspectedUntil: until,
    isShort(rows, title) {
      if (rows >= FULL_PAGE) {
        throw new SyncError(
          'system',
          `LiveTex counts more ${title} than the ${rows} that it shows, and a second cannot be divided. What it gave has been delivered. Please report this.`,
        );
      }
      if (suspects.length === 0) warnOnce('short', `LiveTex counts more ${title} than the ${rows} that it gives.`);
    },
    hasRead({ to }, given) {
      while (until() <= to) {
        if (suspects.pop()?.given !== given) continue;
        isBelieved = false;
        warnOnce(
          'totals',
          `LiveTex counts more ${noun} than it gives, also when asked in small parts: from here on its numbers are left out of account. All that it gives is read.`,
        );
      }
    },
    isUnsure: (given) => suspects.length > 0 || givesNone(given),
    finish(given) {
      if (!givesNone(given)) return;
      throw new SyncError(
        'transient',
        `LiveTex counts ${noun}, and gives none of them. Run the sync again; if this stays, please report it.`,
      );
    },
  };
}
