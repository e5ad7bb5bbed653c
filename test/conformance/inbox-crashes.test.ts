import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { executable, file, temporaryFolder } from '../helpers/commands.ts';
import {
  ask,
  InboxReader,
  Ledger,
  listenUnlimited,
  numbersOf,
  postEvent,
  randomOf,
  sleep,
  startLoad,
} from '../helpers/inbox-load.ts';
import {
  endUnderLoad,
  killUnderLoad,
  readUnderLoad,
  type Store,
  shareStore,
  startTogether,
} from '../helpers/inbox-scenarios.ts';
import { inboxConfig, LIVECHAT_SECRET, type ListenProcess } from '../helpers/receiver.ts';

/** Kills of the receiver under load. */
const KILLS = 50;
/** Beyond what any of these tests takes on a slow machine. */
const LIMIT_MS = 300_000;

function sqliteStore(): Store & { path: string } {
  const path = join(temporaryFolder(), 'inbox.sqlite');
  return { name: 'SQLite', path, config: inboxConfig({ type: 'sqlite', path }) };
}

/** SQLite's own opinion about the file. */
function integrityOf(path: string): unknown {
  const database = new DatabaseSync(path);
  try {
    return database.prepare('pragma integrity_check').get()?.['integrity_check'];
  } finally {
    database.close();
  }
}

describe('a receiver that is killed', () => {
  test(
    `keeps what it acknowledged through ${KILLS} kills under load, while syncs read`,
    async () => {
      const store = sqliteStore();
      await killUnderLoad(store, KILLS, 7);
      expect(integrityOf(store.path)).toBe('ok');
    },
    LIMIT_MS,
  );

  test(
    'leaves nothing half made when it is killed while it makes the store',
    async () => {
      const random = randomOf(3);
      for (let kill = 0; kill < 8; kill += 1) {
        const { path, config } = sqliteStore();
        const child = spawn(
          process.execPath,
          [executable('source-chat'), 'listen', '--config', file(config, 'config.json'), '--port', '0'],
          { stdio: 'ignore' },
        );
        const exited = once(child, 'exit');
        // Most of the moments are those right after the file appeared.
        while (!existsSync(path)) await sleep(1);
        await sleep(random() * 12);
        child.kill('SIGKILL');
        await exited;
        const receiver = await listenUnlimited(config);
        const ledger = new Ledger(randomOf(kill));
        expect((await postEvent(receiver, ledger.next(), ledger)).status).toBe(200);
        expect(await receiver.end()).toBe(0);
        expect(integrityOf(path)).toBe('ok');
      }
    },
    LIMIT_MS,
  );
});

describe('a disk that is full', () => {
  /** Posts events until so many in a row are refused; each refusal has to be one that brings the event back. */
  async function fill(receiver: ListenProcess, ledger: Ledger): Promise<number> {
    let refused = 0;
    for (let inARow = 0; inARow < 20; ) {
      const { status, retryAfter } = await postEvent(receiver, ledger.next(), ledger);
      expect([200, 503]).toContain(status);
      inARow = status === 503 ? inARow + 1 : 0;
      if (status !== 503) continue;
      refused += 1;
      expect(Number(retryAfter)).toBeGreaterThan(0);
    }
    return refused;
  }

  test.skipIf(process.platform === 'win32')(
    'is answered with 503, nothing acknowledged is lost, and the receiver goes on when there is room',
    async () => {
      const { path, config } = sqliteStore();
      const ledger = new Ledger(randomOf(4), 8000);
      // No file of the receiver may grow beyond this, in units of 512 bytes.
      const limited = await listenUnlimited(config, ['sh', '-c', 'ulimit -f 1000; exec "$@"', 'sh']);
      const refused = await fill(limited, ledger);
      const load = startLoad([limited], ledger, { random: randomOf(5) });
      await sleep(500);
      await load.stop();
      expect(load.counts.get('503')).toBeGreaterThan(0);
      expect([...load.counts.keys()].filter((name) => name !== '200' && name !== '503')).toEqual([]);
      const acknowledged = ledger.acknowledged.size;
      expect(acknowledged).toBeGreaterThan(10);
      expect((await ask(`${limited.url}/healthz`)).status).toBe(200);

      const reader = new InboxReader(config);
      await reader.read();
      reader.expectAll(ledger);
      expect(limited.output()).toContain('was answered with 503');
      expect(await limited.end()).toBe(0);

      const receiver = await listenUnlimited(config);
      for (let count = 0; count < 50; count += 1) {
        expect((await postEvent(receiver, ledger.next(), ledger)).status).toBe(200);
      }
      await reader.read();
      reader.expectAll(ledger);
      expect(integrityOf(path)).toBe('ok');
      console.log(
        `SQLite, files limited: ${refused} × 503 one by one, under load ${numbersOf(load.counts)}; ${acknowledged} acknowledged, then ${ledger.acknowledged.size}, ${reader.size} read`,
      );
    },
    LIMIT_MS,
  );

  test(
    'is filled up and freed beneath a running receiver, which accepts again by itself',
    async ({ skip }) => {
      const { folder, prefix, outside } = await smallDisk(skip);
      const config = inboxConfig({ type: 'sqlite', path: join(folder, 'inbox.sqlite') });
      const ledger = new Ledger(randomOf(6), 4000);
      const receiver = await listenUnlimited(config, prefix);
      const reader = new InboxReader(config, prefix);
      const numbers: number[] = [];
      for (const number of [1, 2, 3]) writeFileSync(join(outside, `ballast ${number}`), Buffer.alloc(200_000));
      for (const ballast of ['ballast 1', 'ballast 2']) {
        await fill(receiver, ledger);
        numbers.push(ledger.acknowledged.size);
        // Reading works on a full disk.
        await reader.read();
        reader.expectAll(ledger);
        rmSync(join(outside, ballast));
        for (let count = 0; count < 5; count += 1) {
          expect((await postEvent(receiver, ledger.next(), ledger)).status).toBe(200);
        }
      }
      await fill(receiver, ledger);
      expect(await receiver.end('SIGKILL')).toBe(null);

      // Also one that starts on the full disk.
      const next = await listenUnlimited(config, prefix);
      await fill(next, ledger);
      rmSync(join(outside, 'ballast 3'));
      for (let count = 0; count < 5; count += 1) {
        expect((await postEvent(next, ledger.next(), ledger)).status).toBe(200);
      }
      await reader.read();
      reader.expectAll(ledger);
      console.log(
        `SQLite, a disk of 1 MiB: full at ${numbers.join(', ')} and ${ledger.acknowledged.size} acknowledged events, ${reader.size} read`,
      );
    },
    LIMIT_MS,
  );

  /** A file system of 1 MiB of its own: where it is for processes that run behind `prefix`, and where for this one. */
  async function smallDisk(skip: TestContext['skip']): Promise<{ folder: string; prefix: string[]; outside: string }> {
    skip(process.platform !== 'linux' || process.getuid?.() !== 0, 'mounting a file system takes root on Linux');
    const folder = temporaryFolder();
    const script = 'mount -t tmpfs -o size=1m none "$1" && echo mounted && exec sleep 100000';
    const keeper = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', folder], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => {
      keeper.kill('SIGKILL');
    });
    const isMounted = await new Promise<boolean>((resolve) => {
      keeper.on('error', () => resolve(false));
      keeper.on('exit', () => resolve(false));
      keeper.stdout.on('data', () => resolve(true));
    });
    skip(!isMounted, 'a file system cannot be mounted here');
    const prefix = ['nsenter', '-t', String(keeper.pid), '-m', '--'];
    return { folder, prefix, outside: `/proc/${keeper.pid}/root${folder}` };
  }
});

