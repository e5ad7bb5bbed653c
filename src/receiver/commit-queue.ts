import { type Inbox, InboxError, type NewEvent } from '../inbox/inbox.ts';

export interface CommitQueueOptions {
  readonly inbox: Pick<Inbox, 'append'>;
  /** Most events that may wait, and most characters of their bodies; beyond that new ones are refused. */
  readonly maxEvents: number;
  readonly maxCharacters: number;
  /** Told of each commit: how many events, how many of them were new, and how long it took in ms. */
  readonly onCommit: (events: number, added: number, ms: number) => void;
  /** Told of each commit that fails. */
  readonly onFailure: () => void;
}

/** So many events share one commit at most, and about so many characters: one statement must not take for ever. */
const BATCH_EVENTS = 256;
const BATCH_CHARACTERS = 4 * 1024 * 1024;
/** Senders that were answered together send together again: for half a commit's time, but no longer than this (ms), they are awaited. */
const MAX_GATHERING_MS = 5;

interface Waiting {
  readonly event: NewEvent;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** More waits than may: try again in a moment. */
export class QueueFullError extends Error {}

/**
 * Group commit. One commit is under way at a time; what arrives meanwhile shares the next. When nothing is under way, an event
 * is committed with those that arrive in the same turn of the event loop: nobody waits for a timer.
 *
 * Without more, senders fall into groups that take turns, each of which pays for a sync of its own. So a commit is begun
 * when nothing new has arrived for a turn of the event loop and as many wait as the last commit carried.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Waiting[] = [];
  #characters = 0;
  #running: Promise<void> | undefined;
  /** Of the last commit: how many events it carried, and how long it took in ms. */
  #lastCount = 0;
  #lastMs = 0;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Events that wait for the next commit. */
  get size(): number {
    return this.#waiting.length;
  }

  /**
   * Keeps an event. Resolves when it is on disk. Rejects with QueueFullError, or with InboxError when the store fails; the
   * event may then be there all the same, and its next delivery will find it.
   */
  add(event: NewEvent): Promise<void> {
    const { maxEvents, maxCharacters } = this.#options;
    if (this.#waiting.length >= maxEvents || this.#characters + event.body.length > maxCharacters) {
      return Promise.reject(new QueueFullError('too many events wait to be stored'));
    }
    this.#characters += event.body.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    do {
      await this.#gather();
      await this.#commit(this.#take());
    } while (this.#waiting.length > 0);
    // Whoever comes alone after a rest is not to wait for those who came together before it.
    this.#lastCount = 0;
    this.#running = undefined;
  }

  async #gather(): Promise<void> {
    const until = performance.now() + Math.min(this.#lastMs / 2, MAX_GATHERING_MS);
    for (let seen = 0; this.#waiting.length < BATCH_EVENTS; ) {
      const isGrowing = this.#waiting.length > seen;
      const isAwaited = this.#waiting.length < this.#lastCount && performance.now() < until;
      if (!isGrowing && !isAwaited) return;
      seen = this.#waiting.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #take(): Waiting[] {
    let characters = 0;
    let count = 0;
    for (const { event } of this.#waiting) {
      if (count > 0 && (count === BATCH_EVENTS || characters + event.body.length > BATCH_CHARACTERS)) break;
      characters += event.body.length;
      count += 1;
    }
    this.#characters -= characters;
    return this.#waiting.splice(0, count);
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const started = performance.now();
    try {
      const added = await this.#options.inbox.append(batch.map(({ event }) => event));
      this.#lastCount = batch.length;
      this.#lastMs = performance.now() - started;
      this.#options.onCommit(batch.length, added, this.#lastMs);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      this.#options.onFailure();
      for (const { reject } of batch) reject(error);
      // Who waits behind would wait for the same failure; the vendors come back.
      if (error instanceof InboxError) this.#refuseAll(error);
    }
  }

  #refuseAll(error: InboxError): void {
    const refused = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    for (const { reject } of refused) reject(error);
  }
}
