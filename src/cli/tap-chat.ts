import { asSyncError, SyncError, stackOf, withDetail } from '../core/errors.ts';
import { parseLogLevel } from '../core/log.ts';
import { isObject } from '../core/objects.ts';
import { productVersion } from '../core/product.ts';
import type { Stream } from '../core/stream.ts';
import { aboutMarkdown, aboutText, describeTap } from '../faces/singer/about.ts';
import { describeCatalog, planStreams } from '../faces/singer/catalog.ts';
import { createSingerLog, logFormatOf, type SingerLog } from '../faces/singer/log.ts';
import { schemaMessage } from '../faces/singer/messages.ts';
import { singerSchema } from '../faces/singer/schema.ts';
import { readState } from '../faces/singer/state.ts';
import { createSingerSink } from '../faces/singer/sync-sink.ts';
import { describeAllStreams, streamsOf } from '../vendors/index.ts';
import { type CheckedConfig, loadForm } from './config.ts';
import { configFromEnvironment } from './env-config.ts';
import { readJsonFile, readJsonValues } from './input-files.ts';
import { keepInFile } from './kept-settings.ts';
import { openConfiguration } from './open-configuration.ts';
import { runSync } from './run-sync.ts';
import { EXIT_USAGE, type Runtime, runCommand } from './runtime.ts';
import type { TapChatArguments } from './tap-chat-arguments.ts';
import { openVendors } from './vendors.ts';

/** The Singer face. */
export async function main(argv: string[]): Promise<void> {
  await runCommand(
    async (runtime) => {
      const { parseArguments } = await import('./tap-chat-arguments.ts');
      const parsed = await parseArguments(argv);
      if ('text' in parsed) {
        if (!parsed.ok) {
          runtime.err.line(parsed.text);
          return EXIT_USAGE;
        }
        // As the SDK's taps print it, for tools that look for the name.
        runtime.out.write(parsed.text === productVersion() ? `tap-chat v${parsed.text}` : parsed.text);
        return 0;
      }
      return runTap(parsed.arguments, runtime);
    },
    (thrown, runtime) => {
      const error = asSyncError(thrown);
      const stack = stackOf(error);
      openLog(false, runtime).log('fatal', withDetail(error), stack === undefined ? {} : { stack });
    },
  );
}

async function runTap(args: TapChatArguments, runtime: Runtime): Promise<number> {
  const { out } = runtime;
  const singerLog = openLog(args.debug, runtime);
  const { log } = singerLog;
  if (args.about) {
    const about = describeTap(productVersion(), loadForm());
    const print = { json: () => JSON.stringify(about, null, 2), markdown: () => aboutMarkdown(about) };
    out.write(args.format === undefined ? aboutText(about) : print[args.format]());
    return 0;
  }
  const raw = readConfig(args.config);
  if (args.discover) {
    // Over several lines: Meltano reads none longer than 64 KiB (singer §0.12).
    out.write(JSON.stringify(describeCatalog(discoverable(raw, runtime, singerLog)), null, 2));
    return 0;
  }
  if (args.config.length === 0) throw new SyncError('config', 'Say where the configuration is: --config FILE.');
  const checked = openConfiguration(raw, runtime, log);
  const variables = args.config.includes('ENV') ? configFromEnvironment(loadForm(), process.env) : undefined;
  const vendors = openVendors(checked, runtime, log, keepInFile(args.config, log, variables));
  const streams = streamsOf(vendors);
  const state = readState(args.state === undefined ? [] : readJsonValues(args.state, 'state'));
  const catalog = args.catalog === undefined ? undefined : readJsonFile(args.catalog, 'catalog');
  const plans = planStreams(catalog, streams, (stream) => state.bookmarks[stream]);
  if (plans.length === 0) log('warn', 'No stream is selected in the catalog: there is nothing to sync.');
  if (args.test === 'schema') {
    for (const { target, selected } of plans) {
      if (!('stream' in target)) throw target.problem;
      const { name, primaryKey, cursorField } = target.stream;
      const bookmarkProperties = cursorField === undefined ? [] : [cursorField];
      out.write(schemaMessage(name, singerSchema(target.stream, selected), primaryKey, bookmarkProperties));
    }
    return 0;
  }
  const testing = args.test === 'records';
  const sink = createSingerSink(out, runtime.clock, singerLog, state, { states: !testing });
  return runSync(plans, vendors, sink, log, runtime, testing ? 1 : undefined);
}

/** Discovery works with any configuration or none: it lists the configured vendors' streams, or all there are. */
function discoverable(raw: unknown, runtime: Runtime, { log }: SingerLog): Stream[] {
  let checked: CheckedConfig;
  try {
    checked = openConfiguration(raw, runtime, log);
  } catch (error) {
    log('debug', `Discovery of all streams: ${asSyncError(error).message}`);
    return describeAllStreams();
  }
  return streamsOf(openVendors(checked, runtime, log, keepInFile([], log)));
}

function readConfig(sources: readonly string[]): unknown {
  let config: unknown = {};
  // The environment comes last wherever it is named: a variable is set for this run, a file for all.
  for (const source of sources.filter((name) => name !== 'ENV')) {
    config = merge(config, readJsonFile(source, 'configuration'));
  }
  return sources.includes('ENV') ? merge(config, configFromEnvironment(loadForm(), process.env)) : config;
}

function merge(under: unknown, over: unknown): unknown {
  if (!isObject(under) || !isObject(over)) return over;
  const merged = Object.entries(over).map(([name, value]) => [name, name in under ? merge(under[name], value) : value]);
  return { ...under, ...Object.fromEntries(merged) };
}

/** Logs in the form that Meltano asks for, at the level that the user does. */
function openLog(debug: boolean, { err, mask }: Runtime): SingerLog {
  const { SINGER_SDK_LOG_CONFIG: path, TAP_CHAT_LOGLEVEL, LOGLEVEL } = process.env;
  let sdkConfig: unknown;
  if (path !== undefined && path !== '') {
    try {
      sdkConfig = readJsonFile(path, 'log configuration');
    } catch (error) {
      // How lines look is no reason to lose a sync.
      err.line(`WARNING ${asSyncError(error).message} Logging in plain lines.`);
    }
  }
  const least = debug ? 'debug' : (parseLogLevel(TAP_CHAT_LOGLEVEL ?? LOGLEVEL) ?? 'info');
  return createSingerLog(err, logFormatOf(sdkConfig), least, mask);
}
