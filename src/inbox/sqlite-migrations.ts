import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { SyncError } from '../core/errors.ts';
import type { InboxRole } from './open-inbox.ts';
import { newerStore, olderStore } from './store-version.ts';

/** `SCHT` in the file's header: says whose database it is. */
const APPLICATION_ID = 0x53434854;

/**
 * What brings a store from each version to the next. They are never changed once released: a change is a further one.
 *
 * AUTOINCREMENT keeps a place from being given twice, also after all events were removed: a reader that is past it would not
 * see the new one.
 */
const MIGRATIONS = [
  `create table inbox (id text not null) strict;
   create table events (
     seq integer primary key autoincrement,
     vendor text not null,
     kind text not null,
     subject text,
     received_at integer not null,
     hash blob not null unique,
     size integer not null,
     body text not null
   ) strict;
   create index events_by_vendor on events (vendor, seq);
   create index events_by_subject on events (vendor, subject, seq) where subject is not null;`,
];

type Run = <Result>(work: () => Result) => Promise<Result>;

/**
 * Brings the store to this release's version, or, for a reader, sees that it has it. Resolves with the store's id. Throws a
 * configuration error for a file that is none of ours or of a newer release.
 */
export async function migrateSqlite(
  database: DatabaseSync,
  role: InboxRole,
  path: string,
  inTransaction: Run,
  patiently: Run,
): Promise<string> {
  const number = (pragma: string) => Number(database.prepare(`pragma ${pragma}`).get()?.[pragma]);
  const place = `The inbox ${path} (inbox.path)`;
  const check = () => {
    const version = number('user_version');
    const tables = Number(database.prepare('select count(*) as n from sqlite_schema').get()?.['n']);
    if (tables > 0 && number('application_id') !== APPLICATION_ID) {
      throw new SyncError('config', `${place} is a database of another program. Name another file.`);
    }
    if (version > MIGRATIONS.length) throw newerStore(place, version, MIGRATIONS.length);
    return version;
  };
  const version = await patiently(check);
  if (version < MIGRATIONS.length) {
    if (role === 'reader') throw olderStore(place);
    // Stays with the file: readers and receivers work side by side from now on.
    await patiently(() => database.exec('pragma journal_mode = wal'));
    await inTransaction(() => {
      // Another receiver may have been faster.
      const now = check();
      for (const migration of MIGRATIONS.slice(now)) database.exec(migration);
      if (now === 0) {
        database.prepare('insert into inbox (id) values (?)').run(randomUUID());
        database.exec(`pragma application_id = ${APPLICATION_ID}`);
      }
      database.exec(`pragma user_version = ${MIGRATIONS.length}`);
    });
  }
  return patiently(() => String(database.prepare('select id from inbox').get()?.['id']));
}
