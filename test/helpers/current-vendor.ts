import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import type { Stream, Vendor } from '../../src/core/stream.ts';
import type { Config } from '../../src/generated/config.ts';
import { createHttpClient } from '../../src/http/client.ts';
import type { GivenSandboxOptions } from '../../src/sandbox/options.ts';
import { type Sandbox, type SandboxHooks, startSandbox } from '../../src/sandbox/server.ts';
import { createVendors } from '../../src/vendors/index.ts';

/** LiveChat in this process: a sandbox behind the connector's own client, where no wait takes time. */
export interface CurrentVendor {
  readonly sandbox: Sandbox;
  readonly vendor: Vendor;
  /** Whatever was logged, as `level: message`. */
  readonly logs: string[];
  /** What was handed over to be kept for the next run. */
  readonly kept: { readonly path: string; readonly value: string }[];
  readonly secrets: string[];
  /** Lets time pass, for the sandbox too. */
  advance(ms: number): void;
  stream(name: string): Stream;
}

/** Opens the vendor of a configuration that `configOf` makes for a new sandbox; both end with the test. */
export async function currentVendor(
  options: GivenSandboxOptions,
  configOf: (sandbox: Sandbox) => Record<string, unknown>,
  hooks: Pick<SandboxHooks, 'onCall'> = {},
): Promise<CurrentVendor> {
  let skippedMs = 0;
  const clock: Clock = {
    now: () => Date.now() + skippedMs,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      skippedMs += Math.max(0, ms);
    },
    every: () => () => {},
  };
  const sandbox = await startSandbox(
    { tickets: 5, ...options, livechat: { chats: 5, ...options.livechat } },
    { clock, ...hooks },
  );
  onTestFinished(() => sandbox.close());
  const logs: string[] = [];
  const kept: CurrentVendor['kept'] = [];
  const secrets: string[] = [];
  const log = (level: string, message: string) => void logs.push(`${level}: ${message}`);
  const config = configOf(sandbox) as Config;
  const [vendor] = createVendors(config, Date.parse(config.start_date), {
    clock,
    log,
    addSecret: (secret) => void secrets.push(secret),
    keepSetting: (path, value) => void kept.push({ path: path.join('.'), value }),
    openInbox: () => Promise.reject(new Error('not in this test')),
    connectHttp: async (http) =>
      createHttpClient({
        ...http,
        headers: { 'user-agent': 'source-chat/0.0.0', ...http.headers },
        clock,
        log,
        redact: (text) => text,
      }),
  });
  if (vendor === undefined) throw new Error('no vendor');
  onTestFinished(() => vendor.close());
  const advance = (ms: number) => {
    skippedMs += ms;
  };
  const stream = (name: string) => {
    const found = vendor.streams.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  return { sandbox, vendor, logs, kept, secrets, advance, stream };
}

/** The paths of the calls that a sandbox has had, without query. */
export function pathsOf(sandbox: Sandbox): string[] {
  return sandbox.calls.calls.map(({ path }) => path.replace(/\?.*$/, ''));
}

/** Where tokens are renewed. */
export const TOKEN_PATH = '/accounts/v2/token';
