/**
 * `npm run bench`: what a sync costs beside a bare script that fetches, parses and prints the same pages, and how long the
 * commands take to start. Only ratios carry over from one machine to another. `npm run bench -- 10000 1000000` chooses
 * the numbers of rows. Webhooks are measured by `webhooks.ts`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SANDBOX_ACCESS_TOKEN,
  SANDBOX_ACCOUNT_ID,
  SANDBOX_API_KEY,
  SANDBOX_LIVETEX_LOGIN,
  SANDBOX_LIVETEX_PASSWORD,
  SANDBOX_LOGIN,
} from '../../src/sandbox/options.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';

interface Usage {
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly wallSeconds: number;
}

const HERE = new URL('./', import.meta.url).pathname;
const SOURCE_CHAT = new URL('../../dist/cli/bin-source-chat.cjs', import.meta.url).pathname;
const TAP_CHAT = new URL('../../dist/cli/bin-tap-chat.cjs', import.meta.url).pathname;
const CATALOGS = new URL('../../catalog/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'source-chat-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/**
 * Runs a Node.js program, its output through a real pipe, and tells what it used. Throws when it fails or prints fewer
 * than `lines` lines: what did less work must not look fast.
 */
async function measure(args: readonly string[], lines = 0): Promise<Usage> {
  const usage = join(folder, 'usage.json');
  const words = [process.execPath, '--import', join(HERE, 'usage.mjs'), ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('bash', ['-c', `set -o pipefail; ${words} 2>/dev/null | wc -l`], {
    env: { ...process.env, BENCH_USAGE: usage },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (data) => {
    printed += data;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0 || Number(printed) < lines) throw new Error(`${words}: exit code ${code}, ${printed.trim()} lines`);
  return JSON.parse(readFileSync(usage, 'utf8'));
}

/** The median of several runs of each program, taken in turn, so that a slow moment of the machine hits them all. */
async function compare(
  programs: Record<string, readonly string[]>,
  runs: number,
  lines = 0,
): Promise<Record<string, Usage>> {
  const found = new Map<string, Usage[]>();
  for (let run = 0; run < runs; run += 1) {
    for (const [name, args] of Object.entries(programs))
      found.set(name, [...(found.get(name) ?? []), await measure(args, lines)]);
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
  return Object.fromEntries(
    [...found].map(([name, usages]) => [
      name,
      {
        cpuSeconds: median(usages.map((usage) => usage.cpuSeconds)),
        peakMiB: median(usages.map((usage) => usage.peakMiB)),
        wallSeconds: median(usages.map((usage) => usage.wallSeconds)),
      },
    ]),
  );
}

function print(title: string, results: Record<string, Usage>, bare: string, rows?: number): void {
  console.log(`\n${title}`);
  const base = results[bare] as Usage;
  for (const [name, usage] of Object.entries(results)) {
    const perRows =
      rows === undefined
        ? ''
        : ` | ${((usage.cpuSeconds * 100_000) / rows).toFixed(2)} CPU s per 100,000 rows | ${Math.round(rows / usage.wallSeconds).toLocaleString('en')} rows/s`;
    const ratio = `CPU × ${(usage.cpuSeconds / base.cpuSeconds).toFixed(2)}, time × ${(usage.wallSeconds / base.wallSeconds).toFixed(2)}`;
    console.log(
      `  ${name.padEnd(12)} ${usage.cpuSeconds.toFixed(3)} CPU s | ${usage.wallSeconds.toFixed(3)} s | ${usage.peakMiB.toFixed(0)} MiB${perRows} | ${ratio}`,
    );
  }
}

/** A stream that is read against the sandbox, and how the bare script gets at it. */
interface Subject {
  readonly rows: string;
  readonly catalog: string;
  /** Only this stream of the catalog. */
  readonly stream?: string;
  readonly method: 'GET' | 'POST';
  /** Whether the bare script fetches what a call of the read has asked for. */
  isPage(path: string): boolean;
  start(rows: number): Promise<Sandbox>;
  config(sandbox: Sandbox): object;
  authorization(sandbox: Sandbox): Promise<string>;
}

const TICKETS: Subject = {
  rows: 'tickets of LiveChat',
  catalog: 'airbyte-livechat.json',
  method: 'GET',
  isPage: (path) => path.startsWith('/tickets'),
  start: (tickets) => startSandbox({ tickets, livechat: { chats: 0 } }),
  config: (sandbox) => sandbox.config({ calls_per_minute: 100_000_000 }),
  authorization: async () => `Basic ${Buffer.from(`${SANDBOX_LOGIN}:${SANDBOX_API_KEY}`).toString('base64')}`,
};

const HELPDESK_TICKETS: Subject = {
  rows: 'tickets of HelpDesk',
  catalog: 'airbyte-livechat.json',
  method: 'GET',
  isPage: (path) => path.includes('/tickets?'),
  start: (tickets) => startSandbox({ tickets, livechat: { chats: 0 } }),
  // Everything but what the sandbox has in its trash besides.
  config: (sandbox) => sandbox.tokenConfig({ calls_per_minute: 100_000_000, silos: ['tickets', 'archive', 'spam'] }),
  authorization: async () => `Basic ${Buffer.from(`${SANDBOX_ACCOUNT_ID}:${SANDBOX_ACCESS_TOKEN}`).toString('base64')}`,
};

const V3_CHATS: Subject = {
  rows: 'chats of LiveChat over API v3.6',
  catalog: 'airbyte-livechat.json',
  stream: 'livechat_chats',
  method: 'POST',
  isPage: (path) => path.endsWith('/list_archives'),
  start: (chats) => startSandbox({ tickets: 0, livechat: { chats } }),
  config: (sandbox) => sandbox.tokenConfig({ calls_per_minute: 100_000_000 }),
  authorization: async () => `Basic ${Buffer.from(`${SANDBOX_ACCOUNT_ID}:${SANDBOX_ACCESS_TOKEN}`).toString('base64')}`,
};

const CHATS: Subject = {
  rows: 'chats of LiveTex',
  catalog: 'airbyte-livetex.json',
  method: 'POST',
  isPage: (path) => !path.startsWith('/oauth2/'),
  start: (chats) => startSandbox({ livetex: { chats, leads: 0, tokenLifetimeSeconds: 1_000_000 } }),
  config: (sandbox) => sandbox.livetexConfig({ calls_per_minute: 100_000_000 }),
  async authorization({ url }) {
    const grant = { grant_type: 'password', username: SANDBOX_LIVETEX_LOGIN, password: SANDBOX_LIVETEX_PASSWORD };
    const answer = await fetch(`${url}/oauth2/token`, { method: 'POST', body: new URLSearchParams(grant) });
    return `Bearer ${((await answer.json()) as { results: { access_token: string } }).results.access_token}`;
  },
};

/** The file with the catalog of what is read. */
function catalogOf({ catalog, stream }: Subject): string {
  const path = join(CATALOGS, catalog);
  if (stream === undefined) return path;
  const { streams } = JSON.parse(readFileSync(path, 'utf8')) as { streams: { stream: { name: string } }[] };
  const own = join(folder, 'catalog.json');
  writeFileSync(own, JSON.stringify({ streams: streams.filter((entry) => entry.stream.name === stream) }));
  return own;
}

async function benchReads(subject: Subject, rows: number): Promise<void> {
  const sandbox = await subject.start(rows);
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify(subject.config(sandbox)));
  const read = [SOURCE_CHAT, 'read', '--config', config, '--catalog', catalogOf(subject)];
  // The first read warms up, and tells which pages the bare script has to fetch.
  await measure(read);
  const calls = join(folder, 'calls.json');
  const pages = sandbox.calls.calls.filter(({ path }) => subject.isPage(path));
  writeFileSync(calls, JSON.stringify(pages.map(({ path, body }) => ({ path, body }))));
  const programs = {
    'bare script': [join(HERE, 'bare.mjs'), sandbox.url, await subject.authorization(sandbox), calls, subject.method],
    'source-chat': read,
    'tap-chat': [TAP_CHAT, '--config', config],
  };
  const results = await compare(programs, rows > 200_000 ? 1 : 3, rows);
  print(`A first read of ${rows.toLocaleString('en')} ${subject.rows}, through a pipe`, results, 'bare script', rows);
  await sandbox.close();
}

async function benchStarts(): Promise<void> {
  const results = await compare(
    {
      'node -e 0': ['-e', '0'],
      spec: [SOURCE_CHAT, 'spec'],
      discover: [SOURCE_CHAT, 'discover'],
      'tap --discover': [TAP_CHAT, '--discover'],
    },
    15,
  );
  print('Cold starts', results, 'node -e 0');
}

console.log(`Node.js ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`);
const sizes = process.argv.slice(2).map(Number);
await benchStarts();
for (const rows of sizes.length > 0 ? sizes : [10_000, 1_000_000]) {
  for (const subject of [TICKETS, HELPDESK_TICKETS, V3_CHATS, CHATS]) await benchReads(subject, rows);
}
