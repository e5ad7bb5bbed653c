import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { InboxVendor } from '../inbox/inbox.ts';

/** What the receiver counts, in the words of Prometheus. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** `none` for what is no vendor's address. */
  answered(vendor: InboxVendor | 'none', status: number): void;
  accepted(vendor: InboxVendor, kind: string): void;
  committed(events: number, added: number, ms: number): void;
}

/** Made for each receiver: a registry that all shared would be state of the module. `waiting` tells the length of the queue, `held` the bytes in memory. */
export function createMetrics(waiting: () => number, held: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'source_chat_webhook_requests_total',
    help: 'Requests by vendor and answer; refused ones to other addresses have the vendor "none".',
    labelNames: ['vendor', 'status'] as const,
    registers,
  });
  const events = new Counter({
    name: 'source_chat_webhook_events_total',
    help: 'Events that were acknowledged, by kind; those that nobody foresaw are "other". Deliveries of one event are counted each.',
    labelNames: ['vendor', 'kind'] as const,
    registers,
  });
  const duplicates = new Counter({
    name: 'source_chat_webhook_duplicates_total',
    help: 'Deliveries of events that the inbox had already.',
    registers,
  });
  const commits = new Histogram({
    name: 'source_chat_inbox_commit_seconds',
    help: 'Time that the inbox takes to bring a batch to disk.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const batches = new Histogram({
    name: 'source_chat_inbox_batch_events',
    help: 'Events that share one commit.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  new Gauge({
    name: 'source_chat_inbox_waiting_events',
    help: 'Events that wait to be stored.',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  new Gauge({
    name: 'source_chat_received_bytes_held',
    help: 'Bytes of bodies that are in memory.',
    registers,
    collect() {
      this.set(held());
    },
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    answered: (vendor, status) => requests.inc({ vendor, status }),
    accepted: (vendor, kind) => events.inc({ vendor, kind }),
    committed(count, added, ms) {
      commits.observe(ms / 1000);
      batches.observe(count);
      if (added < count) duplicates.inc(count - added);
    },
  };
}
