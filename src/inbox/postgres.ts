import pg from 'pg';
import { SyncError } from '../core/errors.ts';
import { APPEND_LIMIT_MS, type Inbox, InboxError, MAX_PAGE_BYTES, MAX_PAGE_EVENTS, PRUNE_EVENTS } from './inbox.ts';
import type { InboxRole } from './open-inbox.ts';
import { migratePostgres } from './postgres-migrations.ts';
import { type DatabaseRow, kindStats, partsBySubject, storedEvent } from './rows.ts';

/** Statements of a reader may take long on a big store; a receiver's caller does not wait. */
const READ_LIMIT_MS = 120_000;

/**
 * Keeps new events, in one statement, which is a transaction of its own: no receiver holds the lock below longer than a commit
 * takes.
 *
 * How a reader that follows the places misses nothing: a place must not become visible before all smaller ones. A sequence
 * cannot promise that, for a transaction may take a number and end after one that took a later number. So places come from a
 * row of a table. Who takes some locks the row until the transaction has ended, the next one takes its places after that, and
 * thus transactions become visible in the order of their places. That costs no speed that matters: each commit
 * carries all events that arrived during the one before. (Going by transaction ids instead would not survive a dump
 * and a restore.)
 *
 * Under READ COMMITTED the update sees what the transaction that it waited for has left. The rest of the statement does
 * not: an event that both of them bring is caught by the unique hash, and leaves a gap, which does no harm.
 */
const APPEND = `
with incoming as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::text[], $6::int[], $7::text[])
    with ordinality as event (vendor, kind, subject, received_at, hash, size, body, place)
), fresh as (
  select distinct on (hash) incoming.* from incoming
  where not exists (select from source_chat_events old where old.hash = decode(incoming.hash, 'hex'))
  order by hash, place
), numbered as (
  select *, row_number() over (order by place) - (select count(*) from fresh) as behind from fresh
), taken as (
  update source_chat_inbox set last_seq = last_seq + (select count(*) from fresh)
  where exists (select from fresh) returning last_seq
)
insert into source_chat_events (seq, vendor, kind, subject, received_at, hash, size, body)
select taken.last_seq + behind, vendor, kind, subject, to_timestamp(received_at / 1000), decode(hash, 'hex'), size, body
from numbered, taken order by behind
on conflict (hash) do nothing`;

const COLUMNS = `seq, vendor, kind, subject, extract(epoch from received_at) * 1000 as received_at, encode(hash, 'hex') as hash, body`;

/** A page of a range, counted in events and in bytes. The sum is of a column of its own: bodies are not unpacked for it. */
function select(condition: string): string {
  return `select ${COLUMNS} from (
    select *, sum(size) over (order by seq) - size as before from (
      select * from source_chat_events where ${condition} seq > $1 and seq <= $2 order by seq limit ${MAX_PAGE_EVENTS}
    ) first
  ) counted where before < ${MAX_PAGE_BYTES} order by seq`;
}

/** See Inbox.prune. An event with a subject goes when no event of that subject has to stay. */
const PRUNABLE = `event.vendor = $1 and event.received_at < to_timestamp($2::float8 / 1000) and event.seq <= $3 and (event.subject is null or not exists (
  select from source_chat_events other where other.vendor = event.vendor and other.subject = event.subject
  and (other.received_at >= to_timestamp($2::float8 / 1000) or other.seq > $3)))`;

function failed(error: unknown): never {
  throw new InboxError(`The inbox in PostgreSQL cannot be used now: ${reasonOf(error)}.`, error);
}

