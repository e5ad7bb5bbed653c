/** Counts calls in a sliding window, as a vendor does that sells so many a minute. */
export class RateLimit {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #arrivals: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Takes a call in at `now` (epoch ms). Returns how long the caller has to wait (ms) when it is one too many. */
  take(now: number): number | undefined {
    if (this.#limit === 0) return undefined;
    while (this.#arrivals.length > 0 && now - (this.#arrivals[0] as number) >= this.#windowMs) this.#arrivals.shift();
    if (this.#arrivals.length >= this.#limit) return (this.#arrivals[0] as number) + this.#windowMs - now;
    this.#arrivals.push(now);
    return undefined;
  }
}
