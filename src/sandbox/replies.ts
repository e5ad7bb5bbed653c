import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

/** What an API answers. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What happens at the vendor once the answer is out. */
  readonly afterwards?: () => void;
}

/** A request as the APIs of LiveChat and HelpDesk see it. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Most bytes of a body that are taken: a login has a hundred. */
const LARGEST_BODY = 64 * 1024;

/** The body of a request as text; undefined when it is too large. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    // What comes after the limit is taken from the wire too: the sender hears the answer only when it is done.
    if (size <= LARGEST_BODY) pieces.push(piece);
  }
  return size > LARGEST_BODY ? undefined : Buffer.concat(pieces).toString('utf8');
}

export function sendJson(response: ServerResponse, status: number, body: unknown, packed = false): void {
  sendText(response, status, JSON.stringify(body), 'application/json; charset=utf-8', packed);
}

export function sendText(response: ServerResponse, status: number, text: string, type: string, packed = false): void {
  const body = packed ? gzipSync(text) : Buffer.from(text);
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(body);
}

/** Sends rows one by one, each on a line of its own. */
export function sendLines(response: ServerResponse, rows: Iterable<unknown>): void {
  response.writeHead(200, { 'content-type': 'application/jsonl' });
  Readable.from(asLines(rows)).pipe(response);
}

function* asLines(rows: Iterable<unknown>): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}
