import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connection,
  Ledger,
  listenUnlimited,
  openInboxes,
  postEvent,
  postgresStore,
  randomOf,
} from '../helpers/inbox-load.ts';
import {
  endUnderLoad,
  killUnderLoad,
  readUnderLoad,
  type Store,
  shareStore,
  startTogether,
} from '../helpers/inbox-scenarios.ts';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';

/** Kills of the receiver under load. */
const KILLS = 15;
/** Beyond what any of these tests takes on a slow machine. */
const LIMIT_MS = 300_000;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

async function newStore(): Promise<Store> {
  const { config } = await postgresStore(postgres);
  return { name: 'PostgreSQL', config };
}

test(
  `a receiver that is killed ${KILLS} times under load keeps what it acknowledged, while syncs read`,
  async () => {
    await killUnderLoad(await newStore(), KILLS, 3);
  },
  LIMIT_MS,
);

test(
  'an answer waits for the disk whatever the defaults of the database are',
  async () => {
    const { url, config } = await postgresStore(postgres);
    const client = await connection(url);
    const name = new URL(url).pathname.slice(1);
    await client.query(`alter database ${name} set synchronous_commit = off`);
    await client.query(`alter database ${name} set default_transaction_isolation = 'serializable'`);
    const receiver = await listenUnlimited(config);
    await client.query(`
      create table settings (synchronous_commit text, transaction_isolation text);
      create function note_settings() returns trigger language plpgsql as $$ begin
        insert into settings values (current_setting('synchronous_commit'), current_setting('transaction_isolation'));
        return null;
      end $$;
      create trigger note_settings after insert on source_chat_events for each row execute function note_settings();`);
    const ledger = new Ledger(randomOf(50));
    expect((await postEvent(receiver, ledger.next(), ledger)).status).toBe(200);
    const { rows } = await client.query('select * from settings');
    expect(rows).toEqual([{ synchronous_commit: 'on', transaction_isolation: 'read committed' }]);
  },
  LIMIT_MS,
);

describe('two receivers in one database', () => {
  test(
    'take the same and different events at the same time; each is read once',
    async () => {
      await shareStore(await newStore());
    },
    LIMIT_MS,
  );

  test(
    'make the store together when many of them find none at the same instant',
    async () => {
      for (let round = 0; round < 5; round += 1) {
        const url = await postgres.database();
        const inboxes = await openInboxes(url, 'receiver', 8);
        expect(new Set(inboxes.map(({ id }) => id)).size).toBe(1);
      }
    },
    LIMIT_MS,
  );

  test(
    'start at the same time where there is no store yet',
    async () => {
      await startTogether(newStore);
    },
    LIMIT_MS,
  );
});

test(
  'a receiver that is told to end under load ends with 0, and what it acknowledged is there',
  async () => {
    await endUnderLoad(await newStore(), ['SIGTERM', 'SIGTERM', 'SIGTERM']);
  },
  LIMIT_MS,
);

test(
  'a read beside a receiver at full speed is complete',
  async () => {
    await readUnderLoad(await newStore());
  },
  LIMIT_MS,
);
