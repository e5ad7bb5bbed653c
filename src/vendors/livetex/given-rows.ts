/** Remembers which rows were given: bounds of windows overlap, and a window may be read several times. */
export interface GivenRows {
  /** True for a row that was not given in this window or the one before; from now on it was. */
  isNew(key: string): boolean;
  /** The next window begins: what was given before the last one is forgotten. */
  turn(): void;
}

export function createGivenRows(): GivenRows {
  let before = new Set<string>();
  let now = new Set<string>();
  return {
    isNew(key) {
      if (now.has(key) || before.has(key)) return false;
      now.add(key);
      return true;
    },
    turn() {
      before = now;
      now = new Set();
    },
  };
}
