import type { StreamPlan, StreamReport } from './engine.ts';
import type { SyncError } from './errors.ts';
import type { RowChange } from './row-shaper.ts';

/** A bookmark in its envelope, as it goes into the state. */
export type Bookmark = Readonly<Record<string, unknown>>;

/**
 * Where the engine's events go: a face, which writes them in the words of its protocol. Calls come in the order in which
 * the reader is to see them; those of different vendors may alternate. Throws OutputClosedError when nobody reads.
 */
export interface Sink {
  /** Before the first stream, with all that will run. */
  begin(plans: readonly StreamPlan[]): void;
  started(plan: StreamPlan): void;
  /** The vendor has answered for the first time. */
  running(plan: StreamPlan): void;
  /** Calls wait for quota until this instant (epoch ms); null when they go on. */
  waiting(plan: StreamPlan, until: number | null): void;
  estimate(plan: StreamPlan, rows: number): void;
  /** One row: its JSON text, what had to be changed about it, and when it was read (epoch ms, never backwards). */
  record(plan: StreamPlan, json: string, changes: readonly RowChange[] | undefined, emittedAt: number): void;
  /** A bookmark, and how many records of the stream were given since the one before. */
  bookmark(plan: StreamPlan, bookmark: Bookmark, recordCount: number): void;
  completed(plan: StreamPlan, report: StreamReport): void;
  failed(plan: StreamPlan, error: SyncError, report: StreamReport): void;
  /** After the last stream. */
  end(): void;
  /** Undefined while the reader keeps up; otherwise resolves when there is room again. */
  room(): Promise<void> | undefined;
}
