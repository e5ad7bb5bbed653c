import type { Row } from '../../core/stream.ts';

/**
 * Remembers which rows were given, and how they were: bounds of windows overlap, a window may be read several times, and a row
 * may have changed between two readings.
 */
export interface GivenRows {
  /** How many different rows were given so far. */
  readonly count: number;
  /** What is to be done with a row, which is remembered: `new`, `known` as it is, `changed`, or another row of the same key. */
  take(key: string, row: Row): 'new' | 'known' | 'changed' | 'namesake';
  /** The next window begins: what was given before the last one is forgotten. */
  turn(): void;
}

export function createGivenRows(): GivenRows {
  let before = new Map<string, Given>();
  let now = new Map<string, Given>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    take(key, row) {
      const found = { createdAt: row['created_at'], print: printOf(row) };
      const known = now.get(key) ?? before.get(key);
      if (known !== undefined && known.print === found.print) return 'known';
      now.set(key, found);
      if (known === undefined) {
        count += 1;
        return 'new';
      }
      return known.createdAt === found.createdAt ? 'changed' : 'namesake';
    },
    turn() {
      before = now;
      now = new Map();
    },
  };
}

interface Given {
  readonly createdAt: unknown;
  readonly print: number;
}

/**
 * A number by which a row is known again: of whatever may change about one, something goes into it. Texts are not kept: a row of
 * each of thousands would be.
 */
function printOf(row: Row): number {
  let print = 0;
  for (const column in row) {
    const value = row[column];
    let part = 0;
    if (typeof value === 'string') part = printOfText(value);
    else if (typeof value === 'number') part = value * 64;
    else if (typeof value === 'boolean') part = value ? 3 : 5;
    else if (Array.isArray(value)) part = value.length + 11;
    else if (value !== null && value !== undefined) part = 13;
    print = (Math.imul(print, 31) + (part | 0) + 1) | 0;
  }
  return print;
}

/** Times, ids and states are this long at most; of what is longer, the beginning and the length are enough. */
const LONGEST_CHECKED = 40;

function printOfText(text: string): number {
  let print = text.length;
  const end = Math.min(text.length, LONGEST_CHECKED);
  for (let index = 0; index < end; index += 1) print = (Math.imul(print, 31) + text.charCodeAt(index)) | 0;
  return print;
}
