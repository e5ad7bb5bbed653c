import type { IncomingHttpHeaders } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ByteBudget, readBody } from '../../../src/receiver/body.ts';

const BIG = 1e9;

/** A body that comes in pieces of some bytes, each in its own turn. */
function inPieces(bytes: Buffer, size: number): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  return Readable.from(
    (async function* () {
      for (const piece of pieces) {
        yield piece;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })(),
    { objectMode: false },
  );
}

/** Reads a body to its end; resolves with its text, or the status and words with which it is refused. */
async function outcome(
  stream: Readable,
  headers: IncomingHttpHeaders = {},
  limit = BIG,
  budget = new ByteBudget(BIG),
): Promise<string> {
  try {
    const body = await readBody(stream, headers, limit, budget);
    const bytes = body.take();
    const text = bytes.toString();
    expect(budget.taken).toBe(bytes.length);
    body.release();
    body.release();
    expect(budget.taken).toBe(0);
    return text;
  } catch (error) {
    const { status, message } = error as { status?: number; message: string };
    await settled();
    expect(budget.taken).toBe(0);
    return `${status} ${message}`;
  }
}

/** Lets what is being unpacked on another thread come to its end. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}

const TEXT = JSON.stringify({ text: 'абв '.repeat(20_000) });
const PACKED: [encoding: string, bytes: Buffer][] = [
  ['gzip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  [' GZIP ', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
];

describe('a body', () => {
  test('is read as it is, in whatever pieces it comes', async () => {
    for (const size of [1000, 65_536, BIG]) expect(await outcome(inPieces(Buffer.from(TEXT), size))).toBe(TEXT);
    for (const encoding of ['', 'identity', 'Identity'])
      expect(await outcome(inPieces(Buffer.from(TEXT), 5000), { 'content-encoding': encoding })).toBe(TEXT);
    expect(await outcome(inPieces(Buffer.alloc(0), 1))).toBe('');
  });

  test.each(PACKED)('packed with “%s” is unpacked, in whatever pieces it comes', async (encoding, bytes) => {
    for (const size of [100, BIG])
      expect(await outcome(inPieces(bytes, size), { 'content-encoding': encoding })).toBe(TEXT);
  });

  test('may be as long as the limit and no longer, packed or not', async () => {
    const limit = Buffer.byteLength(TEXT);
    const tooLong = (most: number) => `413 The body is longer than ${most} bytes.`;
    expect(await outcome(inPieces(Buffer.from(TEXT), 1000), {}, limit)).toBe(TEXT);
    expect(await outcome(inPieces(Buffer.from(TEXT), 1000), {}, limit - 1)).toBe(tooLong(limit - 1));
    for (const [encoding, bytes] of PACKED) {
      const headers = { 'content-encoding': encoding };
      expect(await outcome(inPieces(bytes, 1000), headers, limit)).toBe(TEXT);
      expect(await outcome(inPieces(bytes, 1000), headers, limit - 1)).toBe(tooLong(limit - 1));
    }
  });

  test('whose sender says that it is too long is not read at all', async () => {
    const stream = new PassThrough();
    expect(await outcome(stream, { 'content-length': '101' }, 100)).toBe('413 The body is longer than 100 bytes.');
    expect(stream.listenerCount('data')).toBe(0);
  });

  test('in an encoding that is not known is refused', async () => {
    for (const encoding of ['zstd', 'gzip, br', '*', 'gzip;q=1']) {
      expect(await outcome(inPieces(Buffer.from(TEXT), BIG), { 'content-encoding': encoding })).toMatch(/^415 /);
    }
  });

  test.each(PACKED)('packed with “%s” that is damaged, cut off or not packed is refused', async (encoding, bytes) => {
    const headers = { 'content-encoding': encoding };
    for (const body of [bytes.subarray(0, -1), bytes.subarray(0, 1), Buffer.from(TEXT)]) {
      expect(await outcome(inPieces(body, 1000), headers)).toBe('400 The body cannot be unpacked.');
    }
  });

  test('whose sender goes away is refused, and nothing of it stays in memory', async () => {
    for (const [encoding, bytes] of [['identity', Buffer.from(TEXT)] as const, ...PACKED]) {
      for (const part of [0, 10, bytes.length - 1, bytes.length]) {
        const stream = new PassThrough();
        const reading = outcome(stream, { 'content-encoding': encoding });
        stream.write(bytes.subarray(0, part));
        await new Promise((resolve) => setImmediate(resolve));
        stream.destroy(part % 2 === 0 ? undefined : new Error('aborted'));
        expect(await reading).toMatch(/^400 The body (?:breaks off|cannot be unpacked)\.$/);
      }
    }
  });

  test('is refused for now where all bodies together are too much, and taken when there is room', async () => {
    const budget = new ByteBudget(250_000);
    const body = () => inPieces(gzipSync('x'.repeat(100_000)), 50);
    const headers = { 'content-encoding': 'gzip' };
    const [first, second] = await Promise.all([body(), body()].map((stream) => readBody(stream, headers, BIG, budget)));
    expect(budget.taken).toBe(200_000);
    await expect(readBody(body(), headers, BIG, budget)).rejects.toMatchObject({ status: 503, retryAfter: 1 });
    await settled();
    expect(budget.taken).toBe(200_000);
    first?.release();
    const third = await readBody(body(), headers, BIG, budget);
    expect(third.take().toString()).toBe('x'.repeat(100_000));
    for (const held of [first, second, third]) held?.release();
    expect(budget.taken).toBe(0);
  });
});

describe('a budget of bytes', () => {
  test('gives no more than it has, and again what is given back', () => {
    const budget = new ByteBudget(10);
    expect([budget.take(6), budget.take(5), budget.take(4), budget.take(1), budget.taken]).toEqual([
      true,
      false,
      true,
      false,
      10,
    ]);
    budget.giveBack(6);
    expect([budget.taken, budget.take(6)]).toEqual([4, true]);
  });
});