/** Opens the store in a PostgreSQL database, which any number of receivers and readers on any machines may share. */
export async function openPostgresInbox(url: string, role: InboxRole): Promise<Inbox> {
  const limit = role === 'receiver' ? APPEND_LIMIT_MS : READ_LIMIT_MS;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `source-chat ${role}`,
    // One for the events, one to ask whether the store is there.
    max: 2,
    connectionTimeoutMillis: APPEND_LIMIT_MS,
    query_timeout: limit,
    statement_timeout: limit,
    keepAlive: true,
    // A process that has done its work ends, whether or not a connection is open.
    allowExitOnIdle: true,
    async onConnect(client) {
      for (const setting of SESSION) await client.query(setting);
    },
  });
  // A connection that breaks while nobody uses it is replaced at the next use.
  pool.on('error', () => {});

  let id: string;
  try {
    id = await migratePostgres(pool, role);
  } catch (error) {
    await pool.end();
    throw error instanceof SyncError ? error : unusable(error);
  }

  const query = async (
    text: string,
    values: readonly unknown[] = [],
  ): Promise<{ rows: DatabaseRow[]; count: number }> => {
    try {
      const { rows, rowCount } = await pool.query(text, values as unknown[]);
      return { rows, count: rowCount ?? 0 };
    } catch (error) {
      return failed(error);
    }
  };
  /** Looked at again, while nobody can append: an event may have come for a conversation that could have gone. */
  const removePart = async (part: readonly number[], values: readonly unknown[]): Promise<number> => {
    const client = await pool.connect().catch(failed);
    try {
      await client.query('begin');
      await client.query('select 1 from source_chat_inbox for update');
      const text = `delete from source_chat_events event where seq = any($4::bigint[]) and ${PRUNABLE}`;
      const { rowCount } = await client.query(text, [...values, part]);
      await client.query('commit');
      client.release();
      return rowCount ?? 0;
    } catch (error) {
      // Not given back: it is in the middle of a transaction.
      client.release(true);
      return failed(error);
    }
  };
  const events = async (text: string, values: readonly unknown[]) => (await query(text, values)).rows.map(storedEvent);

  return {
    id,
    async append(batch) {
      const columns = [
        batch.map((event) => event.vendor),
        batch.map((event) => event.kind),
        batch.map((event) => event.subject),
        batch.map((event) => event.receivedAt),
        batch.map((event) => event.hash),
        batch.map((event) => Buffer.byteLength(event.body)),
        batch.map((event) => event.body),
      ];
      return (await query(APPEND, columns)).count;
    },
    async head() {
      const { rows } = await query('select last_seq from source_chat_inbox');
      return Number(rows[0]?.['last_seq']);
    },
    read: ({ vendor, after, upTo }) =>
      vendor === undefined
        ? events(select(''), [after, upTo])
        : events(select('vendor = $3 and'), [after, upTo, vendor]),
    async latest(vendor, subjects, upTo) {
      const { rows } = await query(
        'select subject, max(seq) as seq from source_chat_events where vendor = $1 and subject = any($2::text[]) and seq <= $3 group by subject',
        [vendor, subjects, upTo],
      );
      return new Map(rows.map((row) => [String(row['subject']), Number(row['seq'])]));
    },
    readSubjects: (vendor, subjects, { after, upTo }) =>
      events(select('vendor = $3 and subject = any($4::text[]) and'), [after, upTo, vendor, subjects]),
    async stats() {
      const { rows } = await query(
        'select vendor, kind, count(*) as events, sum(size) as bytes, extract(epoch from min(received_at)) * 1000 as oldest, extract(epoch from max(received_at)) * 1000 as newest from source_chat_events group by vendor, kind order by vendor, kind',
      );
      return rows.map(kindStats);
    },
    async prune(vendor, before, upTo, dryRun) {
      const values = [vendor, before, upTo];
      if (dryRun) {
        const { rows } = await query(`select count(*) as n from source_chat_events event where ${PRUNABLE}`, values);
        return Number(rows[0]?.['n']);
      }
      const { rows } = await query(
        `select seq, subject from source_chat_events event where ${PRUNABLE} order by subject, seq`,
        values,
      );
      let removed = 0;
      for (const part of partsBySubject(rows, PRUNE_EVENTS)) removed += await removePart(part, values);
      return removed;
    },
    close: () => pool.end(),
  };
}

/**
 * An answer is given when the commit is on disk, whatever the database's default is; and a waiting update is to see what the
 * transaction before it has left.
 */
const SESSION = [
  "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
  'set session characteristics as transaction isolation level read committed',
];

/** SQLSTATE classes that only the user can do something about: wrong password, database or rights. */
const USERS_BUSINESS = /^(?:28|3D|42501)/;

function unusable(error: unknown): SyncError {
  const code = String((error as { code?: unknown }).code ?? '');
  const kind = USERS_BUSINESS.test(code) || code === 'ENOTFOUND' ? 'config' : 'transient';
  return new SyncError(
    kind,
    `The inbox in PostgreSQL (inbox.url) cannot be used: ${reasonOf(error)}. Check the address, the user, the password and that the database runs and can be reached from here.`,
    { cause: error },
  );
}

/** Several addresses of one host that all refuse make an error without words of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join('; ');
  return error instanceof Error ? error.message || String((error as { code?: unknown }).code) : String(error);
}
