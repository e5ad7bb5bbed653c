import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import { SyncError } from '../core/errors.ts';
import {
  APPEND_LIMIT_MS,
  type Inbox,
  InboxError,
  MAX_PAGE_BYTES,
  MAX_PAGE_EVENTS,
  PRUNE_EVENTS,
  type StoredEvent,
} from './inbox.ts';
import type { InboxRole } from './open-inbox.ts';
import { kindStats, partsBySubject, storedEvent } from './rows.ts';
import { migrateSqlite } from './sqlite-migrations.ts';

/**
 * Before 3.51.3 SQLite can lose committed data when one connection writes and another tidies up the log at the same instant:
 * just what a receiver and a sync do (style §6.2).
 */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** How long a statement itself waits for another process's transaction, in ms: nothing else happens here meanwhile. */
const BUSY_MS = 50;
/** What is left of SQLite's log after a burst, in bytes. */
const LOG_LIMIT = 64 * 1024 * 1024;

const SQLITE_BUSY = 5;
const COLUMNS = 'seq, vendor, kind, subject, received_at, lower(hex(hash)) as hash, body';

/** What node:sqlite's errors carry. */
interface SqliteError extends Error {
  readonly errcode?: number;
}

/**
 * Opens the store in a file. SQLite has one writer at a time, so places are given in the order in which transactions end. Its
 * calls are synchronous: one commit holds up the process for as long as the disk takes.
 */
export async function openSqliteInbox(given: string, role: InboxRole, clock: Clock): Promise<Inbox> {
  // Always the name of a file: for SQLite “:memory:” would be one that forgets.
  const path = resolve(given);
  refuseOldSqlite(path);
  if (role === 'reader' && !existsSync(path)) {
    throw new SyncError(
      'config',
      `There is no inbox at ${path} (inbox.path). It is made by “source-chat listen”: start that first, and see that this process sees the same file: in a container the folder has to be mounted.`,
    );
  }
  let database: DatabaseSync;
  try {
    if (role === 'receiver') {
      // What people wrote to each other is nobody else's business.
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      closeSync(openSync(path, 'a', 0o600));
    }
    database = new DatabaseSync(path, { timeout: BUSY_MS });
    return await createInbox(database, role, clock, path);
  } catch (error) {
    if (error instanceof SyncError) throw error;
    throw new SyncError(
      'config',
      `The inbox ${path} (inbox.path) cannot be used: ${reasonOf(error)}. Check that it is a file of source-chat on a local disk, and that this user may read and write it and its folder.`,
      { cause: error },
    );
  }
}

function refuseOldSqlite(path: string): void {
  const version = process.versions['sqlite'] ?? '0';
  const parts = version.split('.').map(Number);
  const differing = OLDEST_SQLITE.findIndex((part, index) => (parts[index] ?? 0) !== part);
  if (differing < 0 || (parts[differing] ?? 0) > (OLDEST_SQLITE[differing] as number)) return;
  throw new SyncError(
    'config',
    `The inbox ${path} needs SQLite ${OLDEST_SQLITE.join('.')} or newer, and Node.js ${process.version} has ${version}, which can lose data when a receiver and a sync run side by side. Update Node.js (22.23 and 24.21 have a newer one), or use an inbox in PostgreSQL.`,
  );
}

/** FULL: a transaction is on disk when it has ended, not only in the hands of the operating system. */
const SETTINGS = `pragma synchronous = full; pragma journal_size_limit = ${LOG_LIMIT}`;

