import { openBookmark } from '../../core/bookmark.ts';
import { aboutStream, asSyncError, type SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Forecast, Stream, Usage, Vendor } from '../../core/stream.ts';
import { formatInstant } from '../../core/timestamps.ts';
import { type ConfiguredStream, planStreams, readConfiguredCatalog } from '../../faces/airbyte/catalog.ts';
import { readState } from '../../faces/airbyte/state.ts';
import { costOf, count } from '../../output/summary.ts';
import { streamsOf } from '../../vendors/index.ts';
import { readJsonFile, readJsonValues } from '../input-files.ts';
import { keepInFile } from '../kept-settings.ts';
import { openConfiguration } from '../open-configuration.ts';
import type { Runtime } from '../runtime.ts';
import { openVendors } from '../vendors.ts';
import type { ReadArguments } from './read.ts';

/** What a stream would take, or why that cannot be told. */
interface Line {
  readonly name: string;
  readonly vendor: Vendor | undefined;
  /** Undefined for a stream whose read calls nobody. */
  readonly forecast: Forecast | undefined;
  readonly error: SyncError | undefined;
}

/**
 * `source-chat plan`: what a `read` with the same files would take in rows, calls, minutes and dollars, as a table for people. It
 * makes a few calls for each stream itself, and says so. The exit code is 1 when a stream cannot be looked at.
 */
export async function runPlan(args: ReadArguments, runtime: Runtime, log: Log): Promise<number> {
  const { out, mask } = runtime;
  const checked = openConfiguration(readJsonFile(args.config, 'configuration'), runtime, log);
  const configured = readConfiguredCatalog(readJsonFile(args.catalog, 'catalog'));
  const stateOf = readState(args.state === undefined ? [] : readJsonValues(args.state, 'state'));
  const vendors = openVendors(checked, runtime, log, keepInFile([args.config], log));
  try {
    const lines: Line[] = [];
    for (const plan of planStreams(configured, streamsOf(vendors), stateOf)) {
      const { name, target, state } = plan;
      const vendor = 'stream' in target ? vendors.find(({ streams }) => streams.includes(target.stream)) : undefined;
      try {
        if ('problem' in target) throw target.problem;
        const forecast = await look(target.stream, plan.mode, state, runtime, log);
        lines.push({ name, vendor, forecast, error: undefined });
      } catch (thrown) {
        runtime.signal.throwIfAborted();
        const error = asSyncError(thrown);
        lines.push({
          name,
          vendor,
          forecast: undefined,
          error: error.stream === undefined ? aboutStream(error, name) : error,
        });
      }
    }
    for (const text of table(lines)) out.write(text);
    for (const vendor of vendors) {
      const usage = vendor.usage();
      if (usage !== undefined)
        for (const text of bill(
          vendor.title,
          usage,
          lines.filter((line) => line.vendor === vendor),
        ))
          out.write(text);
    }
    for (const { error } of lines) if (error !== undefined) runtime.err.line(mask(error.message));
    return lines.some(({ error }) => error !== undefined) ? 1 : 0;
  } finally {
    await Promise.all(vendors.map((vendor) => vendor.close()));
  }
}

async function look(
  stream: Stream,
  mode: ConfiguredStream['mode'],
  state: unknown,
  { signal }: Runtime,
  log: Log,
): Promise<Forecast | undefined> {
  const bookmark = openBookmark(stream, mode, state).start;
  const onWait = (until: number | null) => {
    if (until !== null) log('info', `${stream.name}: waiting for quota until ${formatInstant(until)}.`);
  };
  return stream.forecast?.({ mode, bookmark, signal, log, onWait, onCall: () => {} });
}

/** Rows and calls by stream, in columns. */
function table(lines: readonly Line[]): string[] {
  const number = (value: number | undefined) => (value === undefined ? '?' : value.toLocaleString('en'));
  const cells = lines.map(({ name, forecast, error }) => [
    name,
    error === undefined ? number(forecast?.rows) : 'failed',
    error === undefined && forecast === undefined ? '0' : number(forecast?.calls),
  ]);
  const all = [['stream', 'rows', 'calls'], ...cells];
  const width = (column: number) => Math.max(...all.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), width(1), width(2)] as const;
  return all.map(([name = '', rows = '', calls = '']) =>
    [name.padEnd(widths[0]), rows.padStart(widths[1]), calls.padStart(widths[2])].join('  '),
  );
}

/** What the calls of one vendor cost, and what it cost to find that out. */
function bill(title: string, usage: Usage, lines: readonly Line[]): string[] {
  const known = lines.filter(({ forecast }) => forecast?.calls !== undefined);
  const calls = known.reduce((sum, { forecast }) => sum + (forecast?.calls ?? 0), 0);
  const atLeast = known.length < lines.length ? 'at least' : 'about';
  const said = costOf({ ...usage, calls, billedCalls: calls });
  return [
    `${title}: ${atLeast} ${count(calls, 'call')} (${said}). To find that out took ${count(usage.calls, 'call')}.`,
  ];
}
