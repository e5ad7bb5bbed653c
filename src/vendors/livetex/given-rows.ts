import type { Row } from '../../core/stream.ts';

/**
 * Remembers which rows were given, and how they were: bounds of windows overlap, a window may be read several times, and a row
 * may have changed between two readings.
 */
export interface GivenRows {
  /** How many rows were `new` so far; what was forgotten counts again. */
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

/** A number by which a row is known again, with all that it has. The row itself is not kept: thousands of them would be. */
function printOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return printOfText(value);
    case 'number':
      return Number.isInteger(value) ? value | 0 : printOfText(String(value));
    case 'boolean':
      return value ? 3 : 5;
    case 'object': {
      if (value === null) return 7;
      let print = 11;
      const object = value as Record<string, unknown>;
      for (const name in object) print = (Math.imul(print, 31) + printOf(object[name])) | 0;
      return print;
    }
    default:
      return 13;
  }
}

function printOfText(text: string): number {
  let print = text.length;
  for (let index = 0; index < text.length; index += 1) print = (Math.imul(print, 31) + text.charCodeAt(index)) | 0;
  return print;
}
