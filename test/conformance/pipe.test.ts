import { execFile, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CUT_MARK, MAX_RECORD_BYTES } from '../../src/core/record-size.ts';
import { UGLY_TEXT_CLEANED } from '../../src/sandbox/livechat/ticket-data.ts';
import { SANDBOX_API_KEY, SANDBOX_LOGIN } from '../../src/sandbox/options.ts';
import { argumentsOf, configured, EntrypointOutput, sourceChat } from '../helpers/airbyte.ts';
import { type Command, executable, file, run, temporaryFolder } from '../helpers/commands.ts';
import { protocolValidator } from '../helpers/protocol.ts';
import { sandboxFor, UNLIMITED, upserted } from '../helpers/sandbox.ts';
import { tapArguments } from '../helpers/singer.ts';

const TICKETS = configured(['livechat_tickets']);

describe('what goes through the pipe', () => {
  test('X11: every message of every command fits the official schema', async () => {
    const sandbox = await sandboxFor({
      tickets: 120,
      surprises: true,
      faults: ['429-storm', '503'],
      forbidden: ['agents'],
    });
    const config = sandbox.config(UNLIMITED);
    const outputs = await Promise.all([
      sourceChat('spec'),
      sourceChat('check', { config }),
      sourceChat('discover', { config }),
      sourceChat('read', { config, catalog: configured(['livechat_agents', 'livechat_tickets', 'nothing']) }),
      sourceChat('read', { config: {}, catalog: configured() }),
    ]);
    const validate = protocolValidator('AirbyteMessage');
    const kinds = new Set<string>();
    for (const message of outputs.flatMap((output) => output.messages)) {
      expect(validate(message), JSON.stringify(validate.errors)).toBe(true);
      kinds.add(message.type === 'TRACE' ? message.trace.type : message.type);
    }
    expect([...kinds].sort()).toEqual(
      'CATALOG CONNECTION_STATUS ERROR ESTIMATE LOG RECORD SPEC STATE STREAM_STATUS'.split(' '),
    );
  });

  test('X3: every line is one for Python too, and has nothing that orjson, pydantic or PostgreSQL refuse', async () => {
    const sandbox = await sandboxFor({ tickets: 600 });
    const { stdout } = await run(
      'source-chat',
      argumentsOf('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS }),
    );
    // What Python's splitlines() takes for the end of a line.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    const lines = stdout.trimEnd().split(/\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]/);
    for (const line of lines) {
      JSON.parse(line);
      expect(line).not.toMatch(/\\u(?:d[89a-f]|0000)/i);
    }
    const ugly = lines.map((line) => JSON.parse(line)).filter((message) => JSON.stringify(message).includes('half '));
    expect(ugly).toHaveLength(2);
    for (const { record } of ugly) expect(record.data.events[0].message).toContain(UGLY_TEXT_CLEANED);
  });

  test('X4: no secret in any byte, whatever happens and however it is written', async () => {
    // An accepted key has the sandbox's own form; one that needs encoding is tried against the failure paths.
    const awkward = 'pa ss/wörd+"&=\\%41';
    const echo = spawn(process.execPath, ['-e', ECHO_SERVER], { stdio: ['ignore', 'pipe', 'ignore'] });
    const port = await new Promise<string>((resolve) =>
      echo.stdout.once('data', (data) => resolve(String(data).trim())),
    );
    const sandbox = await sandboxFor({ tickets: 30 });
    const credentials = { auth_type: 'api_key', login: SANDBOX_LOGIN, api_key: ` ${awkward} ` };
    const echoing = { ...sandbox.config({ credentials, base_url: `http://127.0.0.1:${port}` }) };
    const outputs = await Promise.all([
      ...['check', 'discover', 'read'].map((command) =>
        run('source-chat', [
          ...argumentsOf(command, { config: echoing, ...(command === 'read' ? { catalog: TICKETS } : {}) }),
          '--debug',
        ]),
      ),
      run('source-chat', [...argumentsOf('read', { config: sandbox.config(), catalog: TICKETS }), '--debug']),
      run('tap-chat', [...tapArguments({ config: echoing }), '--debug']),
      run('tap-chat', [...tapArguments({ config: sandbox.config() }), '--debug']),
      run('source-chat', argumentsOf('check', { config: { ...echoing, start_date: awkward } })),
    ]);
    echo.kill();
    const forms = [awkward, SANDBOX_API_KEY].flatMap((key) => [
      key,
      encodeURIComponent(key),
      new URLSearchParams({ k: key }).toString().slice(2),
      JSON.stringify(key).slice(1, -1),
      Buffer.from(key).toString('base64').slice(0, -4),
      Buffer.from(`${SANDBOX_LOGIN}:${key}`).toString('base64').slice(-24, -4),
    ]);
    for (const { stdout, stderr } of outputs) {
      for (const form of forms) expect(stdout + stderr).not.toContain(form);
    }
    // The server did say it: what arrived is the mask.
    expect(outputs[0]?.stdout).toContain('****');
  });

  test('X5: a slow reader costs no memory and loses nothing', async () => {
    const sandbox = await sandboxFor({ tickets: 20_000 });
    let peak = 0;
    let bytes = 0;
    let last = '';
    const finished = await run(
      'source-chat',
      argumentsOf('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS }),
      {
        ownOutput: true,
        onStart: async (child) => {
          const out = child.stdout as NodeJS.ReadableStream;
          await sleep(3000);
          peak = residentMb(child.pid as number);
          const before = sandbox.calls.count;
          await sleep(500);
          // Nobody reads: after a page or two nothing more is asked for.
          expect(sandbox.calls.count).toBe(before);
          expect(before).toBeLessThan(20);
          for await (const chunk of out) {
            bytes += chunk.length;
            last = (last + chunk).slice(-500);
            peak = Math.max(peak, residentMb(child.pid as number));
          }
        },
      },
    );
    expect(finished.code).toBe(0);
    expect(bytes).toBeGreaterThan(20_000_000);
    expect(last).toContain('livechat_tickets 20,000 rows COMPLETE');
    expect(peak).toBeLessThan(300);
  });

  test('a record that is too big is shortened, said so in its meta and in the log, and not dropped', async () => {
    const sandbox = await sandboxFor({ tickets: 30, bigText: 10_000_000 });
    const output = await sourceChat('read', { config: sandbox.config(), catalog: TICKETS });
    expect(output.code).toBe(0);
    expect(output.records()).toHaveLength(30);
    const big = output.records().filter((record) => record.meta !== undefined);
    expect(big).toHaveLength(1);
    expect(big[0]?.meta).toEqual({
      changes: [{ field: 'events', change: 'TRUNCATED', reason: 'SOURCE_RECORD_SIZE_LIMITATION' }],
    });
    expect(Buffer.byteLength(JSON.stringify(big[0]?.data))).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(JSON.stringify(big[0]?.data)).toContain(CUT_MARK);
    expect(output.logs().filter((log) => log.level === 'WARN')).toHaveLength(1);
  });

  test('a text of 3 MB passes as it is', async () => {
    const sandbox = await sandboxFor({ tickets: 30, bigText: 1_500_000 });
    const output = await sourceChat('read', { config: sandbox.config(), catalog: TICKETS });
    expect(upserted(output.rows('livechat_tickets'))).toEqual(upserted(sandbox.oracle.tickets()));
  });
});

describe('ends', () => {
  test('a reader that has enough (`| head -1`) is no event', async () => {
    const sandbox = await sandboxFor({ tickets: 2000 });
    for (const [command, args] of [
      ['source-chat', argumentsOf('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS })],
      ['tap-chat', tapArguments({ config: sandbox.config(UNLIMITED) })],
      ['source-chat', ['spec']],
      ['tap-chat', ['--discover']],
    ] as const) {
      const line = [process.execPath, executable(command), ...args].map((word) => `'${word}'`).join(' ');
      const script = `${line} 2>err.txt | head -c 20 >/dev/null; echo "$\{PIPESTATUS[0]}"; grep -v '^INFO' err.txt; true`;
      const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: temporaryFolder() });
      expect(['0\n', '141\n']).toContain(stdout);
    }
    expect(sandbox.calls.count).toBeLessThan(60);
  });

  test('a run that finds its reader gone does not go on calling and waiting for quota', async () => {
    const sandbox = await sandboxFor({ tickets: 2000 });
    const config = sandbox.config({ calls_per_minute: 1 });
    for (const [command, args] of [
      ['source-chat', argumentsOf('read', { config, catalog: configured() })],
      ['tap-chat', tapArguments({ config })],
    ] as const) {
      const line = [process.execPath, executable(command), ...args].map((word) => `'${word}'`).join(' ');
      const began = Date.now();
      const script = `${line} 2>/dev/null | true; echo "$\{PIPESTATUS[0]}"`;
      const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: temporaryFolder() });
      expect(stdout).toBe('141\n');
      expect(Date.now() - began).toBeLessThan(20_000);
    }
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it at once, by that signal, with whole lines', async (signal) => {
    const sandbox = await sandboxFor({ tickets: 5000, latencyMs: 5 });
    let asked = 0;
    const finished = await run(
      'source-chat',
      argumentsOf('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS }),
      {
        onStart: async (child) => {
          await new Promise((resolve) => child.stdout?.once('data', resolve));
          await sleep(300);
          asked = Date.now();
          child.kill(signal);
        },
      },
    );
    expect(finished.signal).toBe(signal);
    expect(Date.now() - asked).toBeLessThan(2000);
    expect(finished.stderr).toBe('');
    const output = new EntrypointOutput({ ...finished, code: 0 });
    expect(output.statuses('livechat_tickets')).toEqual(['STARTED', 'RUNNING']);
  });

  test('SIGTERM is heard while nobody reads, while the server hangs, and while waiting for quota', async () => {
    const full = await sandboxFor({ tickets: 5000 });
    const hanging = await sandboxFor({ tickets: 100, faults: ['hang'], faultEvery: 1 });
    const waiting = await sandboxFor({ tickets: 1000 });
    for (const config of [full.config(UNLIMITED), hanging.config(), waiting.config({ calls_per_minute: 1 })]) {
      for (const command of ['source-chat', 'tap-chat'] as const) {
        let asked = 0;
        const args =
          command === 'tap-chat' ? tapArguments({ config }) : argumentsOf('read', { config, catalog: configured() });
        const finished = await run(command, args, {
          ownOutput: true,
          onStart: async (child) => {
            await sleep(1500);
            asked = Date.now();
            child.kill('SIGTERM');
          },
        });
        expect(finished.signal).toBe('SIGTERM');
        expect(Date.now() - asked).toBeLessThan(2000);
      }
    }
  });

  test('standard output on a full disk: said in one line, exit code 1', async () => {
    if (!existsSync('/dev/full')) return;
    const sandbox = await sandboxFor({ tickets: 60 });
    const child = spawn(
      process.execPath,
      [executable('source-chat'), ...argumentsOf('read', { config: sandbox.config(), catalog: TICKETS })],
      { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] },
    );
    let stderr = '';
    child.stderr?.on('data', (data) => {
      stderr += data;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(1);
    expect(stderr).toBe('Cannot write the output (ENOSPC). The sync is not complete.\n');
  });

  test('a log on a full disk costs the log, not the sync', async () => {
    if (!existsSync('/dev/full')) return;
    const sandbox = await sandboxFor({ tickets: 60 });
    const child = spawn(process.execPath, [executable('tap-chat'), ...tapArguments({ config: sandbox.config() })], {
      stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
    });
    let records = 0;
    child.stdout?.on('data', (data) => {
      records += String(data).split('"type":"RECORD"').length - 1;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(records).toBe(72 + sandbox.livechatChats.size);
  });
});

test('X6: exit codes', async () => {
  const sandbox = await sandboxFor({ tickets: 30 });
  const refusing = await sandboxFor({ tickets: 30, forbidden: ['agents'] });
  const good = sandbox.config();
  const table: [number, Command, string[]][] = [
    [0, 'source-chat', ['spec']],
    [0, 'source-chat', argumentsOf('check', { config: good })],
    [0, 'source-chat', argumentsOf('check', { config: {} })],
    [0, 'source-chat', argumentsOf('discover', { config: good })],
    [1, 'source-chat', argumentsOf('discover', { config: {} })],
    [0, 'source-chat', argumentsOf('read', { config: good, catalog: configured() })],
    [1, 'source-chat', argumentsOf('read', { config: {}, catalog: configured() })],
    [1, 'source-chat', argumentsOf('read', { config: good, catalog: {} })],
    [1, 'source-chat', argumentsOf('read', { config: good, catalog: configured(), state: '[' })],
    [1, 'source-chat', argumentsOf('read', { config: refusing.config(), catalog: configured() })],
    [1, 'source-chat', argumentsOf('read', { config: good, catalog: configured(['nothing']) })],
    [2, 'source-chat', ['read']],
    [0, 'tap-chat', ['--discover']],
    [0, 'tap-chat', tapArguments({ config: good })],
    [1, 'tap-chat', tapArguments({ config: {} })],
    [1, 'tap-chat', tapArguments({ config: refusing.config() })],
    [2, 'tap-chat', ['--nonsense']],
  ];
  for (const [code, command, args] of table) {
    const finished = await run(command, args);
    expect([command, args[0], finished.code]).toEqual([command, args[0], code]);
  }
});

test('an old Node.js is told in one line what is needed, with exit code 2', async () => {
  const pretend = file("Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });", 'pretend.cjs');
  for (const command of ['source-chat', 'tap-chat'] as const) {
    const { stdout, stderr, code } = await run(command, ['--help'], { env: { NODE_OPTIONS: `--require ${pretend}` } });
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toMatch(new RegExp(`^${command} needs Node\\.js 22\\.20 or newer; this is v[\\d.]+\\. .+\n$`));

    // It names the Node.js that npm has brought, if it has: not into a package that is installed somewhere.
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'dist/cli'), { recursive: true });
    const program = join(folder, 'dist/cli/bin.cjs');
    copyFileSync(executable(command), program);
    const tell = () => spawnSync(process.execPath, ['--require', pretend, program], { encoding: 'utf8' }).stderr;
    expect(tell()).toMatch(/ this is v[\d.]+\. Install a newer one, or put it first on the PATH\.\n$/);
    const brought = join(folder, 'node_modules/.bin');
    mkdirSync(brought, { recursive: true });
    symlinkSync(process.execPath, join(brought, 'node'));
    expect(tell()).toContain(` export PATH="${realpathSync(brought)}:$PATH"\n`);
  }
});

describe('X2: killed and resumed', () => {
  test('kill -9 at ten random moments, each time going on from the last state: the union is everything', async () => {
    const sandbox = await sandboxFor({ tickets: 4000, latencyMs: 20, equalTimestamps: 40 });
    const delivered: Record<string, unknown>[] = [];
    let state: unknown;
    let kills = 0;
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const finished = await run(
        'source-chat',
        argumentsOf('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS, state }),
        {
          onStart: (child) => {
            if (kills < 10) setTimeout(() => child.kill('SIGKILL'), 150 + Math.random() * 400);
          },
        },
      );
      const output = EntrypointOutput.ofKilled(finished);
      delivered.push(...output.rows('livechat_tickets'));
      state = output.lastStates().length > 0 ? output.lastStates() : state;
      if (finished.signal !== 'SIGKILL') {
        expect(finished.code).toBe(0);
        break;
      }
      kills += 1;
      // Life goes on at the vendor between two attempts.
      sandbox.tickets.modify(Math.floor(Math.random() * 4000), Date.now());
    }
    expect(kills).toBe(10);
    expect(upserted(delivered)).toEqual(upserted(sandbox.oracle.tickets()));
  });
});

/** Answers everything with 403 and the caller's credentials, decoded and not. */
const ECHO_SERVER = `
const server = require('node:http').createServer((request, response) => {
  const authorization = request.headers.authorization ?? '';
  const plain = Buffer.from(authorization.slice(6), 'base64').toString();
  const key = plain.slice(plain.indexOf(':') + 1);
  response.writeHead(403).end(JSON.stringify({
    error: [authorization, plain, encodeURIComponent(key), new URLSearchParams({ key }).toString(), JSON.stringify(key)].join(' '),
  }));
}).listen(0, '127.0.0.1', () => console.log(server.address().port));`;

/** Memory that a process holds, in MiB. */
function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    // It has just ended.
    return 0;
  }
}
