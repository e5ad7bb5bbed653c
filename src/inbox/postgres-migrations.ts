import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { SyncError } from '../core/errors.ts';
import type { InboxRole } from './open-inbox.ts';
import { newerStore, olderStore } from './store-version.ts';

/** What brings a store from each version to the next. They are never changed once released: a change is a further one. */
const MIGRATIONS = [
  `create table source_chat_inbox (
     only_row boolean primary key default true check (only_row),
     version integer not null,
     id text not null,
     last_seq bigint not null
   );
   create table source_chat_events (
     seq bigint primary key,
     vendor text not null,
     kind text not null,
     subject text,
     received_at timestamptz not null,
     hash bytea not null unique,
     size integer not null,
     body text not null
   );
   create index source_chat_events_by_vendor on source_chat_events (vendor, seq);
   create index source_chat_events_by_subject on source_chat_events (vendor, subject, seq) where subject is not null;`,
];

/** Receivers that start at the same time change the store one after the other. Any number, the same in every release. */
const LOCK = 5_304_854_001;

const PLACE = 'The inbox in PostgreSQL (inbox.url)';

/**
 * Brings the store to this release's version, or, for a reader, sees that it has it. Resolves with the store's id. Throws a
 * configuration error for a store of a newer release, and whatever the database throws.
 */
export async function migratePostgres(pool: pg.Pool, role: InboxRole): Promise<string> {
  const { rows } = await pool.query('show server_encoding');
  const encoding = String(rows[0]?.server_encoding);
  if (encoding !== 'UTF8') {
    throw new SyncError(
      'config',
      `${PLACE} has the encoding ${encoding}, which cannot hold every text. Use a database in UTF8.`,
    );
  }
  const found = await versionOf(pool);
  if (found !== undefined && found.version > MIGRATIONS.length)
    throw newerStore(PLACE, found.version, MIGRATIONS.length);
  if (found?.version === MIGRATIONS.length) return found.id;
  if (role === 'reader') throw olderStore(PLACE);

  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    // Another receiver may have been faster.
    const before = await versionOf(client);
    for (const migration of MIGRATIONS.slice(before?.version ?? 0)) await client.query(migration);
    const id = before?.id ?? randomUUID();
    await client.query(
      'insert into source_chat_inbox (version, id, last_seq) values ($1, $2, 0) on conflict (only_row) do update set version = $1',
      [MIGRATIONS.length, id],
    );
    await client.query('commit');
    return id;
  } finally {
    // Not given back: had it failed, it would be in the middle of a transaction.
    client.release(true);
  }
}

async function versionOf(database: pg.Pool | pg.PoolClient): Promise<{ version: number; id: string } | undefined> {
  // Asked of the table of tables: what to_regclass has answered once, a session may answer again while it waits for the lock.
  const { rows } = await database.query(
    "select exists (select from pg_class where relname = 'source_chat_inbox' and pg_table_is_visible(oid)) as there",
  );
  if (rows[0]?.there !== true) return undefined;
  const { rows: inboxes } = await database.query('select version, id from source_chat_inbox');
  const [inbox] = inboxes;
  return inbox === undefined ? undefined : { version: Number(inbox.version), id: String(inbox.id) };
}
