import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isDeep, keyText } from './event-text.ts';
import { ANY_JSON, EVENT, type Json, JUNK } from './fuzz-events.ts';
import { SECRETS, TOKEN, type Vendor } from './fuzz-secrets.ts';
import { LIVECHAT_SECRET, LIVETEX_SECRET } from './receiver.ts';

/** A body, and what may come of it. */
export interface Payload {
  /** What is sent. */
  readonly bytes: Buffer;
  readonly encoding: string | undefined;
  /** The event that these bytes are, where they are one. */
  readonly event: string | undefined;
  /** Whether it must be kept when it comes by a flawless request. */
  readonly isSound: boolean;
}

const PACKERS: [name: string, pack: (bytes: Buffer) => Buffer][] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
];

function plain({ text, isForged }: Json, bom: boolean): Payload {
  const event = keyText(text);
  const bytes = Buffer.from(bom ? `\ufeff${text}` : text);
  // A text with a lone surrogate cannot be sent as it is.
  return { bytes, encoding: undefined, event, isSound: event !== undefined && !isForged && !isDeep(text) };
}

const PLAIN = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: EVENT }, { weight: 2, arbitrary: ANY_JSON }),
    fc.constantFrom(false, false, false, true),
  )
  .map(([json, bom]) => plain(json, bom));

const PAYLOAD: fc.Arbitrary<Payload> = fc.oneof(
  { weight: 6, arbitrary: PLAIN },
  {
    weight: 2,
    arbitrary: fc
      .tuple(PLAIN, fc.constantFrom(...PACKERS))
      .map(([payload, [encoding, pack]]) => ({ ...payload, bytes: pack(payload.bytes), encoding })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        PLAIN,
        fc.constantFrom(...PACKERS),
        fc.constantFrom('cut', 'not packed', 'twice', 'other', 'unknown', 'damaged'),
        fc.nat(1000),
      )
      .map(([{ bytes }, [encoding, pack], how, place]): Payload => {
        const packed = pack(bytes);
        const broken = { event: undefined, isSound: false };
        if (how === 'cut') return { bytes: packed.subarray(0, place % packed.length), encoding, ...broken };
        if (how === 'not packed') return { bytes, encoding, ...broken };
        if (how === 'twice') return { bytes: pack(packed), encoding: `${encoding}, ${encoding}`, ...broken };
        if (how === 'unknown')
          return { bytes, encoding: ['zstd', 'compress', '*', 'gzip;q=1', 'x'.repeat(500)][place % 5], ...broken };
        if (how === 'other')
          return { bytes: encoding === 'br' ? gzipSync(bytes) : brotliCompressSync(bytes), encoding, ...broken };
        // The sum at the end; brotli has none.
        const damaged = Buffer.from(packed);
        const last = damaged.length - 1 - (place % 4);
        damaged[last] = (damaged[last] as number) ^ 0x55;
        return { bytes: encoding === 'br' ? Buffer.from('damaged') : damaged, encoding, ...broken };
      }),
  },
  {
    weight: 2,
    arbitrary: JUNK.map((bytes) => ({
      bytes,
      encoding: undefined,
      event: keyText(bytes.toString('utf8')),
      isSound: false,
    })),
  },
);

/** Where a request goes, and whose address that is, where it is one. */
export interface Target {
  readonly path: string;
  readonly vendor: Vendor | undefined;
}

const VENDOR = fc.constantFrom<Vendor>('livetex', 'livechat');

const RIGHT: fc.Arbitrary<Target> = VENDOR.chain((vendor) =>
  fc
    .constantFrom('', '', '', '?a=b', '?', '?%zz', `?${SECRETS[vendor]}`)
    .map((query) => ({ path: `/${vendor}/${SECRETS[vendor]}${query}`, vendor })),
);

/** Paths that are no address, or one in a spelling of which it is not said whether it counts. */
const ODD: fc.Arbitrary<Target> = VENDOR.chain((vendor) => {
  const secret = SECRETS[vendor];
  const right = (path: string): Target => ({ path, vendor });
  const wrong = (path: string): Target => ({ path, vendor: undefined });
  const other = vendor === 'livetex' ? 'livechat' : 'livetex';
  return fc.constantFrom(
    right(`http://receiver.example/${vendor}/${secret}`),
    right(`/${vendor}/%${secret.charCodeAt(0).toString(16)}${secret.slice(1)}`),
    right(`/%${vendor.charCodeAt(0).toString(16)}${vendor.slice(1)}/${secret}`),
    right(`/${vendor}/${secret}#fragment`),
    right(`/${vendor}/${secret};a=b`),
    right(`/${vendor}/${secret}/`),
    right(`//${vendor}//${secret}`),
    right(`/./${vendor}/../${vendor}/${secret}`),
    ...['', '/', '*', '/livetex', '/livechat/', `/${vendor}/${secret}x`, `/${vendor}/${secret.slice(1)}`].map(wrong),
    ...[`/${other}/${secret}`, `/${vendor}/${secret}%00`, `/${vendor}/%zz`, `/${vendor}/%`, `/${vendor}/%c3%28`].map(
      wrong,
    ),
    ...[
      `/${vendor}/${secret.toUpperCase()}`,
      `/${vendor}/%2e%2e/${secret}`,
      `/${vendor}%2f${secret}x`,
      '/\\',
      '/é',
    ].map(wrong),
    ...[
      `/${vendor}/${'x'.repeat(99)}`,
      `/${vendor}/${'x'.repeat(101)}`,
      `/${'y'.repeat(20_000)}`,
      '/healthz',
      '/metrics',
    ].map(wrong),
    ...[
      '/readyz',
      '/healthz/',
      '/__proto__/x',
      '/constructor',
      `/${vendor}/__proto__`,
      `/?${secret}`,
      '//',
      '/%2e%2e/',
    ].map(wrong),
    ...[
      '/a/b/c/../../..',
      `/x\u0001${secret}`,
      `https://user:${secret}@host/`,
      'receiver.example:80',
      '/ HTTP/1.1',
    ].map(wrong),
  );
});

