import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Config } from '../../generated/config.ts';
import { INBOX_VENDORS, type InboxVendor } from '../../inbox/inbox.ts';
import { type InboxConfig, openInbox } from '../../inbox/open-inbox.ts';
import type { ReceiverSecrets, VendorSecrets } from '../../receiver/options.ts';
import { startReceiver } from '../../receiver/receiver.ts';
import { readJsonFile } from '../input-files.ts';
import { type ListenRequest, receiverOptionsOf } from '../listen-flags.ts';
import { openConfiguration } from '../open-configuration.ts';
import type { Runtime } from '../runtime.ts';

const TITLES: Record<InboxVendor, string> = { livechat: 'LiveChat and HelpDesk', livetex: 'LiveTex' };
const MASKED = '****';

/**
 * `source-chat listen`: receives webhooks until it is told to end, then commits what it has. Prints one line of JSON with the
 * addresses for the vendors' cabinets, and says the same to people.
 */
export async function runListen(
  configPath: string,
  request: ListenRequest,
  runtime: Runtime,
  log: Log,
): Promise<number> {
  const { out, err, clock } = runtime;
  const { config } = openConfiguration(readJsonFile(configPath, 'configuration'), runtime, log);
  const secrets = secretsOf(config);
  const options = receiverOptionsOf(request);
  if (config.inbox === undefined) {
    throw new SyncError(
      'config',
      'The configuration has no inbox: say where to keep what is received, for example "inbox": {"type": "sqlite", "path": "/var/lib/source-chat/inbox.sqlite"}.',
    );
  }
  const inbox = await openInbox(config.inbox, 'receiver', clock);
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  try {
    receiver = await startReceiver(options, secrets, inbox, { clock, log });
  } catch (error) {
    await inbox.close();
    throw cannotListen(error, request);
  }
  const ended = new AbortController();
  runtime.endWith(async () => {
    log('info', 'Ending: no new requests are taken, what was received is stored.');
    await receiver.close();
    await inbox.close();
    ended.abort();
  });

  const local = `${options.tls === undefined ? 'http' : 'https'}://${hostInUrl(options.host)}:${receiver.port}`;
  const base = request.publicUrl ?? local;
  const addressOf = (vendor: InboxVendor, secret: string) => `${base}/${vendor}/${secret}`;
  const addresses = [...secrets].map(
    ([vendor, { path }]) => [vendor, addressOf(vendor, request.showSecrets ? path : MASKED)] as const,
  );
  out.write(JSON.stringify({ listening: local, ...Object.fromEntries(addresses) }));
  log('info', `Listening on ${local}. Events are kept in ${placeOf(config.inbox)}.`);
  // Past the log, which would mask what was asked for.
  for (const [vendor, address] of addresses) err.line(`  ${TITLES[vendor]}: ${address}`);
  if (!request.showSecrets)
    err.line(`  ${MASKED} stands for the secrets of the configuration; --show-secrets prints them.`);
  if (!ended.signal.aborted) await once(ended.signal, 'abort');
  return 0;
}

function placeOf(inbox: InboxConfig): string {
  if (inbox.type === 'sqlite') return resolve(inbox.path);
  const { host, pathname } = new URL(inbox.url);
  return `PostgreSQL at ${host}${pathname}`;
}

function secretsOf({ webhooks = {} }: Config): ReceiverSecrets {
  const secrets = new Map<InboxVendor, VendorSecrets>();
  const {
    livechat_secret: livechat,
    livetex_secret: livetex,
    livechat_token: token,
    livechat_secret_key: key,
  } = webhooks;
  const inBody = new Map(
    [['token', token] as const, ['secretkey', key] as const].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  );
  if (livechat !== undefined) secrets.set('livechat', { path: livechat, inBody });
  if (livetex !== undefined) secrets.set('livetex', { path: livetex, inBody: new Map() });
  if (secrets.size > 0) return secrets;
  const names = INBOX_VENDORS.map((vendor) => `webhooks.${vendor}_secret`).join(' and ');
  throw new SyncError(
    'config',
    `${names} are missing: at least one is needed. It is the last part of the address that you give to the vendor, a long random word that nobody else knows, for example ${randomBytes(24).toString('base64url')} (made just now).`,
  );
}

function cannotListen(error: unknown, { receiver: { host, port } }: ListenRequest): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code?.startsWith('ERR_OSSL') || code?.startsWith('ERR_SSL')) {
    return new SyncError(
      'config',
      `The certificate or its key cannot be used (${code}). Both have to be PEM files that belong together.`,
    );
  }
  if (syscall === undefined || code === undefined) return error;
  return new SyncError('config', `Cannot listen on ${host}:${port} (${code}). Choose another --port or --host.`, {
    cause: error,
  });
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
