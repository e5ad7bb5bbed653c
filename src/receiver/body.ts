import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Refusal } from './refusal.ts';

/** Bytes that all requests together may hold in memory: many big bodies at once are as bad as one that is huge. */
export class ByteBudget {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Returns whether so many bytes were free; they are taken then. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#limit) return false;
    this.#taken += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** A body in memory, and how many bytes of the budget it holds until `release` is called. */
export interface HeldBody {
  /** Hands the bytes over: they are not kept here. */
  take(): Buffer;
  release(): void;
}

/**
 * Reads a body of at most `limit` bytes, unpacked ones counted too, out of the budget. Rejects with a Refusal: 413 for a body
 * that is too long, 415 for an encoding that is not known, 400 for one that is damaged, 503 when the budget is used up.
 */
export async function readBody(
  stream: Readable,
  headers: IncomingHttpHeaders,
  limit: number,
  budget: ByteBudget,
): Promise<HeldBody> {
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLong(limit);
  const unpacked = unpack(stream, headers['content-encoding']);
  let held = 0;
  const release = () => {
    budget.giveBack(held);
    held = 0;
  };
  try {
    const chunks = await new Promise<Buffer[]>((resolve, reject) => {
      const found: Buffer[] = [];
      let length = 0;
      const fail = (error: Error) => {
        unpacked.removeAllListeners('data');
        if (unpacked !== stream) {
          stream.unpipe();
          unpacked.destroy();
        }
        reject(error);
      };
      unpacked.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > limit) return fail(tooLong(limit));
        if (!budget.take(chunk.length)) return fail(new Refusal(503, 'Too much is being received at once.', 1));
        held += chunk.length;
        found.push(chunk);
      });
      unpacked.on('end', () => resolve(found));
      unpacked.on('error', () => fail(new Refusal(400, 'The body cannot be unpacked.')));
      if (unpacked !== stream) stream.on('error', () => fail(new Refusal(400, 'The body breaks off.')));
      stream.on('close', () => {
        // A whole one may still be in the middle of being unpacked.
        if (!stream.readableEnded) fail(new Refusal(400, 'The body breaks off.'));
      });
    });
    return { take: () => Buffer.concat(chunks.splice(0)), release };
  } catch (error) {
    release();
    throw error;
  }
}

function tooLong(limit: number): Refusal {
  return new Refusal(413, `The body is longer than ${limit} bytes.`);
}

function unpack(stream: Readable, encoding = ''): Readable {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return stream;
    case 'gzip':
    case 'x-gzip':
      return stream.pipe(createGunzip());
    case 'deflate':
      return stream.pipe(createInflate());
    case 'br':
      return stream.pipe(createBrotliDecompress());
    default:
      throw new Refusal(415, 'The body has to be plain JSON, or packed with gzip, deflate or br.');
  }
}
