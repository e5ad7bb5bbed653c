/**
 * `npm run bench`: what a sync costs beside a bare script that fetches, parses and prints the same pages, and how long the
 * commands take to start. Only ratios carry over from one machine to another. `npm run bench -- 10000 1000000` chooses
 * the numbers of tickets.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SANDBOX_API_KEY, SANDBOX_LOGIN } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';

interface Usage {
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly wallSeconds: number;
}

const HERE = new URL('./', import.meta.url).pathname;
const SOURCE_CHAT = new URL('../../dist/cli/bin-source-chat.cjs', import.meta.url).pathname;
const TAP_CHAT = new URL('../../dist/cli/bin-tap-chat.cjs', import.meta.url).pathname;
const CATALOG = new URL('../../catalog/airbyte.json', import.meta.url).pathname;
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

async function benchReads(tickets: number): Promise<void> {
  const sandbox = await startSandbox({ tickets });
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify(sandbox.config({ calls_per_minute: 100_000_000 })));
  const read = [SOURCE_CHAT, 'read', '--config', config, '--catalog', CATALOG];
  // The first read warms up, and tells which pages the bare script has to fetch.
  await measure(read);
  const paths = join(folder, 'paths.json');
  writeFileSync(paths, JSON.stringify(sandbox.calls.calls.map((call) => call.path)));
  const authorization = `Basic ${Buffer.from(`${SANDBOX_LOGIN}:${SANDBOX_API_KEY}`).toString('base64')}`;
  const programs = {
    'bare script': [join(HERE, 'bare.mjs'), sandbox.url, authorization, paths],
    'source-chat': read,
    'tap-chat': [TAP_CHAT, '--config', config],
  };
  const results = await compare(programs, tickets > 200_000 ? 1 : 3, tickets);
  print(
    `A first read of ${tickets.toLocaleString('en')} tickets, ${sandbox.calls.calls.length > 0 ? 'through a pipe' : ''}`,
    results,
    'bare script',
    tickets,
  );
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
for (const tickets of sizes.length > 0 ? sizes : [10_000, 1_000_000]) await benchReads(tickets);
