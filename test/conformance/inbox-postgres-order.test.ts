import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Inbox, NewEvent } from '../../src/inbox/inbox.ts';
import {
  ask,
  connection,
  listenUnlimited,
  openInboxes,
  postgresStore,
  type Random,
  randomOf,
  sleep,
} from '../helpers/inbox-load.ts';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';
import type { ListenProcess } from '../helpers/receiver.ts';
import { until } from '../helpers/until.ts';

/** Beyond what any of these tests takes on a slow machine. */
const LIMIT_MS = 300_000;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

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
      const { url, config } = await postgresStore(postgres);
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
