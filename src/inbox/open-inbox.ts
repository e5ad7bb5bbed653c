import type { Clock } from '../core/clock.ts';
import type { Config } from '../generated/config.ts';
import type { Inbox } from './inbox.ts';

export type InboxConfig = NonNullable<Config['inbox']>;

/**
 * Who opens it: a receiver makes the store where there is none, and brings an older one up to date; a reader takes what is
 * there, and never writes but to prune.
 */
export type InboxRole = 'receiver' | 'reader';

/**
 * Opens the store of a configuration. Its library is loaded here, for most runs need none. Throws a configuration error when
 * there is no store that can be used, and a transient one when it cannot be reached.
 */
export async function openInbox(config: InboxConfig, role: InboxRole, clock: Clock): Promise<Inbox> {
  if (config.type === 'sqlite') {
    const { openSqliteInbox } = await quietly(() => import('./sqlite.ts'));
    return openSqliteInbox(config.path, role, clock);
  }
  const { openPostgresInbox } = await import('./postgres.ts');
  return openPostgresInbox(config.url, role);
}

/** Node.js 22 calls its SQLite experimental whenever it is loaded: nobody who reads our log can do anything about it. */
async function quietly<Module>(load: () => Promise<Module>): Promise<Module> {
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
