/**
 * `node test/bench/webhooks.ts`, after a build: how many webhooks `source-chat listen` acknowledges a second, each of them
 * on disk, beside a bare server that appends every body to a file and syncs it before it answers. Only ratios carry
 * over from one machine to another, and they depend on its disk: the longer a sync takes, the more is won by sharing it.
 * `node test/bench/webhooks.ts 8 64` chooses the numbers of connections.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';

/** What the load's own process tells. Latencies in ms. */
interface Load {
  readonly sent: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Servers that write into an empty store, and how many events it has afterwards; undefined where nothing is stored. */
interface Subject {
  readonly servers: readonly (readonly string[])[];
  stored(): number | undefined;
}

const HERE = new URL('./', import.meta.url).pathname;
const SOURCE_CHAT = new URL('../../dist/cli/bin-source-chat.cjs', import.meta.url).pathname;
const SECRET = 'livetex-path-secret-0123456789';
const WARM_UP_SECONDS = 1;
const SECONDS = 5;
const RUNS = 3;
const BARE = 'append, sync';
const folder = mkdtempSync(join(tmpdir(), 'source-chat-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

let stores = 0;
function newFile(name: string): string {
  stores += 1;
  return join(folder, `${stores}-${name}`);
}

function bare(): Subject {
  const path = newFile('bodies.txt');
  const stored = () => readFileSync(path).filter((byte) => byte === 0x0a).length;
  return { servers: [[join(HERE, 'bare-receiver.mjs'), path]], stored };
}

function product(inbox: object, receivers = 1): Subject {
  const config = newFile('config.json');
  writeFileSync(
    config,
    JSON.stringify({ start_date: '2024-01-01T00:00:00Z', inbox, webhooks: { livetex_secret: SECRET } }),
  );
  // Requests are counted, as they are when nothing is said, but never too many.
  const listen = [SOURCE_CHAT, 'listen', '--config', config, '--port', '0', '--rate-limit', '1000000000'];
  const stats = [SOURCE_CHAT, 'inbox', 'stats', '--config', config];
  const stored = () => {
    const lines = execFileSync(process.execPath, stats, { encoding: 'utf8' }).trim().split('\n');
    return JSON.parse(lines.at(-1) ?? '').total.events as number;
  };
  return { servers: Array.from({ length: receivers }, () => listen), stored };
}

function sqlite(receivers?: number): Subject {
  return product({ type: 'sqlite', path: newFile('inbox.sqlite') }, receivers);
}

const SUBJECTS: Record<string, (postgres: PostgresServer) => Subject | Promise<Subject>> = {
  'answer at once': () => ({ servers: [[join(HERE, 'bare-receiver.mjs')]], stored: () => undefined }),
  [BARE]: bare,
  SQLite: () => sqlite(),
  'SQLite, two receivers': () => sqlite(2),
  PostgreSQL: async (postgres) => product({ type: 'postgres', url: await postgres.database() }),
};

async function start(args: readonly string[]): Promise<{ readonly url: string; end(): Promise<unknown> }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const end = () => {
    child.kill();
    return exited;
  };
  for await (const line of createInterface({ input: child.stdout })) return { url: JSON.parse(line).listening, end };
  throw new Error(`${args.join(' ')} does not start`);
}

async function send(connections: number, urls: readonly string[]): Promise<Load> {
  const words = [join(HERE, 'webhook-load.mjs'), ...[connections, WARM_UP_SECONDS, SECONDS].map(String), ...urls];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
}

/** Throws when not every event was acknowledged, or when something else is stored: what did less work must not look fast. */
async function measure({ servers, stored }: Subject, connections: number): Promise<Load> {
  const running = await Promise.all(servers.map(start));
  let load: Load;
  try {
    load = await send(
      connections,
      running.map(({ url }) => `${url}/livetex/${SECRET}`),
    );
  } finally {
    await Promise.all(running.map(({ end }) => end()));
  }
  const { sent, acknowledged, failed } = load;
  const count = stored() ?? acknowledged;
  if (failed > 0 || acknowledged !== sent || count !== acknowledged) {
    throw new Error(`${sent} events sent, ${acknowledged} acknowledged, ${failed} failed, ${count} stored`);
  }
  return load;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/** The median of several runs of each, taken in turn, so that a slow moment of the machine hits them all. */
async function compare(names: readonly string[], connections: number, postgres: PostgresServer): Promise<void> {
  const found = new Map<string, Load[]>(names.map((name) => [name, []]));
  for (let run = 0; run < RUNS; run += 1) {
    for (const [name, loads] of found) {
      const subject = (await SUBJECTS[name]?.(postgres)) as Subject;
      loads.push(await measure(subject, connections));
    }
  }
  console.log(`\n${connections} connections`);
  const rate = (name: string) => median((found.get(name) ?? []).map((load) => load.perSecond));
  for (const [name, loads] of found) {
    const rates = loads.map((load) => load.perSecond);
    const spread = (Math.max(...rates) - Math.min(...rates)) / median(rates);
    const [p50, p99] = [median(loads.map((load) => load.p50)), median(loads.map((load) => load.p99))];
    console.log(
      `  ${name.padEnd(21)} ${Math.round(rate(name)).toLocaleString('en').padStart(7)} events/s ± ${(spread * 50).toFixed(0).padStart(2)} % | × ${(rate(name) / rate(BARE)).toFixed(2)} | p50 ${p50.toFixed(2)} ms | p99 ${p99.toFixed(2)} ms`,
    );
  }
}

/** How long one sync of a kilobyte takes on this disk, in ms. */
function syncTime(): number {
  const file = openSync(newFile('probe'), 'a');
  const times = Array.from({ length: 200 }, () => {
    const started = performance.now();
    writeSync(file, 'x'.repeat(1000));
    fdatasyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  return median(times);
}

console.log(`Node.js ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`);
console.log(
  `The load has these cores in common with the servers. One sync of the disk takes ${syncTime().toFixed(2)} ms.`,
);
const postgres = await startPostgres();
try {
  const numbers = process.argv.slice(2).map(Number);
  const all = Object.keys(SUBJECTS);
  for (const connections of numbers.length > 0 ? numbers : [1, 8, 64, 256]) {
    // What else there is, where the aim is: at least three times the bare server with 64 connections.
    await compare(connections === 64 ? all : all.slice(0, 3), connections, postgres);
  }
} finally {
  await postgres.close();
}
