import type { Log } from '../../core/log.ts';
import { planStreams, readConfiguredCatalog } from '../../faces/airbyte/catalog.ts';
import { readState } from '../../faces/airbyte/state.ts';
import { createAirbyteSink } from '../../faces/airbyte/sync-sink.ts';
import { streamsOf } from '../../vendors/index.ts';
import { readJsonFile, readJsonValues } from '../input-files.ts';
import { keepInPlatform } from '../kept-settings.ts';
import { openConfiguration } from '../open-configuration.ts';
import { runSync } from '../run-sync.ts';
import type { Runtime } from '../runtime.ts';
import { openVendors } from '../vendors.ts';

/** The files of `source-chat read`. */
export interface ReadArguments {
  readonly config: string;
  readonly catalog: string;
  readonly state: string | undefined;
}

/** `source-chat read`: the sync. */
export async function runRead(args: ReadArguments, runtime: Runtime, log: Log): Promise<number> {
  const given = readJsonFile(args.config, 'configuration');
  const checked = openConfiguration(given, runtime, log);
  const configured = readConfiguredCatalog(readJsonFile(args.catalog, 'catalog'));
  const stateOf = readState(args.state === undefined ? [] : readJsonValues(args.state, 'state'));
  if (configured.length === 0) log('warn', 'The catalog has no streams: there is nothing to read.');

  const vendors = openVendors(checked, runtime, log, keepInPlatform(given, runtime, log));
  const streams = streamsOf(vendors);
  const sink = createAirbyteSink(runtime.out, runtime.clock, runtime.mask);
  return runSync(planStreams(configured, streams, stateOf), vendors, sink, log, runtime);
}