/** How the end of a body is told: in one of these ways, or by the given header. */
export type Framing = 'length' | 'chunked' | 'chunked oddly' | 'short' | 'none' | string;

/** All of a request that is sent. */
export interface Sent {
  readonly method: string;
  readonly target: Target;
  readonly payload: Payload;
  readonly framing: Framing;
  readonly headers: readonly string[];
  /** How many parts it is sent in. */
  readonly parts: number;
}

const CONTENT_TYPE = fc.constantFrom(
  ...['content-type: application/json', 'Content-Type: application/json; charset=utf-8', 'content-type: text/plain'],
  ...['content-type: application/x-www-form-urlencoded', 'content-type: multipart/form-data', 'x-nothing: 1'],
);

const FLAWLESS: fc.Arbitrary<Sent> = fc.record({
  method: fc.constant('POST'),
  target: RIGHT,
  payload: PAYLOAD,
  framing: fc.constantFrom<Framing>('length', 'length', 'chunked', 'chunked oddly'),
  headers: fc
    .tuple(CONTENT_TYPE, fc.constantFrom('expect: 100-continue', 'x-forwarded-for: 1.2.3.4, garbage', 'accept: */*'))
    .map((headers) => [...headers]),
  parts: fc.integer({ min: 1, max: 4 }),
});

const HEADERS = fc.array(
  fc.oneof(
    CONTENT_TYPE,
    fc.constantFrom(
      ...[
        'content-type: ',
        'content-type: json',
        'content-type: a/b, c/d',
        'content-type: \x7f',
        'content-type: application/json;',
      ],
      ...[
        'expect: 100-continue',
        'expect: 200-ok',
        'connection: upgrade',
        'upgrade: websocket',
        'upgrade: h2c',
        'http2-settings: AA',
      ],
      ...[
        'connection: keep-alive, close, host, content-length',
        'te: trailers',
        'trailer: x',
        'x-forwarded-for: ',
        `authorization: Basic ${Buffer.from(`user:${LIVECHAT_SECRET}`).toString('base64')}`,
      ],
      ...[
        `x-secret: ${TOKEN}`,
        `referer: http://x/livetex/${LIVETEX_SECRET}`,
        'host: a, b',
        'host: \\',
        '__proto__: x',
        'constructor: y',
        'accept-encoding: gzip',
      ],
      ...[
        'x y: z',
        ': empty',
        ' folded: x',
        'x: \0',
        'x: é',
        'range: bytes=0-',
        'transfer-encoding : chunked',
        `cookie: ${'a=b; '.repeat(200)}`,
        `x-huge: ${'h'.repeat(20_000)}`,
      ],
      Array.from({ length: 300 }, (_, index) => `x-${index}: y`).join('\r\n'),
      Array.from({ length: 2500 }, (_, index) => `y-${index}: z`).join('\r\n'),
    ),
  ),
  { maxLength: 4 },
);

const FLAWED: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom(
    'POST',
    'POST',
    'POST',
    'GET',
    'HEAD',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'PROPFIND',
    'M-SEARCH',
    'QUERY',
    'PRI',
    'FOO',
    'post',
    '',
    'GET /healthz HTTP/1.1\r\n\r\nPOST',
  ),
  target: fc.oneof(RIGHT, ODD),
  payload: PAYLOAD,
  framing: fc.oneof(
    fc.constantFrom<Framing>('length', 'length', 'chunked', 'chunked oddly', 'short', 'none'),
    fc.constantFrom(
      ...[
        'content-length: -1',
        'content-length: 1e9',
        'content-length: 0x10',
        'content-length: +5',
        'content-length: ',
        'content-length: 99999999999999999999',
      ],
      ...[
        'content-length: 9000000',
        'content-length: 3000',
        'content-length: 5\r\ncontent-length: 6',
        'content-length: 5, 5',
        'content-length: 0',
      ],
      ...[
        'transfer-encoding: chunked\r\ncontent-length: 4',
        'transfer-encoding: gzip',
        'transfer-encoding: gzip, chunked',
        'transfer-encoding: chunked, chunked',
      ],
      ...[
        'transfer-encoding: xchunked',
        'transfer-encoding: identity',
        'transfer-encoding:\r\n chunked',
        'transfer-encoding: chunked\r\ntransfer-encoding: identity',
      ],
    ),
  ),
  headers: HEADERS,
  parts: fc.integer({ min: 1, max: 3 }),
});

/** A request, whether all but its payload is as it has to be, and the way that it goes. */
export interface Exchange {
  readonly sent: Sent;
  readonly isFlawless: boolean;
  readonly viaHttp: boolean;
}

/** Requests of all kinds, sound ones and broken ones. */
export const EXCHANGE: fc.Arbitrary<Exchange> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ sent: FLAWLESS, isFlawless: fc.constant(true), viaHttp: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ sent: FLAWED, isFlawless: fc.constant(false), viaHttp: fc.constant(false) }) },
);
