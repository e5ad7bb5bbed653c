import { type BookmarkHolder, openBookmark } from './bookmark.ts';
import type { Clock } from './clock.ts';
import { asSyncError, OutputClosedError, type SyncError } from './errors.ts';
import type { Log } from './log.ts';
import { readAhead } from './read-ahead.ts';
import { fitRecord } from './record-size.ts';
import { compileRowShaper, type FieldSelection, type RowChange } from './row-shaper.ts';
import type { Sink } from './sink.ts';
import type { Row, Stream, StreamItem, SyncMode } from './stream.ts';
import { formatInstant } from './timestamps.ts';

/** One stream of a run, as the user's catalog asks for it. */
export interface StreamPlan {
  readonly name: string;
  /** Airbyte's namespace, to be echoed exactly; undefined elsewhere. */
  readonly namespace?: string;
  /** What to read, or why it cannot be read: such a plan ends INCOMPLETE without a call. */
  readonly target: { readonly stream: Stream } | { readonly problem: SyncError };
  readonly mode: SyncMode;
  /** The stream's bookmark from the state, unchecked; null or undefined for none. */
  readonly state: unknown;
  /** Which fields the user wants; all of them when absent. */
  readonly selected?: FieldSelection;
}

/** How a stream is doing; the engine keeps it true while it runs, displays read it. */
export interface StreamReport {
  readonly name: string;
  status: 'pending' | 'running' | 'complete' | 'incomplete';
  rows: number;
  /** Requests sent to the vendor, retries included. */
  calls: number;
  /** Until when the stream waits for quota (epoch ms); null while it does not. */
  waitingUntil: number | null;
  startedAt: number | undefined;
  endedAt: number | undefined;
  error: SyncError | undefined;
}

export interface SyncOptions {
  readonly sink: Sink;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the run is to end at once; sync() then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Filled with one report a stream before the first one starts. */
  readonly reports: StreamReport[];
  /** Stop each stream after this many records: Singer's --test. */
  readonly maxRecords?: number;
  /** Longest time without a RECORD or STATE, in ms. @default 5 minutes */
  readonly heartbeatMs?: number;
}

/**
 * Only RECORD and STATE keep Airbyte's heartbeat monitor quiet, and a stream may wait for quota or filter pages of old
 * rows for long (airbyte §1.7). Its tightest known setting is minutes, its default three hours.
 */
export const HEARTBEAT_MS = 5 * 60_000;

/**
 * Runs streams and tells the sink what happens, until each has completed or failed. Groups (the vendors) run side by
 * side, the streams of a group one after the other, in order. A failed stream never stops another one.
 *
 * Throws only when the run as a whole cannot go on: OutputClosedError, or the signal's reason.
 */
export async function sync(groups: readonly (readonly StreamPlan[])[], options: SyncOptions): Promise<void> {
  const { sink, signal } = options;
  const runs = groups.map((plans) => plans.map((plan) => ({ plan, report: newReport(plan.name) })));
  options.reports.push(...runs.flat().map((run) => run.report));
  sink.begin(groups.flat());
  await Promise.all(
    runs.map(async (group) => {
      for (const { plan, report } of group) {
        signal.throwIfAborted();
        await runStream(plan, report, options);
      }
    }),
  );
  sink.end();
  await sink.room();
}

function newReport(name: string): StreamReport {
  return {
    name,
    status: 'pending',
    rows: 0,
    calls: 0,
    waitingUntil: null,
    startedAt: undefined,
    endedAt: undefined,
    error: undefined,
  };
}

async function runStream(plan: StreamPlan, report: StreamReport, options: SyncOptions): Promise<void> {
  const { sink, clock, signal } = options;
  report.status = 'running';
  report.startedAt = clock.now();
  try {
    if ('problem' in plan.target) throw plan.target.problem;
    await readStream(plan, plan.target.stream, report, options);
    report.status = 'complete';
    sink.completed(plan, report);
  } catch (error) {
    if (error instanceof OutputClosedError) throw error;
    signal.throwIfAborted();
    report.status = 'incomplete';
    report.error = asSyncError(error, plan.name);
    sink.failed(plan, report.error, report);
  }
  report.waitingUntil = null;
  report.endedAt = clock.now();
}

