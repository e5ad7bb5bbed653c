import type { Clock } from '../core/clock.ts';
import type { StreamReport } from '../core/engine.ts';
import type { Log } from '../core/log.ts';
import type { ErrorWriter } from './stderr.ts';
import { count } from './summary.ts';

/** How often a terminal's progress line is drawn again, in ms. */
const REDRAW_MS = 500;

/** How often a log that nobody watches says how far a sync is, in ms. */
const LOG_INTERVAL_MS = 60_000;

/**
 * Shows how a sync is doing: on a terminal one line for the streams at work, and one that stays for each that ended; where
 * standard error is no terminal, a log line a minute for each stream at work. Returns the function that ends it.
 */
export function showProgress(out: ErrorWriter, reports: readonly StreamReport[], clock: Clock, log: Log): () => void {
  if (!out.isTerminal) {
    return clock.every(LOG_INTERVAL_MS, () => {
      for (const report of reports) if (report.status === 'running') log('info', describe(report, clock.now()));
    });
  }
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
