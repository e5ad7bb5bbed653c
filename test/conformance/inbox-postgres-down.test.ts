import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  type Answer,
  ask,
  connection,
  InboxReader,
  Ledger,
  type Load,
  listenUnlimited,
  numbersOf,
  postgresStore,
  randomOf,
  startLoad,
} from '../helpers/inbox-load.ts';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';
import { inboxConfig, type ListenProcess } from '../helpers/receiver.ts';
import { until } from '../helpers/until.ts';

/** Beyond what any of these tests takes on a slow machine. */
const LIMIT_MS = 300_000;
/** A vendor waits about ten seconds for its answer. Twice that tells a slow machine from a receiver that hangs. */
const PATIENCE_MS = 20_000;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

async function statusOf(receiver: ListenProcess, path: string): Promise<number | undefined> {
  return (await ask(receiver.url + path)).status;
}

function countOf(load: Load, name: string): number {
  return load.counts.get(name) ?? 0;
}

function expectRetryAfter(refusals: readonly Answer[]): void {
  expect(refusals.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).toEqual([]);
}

describe('a store that is down', () => {
  test(
    'is answered with 503 until it is back, by itself, and nothing acknowledged is lost',
    async () => {
      const { config } = await postgresStore(postgres);
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
      const { url } = await postgresStore(postgres);
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
      const { url, config } = await postgresStore(postgres);
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
      const { url, config } = await postgresStore(postgres);
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
