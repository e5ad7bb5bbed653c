/** Time as a parameter: the product uses the system's, tests bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch; never goes backwards within a process. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `task` every `ms` until the returned function is called. Does not keep the process alive. */
  every(ms: number, task: () => void): () => void;
}

/** `setTimeout` holds 31 bits of milliseconds; a longer one fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The real clock. It stands on the monotonic clock, so a step of the system's time cannot break a call budget. */
export function createSystemClock(): Clock {
  return {
    now: () => Math.floor(performance.timeOrigin + performance.now()),
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(
          () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
          Math.min(Math.max(ms, 0), LONGEST_TIMER_MS),
        );
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    every(ms, task) {
      const timer = setInterval(task, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
