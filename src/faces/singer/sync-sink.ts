import type { Clock } from '../../core/clock.ts';
import type { StreamPlan, StreamReport } from '../../core/engine.ts';
import { stackOf, withDetail } from '../../core/errors.ts';
import type { Sink } from '../../core/sink.ts';
import { formatInstant } from '../../core/timestamps.ts';
import type { LineWriter } from '../../output/stdout.ts';
import type { SingerLog } from './log.ts';
import { recordWriter, schemaMessage, stateMessage } from './messages.ts';
import { singerSchema } from './schema.ts';
import type { SingerState } from './state.ts';

/** A record_count metric at least this often, in ms (singer §1.6). */
const METRIC_INTERVAL_MS = 60_000;

/**
 * Writes a sync as Singer messages. A STATE equal to the one that the run started from comes before everything else, and
 * one more at the end: several targets take the first state for safe to save before they loaded a row, and others drop
 * the pending state at every record (singer §0.1). `states: false` leaves them all out, for --test.
 */
export function createSingerSink(
  out: LineWriter,
  clock: Clock,
  { log, metric }: SingerLog,
  state: SingerState,
  { states = true }: { readonly states?: boolean } = {},
): Sink {
  const bookmarks = state.bookmarks;
  const records = new Map<StreamPlan, ReturnType<typeof recordWriter>>();
  const counts = new Map<StreamPlan, { rows: number; since: number; began: number }>();
  let lastState = '';
  let emittedAt = Number.NaN;
  let timeExtracted = '';

  const writeState = () => {
    lastState = stateMessage(bookmarks, state.rest);
    if (states) out.write(lastState);
  };
  const flushCount = (plan: StreamPlan, now: number) => {
    const count = counts.get(plan);
    if (count === undefined) return;
    metric('counter', 'record_count', count.rows, { stream: plan.name });
    count.rows = 0;
    count.since = now;
  };
  const finish = (plan: StreamPlan, { calls }: StreamReport, status: 'succeeded' | 'failed') => {
    const now = clock.now();
    flushCount(plan, now);
    metric('counter', 'http_request_count', calls, { stream: plan.name });
    const began = counts.get(plan)?.began ?? now;
    metric('timer', 'sync_duration', (now - began) / 1000, { stream: plan.name, status });
  };

  return {
    begin: writeState,
    started(plan) {
      if (!('stream' in plan.target)) return;
      const { stream } = plan.target;
      const bookmarkProperties = stream.cursorField === undefined ? [] : [stream.cursorField];
      out.write(schemaMessage(plan.name, singerSchema(stream, plan.selected), stream.primaryKey, bookmarkProperties));
      records.set(plan, recordWriter(plan.name));
      counts.set(plan, { rows: 0, since: clock.now(), began: clock.now() });
    },
    running() {},
    waiting() {},
    estimate(plan, rows) {
      log('info', `About ${rows} rows to come.`, { stream: plan.name });
    },
    // A record that had to be changed has been logged by the engine: Singer has no place for it in the message.
    record(plan, json, _changes, now) {
      if (now !== emittedAt) {
        emittedAt = now;
        timeExtracted = formatInstant(now);
      }
      out.write((records.get(plan) as ReturnType<typeof recordWriter>)(json, timeExtracted));
      const count = counts.get(plan);
      if (count === undefined) return;
      count.rows += 1;
      if (now - count.since >= METRIC_INTERVAL_MS) flushCount(plan, now);
    },
    bookmark(plan, bookmark) {
      bookmarks[plan.name] = bookmark;
      writeState();
    },
    completed: (plan, report) => finish(plan, report, 'succeeded'),
    failed(plan, error, report) {
      finish(plan, report, 'failed');
      const stack = stackOf(error);
      log('fatal', withDetail(error), { stream: plan.name, ...(stack === undefined ? {} : { stack }) });
    },
    end() {
      // The last line must be a state; where no record came after the last one, it is already.
      if (lastState !== stateMessage(bookmarks, state.rest)) writeState();
    },
    room: () => out.room(),
  };
}