describe('two receivers on one file', () => {
  test(
    'take the same and different events at the same time; each is read once',
    async () => {
      const store = sqliteStore();
      await shareStore(store);
      expect(integrityOf(store.path)).toBe('ok');
    },
    LIMIT_MS,
  );

  test(
    'start at the same time where there is no store yet',
    async () => {
      await startTogether(async () => sqliteStore());
    },
    LIMIT_MS,
  );
});

describe('a receiver that is told to end', () => {
  test(
    'ends with 0 under load: what was acknowledged is there, what was answered was answered whole',
    async () => {
      const store = sqliteStore();
      await endUnderLoad(store, ['SIGTERM', 'SIGINT', 'SIGTERM', 'SIGINT', 'SIGTERM']);
      // It closed the file itself: nothing is left beside it.
      expect(existsSync(`${store.path}-wal`)).toBe(false);
    },
    LIMIT_MS,
  );

  /** A connection with a request that has begun. */
  async function beginRequest({ url }: ListenProcess, start: string): Promise<Socket> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    socket.write(`POST /livechat/${LIVECHAT_SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n${start}`);
    await sleep(200);
    return socket;
  }

  async function isEnding(receiver: ListenProcess): Promise<void> {
    while (!receiver.output().includes('Ending:')) await sleep(5);
    await sleep(200);
  }

  test(
    'finishes a request that is under way, and tells who comes too late to come back',
    async () => {
      const receiver = await listenUnlimited(sqliteStore().config);
      const early = await beginRequest(receiver, '\r\n{"event_type":');
      // Its headers are not complete when the receiver is told to end.
      const late = await beginRequest(receiver, '');
      const answers = [early, late].map((socket) => text(socket));
      const exited = once(receiver.child, 'exit');
      receiver.child.kill('SIGTERM');
      await isEnding(receiver);
      late.write('\r\n{"event_type": "aa"}');
      early.write('"abc"}');
      const [toEarly = '', toLate = ''] = await Promise.all(answers);
      expect(toEarly).toMatch(/^HTTP\/1.1 200 /);
      // Or the process waits for a connection on which nothing comes any more.
      expect.soft(toEarly).toMatch(/^connection: close/im);
      expect(await exited).toEqual([0, null]);
      // Either is right: it is kept, or the vendor is told when to try again.
      if (!toLate.startsWith('HTTP/1.1 200 ')) {
        expect(toLate).toMatch(/^HTTP\/1.1 503 /);
        expect.soft(toLate).toMatch(/^retry-after: \d+/im);
      }
    },
    LIMIT_MS,
  );

  test(
    'ends at once at the second signal, and with 0 by itself when a request does not end',
    async () => {
      const [hurried, patient] = await Promise.all([1, 2].map(() => listenUnlimited(sqliteStore().config)));
      if (hurried === undefined || patient === undefined) throw new Error('they run');
      for (const receiver of [hurried, patient]) {
        await beginRequest(receiver, '\r\n{"a":');
        receiver.child.kill('SIGTERM');
      }
      const exited = once(patient.child, 'exit');
      for (const receiver of [hurried, patient]) await isEnding(receiver);
      expect(hurried.child.exitCode).toBe(null);
      expect(await hurried.end('SIGTERM')).toBe(null);
      expect(hurried.child.signalCode).toBe('SIGTERM');
      expect(await exited).toEqual([0, null]);
    },
    LIMIT_MS,
  );
});

test(
  'a read beside a receiver at full speed is complete',
  async () => {
    await readUnderLoad(sqliteStore());
  },
  LIMIT_MS,
);
