import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addCounts,
  connection,
  expectAccepted,
  InboxReader,
  Ledger,
  listenUnlimited,
  numbersOf,
  openInboxes,
  postEvent,
  postgresStore,
  randomOf,
  sleep,
  startLoad,
} from '../helpers/inbox-load.ts';
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

test(
  `a receiver that is killed ${KILLS} times under load keeps what it acknowledged, while syncs read`,
  async () => {
    const { config } = await postgresStore(postgres);
    const random = randomOf(1);
    const ledger = new Ledger(randomOf(2));
    const reader = new InboxReader(config);
    let reading: Promise<void> | undefined;
    const counts = new Map<string, number>();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const receiver = await listenUnlimited(config);
      const load = startLoad([receiver], ledger, { random });
      // Runs on beyond the kill, and beside the next receiver.
      if (kill % 3 === 0) {
        await reading;
        reading = reader.read();
      }
      await sleep(20 + random() * 380);
      expect(await receiver.end('SIGKILL')).toBe(null);
      await load.stop();
      addCounts(counts, load);
    }
    await reading;
    await reader.read();
    console.log(
      `PostgreSQL: ${KILLS} kills, ${ledger.posted.size} events posted, ${ledger.acknowledged.size} acknowledged, ${reader.size} read in ${reader.reads} reads; ${numbersOf(counts)}`,
    );
    expectAccepted(counts, ['none', 'cut']);
    expect(ledger.acknowledged.size).toBeGreaterThan(KILLS);
    reader.expectAll(ledger);
    await reader.expectSameAtOnce();
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
      const { config } = await postgresStore(postgres);
      const receivers = [await listenUnlimited(config), await listenUnlimited(config)];
      const ledger = new Ledger(randomOf(7));
      const load = startLoad(receivers, ledger, { random: randomOf(8), connections: 32, everywhere: 0.3 });
      const reader = new InboxReader(config);
      for (let count = 0; count < 3; count += 1) {
        await sleep(500);
        await reader.read();
      }
      await load.stop();
      for (const receiver of receivers) expect(await receiver.end()).toBe(0);
      await reader.read();
      console.log(
        `PostgreSQL, two receivers: ${numbersOf(load.counts)}; ${ledger.acknowledged.size} acknowledged, ${reader.size} read; slowest answer ${Math.round(load.slowest())} ms`,
      );
      reader.expectAll(ledger);
      await reader.expectSameAtOnce();
      expectAccepted(load.counts);
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
      for (let round = 0; round < 4; round += 1) {
        const { config } = await postgresStore(postgres);
        const receivers = await Promise.all([1, 2, 3].map(() => listenUnlimited(config)));
        const ledger = new Ledger(randomOf(round));
        for (const receiver of receivers) {
          expect((await postEvent(receiver, ledger.next(), ledger)).status).toBe(200);
        }
        const reader = new InboxReader(config);
        await reader.read();
        reader.expectAll(ledger);
        await Promise.all(receivers.map((receiver) => receiver.end()));
      }
    },
    LIMIT_MS,
  );
});

test(
  'a receiver that is told to end under load ends with 0, and what it acknowledged is there',
  async () => {
    const { config } = await postgresStore(postgres);
    const ledger = new Ledger(randomOf(9));
    const counts = new Map<string, number>();
    for (let round = 0; round < 3; round += 1) {
      const receiver = await listenUnlimited(config);
      const load = startLoad([receiver], ledger, { random: randomOf(10 + round), connections: 32 });
      await sleep(200 + round * 50);
      expect(await receiver.end()).toBe(0);
      await load.stop();
      addCounts(counts, load);
    }
    const reader = new InboxReader(config);
    await reader.read();
    console.log(
      `PostgreSQL, told to end 3 times: ${numbersOf(counts)}; ${ledger.acknowledged.size} acknowledged, ${reader.size} read`,
    );
    reader.expectAll(ledger);
    expect(counts.get('cut')).toBe(undefined);
  },
  LIMIT_MS,
);

test(
  'a read beside a receiver at full speed is complete',
  async () => {
    const { config } = await postgresStore(postgres);
    const receiver = await listenUnlimited(config);
    const ledger = new Ledger(randomOf(20));
    const load = startLoad([receiver], ledger, { random: randomOf(21), connections: 64 });
    const numbers: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      await sleep(700);
      const before = new Set(ledger.acknowledged);
      const reader = new InboxReader(config);
      await reader.read();
      // All that was acknowledged before it began, and perhaps more.
      reader.expectAll({ posted: ledger.posted, acknowledged: before });
      numbers.push(`${reader.size} of at least ${before.size} in ${reader.lastMs} ms`);
    }
    await load.stop();
    expectAccepted(load.counts);
    console.log(`PostgreSQL, reads under load: ${numbers.join(', ')}; slowest answer ${Math.round(load.slowest())} ms`);
  },
  LIMIT_MS,
);
