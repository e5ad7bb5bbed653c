import { noise } from '../random.ts';
import { firstWhere } from '../search.ts';

/** Instants of creation in [since, before), both whole epoch ms or infinite. */
export interface LivetexWindow {
  readonly since: number;
  readonly before: number;
}

export type LivetexOrder = 'asc' | 'desc' | 'random';

export interface LivetexShelfOptions<Row> {
  /** How many rows were there from the beginning, or come by themselves. */
  readonly count: number;
  /** When each of those is created. Never falls as the number grows. */
  readonly creationOf: (number: number) => number;
  /** A row as it is at `now`. */
  readonly rowAt: (number: number, createdAt: number, now: number) => Row;
  readonly now: () => number;
  readonly seed: number;
  readonly unstableTies: boolean;
}

/** Rows of one window: the ordinary ones in [low, high) less those that are gone, and late ones at places of their own. */
interface View {
  readonly low: number;
  readonly high: number;
  readonly gone: readonly number[];
  readonly late: readonly number[];
  /** Where each late row stands in the order of creation. */
  readonly latePlaces: readonly number[];
  readonly total: number;
}

/**
 * The chats or the leads of an account, in the order of their creation. Rows are computed when they are looked at, so that
 * any number of them takes no memory, and exist only once the clock has reached their creation.
 */
export class LivetexShelf<Row> {
  readonly #options: LivetexShelfOptions<Row>;
  /** When the row with the number `count + n` was created. */
  readonly #insertedAt: number[] = [];
  /** Numbers of inserted rows, by creation. */
  readonly #inserted: number[] = [];
  readonly #removed = new Set<number>();
  /** Those of the removed that are not inserted ones, in order. */
  readonly #gone: number[] = [];
  #lists = 0;
  #scrambled: { readonly key: string; readonly numbers: readonly number[] } = { key: '', numbers: [] };

  constructor(options: LivetexShelfOptions<Row>) {
    this.#options = options;
  }

  /** All numbers that there have been, and those to come, are below it. */
  get size(): number {
    return this.#options.count + this.#insertedAt.length;
  }

  createdAt(number: number): number {
    const { count, creationOf } = this.#options;
    return number < count ? creationOf(number) : (this.#insertedAt[number - count] as number);
  }

  /** A row as it is now; undefined when it was removed or is not created yet. */
  row(number: number, now = this.#options.now()): Row | undefined {
    const createdAt = this.createdAt(number);
    return this.#removed.has(number) || createdAt > now ? undefined : this.#options.rowAt(number, createdAt, now);
  }

  /** A row turns up that was created at `createdAt`, however long ago that is. Returns its number. */
  insert(createdAt: number): number {
    const number = this.size;
    this.#insertedAt.push(createdAt);
    const place = firstWhere(this.#inserted.length, (n) => this.createdAt(this.#inserted[n] as number) > createdAt);
    this.#inserted.splice(place, 0, number);
    return number;
  }

  /** A row goes away. */
  remove(number: number): void {
    if (this.#removed.has(number)) return;
    this.#removed.add(number);
    if (number >= this.#options.count) return;
    this.#gone.splice(
      firstWhere(this.#gone.length, (n) => (this.#gone[n] as number) > number),
      0,
      number,
    );
  }

  /** Numbers of the rows at places `offset` to `offset + limit` of a window, and how many rows that has. */
  list(
    window: LivetexWindow,
    order: LivetexOrder,
    offset: number,
    limit: number,
  ): { numbers: number[]; total: number } {
    this.#lists += 1;
    const view = this.#view(window);
    const { total } = view;
    const end = Math.min(offset + limit, total);
    if (offset >= end) return { numbers: [], total };
    if (order === 'random') return { numbers: this.#inAnyOrder(view).slice(offset, end), total };
    if (order === 'asc') return { numbers: this.#ascending(view, offset, end), total };
    return { numbers: this.#ascending(view, total - end, total - offset).reverse(), total };
  }

  #view({ since, before }: LivetexWindow): View {
    const end = Math.min(before, this.#options.now() + 1);
    const low = this.#firstFrom(since);
    const high = Math.max(low, this.#firstFrom(end));
    const gone = between(this.#gone, low, high, (number) => number);
    const late = between(this.#inserted, since, end, (number) => this.createdAt(number)).filter(
      (number) => !this.#removed.has(number),
    );
    const latePlaces = late.map((number, n) => {
      const next = this.#firstFrom(this.createdAt(number) + 1);
      return n + next - low - firstWhere(gone.length, (g) => (gone[g] as number) >= next);
    });
    return { low, high, gone, late, latePlaces, total: high - low - gone.length + late.length };
  }

  /** The numbers at places [start, end) in the order of creation; of one instant in any order, where that is wanted. */
  #ascending(view: View, start: number, end: number): number[] {
    const { unstableTies, seed } = this.#options;
    const at = (place: number) => this.createdAt(numberAt(view, place));
    let [first, last] = [start, end];
    if (unstableTies) {
      // Whole ties have to be seen to know who of them stands on the page.
      while (first > 0 && at(first - 1) === at(start)) first -= 1;
      while (last < view.total && at(last) === at(end - 1)) last += 1;
    }
    const numbers = Array.from({ length: last - first }, (_, n) => numberAt(view, first + n));
    if (!unstableTies) return numbers;
    const rank = (number: number) => noise(seed, this.#lists, number + 100);
    return numbers
      .sort((a, b) => this.createdAt(a) - this.createdAt(b) || rank(a) - rank(b))
      .slice(start - first, end - first);
  }

  /** Every number of the window in an order that has nothing to do with time and stays as it is. */
  #inAnyOrder(view: View): readonly number[] {
    const key = `${view.low} ${view.high} ${view.late.join()} ${view.gone.length} ${this.#gone.length}`;
    if (this.#scrambled.key !== key) {
      const rank = (number: number) => noise(this.#options.seed, number, 99);
      const numbers = Array.from({ length: view.total }, (_, place) => numberAt(view, place));
      this.#scrambled = { key, numbers: numbers.sort((a, b) => rank(a) - rank(b)) };
    }
    return this.#scrambled.numbers;
  }

  /** The first ordinary number that is created at `instant` or later. */
  #firstFrom(instant: number): number {
    return firstWhere(this.#options.count, (number) => this.#options.creationOf(number) >= instant);
  }
}

/** The number at a place in the order of creation. */
function numberAt({ low, gone, late, latePlaces }: View, place: number): number {
  const lateBefore = firstWhere(late.length, (n) => (latePlaces[n] as number) >= place);
  if (latePlaces[lateBefore] === place) return late[lateBefore] as number;
  const rest = place - lateBefore;
  return low + rest + firstWhere(gone.length, (g) => (gone[g] as number) - low - g > rest);
}

/** Members of a sorted list whose measure lies in [from, to). */
function between(list: readonly number[], from: number, to: number, measure: (member: number) => number): number[] {
  const start = firstWhere(list.length, (n) => measure(list[n] as number) >= from);
  return list.slice(
    start,
    firstWhere(list.length, (n) => measure(list[n] as number) >= to),
  );
}
