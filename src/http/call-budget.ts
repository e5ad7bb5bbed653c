import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';

/** Leave to make one call. */
export interface CallPermit {
  /** To be called once, when the answer's head has arrived or the attempt has failed. */
  done(): void;
}

/** The calls that a vendor's streams may make, together. */
export interface CallBudget {
  /**
   * Resolves when a call may start; callers are served in order. `onWait` hears until when (epoch ms) it waits, as soon as
   * that is longer than an instant, and null afterwards. Rejects with the signal's reason when that is aborted.
   */
  acquire(signal: AbortSignal, onWait: (until: number | null) => void): Promise<CallPermit>;
  /** The vendor answered 429: nobody calls for `pauseMs`, and the budget shrinks. */
  throttled(pauseMs: number): void;
  /** Time that calls have waited here so far, in ms. */
  waitedMs(): number;
}

export interface CallBudgetOptions {
  /** Most calls in any window. */
  readonly limit: number;
  readonly windowMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A wait shorter than this is not worth a message: the status of a stream would flicker. */
const WORTH_TELLING_MS = 1000;

/** After a 429 the limit falls by a quarter, and by a twentieth of the whole it rises again in each window without one. */
const SHRINK = 0.75;
const GROW = 0.05;

/**
 * Makes a sliding-window budget: at no time have more than `limit` calls arrived at the vendor within `windowMs`, and
 * whenever that leaves room a call starts at once.
 *
 * A call takes its place until `windowMs` after its answer: when it arrived at the vendor lies between the two, so
 * counting from the start would let a slow call and a fast one, a window later, arrive too close together.
 */
export function createCallBudget({ limit, windowMs, clock, log }: CallBudgetOptions): CallBudget {
  /** When the finished calls of the last window ended, oldest first. */
  const finished: number[] = [];
  let inFlight = 0;
  let allowed = limit;
  let pausedUntil = 0;
  let changedAt = clock.now();
  let shrunkAt = Number.NEGATIVE_INFINITY;
  let waited = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let callEnded = Promise.withResolvers<void>();

  const recover = (now: number) => {
    while (allowed < limit && now - changedAt >= windowMs) {
      allowed = Math.min(limit, allowed + Math.max(1, Math.floor(limit * GROW)));
      changedAt += windowMs;
    }
  };

  /** When the next call may start: an instant, or undefined while only the end of a running call can tell. */
  const nextStart = (now: number): number | undefined => {
    recover(now);
    while (finished.length > 0 && now - (finished[0] as number) >= windowMs) finished.shift();
    const over = finished.length + inFlight - allowed;
    if (over < 0) return Math.max(now, pausedUntil);
    const freeing = finished[over];
    return freeing === undefined ? undefined : Math.max(freeing + windowMs, pausedUntil);
  };

  const waitForTurn = async (signal: AbortSignal, onWait: (until: number | null) => void) => {
    const began = clock.now();
    let told = false;
    try {
      while (true) {
        signal.throwIfAborted();
        const now = clock.now();
        const start = nextStart(now);
        if (start !== undefined && start <= now) break;
        if (start === undefined) {
          await unlessAborted(callEnded.promise, signal);
          continue;
        }
        if (start - now >= WORTH_TELLING_MS) {
          told = true;
          onWait(start);
        }
        await clock.sleep(start - now, signal);
      }
    } finally {
      waited += clock.now() - began;
      if (told) onWait(null);
    }
    inFlight += 1;
  };

  return {
    async acquire(signal, onWait) {
      const mine = turn.then(() => waitForTurn(signal, onWait));
      turn = mine.catch(() => {});
      await mine;
      let open = true;
      return {
        done() {
          if (!open) return;
          open = false;
          inFlight -= 1;
          finished.push(clock.now());
          callEnded.resolve();
          callEnded = Promise.withResolvers<void>();
        },
      };
    },
    throttled(pauseMs) {
      const now = clock.now();
      // All refusals within a window tell of the same crowd: they count once, or a short storm would cost hours.
      if (now - shrunkAt >= windowMs) {
        recover(now);
        allowed = Math.max(1, Math.floor(allowed * SHRINK));
        shrunkAt = now;
        changedAt = now;
        log('debug', `The vendor asks for fewer calls: budget lowered to ${allowed} of ${limit}.`);
      }
      pausedUntil = Math.max(pausedUntil, now + pauseMs);
    },
    waitedMs: () => waited,
  };
}

async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
