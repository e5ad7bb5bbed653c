import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamReport } from '../../../src/core/engine.ts';
import { OutputClosedError, SyncError } from '../../../src/core/errors.ts';
import { showProgress } from '../../../src/output/progress.ts';
import { createErrorWriter } from '../../../src/output/stderr.ts';
import { createLineWriter } from '../../../src/output/stdout.ts';
import { summarise } from '../../../src/output/summary.ts';
import { cleanJson } from '../../../src/output/wire-text.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';

describe('cleanJson', () => {
  test('clean text is the same text', () => {
    const json = JSON.stringify({ a: 'Łódź 😀 "quoted" \\u0000 \\ud83d \\\\ud83d \n\t' });
    expect(cleanJson(json)).toBe(json);
  });

  test('half characters, NUL and separators', () => {
    const text = 'a\ud83db\ude00\u0000c\u2028\u2029\u0085d\\\ud83d\\\\\u0000';
    const cleaned = cleanJson(JSON.stringify(text));
    expect(cleaned).toContain('\\u2028\\u2029\\u0085');
    expect(JSON.parse(cleaned)).toBe('a\ufffdb\ufffdc\u2028\u2029\u0085d\\\ufffd\\\\');
  });

  test('what comes out means the same, without what breaks readers', () => {
    const anyText = fc.string({
      unit: fc.constantFrom('a', '\\', '"', 'u', 'd', '8', '0', '\u0000', '\ud83d', '\ude00', '\u2028', '\n', 'ż'),
    });
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        const cleaned = cleanJson(JSON.stringify(texts));
        expect(JSON.parse(cleaned)).toEqual(texts.map((text) => text.toWellFormed().replaceAll('\u0000', '')));
        expect(cleaned).not.toMatch(/[\u2028\u2029\u0085]/);
      }),
      { numRuns: 2000 },
    );
  });
});

/** A pipe whose reader takes a batch only when told to. */
function slowPipe() {
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      taken.push(chunk.toString());
      waiting.push(() => done());
    },
  });
  return { stream, taken, read: () => waiting.shift()?.() };
}

describe('createLineWriter', () => {
  test('a page of lines is one write, held back no longer than a turn of the event loop', async () => {
    const { stream, taken } = slowPipe();
    const out = createLineWriter(stream);
    for (let n = 0; n < 25; n += 1) out.write(`{"n":${n}}`);
    expect(taken).toEqual([]);
    await settle();
    expect(taken).toHaveLength(1);
    expect(taken[0]?.split('\n')).toHaveLength(26);
  });

  test('memory is bounded: with a reader that does not read there is one batch on its way and one that is full', async () => {
    const { stream, taken, read } = slowPipe();
    const out = createLineWriter(stream);
    const line = JSON.stringify({ text: 'ы'.repeat(500) });
    let lines = 0;
    while (out.room() === undefined) {
      out.write(line);
      lines += 1;
    }
    expect(taken).toHaveLength(1);
    expect(lines * line.length).toBeLessThan(3 * 64 * 1024);
    let free = false;
    void out.room()?.then(() => {
      free = true;
    });
    await settle();
    expect(free).toBe(false);
    read();
    await settle();
    read();
    await settle();
    expect(free).toBe(true);
    expect(taken.join('')).toBe(`${line}\n`.repeat(lines));
  });

  test('what it wrote stays what it was, although buffers are used again', async () => {
    const { stream, taken, read } = slowPipe();
    const out = createLineWriter(stream);
    const expected: string[] = [];
    for (let n = 0; n < 3000; n += 1) {
      const line = JSON.stringify({ n, text: 'x'.repeat(n % 200), big: n % 700 === 0 ? 'ż'.repeat(200_000) : '' });
      expected.push(`${line}\n`);
      out.write(line);
      const room = out.room();
      if (room === undefined) continue;
      const reading = setInterval(read, 0);
      await room;
      clearInterval(reading);
    }
    const reading = setInterval(read, 0);
    await out.flush();
    clearInterval(reading);
    expect(taken.join('') === expected.join('')).toBe(true);
  });

  test('a closed pipe is an error at the next line, with its code', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const out = createLineWriter(stream);
    out.write('one');
    await settle();
    expect(() => out.write('two')).toThrow(OutputClosedError);
    await expect(out.flush()).rejects.toMatchObject({ code: 'EPIPE' });
  });

  test('once sealed, nothing new is taken', async () => {
    const { stream, taken, read } = slowPipe();
    const out = createLineWriter(stream);
    out.write('before');
    out.seal();
    out.write('after');
    const flushed = out.flush();
    read();
    await flushed;
    expect(taken.join('')).toBe('before\n');
  });
});

