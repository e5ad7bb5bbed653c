import type { Row } from '../../core/stream.ts';

/**
 * Remembers which rows were given. Bounds of windows overlap, and a list may have a row twice: it is given once. When a window is
 * read again its rows are given again, for some may have changed meanwhile.
 */
export interface GivenRows {
  /** How many rows were `new` so far; what was forgotten counts again. */
  readonly count: number;
  /** A window is read from its beginning. */
  beginReading(): void;
  /** Whether to give a row, which is remembered: a `namesake` is another row of a key that was met. */
  take(key: string, row: Row): 'new' | 'again' | 'namesake' | 'known';
  /** The next window begins: what was given before the last one is forgotten. */
  turn(): void;
}

interface Given {
  readonly createdAt: unknown;
  readonly reading: number;
}

export function createGivenRows(): GivenRows {
  let before = new Map<string, Given>();
  let now = new Map<string, Given>();
  let count = 0;
  let reading = 0;
  return {
    get count() {
      return count;
    },
    beginReading() {
      reading += 1;
    },
    take(key, { created_at: createdAt }) {
      const here = now.get(key);
      const known = here ?? before.get(key);
      const isSame = known?.createdAt === createdAt;
      if (known !== undefined && isSame && (here === undefined || here.reading === reading)) return 'known';
      now.set(key, { createdAt, reading });
      if (known !== undefined) return isSame ? 'again' : 'namesake';
      count += 1;
      return 'new';
    },
    turn() {
      before = now;
      now = new Map();
    },
  };
}