async function createInbox(database: DatabaseSync, role: InboxRole, clock: Clock, path: string): Promise<Inbox> {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const all = (sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values);

  /** Tries until another process lets go of the file. What waits here is not this process but the caller. */
  const patiently = async <Result>(work: () => Result): Promise<Result> => {
    const deadline = clock.now() + APPEND_LIMIT_MS;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (database.isTransaction) database.exec('rollback');
        const isBusy = ((error as SqliteError).errcode ?? 0) % 256 === SQLITE_BUSY;
        if (!isBusy || clock.now() >= deadline) throw error;
        await clock.sleep(5 + Math.random() * 20);
      }
    }
  };
  const inTransaction = <Result>(work: () => Result) =>
    patiently(() => {
      database.exec('begin immediate');
      const result = work();
      database.exec('commit');
      return result;
    });
  const opened = statSync(path);
  /** A file that was moved, deleted or replaced can be written on, and nobody would ever read it. */
  const refuseMoved = () => {
    const now = statSync(path, { throwIfNoEntry: false });
    if (now?.ino === opened.ino && now.dev === opened.dev) return;
    throw new Error('the file was moved, deleted or replaced while it was open; start this process again');
  };
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw new InboxError(`The inbox ${path} cannot be used now: ${reasonOf(error)}.`, error);
    }
  };

  await patiently(() => database.exec(SETTINGS));
  const id = await migrateSqlite(database, role, path, inTransaction, patiently);

  return {
    id,
    append: (events) =>
      guarded(() =>
        inTransaction(() => {
          refuseMoved();
          const insert = prepare(
            'insert into events (vendor, kind, subject, received_at, hash, size, body) values (?, ?, ?, ?, unhex(?), ?, ?) on conflict (hash) do nothing',
          );
          let added = 0;
          for (const { vendor, kind, subject, receivedAt, hash, body } of events) {
            const size = Buffer.byteLength(body);
            added += Number(insert.run(vendor, kind, subject, receivedAt, hash, size, body).changes);
          }
          return added;
        }),
      ),
    head: () =>
      guarded(() =>
        patiently(() => {
          refuseMoved();
          // Not max(seq): that goes back when the latest events are removed.
          const row = prepare("select seq from sqlite_sequence where name = 'events'").get();
          return Number(row?.['seq'] ?? 0);
        }),
      ),
    read: ({ vendor, after, upTo }) =>
      guarded(() =>
        patiently(() =>
          vendor === undefined
            ? page(prepare(select('')).iterate(after, upTo))
            : page(prepare(select('vendor = ? and')).iterate(vendor, after, upTo)),
        ),
      ),
    latest: (vendor, subjects, upTo) =>
      guarded(() =>
        patiently(() => {
          const rows = all(
            'select value as subject, (select max(seq) from events where vendor = ? and subject = value and seq <= ?) as seq from json_each(?)',
            vendor,
            upTo,
            JSON.stringify(subjects),
          );
          return new Map(rows.map((row) => [String(row['subject']), Number(row['seq'] ?? 0)]));
        }),
      ),
    readSubjects: (vendor, subjects, { after, upTo }) =>
      guarded(() =>
        patiently(() => page(prepare(SELECT_SUBJECTS).iterate(vendor, JSON.stringify(subjects), after, upTo))),
      ),
    stats: () =>
      guarded(() =>
        patiently(() =>
          all(
            'select vendor, kind, count(*) as events, sum(size) as bytes, min(received_at) as oldest, max(received_at) as newest from events group by vendor, kind order by vendor, kind',
          ).map(kindStats),
        ),
      ),
    prune: (vendor, before, upTo, dryRun) =>
      guarded(async () => {
        const values = [vendor, before, upTo, before, upTo];
        if (dryRun) {
          return patiently(() =>
            Number(all(`select count(*) as n from events e where ${PRUNABLE}`, ...values)[0]?.['n']),
          );
        }
        const found = await patiently(() =>
          all(`select seq, subject from events e where ${PRUNABLE} order by subject, seq`, ...values),
        );
        let removed = 0;
        for (const part of partsBySubject(found, PRUNE_EVENTS)) {
          // Looked at again in the transaction: an event may have come for a conversation that could have gone.
          removed += await inTransaction(() => {
            const remove = prepare(
              `delete from events as e where seq in (select value from json_each(?)) and ${PRUNABLE}`,
            );
            return Number(remove.run(JSON.stringify(part), ...values).changes);
          });
          // Lets a receiver have its turn: SQLite's waiting is not fair.
          await clock.sleep(1);
        }
        return removed;
      }),
    close: async () => {
      if (database.isOpen) database.close();
    },
  };
}

function select(condition: string, from = 'events'): string {
  return `select ${COLUMNS} from ${from} where ${condition} seq > ? and seq <= ? order by seq limit ${MAX_PAGE_EVENTS}`;
}

/** Left alone, SQLite would go through all events in order for the sake of the order. */
const SELECT_SUBJECTS = select(
  'vendor = ? and subject in (select value from json_each(?)) and',
  'events indexed by events_by_subject',
);

/** See Inbox.prune. An event with a subject goes when no event of that subject has to stay. */
const PRUNABLE = `vendor = ? and received_at < ? and seq <= ? and (subject is null or not exists (
  select 1 from events other where other.vendor = e.vendor and other.subject = e.subject
  and (other.received_at >= ? or other.seq > ?)))`;

function page(rows: Iterable<Record<string, SQLOutputValue>>): StoredEvent[] {
  const events: StoredEvent[] = [];
  let bytes = 0;
  for (const row of rows) {
    const event = storedEvent(row);
    events.push(event);
    bytes += event.body.length;
    if (bytes >= MAX_PAGE_BYTES) break;
  }
  return events;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
