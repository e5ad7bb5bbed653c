/** One call that came in. */
export interface LoggedCall {
  /** When, in epoch ms. */
  readonly at: number;
  /** Path and query. */
  readonly path: string;
  /** HTTP status, or the fault in place of an answer. */
  readonly outcome: string;
  /** What was sent, of LiveChat's API v3.6: there the question stands in it. */
  readonly body?: string;
}

/** Calls that are kept word for word; counters go on. */
const KEPT = 100_000;

/** What was called, for tests and for people who want to see what a sync costs. */
export class CallLog {
  readonly calls: LoggedCall[] = [];
  readonly outcomes: Record<string, number> = {};
  count = 0;

  add(call: LoggedCall): void {
    this.count += 1;
    this.outcomes[call.outcome] = (this.outcomes[call.outcome] ?? 0) + 1;
    if (this.calls.length < KEPT) this.calls.push(call);
  }

  /** Forgets everything so far. */
  clear(): void {
    this.calls.length = 0;
    this.count = 0;
    for (const outcome of Object.keys(this.outcomes)) delete this.outcomes[outcome];
  }
}
