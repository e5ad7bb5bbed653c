import { noise } from '../../random.ts';
import { firstWhere } from '../../search.ts';
import {
  type ChatFacts,
  type ChatLine,
  chatCount,
  chatNumberOf,
  closingLine,
  type Ending,
  isActive,
  originalThread,
  type Thread,
  threadStart,
  threadsOf,
} from './chat-data.ts';

/** What changed about a thread since the sandbox began. Times in microseconds. */
interface Change {
  endedAt?: number;
  ending?: Ending;
  rating?: Thread['rating'];
  tags?: readonly string[];
  readonly lines: ChatLine[];
}

/** A thread that began since. */
interface Begun {
  readonly number: number;
  readonly chatNumber: number;
  readonly createdAt: number;
}

/** From an instant up to another one, in microseconds; whether that belongs to it says `inclusive`. */
export interface ThreadWindow {
  readonly from: number;
  readonly to: number;
  readonly inclusive: boolean;
}

/**
 * All threads, in the order in which they began. They are computed when they are looked at; only those that changed or
 * began since are kept.
 */
export class ChatShelf {
  readonly #facts: ChatFacts;
  readonly #changes = new Map<number, Change>();
  readonly #begun: Begun[] = [];
  /** The same in the order of their starts. */
  #inOrder: Begun[] = [];
  readonly #laterThreads = new Map<number, number[]>();
  #newChats = 0;
  #active: Set<number> | undefined;

  constructor(facts: ChatFacts) {
    this.#facts = facts;
  }

  /** How many threads there are; their numbers are below it. */
  get size(): number {
    return this.#facts.count + this.#begun.length;
  }

  get seed(): number {
    return this.#facts.seed;
  }

  /** When a thread began, in microseconds. */
  startOf(number: number): number {
    return this.#begun[number - this.#facts.count]?.createdAt ?? threadStart(this.#facts, number);
  }

