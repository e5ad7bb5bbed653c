import { readFileSync } from 'node:fs';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EVENT, exported, type ListenProcess, post, startReceiver } from '../helpers/receiver.ts';
import { samplesOf } from '../helpers/receiver-metrics.ts';
import { ask, JSON_TYPE } from '../helpers/receiver-requests.ts';

/** Peak of a process's memory, in MiB. */
function peakOf({ child }: ListenProcess): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe('bodies', () => {
  const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

  test.each(Object.entries(packers))('an event packed with %s is taken, small or big', async (encoding, pack) => {
    const { livechat, config, url } = await startReceiver();
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
    const { livechat, url } = await startReceiver();
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
    const { livechat, config } = await startReceiver({ args: ['--max-body-kb', '64'] });
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
      const receiver = await startReceiver();
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
    const { livechat, config } = await startReceiver();
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
    const { livechat, config } = await startReceiver();
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
    const { livechat, config } = await startReceiver();
    const text = '{"a":"\\ud83d\\ude00 \\uD83D\\uDE00 😀 \\\\ud83d \\u2028 \u2028"}';
    expect(await post(livechat, text)).toBe(200);
    expect((await exported(config)).events.map(({ body }) => body)).toEqual([JSON.parse(text)]);
  });
});