describe('standard error', () => {
  function terminal(isTTY: boolean) {
    const shown: string[] = [];
    const stream = Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          shown.push(chunk.toString());
          done();
        },
      }),
      { isTTY, columns: 80 },
    );
    return { stream, shown };
  }

  const report = (more: Partial<StreamReport>): StreamReport => ({
    name: 'livechat_tickets',
    status: 'running',
    rows: 1200,
    calls: 48,
    waitingUntil: null,
    startedAt: 0,
    endedAt: undefined,
    error: undefined,
    ...more,
  });
  const usages = () => [
    {
      title: 'LiveChat',
      usage: { calls: 48, billedCalls: 47, waitedMs: 41_000, callsPerMinute: 100, pricePer1000: 0.27 },
    },
  ];

  test('a terminal shows rows, rate, calls and the wait for quota, and keeps a line for what ended', async () => {
    const clock = new FakeClock(10_000);
    const { stream, shown } = terminal(true);
    const reports = [report({})];
    const stop = showProgress(createErrorWriter(stream), reports, clock, () => {});
    await clock.advance(500);
    expect(shown.at(-1)).toBe('livechat_tickets: 1,200 rows, 114 rows/s, 48 calls');
    Object.assign(reports[0] as StreamReport, { waitingUntil: clock.now() + 41_500 });
    await clock.advance(500);
    expect(shown.at(-1)).toContain('waiting 41 s for quota');
    Object.assign(reports[0] as StreamReport, { waitingUntil: null, status: 'complete', endedAt: clock.now() });
    stop();
    expect(shown.join('')).toContain('done  livechat_tickets: 1,200 rows');
    for (const text of shown) expect(text.replace('\r\u001b[2K', '').length).toBeLessThan(160);
  });

  test('elsewhere nothing is drawn, and the log tells once a minute of the streams at work', async () => {
    const clock = new FakeClock(0);
    const { stream, shown } = terminal(false);
    const logged: string[] = [];
    const reports = [report({}), report({ name: 'done', status: 'complete' })];
    const stop = showProgress(createErrorWriter(stream), reports, clock, (_level, text) => logged.push(text));
    await clock.advance(125_000);
    stop();
    await clock.advance(125_000);
    expect(shown).toEqual([]);
    expect(logged).toEqual([
      'livechat_tickets: 1,200 rows, 20 rows/s, 48 calls',
      'livechat_tickets: 1,200 rows, 10 rows/s, 48 calls',
    ]);
  });

  test('the summary names rows, outcome, calls, price and time waited', () => {
    expect(
      summarise([report({ status: 'complete' }), report({ name: 'x', rows: 1, status: 'incomplete' })], usages()),
    ).toBe(
      'Summary: livechat_tickets 1,200 rows COMPLETE; x 1 row INCOMPLETE; LiveChat: 48 calls (0.5 minutes at 100 calls a minute, about $0.0127 at $0.27 per 1,000), 41 s waited for quota.',
    );
  });

  test('the summary ends with the first failure', () => {
    const failed = (name: string) =>
      report({
        name,
        status: 'incomplete',
        error: new SyncError('config', `${name}: LiveChat does not accept the key.`),
      });
    expect(summarise([report({ status: 'complete' }), failed('x'), failed('y')], [])).toBe(
      'Summary: livechat_tickets 1,200 rows COMPLETE; x 1,200 rows INCOMPLETE; y 1,200 rows INCOMPLETE. First failure: x: LiveChat does not accept the key.',
    );
  });

  test('a log that cannot be written is no reason to stop', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('ENOSPC')) });
    const err = createErrorWriter(stream);
    err.line('one');
    await settle();
    err.line('two');
    err.progress('three');
  });
});
