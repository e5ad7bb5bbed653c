import type { Clock } from '../../core/clock.ts';
import type { StreamPlan } from '../../core/engine.ts';
import type { Sink } from '../../core/sink.ts';
import type { LineWriter } from '../../output/stdout.ts';
import {
  errorMessage,
  estimateMessage,
  recordWriter,
  type StreamDescriptor,
  stateMessage,
  statusMessage,
} from './messages.ts';

/**
 * Writes a sync in the Airbyte protocol, in the order of airbyte §1.8: STARTED, RUNNING, records and states, an error
 * where there was one, COMPLETE or INCOMPLETE as the last message of each stream. `mask` takes secrets out of errors.
 */
export function createAirbyteSink(out: LineWriter, clock: Clock, mask: (text: string) => string): Sink {
  const streams = new Map<StreamPlan, { descriptor: StreamDescriptor; record: ReturnType<typeof recordWriter> }>();
  const of = (plan: StreamPlan) => {
    let entry = streams.get(plan);
    if (entry === undefined) {
      const { name, namespace } = plan;
      const descriptor = namespace === undefined ? { name } : { name, namespace };
      entry = { descriptor, record: recordWriter(descriptor) };
      streams.set(plan, entry);
    }
    return entry;
  };
  return {
    begin() {},
    started: (plan) => out.write(statusMessage(of(plan).descriptor, 'STARTED', clock.now())),
    running: (plan) => out.write(statusMessage(of(plan).descriptor, 'RUNNING', clock.now())),
    waiting: (plan, until) => out.write(statusMessage(of(plan).descriptor, 'RUNNING', clock.now(), until ?? undefined)),
    estimate: (plan, rows) => out.write(estimateMessage(of(plan).descriptor, rows, clock.now())),
    record: (plan, json, changes, emittedAt) => out.write(of(plan).record(json, changes, emittedAt)),
    bookmark: (plan, bookmark, count) => out.write(stateMessage(of(plan).descriptor, bookmark, count)),
    completed: (plan) => out.write(statusMessage(of(plan).descriptor, 'COMPLETE', clock.now())),
    failed(plan, error) {
      const { descriptor } = of(plan);
      out.write(errorMessage(error, clock.now(), mask, descriptor));
      out.write(statusMessage(descriptor, 'INCOMPLETE', clock.now()));
    },
    end() {},
    room: () => out.room(),
  };
}
