/** What can go wrong between a client and a vendor, each by its name on the command line. */
export const FAULT_KINDS = [
  '429-seconds',
  '429-epoch',
  '429-date',
  '429-none',
  '429-storm',
  '500',
  '503',
  'reset',
  'truncated',
  'html',
  'hang',
  'empty-page',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault to be answered with; a storm is made of the others. */
export type Fault = Exclude<FaultKind, '429-storm'>;

const STORM: readonly Fault[] = ['429-seconds', '429-epoch', '429-date', '429-none', '429-seconds'];

/** Says at each call whether something goes wrong, in a fixed pattern. */
export class FaultPlan {
  #kinds: readonly FaultKind[] = [];
  #every = 1;
  #calls = 0;
  #next = 0;
  #queue: Fault[] = [];

  /** From now on every `every`-th call meets the next of `kinds`, over and over. */
  set(kinds: readonly FaultKind[], every: number): void {
    this.#kinds = kinds;
    this.#every = Math.max(1, every);
    this.#calls = 0;
    this.#next = 0;
    this.#queue = [];
  }

  /** These come first, one a call. */
  queue(...faults: Fault[]): void {
    this.#queue.push(...faults);
  }

  /** The fault of the call that has just come in; undefined when all goes well. */
  take(): Fault | undefined {
    const queued = this.#queue.shift();
    if (queued !== undefined) return queued;
    if (this.#kinds.length === 0) return undefined;
    this.#calls += 1;
    if (this.#calls % this.#every !== 0) return undefined;
    const kind = this.#kinds[this.#next % this.#kinds.length] as FaultKind;
    this.#next += 1;
    if (kind !== '429-storm') return kind;
    this.#queue.push(...STORM);
    return this.#queue.shift();
  }
}

/** The Retry-After header of a 429 fault that asks for `seconds`; undefined for the kind that does not say. */
export function retryAfterOf(fault: Fault, now: number, seconds: number): string | undefined {
  switch (fault) {
    case '429-seconds':
      return String(seconds);
    case '429-epoch':
      return String(Math.ceil(now / 1000) + seconds);
    case '429-date':
      return new Date(now + seconds * 1000).toUTCString();
    default:
      return undefined;
  }
}
