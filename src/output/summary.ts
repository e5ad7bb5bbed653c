import type { StreamReport } from '../core/engine.ts';
import type { Usage } from '../core/stream.ts';

/** A vendor's usage under the name that people know it by. */
export interface NamedUsage {
  readonly title: string;
  readonly usage: Usage;
}

/**
 * The line at the end of a sync: rows and outcome per stream, per vendor the calls, their price and the time waited, and the
 * first failure, because who shows one line of a run shows the last (`meltano config test` does).
 */
export function summarise(reports: readonly StreamReport[], usages: readonly NamedUsage[]): string {
  const streams = reports.map((report) => `${report.name} ${count(report.rows, 'row')} ${report.status.toUpperCase()}`);
  const vendors = usages.map(({ title, usage }) => {
    const { calls, waitedMs } = usage;
    const waited = waitedMs < 500 ? '' : `, ${Math.round(waitedMs / 1000)} s waited for quota`;
    return `${title}: ${count(calls, 'call')} (${costOf(usage)})${waited}`;
  });
  const failed = reports.find((report) => report.error !== undefined);
  const failure = failed === undefined ? '' : ` First failure: ${failed.error?.message}`;
  return `Summary: ${[...streams, ...vendors].join('; ')}.${failure}`;
}

/** What calls cost: `0.5 minutes at 100 calls a minute, about $0.0127 at $0.27 per 1,000`. */
export function costOf({
  calls,
  billedCalls,
  callsPerMinute,
  pricePer1000,
}: Pick<Usage, 'calls' | 'billedCalls' | 'callsPerMinute' | 'pricePer1000'>): string {
  const minutes = calls / callsPerMinute;
  const time = `${minutes > 0 && minutes < 0.05 ? 'under 0.1' : minutes.toFixed(1)} minutes at ${count(callsPerMinute, 'call')} a minute`;
  if (pricePer1000 === undefined) return time;
  return `${time}, about $${((billedCalls * pricePer1000) / 1000).toFixed(4)} at $${pricePer1000} per 1,000`;
}

/** `1 row`, `12,300 rows`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}
