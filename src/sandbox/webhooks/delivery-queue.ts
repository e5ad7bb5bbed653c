import { setMaxListeners } from 'node:events';
import type { Clock } from '../../core/clock.ts';
import { firstWhere } from '../search.ts';
import type { PostAnswer } from './poster.ts';
import type { Webhook, WebhookCounters } from './webhook.ts';

export interface DeliveryOptions {
  readonly clock: Clock;
  /** How many are on their way at the same time. */
  readonly inFlight: number;
  /** The first wait before a repetition, in ms. */
  readonly retryMs: number;
  readonly send: (webhook: Webhook, closing: AbortSignal) => Promise<PostAnswer>;
  readonly onDelivered: (webhook: Webhook) => void;
}

interface Job {
  /** Its place among all that were posted. */
  readonly number: number;
  readonly lane: string;
  readonly webhook: Webhook;
  readonly done: () => void;
  tries: number;
}

/** As often as LiveChat's REST v2 tries (livechat-api §5). */
const MOST_TRIES = 10;
/** The vendors wait minutes and hours; here nobody wants to. */
const LONGEST_RETRY_AFTER_MS = 2000;
/** Waits grow to so many times the first one. */
const LONGEST_GROWTH = 40;

/**
 * Delivers webhooks, several at a time and each at least once: what is not answered with 2xx is tried again, after a wait
 * in which others may go ahead. What shares a lane keeps its order; apart from that, what was posted first goes first.
 */
export class DeliveryQueue {
  readonly counters: WebhookCounters = { posted: 0, tries: 0, delivered: 0, refused: 0 };
  readonly #options: DeliveryOptions;
  /** Lanes with anything left in them; the first of each is on its way, waits for its next try, or is ready. */
  readonly #lanes = new Map<string, Job[]>();
  /** The first of each lane that may be sent now, in the order in which they were posted. */
  readonly #ready: Job[] = [];
  readonly #closing = new AbortController();
  #inFlight = 0;
  #waiting: (() => void)[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
    // Every lane that waits for its next try listens.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Whether nothing is left to be delivered. */
  get isIdle(): boolean {
    return this.#lanes.size === 0;
  }

  /** Resolves when it is delivered or refused for good, or the queue is closed. */
  add(webhook: Webhook): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.resolve();
    this.counters.posted += 1;
    return new Promise((done) => {
      const lane = `${webhook.vendor} ${webhook.lane}`;
      const job = { number: this.counters.posted, lane, webhook, done, tries: 0 };
      const jobs = this.#lanes.get(lane);
      if (jobs !== undefined) {
        jobs.push(job);
        return;
      }
      this.#lanes.set(lane, [job]);
      this.#makeReady(job);
    });
  }

  /** Resolves when nothing is left, or the queue is closed. */
  settled(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Breaks off what is on its way and forgets the rest. */
  close(): void {
    this.#closing.abort();
    for (const jobs of this.#lanes.values()) for (const { done } of jobs) done();
    this.#lanes.clear();
    this.#tellWaiting();
  }

  #makeReady(job: Job): void {
    const ready = this.#ready;
    ready.splice(
      firstWhere(ready.length, (n) => (ready[n] as Job).number > job.number),
      0,
      job,
    );
    this.#sendReady();
  }

  #sendReady(): void {
    while (this.#inFlight < this.#options.inFlight) {
      const job = this.#ready.shift();
      if (job === undefined) return;
      this.#deliver(job);
    }
  }

  async #deliver(job: Job): Promise<void> {
    const { clock, send, onDelivered } = this.#options;
    const { signal } = this.#closing;
    job.tries += 1;
    this.counters.tries += 1;
    this.#inFlight += 1;
    const answer = await send(job.webhook, signal);
    this.#inFlight -= 1;
    if (signal.aborted) return;
    const { status = 0 } = answer;
    const isDelivered = status >= 200 && status < 300;
    if (!isDelivered && job.tries < MOST_TRIES) {
      this.#sendReady();
      try {
        await clock.sleep(this.#waitBefore(job.tries, answer), signal);
      } catch {
        return;
      }
      return this.#makeReady(job);
    }
    if (isDelivered) {
      this.counters.delivered += 1;
      onDelivered(job.webhook);
    } else {
      this.counters.refused += 1;
    }
    job.done();
    const jobs = this.#lanes.get(job.lane) as Job[];
    jobs.shift();
    const [next] = jobs;
    if (next === undefined) {
      this.#lanes.delete(job.lane);
      this.#sendReady();
    } else {
      this.#makeReady(next);
    }
    if (this.isIdle) this.#tellWaiting();
  }

  #waitBefore(tries: number, { retryAfter }: PostAnswer): number {
    const { clock, retryMs } = this.#options;
    const asked = retryAfter === undefined ? undefined : askedWait(retryAfter, clock.now());
    if (asked !== undefined) return Math.min(asked, LONGEST_RETRY_AFTER_MS);
    return retryMs * Math.min(2 ** (tries - 1), LONGEST_GROWTH);
  }

  #tellWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** How long a Retry-After header asks to wait, in ms: it holds seconds or a date. Undefined for anything else. */
function askedWait(header: string, now: number): number | undefined {
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
}
