import { once } from 'node:events';
import type { SandboxOptions } from '../../sandbox/options.ts';
import { startSandbox } from '../../sandbox/server.ts';
import type { Runtime } from '../runtime.ts';

/**
 * `source-chat sandbox`: imitates the vendors until it is stopped. Prints where, and configurations that read from it: of both
 * vendors, and of LiveChat and HelpDesk as they are today.
 */
export async function runSandbox(options: SandboxOptions, { out, err, signal }: Runtime): Promise<number> {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  try {
    sandbox = await startSandbox(options);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    err.line(`The sandbox cannot listen on ${options.host}:${options.port} (${code}). Choose another --port.`);
    return 1;
  }
  const configs = {
    config: sandbox.fullConfig(),
    token_config: sandbox.tokenConfig(),
    oauth_config: sandbox.oauthConfig(),
  };
  out.write(JSON.stringify({ url: sandbox.url, ...configs }));
  err.line(
    `The sandbox listens on ${sandbox.url}. See ${sandbox.url}/_sandbox/calls for what was called; stop with Ctrl-C.`,
  );
  const { webhooks, webhookEverySeconds: every } = options;
  for (const [vendor, target] of Object.entries(webhooks)) {
    // The rest of the address is a secret.
    err.line(
      `It posts webhooks of ${vendor} to ${new URL(target).origin}${every === 0 ? ' when asked' : ` every ${every} s`}; see ${sandbox.url}/_sandbox/webhooks for what became of them.`,
    );
  }
  if (!signal.aborted) await once(signal, 'abort');
  await sandbox.close();
  return 0;
}
