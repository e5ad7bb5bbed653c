import type { Clock } from '../core/clock.ts';
import type { StreamReport } from '../core/engine.ts';
import type { Usage } from '../core/stream.ts';
import type { ErrorWriter } from './stderr.ts';

/** A vendor's usage under the name that people know it by. */
export interface NamedUsage {
  readonly title: string;
  readonly usage: Usage;
}

/** How often a terminal's progress line is drawn again, in ms. */
const REDRAW_MS = 500;

/**
 * Shows on a terminal how a sync is doing: one line for the streams at work, and one that stays for each that ended.
 * Writes nothing where standard error is no terminal. Returns the function that ends it.
 */
export function showProgress(out: ErrorWriter, reports: readonly StreamReport[], clock: Clock): () => void {
  if (!out.isTerminal) return () => {};
  const told = new Set<StreamReport>();
  const draw = () => {
    for (const report of reports) {
      if (report.endedAt === undefined || told.has(report)) continue;
      told.add(report);
      out.line(`${report.status === 'complete' ? 'done' : 'FAILED'}  ${describe(report, report.endedAt)}`);
    }
    const now = clock.now();
    const atWork = reports.filter((report) => report.status === 'running');
    out.progress(atWork.map((report) => describe(report, now)).join(' | '));
  };
  const stop = clock.every(REDRAW_MS, draw);
  return () => {
    stop();
    draw();
    out.progress('');
  };
}

function describe(report: StreamReport, now: number): string {
  const seconds = Math.max((now - (report.startedAt ?? now)) / 1000, 0.001);
  const rate = `${Math.round(report.rows / seconds).toLocaleString('en')} rows/s`;
  const wait =
    report.waitingUntil === null
      ? ''
      : `, waiting ${Math.ceil(Math.max(report.waitingUntil - now, 0) / 1000)} s for quota`;
  return `${report.name}: ${count(report.rows, 'row')}, ${rate}, ${count(report.calls, 'call')}${wait}`;
}

/** `1 row`, `12,300 rows`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

/** The line at the end of a sync: rows and outcome per stream, and per vendor the calls, their price and the time waited. */
export function summarise(reports: readonly StreamReport[], usages: readonly NamedUsage[]): string {
  const streams = reports.map((report) => `${report.name} ${count(report.rows, 'row')} ${report.status.toUpperCase()}`);
  const vendors = usages.map(({ title, usage }) => {
    const { calls, billedCalls, waitedMs, pricePer1000 } = usage;
    const price =
      pricePer1000 === undefined
        ? ''
        : ` (about $${((billedCalls * pricePer1000) / 1000).toFixed(4)} at $${pricePer1000} per 1,000)`;
    const waited = waitedMs < 500 ? '' : `, ${Math.round(waitedMs / 1000)} s waited for quota`;
    return `${title}: ${count(calls, 'call')}${price}${waited}`;
  });
  return `Summary: ${[...streams, ...vendors].join('; ')}.`;
}
