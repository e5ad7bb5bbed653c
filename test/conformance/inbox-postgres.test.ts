import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Inbox, NewEvent } from '../../src/inbox/inbox.ts';
import { openPostgresInbox } from '../../src/inbox/postgres.ts';
import {
  type Answer,
  addCounts,
  ask,
  expectAccepted,
  InboxReader,
  Ledger,
  type Load,
  listenUnlimited,
  numbersOf,
  postEvent,
  type Random,
  randomOf,
  sleep,
  startLoad,
} from '../helpers/inbox-load.ts';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';
import { inboxConfig, type ListenProcess } from '../helpers/receiver.ts';

/** Kills of the receiver under load. */
const KILLS = 15;
/** Beyond what any of these tests takes on a slow machine. */
const LIMIT_MS = 300_000;
/** A vendor waits about ten seconds for its answer. Twice that tells a slow machine from a receiver that hangs. */
const PATIENCE_MS = 20_000;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

async function postgresStore(): Promise<{ url: string; config: Record<string, unknown> }> {
  const url = await postgres.database();
  return { url, config: inboxConfig({ type: 'postgres', url }) };
}

/** A connection to a database, until the test ends. */
async function connection(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

async function statusOf(receiver: ListenProcess, path: string): Promise<number | undefined> {
  return (await ask(receiver.url + path)).status;
}

/** Waits for something that has to come about; the test's own limit ends the waiting. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

function countOf(load: Load, name: string): number {
  return load.counts.get(name) ?? 0;
}

function expectRetryAfter(refusals: readonly Answer[]): void {
  expect(refusals.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).toEqual([]);
}

test(
  `a receiver that is killed ${KILLS} times under load keeps what it acknowledged, while syncs read`,
  async () => {
    const { config } = await postgresStore();
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

describe('a store that is down', () => {
  test(
    'is answered with 503 until it is back, by itself, and nothing acknowledged is lost',
    async () => {
      const { config } = await postgresStore();
      const receiver = await listenUnlimited(config);
      const ledger = new Ledger(randomOf(3));
      const load = startLoad([receiver], ledger, { random: randomOf(4) });
      const health = new Set<number | undefined>();
      for (let crash = 0; crash < 3; crash += 1) {
        const accepted = countOf(load, '200');
        await until(() => countOf(load, '200') > accepted + 100);
        expect(await statusOf(receiver, '/readyz')).toBe(200);
        await postgres.crash();
        const refused = countOf(load, '503');
        await until(() => countOf(load, '503') > refused + 100);
        expect(await statusOf(receiver, '/readyz')).toBe(503);
        health.add(await statusOf(receiver, '/healthz'));
        await postgres.start();
        await until(async () => (await statusOf(receiver, '/readyz')) === 200);
      }
      const accepted = countOf(load, '200');
      await until(() => countOf(load, '200') > accepted + 100);
      await load.stop();
      expect([...health]).toEqual([200]);
      expect([...load.counts.keys()].sort()).toEqual(['200', '503']);
      expectRetryAfter(load.refusals);
      const reader = new InboxReader(config);
      await reader.read();
      console.log(
        `PostgreSQL, 3 crashes: ${numbersOf(load.counts)}; ${ledger.acknowledged.size} acknowledged, ${reader.size} read; slowest answer ${Math.round(load.slowest())} ms`,
      );
      reader.expectAll(ledger);
      expect(receiver.output()).toContain('was answered with 503: The inbox in PostgreSQL cannot be used now: ');
      expect(await receiver.end()).toBe(0);
    },
    LIMIT_MS,
  );

  /** Lets load run into a store that has stopped moving, and then moves it again. */
  async function hang(
    config: unknown,
    stop: () => void | Promise<void>,
    goOn: () => void | Promise<void>,
    name: string,
    isWhollyGone = true,
  ): Promise<void> {
    const receiver = await listenUnlimited(config);
    const ledger = new Ledger(randomOf(5));
    const load = startLoad([receiver], ledger, { random: randomOf(6) });
    await until(() => countOf(load, '200') > 100);
    await stop();
    const [before, refused] = [countOf(load, '200'), countOf(load, '503')];
    try {
      // More than there are connections: also those that came later are answered.
      const isRefused = () => countOf(load, '503') > refused + 30;
      await until(() => isRefused() || (!isWhollyGone && countOf(load, '200') > before + 100));
      if (isWhollyGone) expect(await statusOf(receiver, '/readyz')).toBe(503);
      expect(await statusOf(receiver, '/healthz')).toBe(200);
    } finally {
      await goOn();
    }
    await until(async () => (await statusOf(receiver, '/readyz')) === 200);
    const accepted = countOf(load, '200');
    await until(() => countOf(load, '200') > accepted + 100);
    await load.stop();
    expect([...load.counts.keys()].filter((key) => key !== '200' && key !== '503')).toEqual([]);
    expectRetryAfter(load.refusals);
    const reader = new InboxReader(config);
    await reader.read();
    console.log(
      `PostgreSQL, ${name}: ${numbersOf(load.counts)}; ${ledger.acknowledged.size} acknowledged, ${reader.size} read; slowest answer ${Math.round(load.slowest())} ms`,
    );
    reader.expectAll(ledger);
    expect(load.slowest()).toBeLessThan(PATIENCE_MS);
    expect(await receiver.end()).toBe(0);
  }

  test(
    'that takes connections and says nothing is answered with 503 in time, and found again',
    async () => {
      const { url } = await postgresStore();
      const line = await startLine(Number(new URL(url).port));
      const through = new URL(url);
      through.port = String(line.port);
      await hang(
        inboxConfig({ type: 'postgres', url: through.href }),
        line.stop,
        line.goOn,
        'a line that stands still',
      );
    },
    LIMIT_MS,
  );

  test.skipIf(process.platform === 'win32')(
    'whose processes all stand still is answered with 503 in time, and found again',
    async () => {
      const { url, config } = await postgresStore();
      const client = await connection(url);
      const server = Number(
        String((await client.query("select pg_read_file('postmaster.pid') as text")).rows[0]?.text).split('\n')[0],
      );
      const all = () => [server, ...childrenOf(server)];
      let stopped: number[] = [];
      const goOn = () => {
        signalAll(stopped, 'SIGCONT');
        stopped = [];
      };
      onTestFinished(goOn);
      await hang(
        config,
        () => {
          // First the one that makes new ones.
          signalAll([server], 'SIGSTOP');
          stopped = all();
          signalAll(stopped, 'SIGSTOP');
        },
        goOn,
        'all processes stopped',
      );
    },
    LIMIT_MS,
  );

  test.skipIf(process.platform === 'win32')(
    'that lets a transaction stand still in the middle does so for that long, and no longer',
    async () => {
      const { url, config } = await postgresStore();
      const client = await connection(url);
      let stopped: number[] = [];
      const goOn = () => {
        signalAll(stopped, 'SIGCONT');
        stopped = [];
      };
      onTestFinished(goOn);
      await hang(
        config,
        async () => {
          const { rows } = await client.query(
            "select pid from pg_stat_activity where application_name = 'source-chat receiver'",
          );
          stopped = rows.map((row) => Number(row.pid));
          signalAll(stopped, 'SIGSTOP');
        },
        goOn,
        'its transactions stopped',
        false,
      );
    },
    LIMIT_MS,
  );

  function childrenOf(pid: number): number[] {
    return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
  }

  function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended.
      }
    }
  }

  /** A line to the server that can stop to carry anything, in both directions, while its ends stay open. */
  async function startLine(target: number): Promise<{ port: number; stop: () => void; goOn: () => void }> {
    const sockets = new Set<Socket>();
    let isStopped = false;
    const carry = (from: Socket, to: Socket) => {
      sockets.add(from);
      if (isStopped) from.pause();
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroySoon();
      });
    };
    const server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      carry(near, far);
      carry(far, near);
      if (isStopped) for (const socket of [near, far]) socket.pause();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return {
      port: (server.address() as AddressInfo).port,
      stop() {
        isStopped = true;
        for (const socket of sockets) socket.pause();
      },
      goOn() {
        isStopped = false;
        for (const socket of sockets) socket.resume();
      },
    };
  }
});

