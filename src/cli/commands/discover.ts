import type { Log } from '../../core/log.ts';
import { describeCatalog } from '../../faces/airbyte/catalog.ts';
import { catalogMessage } from '../../faces/airbyte/messages.ts';
import { describeAllStreams, streamsOf } from '../../vendors/index.ts';
import { readJsonFile } from '../input-files.ts';
import { keepInPlatform } from '../kept-settings.ts';
import { openConfiguration } from '../open-configuration.ts';
import type { Runtime } from '../runtime.ts';
import { openVendors } from '../vendors.ts';

/** `source-chat discover`: the streams that the configuration has, or all there are without one. Needs no network. */
export async function runDiscover(configPath: string | undefined, runtime: Runtime, log: Log): Promise<number> {
  if (configPath === undefined) {
    runtime.out.write(catalogMessage(describeCatalog(describeAllStreams())));
    return 0;
  }
  const given = readJsonFile(configPath, 'configuration');
  const checked = openConfiguration(given, runtime, log);
  const streams = streamsOf(openVendors(checked, runtime, log, keepInPlatform(given, runtime, log)));
  runtime.out.write(catalogMessage(describeCatalog(streams)));
  return 0;
}