  /** Numbers of the threads that go on. */
  get active(): ReadonlySet<number> {
    if (this.#active === undefined) {
      this.#active = new Set();
      const first = Math.floor(this.#facts.count * 0.9);
      for (let number = first; number < this.#facts.count; number += 1) {
        if (isActive(this.#facts, number)) this.#active.add(number);
      }
    }
    return this.#active;
  }

  /** A thread by its number, as it is now. */
  thread(number: number): Thread {
    const begun = this.#begun[number - this.#facts.count];
    const original =
      begun === undefined
        ? originalThread(this.#facts, number)
        : originalThread(this.#facts, number, begun.chatNumber, begun.createdAt);
    const change = this.#changes.get(number);
    if (change === undefined) return original;
    const { lines, ...others } = change;
    return { ...original, ...others, lines: [...original.lines, ...lines] };
  }

  /** Numbers of the threads of a chat, the oldest first. */
  threadsOf(chatNumber: number): number[] {
    return [...threadsOf(this.#facts, chatNumber), ...(this.#laterThreads.get(chatNumber) ?? [])];
  }

  /** How many chats there are; their numbers are below it. */
  get chats(): number {
    return chatCount(this.#facts) + this.#newChats;
  }

  chatNumberOf(number: number): number {
    return this.#begun[number - this.#facts.count]?.chatNumber ?? chatNumberOf(number);
  }

  /**
   * Numbers of the threads that began in a window, in the order of their starts and then of their numbers, behind a place in
   * that order if one is given.
   */
  *walk(
    { from, to, inclusive }: ThreadWindow,
    ascending: boolean,
    after?: { readonly micros: number; readonly number: number },
  ): Generator<number> {
    const ends = (at: number) => (inclusive ? at > to : at >= to);
    const bounds = (count: number, startOf: (place: number) => number) => [
      firstWhere(count, (place) => startOf(place) >= from),
      firstWhere(count, (place) => ends(startOf(place))),
    ];
    const [low = 0, high = 0] = bounds(this.#facts.count, (place) => threadStart(this.#facts, place));
    const [newLow = 0, newHigh = 0] = bounds(
      this.#inOrder.length,
      (place) => (this.#inOrder[place] as Begun).createdAt,
    );
    const step = ascending ? 1 : -1;
    const order = (number: number, other: { readonly micros: number; readonly number: number }) =>
      (this.startOf(number) - other.micros || number - other.number) * step;
    let old = ascending ? low : high - 1;
    if (after !== undefined) {
      // Straight to the place, for each page begins somewhere else.
      const near = firstWhere(this.#facts.count, (place) => this.startOf(place) >= after.micros + (ascending ? 0 : 1));
      old = ascending ? Math.max(low, near) : Math.min(high, near) - 1;
    }
    const begun = this.#inOrder.slice(newLow, newHigh).map(({ number }) => number);
    if (!ascending) begun.reverse();
    const isBehind = (number: number) => after === undefined || order(number, after) > 0;
    const rest = begun.filter(isBehind);
    for (; old >= low && old < high; old += step) {
      while (rest[0] !== undefined && order(rest[0], { micros: this.startOf(old), number: old }) < 0) {
        yield rest.shift() as number;
      }
      if (isBehind(old)) yield old;
    }
    yield* rest;
  }

  /** How many threads began in a window. */
  count({ from, to, inclusive }: ThreadWindow): number {
    const within = (count: number, startOf: (place: number) => number) =>
      Math.max(
        firstWhere(count, (place) => (inclusive ? startOf(place) > to : startOf(place) >= to)) -
          firstWhere(count, (place) => startOf(place) >= from),
        0,
      );
    return (
      within(this.#facts.count, (place) => threadStart(this.#facts, place)) +
      within(this.#inOrder.length, (place) => (this.#inOrder[place] as Begun).createdAt)
    );
  }

  /** Somebody or something ends a thread at `now` (epoch ms); null leaves no word of it. */
  end(number: number, now: number, ending: Ending = 'manual_archived_agent'): void {
    const thread = this.thread(number);
    if (thread.endedAt !== null) return;
    const at = Math.max(now * 1000, thread.lines.at(-1)?.at ?? thread.createdAt);
    const change = this.#changeOf(number);
    if (ending !== null) change.lines.push(closingLine(ending, at, thread.agents[0]));
    change.endedAt = ending === null ? (thread.lines.at(-1)?.at ?? thread.createdAt) : at;
    change.ending = ending;
    this.#activeNumbers.delete(number);
  }

  /** The visitor rates a thread, also long after it ended. */
  rate(number: number, score: 0 | 1, comment: string | null = null): void {
    this.#changeOf(number).rating = { score, comment };
  }

  /** An agent adds a tag. */
  tag(number: number, tag: string): void {
    const { tags } = this.thread(number);
    if (!tags.includes(tag)) this.#changeOf(number).tags = [...tags, tag];
  }

  /** The visitor writes at `now` (epoch ms) into a thread that goes on. */
  say(number: number, text: string, now: number): void {
    if (this.thread(number).endedAt !== null) return;
    this.#changeOf(number).lines.push({ type: 'message', at: now * 1000, author: 'visitor', text });
  }

  /**
   * A thread begins at `now` (epoch ms), in the chat of thread `of` if that is given, which ends then, or in a new chat. Returns
   * its number.
   */
  start(now: number, of?: number): number {
    let chatNumber = chatCount(this.#facts) + this.#newChats;
    if (of === undefined) this.#newChats += 1;
    else {
      chatNumber = this.chatNumberOf(of);
      const last = this.threadsOf(chatNumber).at(-1);
      if (last !== undefined) this.end(last, now, 'routing.archived_inactive');
    }
    const begun = { number: this.size, chatNumber, createdAt: now * 1000 };
    this.#begun.push(begun);
    this.#inOrder = [...this.#inOrder, begun].sort((a, b) => a.createdAt - b.createdAt || a.number - b.number);
    this.#laterThreads.set(chatNumber, [...(this.#laterThreads.get(chatNumber) ?? []), begun.number]);
    this.#activeNumbers.add(begun.number);
    return begun.number;
  }

  /** The `turn`-th of the things that happen of themselves: a start, an end, a rating, a tag, and a further thread, by turns. */
  happen(turn: number, now: number): void {
    const number = noise(this.seed, turn, 112) % Math.max(this.size, 1);
    if (turn % 5 === 0 || this.size === 0) this.start(now);
    else if (turn % 5 === 1) {
      const [longest] = this.active;
      if (longest !== undefined) this.end(longest, now, turn % 2 === 0 ? null : 'manual_archived_customer');
    } else if (turn % 5 === 2) this.rate(number, turn % 2 === 0 ? 1 : 0, 'rated late');
    else if (turn % 5 === 3) this.tag(number, `late ${turn}`);
    else this.start(now, number);
  }

  /** The same set as `active`, to be changed. */
  get #activeNumbers(): Set<number> {
    return this.active as Set<number>;
  }

  #changeOf(number: number): Change {
    const change = this.#changes.get(number) ?? { lines: [] };
    this.#changes.set(number, change);
    return change;
  }
}