/** Something that follows the places of a store while others write. */
interface Follower {
  /** What was seen so far, in order. */
  readonly seen: readonly string[];
  /** Ends after one more look. */
  end(): Promise<void>;
}

type Look = (after: number) => Promise<{ keys: string[]; after: number }>;

/** Reads without a pause, as a sync does: up to the head, from where it was last. */
function follow(look: Look): Follower {
  const seen: string[] = [];
  let after = 0;
  let isEnding = false;
  const once = async () => {
    for (;;) {
      const before = after;
      const found = await look(after);
      seen.push(...found.keys);
      after = found.after;
      if (after === before) return;
    }
  };
  const running = (async () => {
    while (!isEnding) {
      await once();
      await sleep(1);
    }
    await once();
  })();
  return {
    seen,
    async end() {
      isEnding = true;
      await running;
    },
  };
}

function lookInto(inbox: Inbox): Look {
  return async (after) => {
    const upTo = await inbox.head();
    const events = await inbox.read({ after, upTo });
    return { keys: events.map(({ body }) => JSON.parse(body).key), after: events.at(-1)?.seq ?? Math.max(after, upTo) };
  };
}

function eventOf(key: string, more: object = {}): NewEvent {
  const hash = Buffer.from(key.padEnd(32, '_')).toString('hex');
  return {
    vendor: 'livechat',
    kind: 'test',
    subject: null,
    receivedAt: Date.now(),
    hash,
    body: JSON.stringify({ key, ...more }),
  };
}

