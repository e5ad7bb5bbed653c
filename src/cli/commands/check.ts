import { asSyncError, SyncError, withDetail } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Vendor } from '../../core/stream.ts';
import { connectionStatusMessage } from '../../faces/airbyte/messages.ts';
import { readJsonFile } from '../input-files.ts';
import { keepInPlatform } from '../kept-settings.ts';
import { openConfiguration } from '../open-configuration.ts';
import type { Runtime } from '../runtime.ts';
import { openVendors } from '../vendors.ts';

/** A person waits in front of a form: whatever the servers do, there is an answer within half a minute. */
const CHECK_TIME_MS = 25_000;

/**
 * `source-chat check`: one CONNECTION_STATUS. Whatever keeps the connection from working is FAILED with a message, and
 * exit code 0, for the check itself has done its work (airbyte §1.8).
 */
export async function runCheck(configPath: string, runtime: Runtime, log: Log): Promise<number> {
  const { out, mask } = runtime;
  try {
    await tryConnection(configPath, runtime, log);
    out.write(connectionStatusMessage('SUCCEEDED'));
  } catch (thrown) {
    runtime.signal.throwIfAborted();
    const error = asSyncError(thrown);
    out.write(connectionStatusMessage('FAILED', mask(error.kind === 'system' ? withDetail(error) : error.message)));
  }
  return 0;
}

async function tryConnection(configPath: string, runtime: Runtime, log: Log): Promise<void> {
  const given = readJsonFile(configPath, 'configuration');
  const checked = openConfiguration(given, runtime, log);
  const vendors = openVendors(checked, runtime, log, keepInPlatform(given, runtime, log));
  try {
    const results = await Promise.allSettled(vendors.map((vendor) => tryVendor(vendor, runtime)));
    const failures = results
      .filter((result) => result.status === 'rejected')
      .map((result) => asSyncError(result.reason));
    if (failures.length === 0) return;
    const kind = failures.some((failure) => failure.kind === 'config') ? 'config' : 'transient';
    const [first] = failures;
    throw failures.length === 1 && first !== undefined
      ? first
      : new SyncError(kind, failures.map((failure) => failure.message).join('\n'));
  } finally {
    await Promise.all(vendors.map((vendor) => vendor.close()));
  }
}

async function tryVendor(vendor: Vendor, { signal }: Runtime): Promise<void> {
  const deadline = AbortSignal.timeout(CHECK_TIME_MS);
  try {
    await vendor.check({ signal: AbortSignal.any([signal, deadline]) });
  } catch (error) {
    if (!deadline.aborted || error !== deadline.reason) throw error;
    throw new SyncError(
      'transient',
      `${vendor.title} gave no answer that settles the check within ${CHECK_TIME_MS / 1000} seconds: it is too slow, cannot be reached or allows no more calls now. Try again in a few minutes.`,
    );
  }
}
