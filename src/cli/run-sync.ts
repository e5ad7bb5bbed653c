import { type StreamPlan, type StreamReport, sync } from '../core/engine.ts';
import type { Log } from '../core/log.ts';
import type { Sink } from '../core/sink.ts';
import type { Vendor } from '../core/stream.ts';
import { showProgress } from '../output/progress.ts';
import { summarise } from '../output/summary.ts';
import type { Runtime } from './runtime.ts';
import { usagesOf } from './vendors.ts';

/**
 * Runs a sync in either face, with progress on a terminal and the summary at the end. Returns the exit code: 0 only when
 * every stream completed, for Airbyte takes 0 for a leave to replace the old data (airbyte §1.7).
 */
export async function runSync(
  plans: readonly StreamPlan[],
  vendors: readonly Vendor[],
  sink: Sink,
  log: Log,
  runtime: Runtime,
  maxRecords?: number,
): Promise<number> {
  const { clock, signal, err } = runtime;
  const reports: StreamReport[] = [];
  const stopProgress = showProgress(err, reports, clock, log);
  try {
    await sync(groupByVendor(plans, vendors), {
      sink,
      clock,
      log,
      signal,
      reports,
      ...(maxRecords === undefined ? {} : { maxRecords }),
    });
  } finally {
    stopProgress();
    await Promise.all(vendors.map((vendor) => vendor.close()));
  }
  // Of a test, the last line is shown to a person in place of all others: that is the error, if there is one.
  if (maxRecords === undefined) log('info', summarise(reports, usagesOf(vendors)));
  return reports.every((report) => report.status === 'complete') ? 0 : 1;
}

/** Vendors run side by side, the streams of one in the order of the plan; what no vendor has fails beside them. */
function groupByVendor(plans: readonly StreamPlan[], vendors: readonly Vendor[]): StreamPlan[][] {
  const ownerOf = ({ target }: StreamPlan) =>
    'stream' in target ? vendors.find((vendor) => vendor.streams.includes(target.stream)) : undefined;
  return [...Map.groupBy(plans, ownerOf).values()];
}