async function readStream(plan: StreamPlan, stream: Stream, report: StreamReport, options: SyncOptions): Promise<void> {
  const { sink, clock, log, signal, maxRecords } = options;
  sink.started(plan);
  const bookmark = openBookmark(stream, plan.mode, plan.state);
  const state = new StateKeeper(plan, bookmark, sink);
  const stopHeartbeat = startHeartbeat(state, options);
  const write = createRecordWriter(plan, stream, report, state, options);
  let running = false;
  const run = () => {
    if (!running) sink.running(plan);
    running = true;
  };

  const items = stream.read({
    mode: plan.mode,
    bookmark: bookmark.start,
    signal,
    log: (level, message) => log(level, message, { stream: stream.name }),
    onWait(until) {
      if (until === report.waitingUntil) return;
      report.waitingUntil = until;
      running = true;
      sink.waiting(plan, until);
      if (until !== null) log('info', `Waiting for quota until ${formatInstant(until)}.`, { stream: stream.name });
    },
    onCall() {
      report.calls += 1;
    },
  });
  try {
    // A stream that ends after a few records must not have asked for a page that nobody reads.
    for await (const item of maxRecords === undefined ? readAhead(items, isPage) : items) {
      run();
      if (item.kind === 'rows') {
        const now = clock.now();
        for (const row of item.rows) {
          if (report.rows === maxRecords) break;
          write(row, now);
          const room = sink.room();
          if (room !== undefined) await room;
        }
      } else if (item.kind === 'bookmark') {
        bookmark.advance(item.bookmark);
        state.write();
      } else {
        sink.estimate(plan, item.rows);
      }
      if (report.rows === maxRecords) break;
    }
    run();
    bookmark.finish();
  } finally {
    stopHeartbeat();
    // Also of a stream that failed: the records since the last bookmark are counted, so that sums stay exact, and the
    // platform always gets at least one state.
    if (!signal.aborted) state.settle();
  }
}

function isPage(item: StreamItem): boolean {
  return item.kind === 'rows';
}

/** Writes one stream's states and knows how many records each stands for. */
class StateKeeper {
  readonly #plan: StreamPlan;
  readonly #bookmark: BookmarkHolder;
  readonly #sink: Sink;
  #recordsSince = 0;
  #written: string | undefined;
  /** Records and states so far: the heartbeat looks whether it moved. */
  beats = 0;

  constructor(plan: StreamPlan, bookmark: BookmarkHolder, sink: Sink) {
    this.#plan = plan;
    this.#bookmark = bookmark;
    this.#sink = sink;
  }

  countRecord(): void {
    this.#recordsSince += 1;
    this.beats += 1;
  }

  write(): void {
    const bookmark = this.#bookmark.current();
    this.#sink.bookmark(this.#plan, bookmark, this.#recordsSince);
    this.#recordsSince = 0;
    this.#written = JSON.stringify(bookmark);
    this.beats += 1;
  }

  /** Writes the last state unless it has been written already. */
  settle(): void {
    if (this.#recordsSince > 0 || this.#written !== JSON.stringify(this.#bookmark.current())) this.write();
  }
}

function startHeartbeat(state: StateKeeper, { clock, sink, heartbeatMs = HEARTBEAT_MS }: SyncOptions): () => void {
  let seen = -1;
  return clock.every(heartbeatMs, () => {
    // While the reader is the slow one there is nothing to prove, and no room to do so.
    if (state.beats === seen && sink.room() === undefined) state.write();
    seen = state.beats;
  });
}

/** Makes the function that takes a vendor's row to the sink; everything that depends on the stream is done here, once. */
function createRecordWriter(
  plan: StreamPlan,
  stream: Stream,
  report: StreamReport,
  state: StateKeeper,
  { sink, log }: SyncOptions,
): (row: Row, now: number) => void {
  const context = { stream: stream.name };
  const shape = compileRowShaper(
    stream.schema,
    stream.primaryKey,
    {
      undeclared: (field) =>
        log(
          'warn',
          `The vendor sends a field "${field}" that this release does not know; it goes to extra_fields.`,
          context,
        ),
      mismatch: (path, expected) =>
        log('warn', `"${path}" is not always ${expected}; such values become null and move to extra_fields.`, context),
    },
    plan.selected,
  );
  let cursorless = false;
  return (row, now) => {
    const shaped = shape(row);
    const { json, changes: cuts } = fitRecord(shaped.data, stream.primaryKey);
    if (cuts !== undefined) {
      const key = stream.primaryKey.map((name) => String(shaped.data[name])).join(', ');
      log(
        'warn',
        `Record ${key} is too big and was shortened in: ${cuts.map((cut) => cut.field).join(', ')}.`,
        context,
      );
    }
    if (!cursorless && stream.cursorField !== undefined && shaped.data[stream.cursorField] === null) {
      cursorless = true;
      log('warn', `Some rows have no "${stream.cursorField}"; they are read again whenever they are met.`, context);
    }
    sink.record(plan, json, merge(shaped.changes, cuts), now);
    state.countRecord();
    report.rows += 1;
  };
}

function merge(first: RowChange[] | undefined, second: RowChange[] | undefined): RowChange[] | undefined {
  return first === undefined || second === undefined ? (first ?? second) : [...first, ...second];
}