async function openInboxes(url: string, role: 'receiver' | 'reader', count: number): Promise<Inbox[]> {
  const inboxes = await Promise.all(Array.from({ length: count }, () => openPostgresInbox(url, role)));
  onTestFinished(async () => {
    await Promise.all(inboxes.map((inbox) => inbox.close()));
  });
  return inboxes;
}

/**
 * Makes transactions slow that write to a table: between the statement that took their places, and their end. An event says by itself
 * how long (`pause`, in seconds), whether its transaction fails then (`fails`), or that it waits for a lock (`waits`).
 */
async function slowDown(client: pg.Client, table: string): Promise<void> {
  await client.query(`
    create function slow_down() returns trigger language plpgsql as $$
      declare event jsonb := new.body::jsonb;
      begin
        if event ? 'waits' then perform pg_advisory_xact_lock_shared(4711); end if;
        perform pg_sleep(coalesce((event->>'pause')::float8, 0));
        if event ? 'fails' then raise exception 'this transaction fails'; end if;
        return null;
      end $$;
    create constraint trigger slow_down after insert on ${table}
      deferrable initially deferred for each row execute function slow_down();`);
}

describe('places get visible in their order', () => {
  test(
    'also where a slow transaction took its places before a fast one',
    async () => {
      const { url, config } = await postgresStore();
      const receivers = [await listenUnlimited(config), await listenUnlimited(config)] as const;
      const client = await connection(url);
      await slowDown(client, 'source_chat_events');
      const watcher = await connection(url);
      const waiting = async (event: string) => {
        const { rows } = await watcher.query(
          "select count(*)::int as n from pg_stat_activity where application_name = 'source-chat receiver' and wait_event_type = 'Lock' and wait_event = $1",
          [event],
        );
        return Number(rows[0]?.n) > 0;
      };
      const [reader] = (await openInboxes(url, 'reader', 1)) as [Inbox];
      const follower = follow(lookInto(reader));
      const post = (receiver: ListenProcess, body: object) => {
        const posted = { status: undefined as number | undefined, done: Promise.resolve() };
        posted.done = ask(receiver.livechat, JSON.stringify(body)).then(({ status }) => {
          posted.status = status;
        });
        return posted;
      };

      // A receiver does not wait for ever: on a slow machine it may take several attempts until both wait at a time.
      for (let attempt = 0; ; attempt += 1) {
        const [slowKey, fastKey] = [`slow ${attempt}`, `fast ${attempt}`];
        await client.query('select pg_advisory_lock(4711)');
        const slow = post(receivers[0], { key: slowKey, waits: true });
        await until(async () => slow.status !== undefined || (await waiting('advisory')));
        const fast = post(receivers[1], { key: fastKey });
        // It has to stand behind the slow one: else it takes a later place and is seen first.
        await until(async () => [slow.status, fast.status].some(Boolean) || (await waiting('transactionid')));
        if (fast.status !== undefined) await sleep(500);
        const isTooSlow = slow.status !== undefined;
        if (!isTooSlow) {
          expect(fast.status).toBe(undefined);
          expect(follower.seen).not.toContain(fastKey);
        }
        await client.query('select pg_advisory_unlock(4711)');
        await Promise.all([slow.done, fast.done]);
        if (isTooSlow || slow.status !== 200 || fast.status !== 200) continue;
        await follower.end();
        expect(follower.seen.slice(-2)).toEqual([slowKey, fastKey]);
        return;
      }
    },
    LIMIT_MS,
  );

  const CHAOS_MS = 4000;
  const WRITERS = 6;

  /** Several writers with pauses between taking places and the end, some of which fail, and one that follows them. */
  async function chaos(
    append: ((events: NewEvent[]) => Promise<unknown>)[],
    look: Look,
  ): Promise<{ seen: readonly string[]; answered: string[]; failed: number }> {
    const follower = follow(look);
    const answered: string[] = [];
    let failed = 0;
    const end = performance.now() + CHAOS_MS;
    const write = async (writer: (events: NewEvent[]) => Promise<unknown>, index: number, random: Random) => {
      for (let batch = 0; performance.now() < end; batch += 1) {
        const events = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, place) =>
          eventOf(`${index}.${batch}.${place}`, {
            pause: random() * 0.01,
            ...(random() < 0.03 ? { fails: true } : {}),
          }),
        );
        // Some come to two writers.
        if (random() < 0.2) events.push(eventOf(`both ${batch}`));
        await sleep(random() * 20);
        try {
          await writer(events);
          answered.push(...events.map(({ body }) => JSON.parse(body).key));
        } catch {
          failed += 1;
        }
      }
    };
    await Promise.all(append.map((writer, index) => write(writer, index, randomOf(30 + index))));
    await follower.end();
    return { seen: follower.seen, answered, failed };
  }

  function without(keys: readonly string[], others: readonly string[]): string[] {
    const known = new Set(others);
    return keys.filter((key) => !known.has(key));
  }

  async function keysIn(client: pg.Client, table: string): Promise<string[]> {
    const { rows } = await client.query(`select body from ${table} order by seq`);
    return rows.map((row) => JSON.parse(row.body).key);
  }

  test(
    'in a chaos of slow, failing and breaking transactions: who follows sees each event once',
    async () => {
      const url = await postgres.database();
      const writers = [
        ...(await openInboxes(url, 'receiver', 1)),
        ...(await openInboxes(url, 'receiver', WRITERS - 1)),
      ];
      const [reader] = (await openInboxes(url, 'reader', 1)) as [Inbox];
      const client = await connection(url);
      await slowDown(client, 'source_chat_events');
      const random = randomOf(40);
      const breaking = setInterval(() => {
        client
          .query(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'source-chat receiver' and state = 'active' and datname = current_database() order by md5(pid || $1) limit 1",
            [String(random())],
          )
          .catch(() => {});
      }, 150);
      onTestFinished(() => clearInterval(breaking));
      const { seen, answered, failed } = await chaos(
        writers.map((inbox) => (events) => inbox.append(events)),
        lookInto(reader),
      );
      clearInterval(breaking);
      const kept = await keysIn(client, 'source_chat_events');
      console.log(
        `PostgreSQL, chaos of ${WRITERS} writers: ${kept.length} events kept, ${seen.length} seen, ${failed} transactions failed`,
      );
      expect(kept.length).toBeGreaterThan(100);
      expect(failed).toBeGreaterThan(0);
      expect(seen).toEqual(kept);
      expect(without(answered, kept)).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'which takes doing: who follows a sequence in the same chaos misses events',
    async () => {
      const url = await postgres.database();
      const client = await connection(url);
      await client.query('create table naive (seq bigserial primary key, hash text unique, body text not null)');
      await slowDown(client, 'naive');
      const pools = Array.from({ length: WRITERS + 1 }, () => new pg.Pool({ connectionString: url, max: 1 }));
      onTestFinished(async () => {
        await Promise.all(pools.map((pool) => pool.end()));
      });
      const [reading, ...writing] = pools as [pg.Pool, ...pg.Pool[]];
      const { seen } = await chaos(
        writing.map(
          (pool) => (events) =>
            pool.query(
              'insert into naive (hash, body) select * from unnest($1::text[], $2::text[]) on conflict (hash) do nothing',
              [events.map(({ hash }) => hash), events.map(({ body }) => body)],
            ),
        ),
        async (after) => {
          const { rows } = await reading.query('select seq, body from naive where seq > $1 order by seq', [after]);
          return { keys: rows.map((row) => JSON.parse(row.body).key), after: Number(rows.at(-1)?.seq ?? after) };
        },
      );
      const kept = await keysIn(client, 'naive');
      console.log(`PostgreSQL, the same with a sequence: ${kept.length} events kept, ${seen.length} seen`);
      expect(without(kept, seen).length).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );
});

test(
  'an answer waits for the disk whatever the defaults of the database are',
  async () => {
    const { url, config } = await postgresStore();
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
      const { config } = await postgresStore();
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
        const { config } = await postgresStore();
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
    const { config } = await postgresStore();
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
    const { config } = await postgresStore();
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
