import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, type RequestOptions, request as send } from 'node:http';
import { request as sendTls } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { linesOf } from '../helpers/airbyte.ts';
import { file, run, temporaryFolder } from '../helpers/commands.ts';
import { startPostgres } from '../helpers/postgres.ts';
import {
  inboxConfig,
  LIVECHAT_SECRET,
  LIVETEX_SECRET,
  type ListenOptions,
  type ListenProcess,
  listen,
  post,
} from '../helpers/receiver.ts';

const TOKEN = 'token-of-rest-v2-0123456789';
const SECRET_KEY = 'secret-key-of-v3-0123456789';
const WEBHOOK_KEY = 'webhook-key-of-livetex-0123456789';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request on a connection of its own; rejects where it is not answered. */
function ask(url: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  const { protocol } = new URL(url);
  return new Promise((resolve, reject) => {
    const given = { agent: false as const, method: body === undefined ? 'GET' : 'POST', ...options };
    const request = (protocol === 'https:' ? sendTls : send)(url, given, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A connection on which nothing is done but what a test does. */
async function plainConnection(
  url: string,
): Promise<{ socket: Socket; received: () => string; closed: Promise<void> }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise<void>((resolve) => {
    socket.on('connect', () => resolve());
    // How it ends is for the test to judge.
    socket.on('error', () => resolve());
  });
  return { socket, received: () => text, closed };
}

/** Waits until something is so; the test's time limit is the last word. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

interface Started extends ListenProcess {
  readonly config: Record<string, unknown>;
  readonly database: string;
}

/** A receiver with an inbox in a file. */
async function start(options: ListenOptions = {}, webhooks: object = {}): Promise<Started> {
  const database = join(temporaryFolder(), 'inbox.sqlite');
  const config = inboxConfig({ type: 'sqlite', path: database }, webhooks);
  return Object.assign(await listen(config, options), { config, database });
}

interface Exported {
  readonly vendor: string;
  readonly kind: string;
  readonly body: unknown;
}

async function exported(config: unknown): Promise<{ events: Exported[]; stdout: string }> {
  const { code, stdout, stderr } = await run('source-chat', [
    'inbox',
    'export',
    '--config',
    file(config, 'config.json'),
  ]);
  expect([code, stderr]).toEqual([0, '']);
  return { events: linesOf(stdout).map((line) => JSON.parse(line)), stdout };
}

/** Starts the receiver where it must not start; resolves with its exit code and all that it says. */
async function failure(
  config: unknown,
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const path = typeof config === 'string' ? config : file(config, 'config.json');
  const { code, stdout, stderr } = await run('source-chat', ['listen', '--config', path, '--port', '0', ...args], {
    onStart: (child) => onTestFinished(() => void child.kill('SIGKILL')),
  });
  return { code, stdout, stderr };
}

const EVENT = { event_type: 'chat_started', license_id: '1', chat: { id: 'A' } };
const JSON_TYPE = { 'content-type': 'application/json' };

/** The samples of a text in Prometheus' format, by name and labels. Throws for what is none. */
function samplesIn(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const typed = new Set<string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '' || /^# HELP [a-zA-Z_:][\w:]* .*$/.test(line)) continue;
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (?:counter|gauge|histogram|summary|untyped)$/.exec(line)?.[1];
    if (type !== undefined) {
      expect(typed, `${type} is declared once`).not.toContain(type);
      typed.add(type);
      continue;
    }
    const match =
      /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? ([+-]?(?:[\d.eE+-]+|Inf)|[Nn]a[Nn])$/.exec(
        line,
      );
    if (match === null) throw new Error(`no line of Prometheus: ${line}`);
    const [, name = '', labels = '', value] = match;
    expect(
      [...typed].some((known) => name.startsWith(known)),
      `${name} has a type`,
    ).toBe(true);
    expect(samples.has(name + labels), `${name}${labels} is there once`).toBe(false);
    samples.set(name + labels, Number(value?.replace('Inf', 'Infinity')));
  }
  return samples;
}

async function samplesOf({ url }: { url: string }): Promise<Map<string, number>> {
  const { status, headers, body } = await ask(`${url}/metrics`);
  expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/plain; version=0\.0\.4/)]);
  return samplesIn(body);
}

/** Peak of a process's memory, in MiB. */
function peakOf({ child }: ListenProcess): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe('addresses', () => {
  test('a wrong secret is answered like a path that does not exist, and not mentioned in the log', async () => {
    const { url, output } = await start({ args: ['--debug'] });
    const before = output();
    const answers = [];
    for (const path of [
      '/livetex/nothing-that-is-configured',
      `/livechat/${LIVETEX_SECRET}`,
      '/nothing',
      '/',
      '/a/b',
      `/livetex/${'x'.repeat(101)}`,
      `/livetex/${'x'.repeat(101)}`,
    ]) {
      for (const body of ['{}', undefined, 'no JSON']) {
        const { status, headers, body: text } = await ask(url + path, { headers: JSON_TYPE }, body);
        answers.push({ status, text, headers: { ...headers, date: '' } });
      }
    }
    expect(answers[0]).toMatchObject({ status: 404, text: 'There is nothing here.\n' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(output()).toBe(before);
  });

  test('a wrong secret is answered like a path that does not exist also with odd headers', async () => {
    const { url } = await start();
    const odd = [
      { 'content-type': 'json' },
      { 'content-type': '' },
      { 'content-encoding': 'zstd' },
      { expect: '100-continue' },
    ];
    for (const headers of odd) {
      for (const path of ['/livetex/nothing-that-is-configured', '/nothing']) {
        const { status, body } = await ask(url + path, { headers }, '{}');
        expect([path, headers, status, body]).toEqual([path, headers, 404, 'There is nothing here.\n']);
      }
    }
  });

  test('whatever a vendor calls the type of the body, an event is an event', async () => {
    const { livechat } = await start();
    for (const [index, type] of ['text/plain', 'application/x-www-form-urlencoded', 'json', '', 'a/b, c/d'].entries()) {
      const { status } = await ask(
        livechat,
        { headers: { 'content-type': type } },
        JSON.stringify({ ...EVENT, index }),
      );
      expect([type, status]).toEqual([type, 200]);
    }
  });

  test('the right address takes nothing but POST, and says so', async () => {
    const { livechat, livetex, config } = await start();
    for (const url of [livechat, livetex]) {
      for (const method of ['GET', 'HEAD', 'PUT']) {
        const { status, headers, body } = await ask(
          url,
          { method, headers: JSON_TYPE },
          method === 'PUT' ? '{}' : undefined,
        );
        expect([method, status, headers.allow]).toEqual([method, 405, 'POST']);
        if (method !== 'HEAD') expect(body).toBe('The address is right; events are sent to it with POST.\n');
      }
    }
    expect((await exported(config)).events).toEqual([]);
  });

  test('the longest secret that a configuration may have works', async () => {
    const secret = 'x'.repeat(100);
    const { url } = await start({}, { livetex_secret: secret });
    expect(await post(`${url}/livetex/${secret}`, { conversation: { id: 'A' } })).toBe(200);
  });

  test('a vendor without a secret has no address', async () => {
    const { url } = await start({}, { livechat_secret: null });
    expect(await post(`${url}/livechat/null`, EVENT)).toBe(404);
    expect(await post(`${url}/livechat/undefined`, EVENT)).toBe(404);
  });
});

describe('credentials in the body', () => {
  test('where they are configured, other ones are refused, and events without any are taken', async () => {
    const { livechat, config } = await start({}, { livechat_token: TOKEN, livechat_secret_key: SECRET_KEY });
    const statusOf = (credentials: object, index: number) => post(livechat, { ...EVENT, ...credentials, index });
    const right = [{ token: TOKEN }, { secret_key: SECRET_KEY }, { secretKey: SECRET_KEY }, {}, { webhook_key: 'any' }];
    for (const [index, credentials] of right.entries()) expect(await statusOf(credentials, index)).toBe(200);
    const wrong = [
      ...['wrong', '', `${TOKEN} `, TOKEN.toUpperCase(), SECRET_KEY, null, 0, true, {}, [], { toString: 1 }].map(
        (token) => ({ token }),
      ),
      ...['wrong', TOKEN, { toString: null, valueOf: null }].map((key) => ({ secret_key: key })),
      { token: TOKEN, secret_key: 'wrong' },
      { Token: 'wrong' },
    ];
    for (const credentials of wrong) expect([credentials, await statusOf(credentials, 9)]).toEqual([credentials, 403]);
    expect((await exported(config)).events).toHaveLength(right.length);
  });

  test('where none are configured, all are taken', async () => {
    const { livechat } = await start();
    for (const credentials of [{ token: 'any' }, { secret_key: { a: 1 } }, { token: null }]) {
      expect(await post(livechat, { ...EVENT, ...credentials })).toBe(200);
    }
  });

  test('they are never kept: neither in the files of the inbox, nor in what is exported, nor in the log', async () => {
    const { livechat, livetex, config, database, output, end } = await start({ args: ['--debug'] });
    const bodies = [
      { ...EVENT, token: TOKEN, secret_key: SECRET_KEY },
      { ...EVENT, Token: TOKEN, 'Secret-Key': SECRET_KEY, big: 12345678901234567890n },
      [{ ...EVENT, token: TOKEN }, { secretKey: SECRET_KEY }, null],
      { type: 'Closed', id: 'x', webhook_key: WEBHOOK_KEY },
    ];
    for (const body of bodies) {
      const text = JSON.stringify(body, (_name, value) => (typeof value === 'bigint' ? 12345678901234567000 : value));
      for (const url of [livechat, livetex]) {
        expect(await post(url, text)).toBe(200);
        const { status } = await ask(url, { headers: { 'content-encoding': 'gzip' } }, gzipSync(`${text} `));
        expect(status).toBe(200);
      }
    }
    const names = readdirSync(dirname(database));
    expect(names).toEqual(expect.arrayContaining(['inbox.sqlite', 'inbox.sqlite-wal']));
    const files = () => readdirSync(dirname(database)).map((name) => readFileSync(join(dirname(database), name)));
    const kept = [...files().map((bytes) => bytes.toString('latin1')), (await exported(config)).stdout, output()];
    expect(await end()).toBe(0);
    kept.push(...files().map((bytes) => bytes.toString('latin1')));
    expect(kept.join('')).toContain('chat_started');
    for (const text of kept) for (const secret of [TOKEN, SECRET_KEY, WEBHOOK_KEY]) expect(text).not.toContain(secret);
  });

  test('what comes beside them is kept as it was, also numbers that no double can hold', async () => {
    const { livechat, config } = await start();
    expect(
      await post(livechat, `{"a":12345678901234567891,"token":"${TOKEN}","b":[-9007199254740993],"c":"\\u0000ö"}`),
    ).toBe(200);
    const { stdout } = await exported(config);
    expect(stdout).toContain('"body":{"a":12345678901234567891,"b":[-9007199254740993],"c":');
  });
});

describe('bodies', () => {
  const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

  test.each(Object.entries(packers))('an event packed with %s is taken, small or big', async (encoding, pack) => {
    const { livechat, config, url } = await start();
    const headers = { ...JSON_TYPE, 'content-encoding': encoding };
    // Text that can be packed well, and text that cannot.
    const noise = Buffer.from(
      Array.from({ length: 3_000_000 }, (_, index) => (index * 7919 + (index >> 5) * 104_729) & 255),
    ).toString('base64');
    for (const [index, text] of ['', 'x'.repeat(1000), 'абв'.repeat(1_000_000), noise].entries()) {
      const { status, body } = await ask(livechat, { headers }, pack(JSON.stringify({ ...EVENT, index, text })));
      expect([index, status, body]).toEqual([index, 200, 'ok\n']);
    }
    const { events } = await exported(config);
    expect(events.map(({ body }) => (body as { index: number }).index)).toEqual([0, 1, 2, 3]);
    expect((await samplesOf({ url })).get('source_chat_received_bytes_held')).toBe(0);
  });

  test('what has been received leaves the memory, however often', async () => {
    const { livechat, url } = await start();
    const packed = gzipSync(JSON.stringify({ ...EVENT, text: 'x'.repeat(4_000_000) }));
    const statuses = [];
    for (let index = 0; index < 60; index += 1) {
      const { status } = await ask(livechat, { headers: { 'content-encoding': 'gzip' } }, packed);
      statuses.push(status);
    }
    expect(statuses).toEqual(statuses.map(() => 200));
    expect((await samplesOf({ url })).get('source_chat_received_bytes_held')).toBe(0);
    expect(await post(livechat, EVENT)).toBe(200);
  });

  test('the limit holds for what is sent and for what it is unpacked', async () => {
    const { livechat, config } = await start({ args: ['--max-body-kb', '64'] });
    const fitting = JSON.stringify({ ...EVENT, text: 'x'.repeat(65_000) });
    const long = `${fitting}${' '.repeat(65_537 - fitting.length)}`;
    const statusOf = async (body: string | Buffer, headers: object = {}) =>
      (await ask(livechat, { headers: { ...JSON_TYPE, ...headers } }, body)).status;
    expect(await statusOf(fitting)).toBe(200);
    expect(await statusOf(long)).toBe(413);
    expect(await statusOf(long, { 'transfer-encoding': 'chunked' })).toBe(413);
    for (const [encoding, pack] of Object.entries(packers)) {
      expect(await statusOf(pack(fitting), { 'content-encoding': encoding })).toBe(200);
      expect(await statusOf(pack(long), { 'content-encoding': encoding })).toBe(413);
    }
    expect((await exported(config)).events).toHaveLength(1);
  });

  test.skipIf(process.platform !== 'linux')(
    'a small body that becomes a gigabyte is refused without becoming one',
    async () => {
      const receiver = await start();
      const { livechat, url } = receiver;
      expect(await post(livechat, EVENT)).toBe(200);
      const before = peakOf(receiver);
      const mebibyte = gzipSync(Buffer.alloc(1024 * 1024, 32));
      const bombs = [
        gzipSync(Buffer.alloc(1024 ** 3, 32)),
        Buffer.concat(Array.from({ length: 1024 }, () => mebibyte)),
        brotliCompressSync(Buffer.alloc(512 * 1024 ** 2, 32), { params: { 1: 1 } }),
      ];
      for (const [index, bomb] of bombs.entries()) {
        expect(bomb.length).toBeLessThan(8 * 1024 * 1024);
        const headers = { 'content-encoding': index === 2 ? 'br' : 'gzip' };
        const answers = await Promise.all([1, 2, 3, 4].map(() => ask(livechat, { headers }, bomb)));
        expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
      }
      expect(peakOf(receiver) - before).toBeLessThan(300);
      expect((await samplesOf({ url })).get('source_chat_received_bytes_held')).toBe(0);
    },
  );

  test('what can never be stored is refused, each with its reason', async () => {
    const { livechat, config } = await start();
    const cases: [status: number, words: RegExp, body: string | Buffer, encoding?: string][] = [
      [415, /gzip, deflate or br/, '{}', 'zstd'],
      [415, /gzip, deflate or br/, gzipSync('{}'), 'gzip, gzip'],
      [400, /empty/, ''],
      [400, /empty/, ' \n\t'],
      [400, /empty/, gzipSync(''), 'gzip'],
      [400, /not valid JSON/, '{"a":'],
      [400, /not valid JSON/, 'event_type=chat_started'],
      [400, /not valid JSON/, '{"a":1}{"b":2}'],
      [400, /JSON object/, '"text"'],
      [400, /JSON object/, '12345678901234567890'],
      [400, /JSON object/, 'null'],
      [400, /UTF-8/, Buffer.from('{"a":"\xe9"}', 'latin1')],
      [400, /UTF-8/, Buffer.from('\ufeff{}', 'utf16le')],
      [400, /unpacked/, '{}', 'gzip'],
      [400, /unpacked/, gzipSync(JSON.stringify(EVENT)).subarray(0, -4), 'gzip'],
      [400, /unpacked/, deflateSync(JSON.stringify(EVENT)).subarray(0, 5), 'deflate'],
      [400, /unpacked/, brotliCompressSync(JSON.stringify(EVENT)).subarray(0, -1), 'br'],
      [400, /64 levels/, `${'{"a":'.repeat(64)}[]${'}'.repeat(64)}`],
      [400, /64 levels/, '['.repeat(8_000_000)],
    ];
    for (const [status, words, body, encoding] of cases) {
      const headers = { ...JSON_TYPE, ...(encoding === undefined ? {} : { 'content-encoding': encoding }) };
      const answer = await ask(livechat, { headers }, body);
      expect([body.slice(0, 50), answer.status]).toEqual([body.slice(0, 50), status]);
      expect(answer.body).toMatch(words);
      expect(answer.headers['retry-after']).toBeUndefined();
    }
    expect((await exported(config)).events).toEqual([]);
  });

  test('what can be stored is taken: the deepest, lists, a byte order mark, brackets in texts, and nothing at all', async () => {
    const { livechat, config } = await start();
    const bodies = [
      `${'[{"a":'.repeat(32)}1${'}]'.repeat(32)}`,
      '[]',
      '{}',
      '\ufeff{"a":1}',
      JSON.stringify({ a: '[{"'.repeat(100) }),
    ];
    for (const body of bodies)
      expect([body.slice(0, 20), await post(livechat, body)]).toEqual([body.slice(0, 20), 200]);
    const { events } = await exported(config);
    expect(events.map(({ body }) => body)).toEqual(bodies.map((body) => JSON.parse(body.replace('\ufeff', ''))));
  });

  test('what is exported is what was sent, however its characters were written', async () => {
    const { livechat, config } = await start();
    const text = '{"a":"\\ud83d\\ude00 \\uD83D\\uDE00 😀 \\\\ud83d \\u2028 \u2028"}';
    expect(await post(livechat, text)).toBe(200);
    expect((await exported(config)).events.map(({ body }) => body)).toEqual([JSON.parse(text)]);
  });
});

describe('HTTP', () => {
  const LINE = `POST /livechat/${LIVECHAT_SECRET} HTTP/1.1\r\nhost: receiver.example\r\n`;
  const request = (body: string, headers = '') => `${LINE}${headers}content-length: ${body.length}\r\n\r\n${body}`;
  const statusesIn = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => Number(match[1]));

  test('a connection serves many requests', async () => {
    const { livechat, config } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ports = new Set<number | undefined>();
    agent.on('free', (socket) => ports.add(socket.localPort));
    for (let index = 0; index < 300; index += 1) {
      const { status } = await ask(livechat, { agent, headers: JSON_TYPE }, JSON.stringify({ ...EVENT, index }));
      expect(status).toBe(200);
    }
    expect(ports.size).toBe(1);
    expect((await exported(config)).events).toHaveLength(300);
  });

  test('requests that are sent without waiting are answered in their order', async () => {
    const { url, config } = await start();
    const { socket, received } = await plainConnection(url);
    const bodies = Array.from({ length: 200 }, (_, index) => JSON.stringify({ ...EVENT, index }));
    socket.write(bodies.map((body, index) => request(index === 100 ? '{}' : body)).join(''));
    await until(() => statusesIn(received()).length === 200);
    expect(statusesIn(received()).every((status) => status === 200)).toBe(true);
    const { events } = await exported(config);
    const indexes = events.map(({ body }) => (body as { index?: number }).index);
    expect(indexes).toEqual(Array.from({ length: 200 }, (_, index) => (index === 100 ? undefined : index)));
  });

  test('who asks before sending the body is told to go on', async () => {
    const { url } = await start();
    const { socket, received } = await plainConnection(url);
    const body = JSON.stringify(EVENT);
    socket.write(`${LINE}expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`);
    await until(() => received().includes('100 Continue'));
    socket.write(body);
    await until(() => statusesIn(received()).length === 2);
    expect(statusesIn(received())).toEqual([100, 200]);
  });

  test('who goes away in the middle of the body does no harm', async () => {
    const { url, livechat, config, output } = await start();
    const packed = gzipSync(JSON.stringify({ ...EVENT, text: 'x'.repeat(6_000_000) }));
    const starts: (string | Buffer)[] = [
      `${LINE}content-length: 100\r\n\r\n{"a":`,
      `${LINE}content-length: 8000000\r\n\r\n${' '.repeat(3_000_000)}`,
      `${LINE}transfer-encoding: chunked\r\n\r\n5\r\n{"a":`,
      `${LINE}content-len`,
      Buffer.concat([
        Buffer.from(`${LINE}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`),
        packed.subarray(0, -20),
      ]),
      Buffer.concat([
        Buffer.from(`${LINE}content-encoding: gzip\r\ncontent-length: ${packed.length + 1}\r\n\r\n`),
        packed,
      ]),
    ];
    for (let round = 0; round < 10; round += 1) {
      for (const bytes of starts) {
        const { socket, closed } = await plainConnection(url);
        await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
        if (round % 2 === 0) socket.destroy();
        else socket.resetAndDestroy();
        await closed;
      }
    }
    await until(async () => (await samplesOf({ url })).get('source_chat_received_bytes_held') === 0);
    expect(await post(livechat, EVENT)).toBe(200);
    expect((await exported(config)).events).toHaveLength(1);
    expect(output()).not.toContain('went wrong inside');
  });

  test('who is slow is cut off, with headers or body or nothing, while others are served', {
    timeout: 120_000,
  }, async () => {
    const { url, livechat, config } = await start({ args: ['--rate-limit', '0'] });
    const drip = async (beginning: string, drop: string) => {
      const { socket, received, closed } = await plainConnection(url);
      if (beginning !== '') socket.write(beginning);
      const dripping = setInterval(() => drop !== '' && socket.writable && socket.write(drop), 200);
      await closed;
      clearInterval(dripping);
      return statusesIn(received());
    };
    let isOver = false;
    const slow = Promise.all([
      drip('', ''),
      drip('POST /', ''),
      drip(LINE, 'x: y\r\n'),
      drip(`${LINE}content-length: 5000\r\n\r\n`, ' '),
      drip(`${LINE}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
    ]).finally(() => {
      isOver = true;
    });
    let served = 0;
    for (; !isOver; served += 1) expect(await post(livechat, { ...EVENT, served })).toBe(200);
    expect(served).toBeGreaterThan(100);
    for (const statuses of await slow) expect([[], [408]]).toContainEqual(statuses);
    expect((await exported(config)).events).toHaveLength(served);
  });

  test('there are no more connections than may be', async () => {
    const { url, livechat } = await start({ args: ['--max-connections', '5'] });
    const open = await Promise.all([1, 2, 3, 4, 5].map(() => plainConnection(url)));
    const sixth = await plainConnection(url);
    await sixth.closed;
    await expect(post(livechat, EVENT)).rejects.toThrow();
    expect(open.map(({ socket }) => socket.destroyed)).toEqual([false, false, false, false, false]);
    open[0]?.socket.write(request(JSON.stringify(EVENT)));
    await until(() => statusesIn(open[0]?.received() ?? '')[0] === 200);
    open[1]?.socket.destroy();
    await until(() =>
      post(livechat, EVENT).then(
        (status) => status === 200,
        () => false,
      ),
    );
  });

  test('2,000 connections on which nothing happens do no harm to others', { timeout: 120_000 }, async () => {
    const { url, livechat, config } = await start({ args: ['--max-connections', '2100'] });
    const idle = [];
    for (let round = 0; round < 20; round += 1) {
      idle.push(...(await Promise.all(Array.from({ length: 100 }, () => plainConnection(url)))));
    }
    expect(idle.filter(({ socket }) => socket.destroyed || socket.connecting)).toEqual([]);
    for (let index = 0; index < 200; index += 1) expect(await post(livechat, { ...EVENT, index })).toBe(200);
    expect((await exported(config)).events).toHaveLength(200);
    // They do not stay.
    await Promise.all(idle.map(({ closed }) => closed));
    expect(await post(livechat, EVENT)).toBe(200);
  });

  test('what is no HTTP is refused, or not answered at all', async () => {
    const { url, livechat, output } = await start();
    const broken = [
      'FOO\r\n\r\n',
      '\0\0\0\0\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      `${LINE}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${LINE}content-length: 5\r\ncontent-length: 6\r\n\r\n{"a":1}`,
      `${LINE}content-length: -5\r\n\r\n`,
      `${LINE}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      `${LINE}x: ${'y'.repeat(17_000)}\r\n\r\n`,
      `POST /${'y'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      `CONNECT receiver.example:443 HTTP/1.1\r\nhost: x\r\n\r\n`,
    ];
    for (const bytes of broken) {
      const { socket, received, closed } = await plainConnection(url);
      socket.write(bytes, 'latin1');
      await Promise.race([closed, until(() => statusesIn(received()).length > 0)]);
      for (const status of statusesIn(received()))
        expect([bytes.slice(0, 40), Math.floor(status / 100)]).toEqual([bytes.slice(0, 40), 4]);
      socket.destroy();
    }
    expect(await post(livechat, EVENT)).toBe(200);
    expect(output()).not.toContain('went wrong inside');
  });
});

describe('rates', () => {
  test('one address may send so many requests a minute; health, readiness and metrics are not counted', async () => {
    const { url, livechat } = await start({ args: ['--rate-limit', '5'] });
    const statuses = [];
    for (let index = 0; index < 5; index += 1) statuses.push(await post(livechat, { ...EVENT, index }));
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    const { status, headers } = await ask(livechat, { headers: JSON_TYPE }, JSON.stringify(EVENT));
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(Object.keys(headers).filter((name) => name.includes('ratelimit'))).toEqual([]);
    for (let index = 0; index < 10; index += 1) {
      for (const path of ['/healthz', '/readyz', '/metrics']) expect((await ask(url + path)).status).toBe(200);
    }
  });

  test('nobody is believed about his address but a trusted proxy', async () => {
    const from = async (url: string, address: string) =>
      (await ask(url, { headers: { ...JSON_TYPE, 'x-forwarded-for': address } }, JSON.stringify(EVENT))).status;
    const open = await start({ args: ['--rate-limit', '2'] });
    expect([await from(open.livechat, '1.1.1.1'), await from(open.livechat, '2.2.2.2')]).toEqual([200, 200]);
    expect(await from(open.livechat, '3.3.3.3')).toBe(429);

    const behind = await start({ args: ['--rate-limit', '2', '--trust-proxy', '127.0.0.1, 10.0.0.0/8'] });
    for (const address of [
      '1.1.1.1',
      '2.2.2.2',
      '3.3.3.3',
      '6.6.6.6, 4.4.4.4, 10.1.2.3',
      'fe80::1%eth0',
      'no address',
      '',
    ]) {
      expect([address, await from(behind.livechat, address)]).toEqual([address, 200]);
    }
    expect([await from(behind.livechat, '1.1.1.1'), await from(behind.livechat, '1.1.1.1')]).toEqual([200, 429]);
    // What stands before the first address that is not trusted was written by the sender.
    expect([await from(behind.livechat, '7.7.7.7, 4.4.4.4'), await from(behind.livechat, '8.8.8.8, 4.4.4.4')]).toEqual([
      200, 429,
    ]);

    const elsewhere = await start({ args: ['--rate-limit', '2', '--trust-proxy', '10.0.0.0/8'] });
    for (const address of ['1.1.1.1', '2.2.2.2']) expect(await from(elsewhere.livechat, address)).toBe(200);
    expect(await from(elsewhere.livechat, '3.3.3.3')).toBe(429);
  });
});

/** A certificate for this machine; undefined where there is no openssl. */
function certificate(name = 'receiver'): { cert: string; key: string } | undefined {
  const [cert, key] = ['cert', 'key'].map((what) => join(temporaryFolder(), `${name}-${what}.pem`)) as [string, string];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', ...curve, '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
      { stdio: 'ignore' },
    );
    return { cert, key };
  } catch {
    return undefined;
  }
}

describe('TLS', () => {
  test('with a certificate and its key events come over TLS, and over nothing else', async ({ skip }) => {
    const files = certificate();
    if (files === undefined) return skip('there is no openssl to make a certificate with');
    const { url, livechat, config } = await start({ args: ['--tls-cert', files.cert, '--tls-key', files.key] });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const ca = readFileSync(files.cert);
    const { status } = await ask(livechat, { ca, headers: JSON_TYPE } as RequestOptions, JSON.stringify(EVENT));
    expect(status).toBe(200);
    await expect(ask(livechat, { headers: JSON_TYPE }, JSON.stringify(EVENT))).rejects.toThrow(/certificate/);
    await expect(ask(livechat.replace('https:', 'http:'), {}, JSON.stringify(EVENT))).rejects.toThrow();
    expect((await ask(`${url}/healthz`, { ca } as RequestOptions)).status).toBe(200);
    expect((await exported(config)).events).toHaveLength(1);
  });

  test('who does not finish the greeting is cut off', { timeout: 120_000 }, async ({ skip }) => {
    const files = certificate();
    if (files === undefined) return skip('there is no openssl to make a certificate with');
    const { url } = await start({ args: ['--tls-cert', files.cert, '--tls-key', files.key] });
    const { closed } = await plainConnection(url);
    const limit = new Promise((resolve) => setTimeout(resolve, 40_000, 'still open').unref());
    expect(await Promise.race([closed.then(() => 'closed'), limit])).toBe('closed');
  });

  test('a certificate or a key that cannot be used is told in one sentence', async ({ skip }) => {
    const [one, other] = [certificate('one'), certificate('other')];
    if (one === undefined || other === undefined) return skip('there is no openssl to make a certificate with');
    const config = inboxConfig({ type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') });
    const cases: [cert: string, key: string, words: RegExp][] = [
      [one.cert, other.key, /^The certificate or its key cannot be used \(\w+\)\. .*belong together\.\n$/],
      [one.key, one.cert, /^The certificate or its key cannot be used \(\w+\)\. /],
      [file('no PEM', 'cert.pem'), one.key, /^The certificate or its key cannot be used \(\w+\)\. /],
      [
        one.cert,
        file('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'key.pem'),
        /^The certificate or its key cannot be used \(\w+\)\. /,
      ],
      [
        '/nowhere/cert.pem',
        one.key,
        /^The certificate file \/nowhere\/cert\.pem cannot be used: there is no such file\.\n$/,
      ],
      [one.cert, file(' ', 'key.pem'), /^The key of the certificate file .* is empty\.\n$/],
    ];
    for (const [cert, key, words] of cases) {
      const { code, stdout, stderr } = await failure(config, '--tls-cert', cert, '--tls-key', key);
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(words)]);
    }
  });
});

describe('starting', () => {
  const sqlite = () => ({ type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') });

  test('what is missing or taken is told in one sentence', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'text.sqlite'), 'This is no database.'.repeat(100));
    const cases: [words: RegExp, config: unknown, ...args: string[]][] = [
      [/^Cannot listen on 192\.0\.2\.1:0 \(\w+\)\. .*\n$/, inboxConfig(sqlite()), '--host', '192.0.2.1'],
      [
        /^The configuration has no inbox: .*\n$/,
        { ...inboxConfig(sqlite()), inbox: undefined, livetex: { login: 'a@b.example', password: 'password' } },
      ],
      [
        /^webhooks\.livechat_secret and webhooks\.livetex_secret are missing: .*\n$/,
        { ...inboxConfig(sqlite()), webhooks: {} },
      ],
      [
        /^The configuration file \/nowhere\/config\.json cannot be used: there is no such file\.\n$/,
        '/nowhere/config.json',
      ],
      [
        /^The inbox .*text\.sqlite \(inbox\.path\) cannot be used: .*\n$/,
        inboxConfig({ type: 'sqlite', path: join(folder, 'text.sqlite') }),
      ],
      [/^The inbox .* \(inbox\.path\) cannot be used: .*\n$/, inboxConfig({ type: 'sqlite', path: folder })],
      [
        /^The inbox in PostgreSQL \(inbox\.url\) cannot be used: .*\n$/,
        inboxConfig({ type: 'postgres', url: `postgresql://u:secret-of-the-database@127.0.0.1:1/x` }),
      ],
    ];
    for (const [words, config, ...args] of cases) {
      const { code, stdout, stderr } = await failure(config, ...args);
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(words)]);
      expect(stderr).not.toContain('secret-of-the-database');
    }
    const { code, stderr } = await run('source-chat', [
      'listen',
      '--config',
      file(inboxConfig(sqlite())),
      '--port',
      String(port),
    ]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\)\\. .*\\n$`)),
    ]);
  });

  test('options that make no sense are told in one sentence, with exit code 2', async () => {
    const config = file(inboxConfig(sqlite()), 'config.json');
    const cases: string[][] = [
      ['--port', '65536'],
      ['--port', 'x'],
      ['--port', '1', '--port', '2'],
      ['--rate-limit', '-1'],
      ['--rate-limit', '1.5'],
      ['--max-connections', '0'],
      ['--max-body-kb', '0'],
      ['--max-body-kb', '102401'],
      ['--tls-cert', 'cert.pem'],
      ['--tls-key', 'key.pem'],
      ['--public-url', 'hooks.company.example'],
      ['--public-url', 'ftp://hooks.company.example'],
      ['--trust-proxy', 'nobody'],
      ['--trust-proxy', '10.0.0.0/99'],
      ['--nonsense'],
    ];
    for (const args of cases) {
      const { code, stdout, stderr } = await run('source-chat', ['listen', '--config', config, ...args]);
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(stderr).toMatch(/^[^\n]+\nTry --help\.\n$/);
    }
    expect((await run('source-chat', ['listen'])).code).toBe(2);
  });

  test('the addresses are printed without their secrets, unless they are asked for', async () => {
    const masked = await start();
    const port = new URL(masked.url).port;
    const [line = ''] = masked
      .output()
      .split('\n')
      .filter((text) => text.startsWith('{'));
    expect(JSON.parse(line)).toEqual({
      listening: `http://127.0.0.1:${port}`,
      livechat: `http://127.0.0.1:${port}/livechat/****`,
      livetex: `http://127.0.0.1:${port}/livetex/****`,
    });
    expect(masked.output()).toContain(`  LiveTex: http://127.0.0.1:${port}/livetex/****\n`);
    for (const secret of [LIVECHAT_SECRET, LIVETEX_SECRET]) expect(masked.output()).not.toContain(secret);

    const shown = await start({ args: ['--show-secrets', '--public-url', 'https://hooks.company.example/chat/'] });
    const [open = ''] = shown
      .output()
      .split('\n')
      .filter((text) => text.startsWith('{'));
    expect(JSON.parse(open)).toMatchObject({
      livechat: `https://hooks.company.example/chat/livechat/${LIVECHAT_SECRET}`,
      livetex: `https://hooks.company.example/chat/livetex/${LIVETEX_SECRET}`,
    });
    expect(shown.output()).toContain(`  LiveTex: https://hooks.company.example/chat/livetex/${LIVETEX_SECRET}\n`);
  });

  test('when it is told to end it answers what is under way, and takes no more', async () => {
    const { url, end, config } = await start();
    const { socket, received, closed } = await plainConnection(url);
    const body = JSON.stringify(EVENT);
    socket.write(
      `POST /livechat/${LIVECHAT_SECRET} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    await until(async () => (await samplesOf({ url })).get('source_chat_received_bytes_held') === 5);
    const ended = end();
    await until(() =>
      ask(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    socket.write(body.slice(5));
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await ended).toBe(0);
    expect((await exported(config)).events).toHaveLength(1);
  });
});

describe('what it tells', () => {
  test('the metrics are text that Prometheus reads, and count what was stored, what came again and what was refused', async () => {
    const { url, livechat, livetex } = await start({}, { livechat_token: TOKEN });
    for (const index of [1, 2, 3]) expect(await post(livechat, { ...EVENT, index })).toBe(200);
    for (let again = 0; again < 4; again += 1) expect(await post(livechat, { ...EVENT, index: 1 })).toBe(200);
    expect(await post(livetex, { event: 'closed', conversation: { id: 'A' } })).toBe(200);
    expect(await post(livetex, { something: 'else' })).toBe(200);
    expect(await post(livechat, { ...EVENT, token: 'wrong' })).toBe(403);
    expect(await post(livechat, 'no JSON')).toBe(400);
    expect((await ask(livetex)).status).toBe(405);
    const samples = await samplesOf({ url });
    const counted = (name: string, labels = '') => samples.get(`source_chat_${name}${labels}`);
    expect(counted('webhook_requests_total', '{vendor="livechat",status="200"}')).toBe(7);
    expect(counted('webhook_requests_total', '{vendor="livechat",status="403"}')).toBe(1);
    expect(counted('webhook_requests_total', '{vendor="livechat",status="400"}')).toBe(1);
    expect(counted('webhook_requests_total', '{vendor="livetex",status="200"}')).toBe(2);
    expect(counted('webhook_events_total', '{vendor="livechat",kind="chat_started"}')).toBe(7);
    expect(counted('webhook_events_total', '{vendor="livetex",kind="closed"}')).toBe(1);
    expect(counted('webhook_events_total', '{vendor="livetex",kind="other"}')).toBe(1);
    expect(counted('webhook_duplicates_total')).toBe(4);
    expect(counted('inbox_batch_events_sum')).toBe(9);
    expect(counted('inbox_commit_seconds_count')).toBe(counted('inbox_batch_events_count'));
    expect(counted('inbox_waiting_events')).toBe(0);
    expect(counted('received_bytes_held')).toBe(0);
  });

  test('no sender can make the metrics grow without end', async () => {
    const { url, livechat, livetex } = await start();
    const before = (await samplesOf({ url })).size;
    for (let index = 0; index < 300; index += 1) {
      const word = index.toString(36);
      const kinds = [`odd_${word}`, `tickets.events.${word}`, `tickets.events.status_${word}`];
      const kind = kinds[index % 3];
      expect(await post(livechat, { eventType: kind, payload: {} })).toBe(200);
      expect(await post(livetex, { event: `closed ${word}`, conversation: { id: 'A' } })).toBe(200);
      expect((await ask(`${url}/livetex/${word}`)).status).toBe(404);
    }
    expect((await samplesOf({ url })).size - before).toBeLessThan(50);
  });

  test('an event of unforeseen form is kept, and reported once', async () => {
    const { livechat, livetex, config, output } = await start();
    for (let index = 0; index < 20; index += 1) {
      expect(await post(livechat, { event_type: 'new_thing', index })).toBe(200);
      expect(await post(livetex, [index])).toBe(200);
    }
    const warnings = output()
      .split('\n')
      .filter((line) => line.includes('does not know'));
    expect(warnings).toEqual([
      expect.stringMatching(
        /WARN LiveChat sent an event that this release does not know \(new_thing\)\. It is kept as it came\.$/,
      ),
      expect.stringMatching(
        /WARN LiveTex sent an event that this release does not know \(unknown\)\. It is kept as it came\.$/,
      ),
    ]);
    expect((await exported(config)).events).toHaveLength(40);
  });

  test('no sender can flood the log, nor write lines of his own into it', async () => {
    const { livechat, livetex, output } = await start();
    for (let index = 0; index < 1000; index += 1) {
      expect(await post(livechat, { event_type: `new_thing_${index}` })).toBe(200);
    }
    for (const word of ['a\r\n2026-01-01T00:00:00.000Z ERROR forged', '\u001b[2J', `\u0085${'z'.repeat(150)}`]) {
      expect(await post(livetex, { event: word })).toBe(200);
    }
    const lines = output().split('\n').slice(0, -1);
    for (const line of lines) expect(line).toMatch(/^(?:\d{4}-\d\d-\d\dT[\d:.]+Z (?:INFO|WARN) |\{| {2})\P{Cc}*$/u);
    expect(lines.length).toBeLessThan(300);
  });
});

describe('when the store cannot be used', () => {
  test('with SQLite: while another process writes for too long events are worth another try, and then all is well', async () => {
    const { livechat, url, database, config, output } = await start();
    expect(await post(livechat, EVENT)).toBe(200);
    const other = new DatabaseSync(database);
    onTestFinished(() => other.close());
    other.exec('begin immediate');
    const answers = await Promise.all(
      [1, 2, 3].map((index) => ask(livechat, { headers: JSON_TYPE }, JSON.stringify({ ...EVENT, index }))),
    );
    for (const { status, headers } of answers)
      expect([status, Number(headers['retry-after']) > 0]).toEqual([503, true]);
    expect((await ask(`${url}/healthz`)).status).toBe(200);
    expect((await ask(`${url}/readyz`)).status).toBe(503);
    other.exec('rollback');
    expect(await post(livechat, { ...EVENT, index: 1 })).toBe(200);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    expect((await exported(config)).events).toHaveLength(2);
    expect((await samplesOf({ url })).get('source_chat_webhook_requests_total{vendor="livechat",status="503"}')).toBe(
      3,
    );
    const warnings = output()
      .split('\n')
      .filter((line) => line.includes('503'));
    expect(warnings).toEqual([
      expect.stringMatching(
        /was answered with 503: The inbox .*inbox\.sqlite cannot be used now: database is locked\.$/,
      ),
    ]);
  });

  test.skipIf(process.platform === 'win32')('with SQLite: a store that cannot even be read is not ready', async () => {
    const { livechat, url, database, config } = await start();
    expect(await post(livechat, EVENT)).toBe(200);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    const other = new DatabaseSync(database);
    onTestFinished(() => other.close());
    other.exec('begin immediate');
    // The index of the log is made anew from the log by whoever finds it damaged, but not while somebody writes.
    // Another process does it: whoever closes a file loses all locks that he has on it.
    const damage = 'fs.writeSync(fs.openSync(process.argv[1], "r+"), Buffer.alloc(96), 0, 96, 0)';
    execFileSync(process.execPath, ['-e', damage, `${database}-shm`]);
    const { status, body, headers } = await ask(`${url}/readyz`);
    expect([status, body, Number(headers['retry-after']) > 0]).toEqual([503, 'The inbox cannot be used.\n', true]);
    other.exec('rollback');
    expect(await post(livechat, { ...EVENT, index: 1 })).toBe(200);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    expect((await exported(config)).events).toHaveLength(2);
  });

  test('with PostgreSQL: while the server is gone nothing is ready, and when it is back all is well', {
    timeout: 120_000,
  }, async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.close());
    const config = inboxConfig({ type: 'postgres', url: await postgres.database() });
    const { livechat, url, output } = await listen(config, { args: ['--debug'] });
    expect(await post(livechat, EVENT)).toBe(200);
    await postgres.crash();
    const { status, headers } = await ask(livechat, { headers: JSON_TYPE }, JSON.stringify({ ...EVENT, index: 1 }));
    expect([status, Number(headers['retry-after']) > 0]).toEqual([503, true]);
    expect((await ask(`${url}/readyz`)).status).toBe(503);
    expect((await ask(`${url}/healthz`)).status).toBe(200);
    await postgres.start();
    await until(async () => (await post(livechat, { ...EVENT, index: 1 })) === 200);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    expect((await exported(config)).events).toHaveLength(2);
    expect(output()).not.toContain('postgres-password');
  });

  test.skipIf(process.platform === 'win32')(
    'with SQLite: a full disk costs nothing that was acknowledged',
    async () => {
      // A limit to the size of files, in blocks of 512 bytes or a kilobyte, does what a full disk does.
      const { livechat, url, config, child } = await start({
        prefix: ['sh', '-c', 'trap \'\' XFSZ; ulimit -f 2000; exec "$@"', 'sh'],
      });
      let acknowledged = 0;
      let status = 200;
      for (let index = 0; status === 200 && index < 200; index += 1) {
        status = await post(livechat, { ...EVENT, index, text: 'x'.repeat(50_000) });
        if (status === 200) acknowledged += 1;
      }
      expect(status).toBe(503);
      expect(acknowledged).toBeGreaterThan(0);
      expect((await ask(`${url}/healthz`)).status).toBe(200);
      expect(child.exitCode).toBeNull();
      const indexes = new Set((await exported(config)).events.map(({ body }) => (body as { index: number }).index));
      for (let index = 0; index < acknowledged; index += 1) expect(indexes).toContain(index);
    },
  );
});
