import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configured, linesOf, sourceChat } from '../helpers/airbyte.ts';
import { file, run, temporaryFolder } from '../helpers/commands.ts';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';
import { inboxConfig, LIVECHAT_SECRET, LIVETEX_SECRET, type ListenProcess, listen } from '../helpers/receiver.ts';

/** The same requests on every machine; to look into others: `WORLDS_SEED=7 WORLDS_RUNS=5000 npx vitest run …`. */
const { WORLDS_SEED = '1', WORLDS_RUNS } = process.env;
const STREAMS = ['livechat_events', 'livetex_conversations'];

const TOKEN = 'fuzz-token-of-rest-v2-0123456789';
const SECRET_KEY = 'fuzz-secret-key-of-v3-0123456789';
const SECRETS = { livetex: LIVETEX_SECRET, livechat: LIVECHAT_SECRET } as const;
type Vendor = keyof typeof SECRETS;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

const STORES: [name: string, runs: number, store: () => Promise<object>][] = [
  ['SQLite', 200, async () => ({ type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') })],
  ['PostgreSQL', 50, async () => ({ type: 'postgres', url: await postgres.database() })],
];

/* ---- JSON: texts, for there are numbers and names that no value in memory holds ---- */

const NESTED = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** What no vendor sends, but somebody may. */
const STRANGE = fc.oneof(
  fc.constantFrom(
    ...['null', 'true', '0', '-0', '1.0', '1e3', '1e400', '-1e-400', '9007199254740993', '12345678901234567890123'],
    ...['1709285405', '1709285405000', '253402300800000', '-62135596800001', '8640000000000001', '0.1', '1E+2'],
    ...[
      '""',
      '" "',
      '"\\u0000"',
      '"a\\u0000b"',
      '"\\ud83d\\ude00 \\uD83D\\uDE00"',
      '"\\\\u0000\\\\ud83d"',
      '"\\u001b[31m\\r\\nINFO forged"',
      '"\\ud800"',
      '"\\udc00\\ud83d"',
    ],
    ...['"2024-02-31T00:00:00Z"', '"0000-00-00"', '"9999-12-31T23:59:60Z"', '"+275760-09-13T00:00:00.001Z"'],
    ...['"2024-03-01 12:00"', '"1709285405000"', '"٣"', '"\\u2028\\u202e"', '"__proto__"', '"9007199254740993"'],
    ...['[]', '{}', '[null]', '[[]]', '[{}]', '[null,{},"x",1]', '{"":{}}', '{"length":-1}', '{"0":1,"1":2}'],
    ...['{"toString":1}', '{"toString":null,"valueOf":null}', '{"toJSON":1}', '{"then":1}', '["a",{"toString":null}]'],
    ...['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"id":{"id":{"id":1}}}'],
    ...['{"a":1,"a":2}', '[{"name":"__proto__","value":{"polluted":true}}]', '[{"name":"a"},{"key":"b","value":[]}]'],
    ...['[{"toString":null}]', '[{"id":{"toString":null}},{"id":{"toString":null}}]', '[{"id":{"valueOf":1}}]'],
    ...['[{"label":{"toString":1},"chosen":true}]', '{"label":{"toString":1}}', '{"id":1e400}', '{"id":-0}'],
  ),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    ...[10, 50].map(NESTED),
    `"${'x'.repeat(10_000)}"`,
    `"${'😀'.repeat(2_000)}"`,
    `"${'\\u0001'.repeat(300)}"`,
  ),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => JSON.stringify(text)),
);

const NAMES = fc.constantFrom(
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON', 'then', '', '\0', '\ud800'],
  ...['x'.repeat(10_000), 'event_id', 'inbox_seq', 'received_at', 'api', 'payload', 'id', 'ID', 'employee', 'rating'],
  ...['Event-Type', 'EVENT_TYPE', 'eventType', 'action', 'event_unique_id', 'conversation', 'Conversation', 'chat'],
  ...['conversation_id', 'Conversation-ID', 'customInfo', 'ticket', 'timestamp', 'time', 'extra_fields', 'answers'],
);

const TIME = '2024-03-01T09:30:05.000Z';
const SURVEY = [
  { id: '1', type: 'name', label: 'Name', answer: 'Anna' },
  {
    id: '2',
    type: 'checkbox',
    label: 'Topics',
    answers: [
      { label: 'Sale', chosen: true },
      { label: 'B', chosen: false },
    ],
  },
];
const V2_CHAT = {
  id: 'PQ1',
  started_timestamp: 1709285405,
  ended_timestamp: 1709286069,
  url: 'https://shop.example/',
  agents: [{ login: 'ivan@shop.example', name: 'Ivan' }],
  groups: [1],
  tags: ['sale'],
  messages: [
    { text: 'Hello', timestamp: 1709285410, user_type: 'agent', author_name: 'Ivan', agent_id: 'ivan@shop.example' },
  ],
  events: [{ type: 'message', text: 'Hello', timestamp: 1709285410, user_type: 'visitor' }],
};
const V2_TICKET = {
  id: 'T1',
  status: 'open',
  subject: 'A question',
  date: TIME,
  modified: TIME,
  requester: { mail: 'a@b.example', name: 'A' },
  assignee: { id: 'x', name: 'y' },
  groups: [{ id: 1, name: 'G' }],
  source: { type: 'mail', url: '', id: '' },
  tags: ['a'],
  events: [
    { type: 'message', date: TIME, message: 'Hi', author: { id: 'x', name: 'y', type: 'client' }, is_private: false },
  ],
};
const V3_CHAT = {
  id: 'C3',
  access: { group_ids: [0] },
  users: [
    {
      id: 'c',
      type: 'customer',
      name: 'Anna',
      email: 'a@b.example',
      visit: {
        last_pages: [
          { opened_at: TIME, url: 'https://a.example/' },
          { opened_at: TIME, url: 'https://b.example/' },
        ],
      },
    },
    { id: 'ivan@shop.example', type: 'agent', name: 'Ivan' },
  ],
  thread: {
    id: 'T3',
    created_at: TIME,
    tags: ['x'],
    properties: { routing: { start_url: 'https://a.example/' } },
    events: [
      { id: 'e1', type: 'message', text: 'Hi', author_id: 'c', created_at: TIME },
      {
        id: 'e2',
        type: 'filled_form',
        form_type: 'prechat',
        fields: [
          { id: '1', type: 'name', label: 'Name', answer: 'Anna' },
          { id: '2', type: 'checkbox', label: 'T', answers: [{ id: '0', label: 'Sale' }] },
        ],
      },
    ],
  },
};
const HELPDESK_TICKET = {
  ID: 'HD1',
  shortID: 'HD',
  createdAt: TIME,
  updatedAt: TIME,
  status: 'open',
  priority: 0,
  subject: 'Q',
  teamIDs: ['t'],
  tagIDs: ['a'],
  requester: { email: 'a@b.example', name: 'A' },
  assignment: { team: { ID: 't', name: 'T' }, agent: { ID: 'a', name: 'N' } },
  events: [
    {
      ID: 'e',
      type: 'message',
      date: TIME,
      author: { type: 'client', name: 'A', email: 'a@b.example' },
      message: { text: 'Hi', isPrivate: false, attachments: [{ url: 'https://f.example/x?token=1', name: 'x' }] },
    },
  ],
};
const FORMS: readonly object[] = [
  {
    event_type: 'chat_started',
    event_unique_id: 'u1',
    license_id: '1',
    chat: V2_CHAT,
    visitor: { id: 'v', name: 'A' },
    pre_chat_survey: SURVEY,
  },
  { event_type: 'chat_ended', license_id: 1, chat: V2_CHAT, visitor: { id: 'v', city: 'X' }, pre_chat_survey: [] },
  { event_type: 'ticket_created', license_id: 1, ticket: V2_TICKET },
  {
    webhook_id: 'w',
    action: 'incoming_chat',
    organization_id: 'o',
    license_id: 1,
    payload: { chat: V3_CHAT },
    additional_data: {},
  },
  {
    webhook_id: 'w',
    action: 'chat_deactivated',
    organization_id: 'o',
    payload: { chat_id: 'C3', thread_id: 'T3', user_id: 'u' },
  },
  { eventType: 'tickets.create', createdAt: TIME, payload: HELPDESK_TICKET },
  {
    eventType: 'tickets.events.message',
    createdAt: TIME,
    payload: { ticket: HELPDESK_TICKET, event: { type: 'message' } },
  },
  {
    conversation: { id: 'K1', creationTime: 1709285405000, closedTime: 1709286069000, customInfo: { order: '98765' } },
    discourser: { id: 'v-1', info: { name: 'Anna', phone: '+79990000000' } },
    employee: [{ id: '501', firstName: 'Ivan' }],
  },
  {
    Conversation: { conversationId: 'K1', customInfo: [{ name: 'order', value: 1 }] },
    employees: [{ id: '501', email: 'i@shop.example' }],
    timestamp: 1709286069,
  },
  {
    type: 'Closed',
    conversation: { id: 'K1', closedAt: TIME, rating: { type: 'stars', value: 5 } },
    employee: { employee_id: 501 },
  },
  { event: 'rated', conversationId: 'K1', vote: 5 },
];

/** The places of all values in a form. */
function placesIn(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[...at, name], ...placesIn(inner, [...at, name])]);
}

interface Change {
  readonly place: number;
  readonly how: 'replace' | 'add' | 'remove';
  readonly name: string;
  readonly text: string;
}

/** A form in which some values are others. */
function changed(form: object, changes: readonly Change[]): string {
  const copy = structuredClone(form);
  const texts: [mark: string, text: string][] = [];
  for (const [index, { place, how, name, text }] of changes.entries()) {
    const places = placesIn(copy);
    if (places.length === 0) break;
    const path = places[place % places.length] as string[];
    // biome-ignore lint/suspicious/noExplicitAny: any form
    const parent = path.slice(0, -1).reduce<any>((inner, part) => inner[part], copy);
    const last = path.at(-1) as string;
    const mark = `@value ${index}@`;
    if (how === 'remove') delete parent[last];
    else if (how === 'replace' || Array.isArray(parent)) parent[last] = mark;
    else {
      parent[`@name ${index}@`] = mark;
      texts.push([`"@name ${index}@"`, JSON.stringify(name)]);
    }
    texts.push([`"${mark}"`, text]);
  }
  // Functions, for texts may have a dollar.
  return texts.reduce((json, [mark, text]) => json.replace(mark, () => text), JSON.stringify(copy));
}

/** Objects that no program can turn into a text. */
const WORDLESS = fc.constantFrom('{"toString":1}', '{"toString":null,"valueOf":null}', '[{"toString":null}]');

/** What tells the form, and the conversation: without it nothing else is looked at. */
const TELLING = ['event_type', 'eventType', 'action', 'type', 'form_type', 'chosen', 'conversationId'];

/** A form in which every value is the same one. */
function uniform(form: object, text: string): string {
  const isKept = (name: string, value: unknown) =>
    (typeof value === 'object' && value !== null) || TELLING.includes(name) || value === 'K1';
  const marked = JSON.stringify(form, (name, value) => (isKept(name, value) ? value : '@value@'));
  return marked.replaceAll('"@value@"', () => text);
}

const CHANGES = fc.array(
  fc.record({
    place: fc.nat(200),
    how: fc.constantFrom('replace', 'replace', 'replace', 'add', 'add', 'remove'),
    name: NAMES,
    text: STRANGE,
  }) as fc.Arbitrary<Change>,
  { maxLength: 6 },
);

/** Secrets where they may reach the log: as the word for what happened, in forms that are known to be readable. */
const TELLTALE = fc
  .tuple(fc.constantFrom('event_type', 'action', 'eventType', 'type'), fc.constantFrom(...Object.values(SECRETS)))
  .chain(([name, secret]) =>
    fc
      .constantFrom(
        secret,
        secret.toUpperCase(),
        `x\u0007${secret.slice(0, 9)}\0${secret.slice(9)}`,
        Buffer.from(secret).toString('base64'),
        Buffer.from(`user:${secret}`).toString('base64url'),
        Buffer.from(secret).toString('hex'),
        encodeURIComponent(encodeURIComponent(`/${secret}`)),
        `${secret}${'y'.repeat(160)}`,
      )
      .map((word) => JSON.stringify({ [name]: word, conversation: { id: word } })),
  );

const CREDENTIALS = fc.constantFrom<readonly [name: string, text: string, isRight: boolean]>(
  ['token', JSON.stringify(TOKEN), true],
  ['secret_key', JSON.stringify(SECRET_KEY), true],
  ['secretKey', JSON.stringify(SECRET_KEY), true],
  ['token', '"wrong"', false],
  ['Token', JSON.stringify(`${TOKEN} `), false],
  ['secret_key', JSON.stringify(TOKEN), false],
  ['secret-key', '{"toString":null,"valueOf":null}', false],
  ['token', '{"toString":1}', false],
  ['token', 'null', false],
  ['secret_key', '12345678901234567890', false],
);

interface Json {
  readonly text: string;
  /** Whether it has a credential that is not the configured one. */
  readonly isForged: boolean;
}

const EVENT: fc.Arbitrary<Json> = fc
  .record({
    form: fc.constantFrom(...FORMS),
    changes: CHANGES,
    everywhere: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: STRANGE },
      { weight: 2, arbitrary: WORDLESS },
    ),
    credential: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: CREDENTIALS }),
    spread: fc.boolean(),
    list: fc.constantFrom(false, false, false, false, false, true),
  })
  .map(({ form, changes, everywhere, credential, spread, list }) => {
    let text = everywhere === null ? changed(form, changes) : uniform(form, everywhere);
    if (credential !== null) {
      const [name, value] = credential;
      text = `{${JSON.stringify(name)}:${value}${text === '{}' ? '' : ','}${text.slice(1)}`;
    }
    if (spread) text = ` \t${text.replace('{', '{\r\n ')}\n`;
    if (list) text = `[${text}, null]`;
    return { text, isForged: credential?.[2] === false };
  });

const ANY_JSON: fc.Arbitrary<Json> = fc
  .oneof(
    fc.json({ maxDepth: 5 }),
    STRANGE,
    TELLTALE,
    fc.constantFrom(
      ...[62, 63, 64, 65, 5000].map(NESTED),
      `${'{"a":'.repeat(63)}1${'}'.repeat(63)}`,
      `${'{"a":'.repeat(64)}[]`,
    ),
  )
  .map((text) => ({ text, isForged: false }));

/** Bytes that are no JSON in UTF-8, but may be near it. */
const JUNK = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(EVENT, fc.double({ min: 0, max: 0.99, noNaN: true }))
    .map(([{ text }, share]) => Buffer.from(text.trim().slice(0, Math.floor(text.trim().length * share)))),
  EVENT.map(({ text }) => Buffer.from(text, 'utf16le')),
  EVENT.map(({ text }) =>
    Buffer.concat([
      Buffer.from(text.slice(0, 5)),
      Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80]),
      Buffer.from(text.slice(5)),
    ]),
  ),
  fc
    .constantFrom(
      '',
      ' ',
      '\ufeff',
      '{',
      '[',
      '"',
      '{"a":NaN}',
      "{'a':1}",
      '{"a":1}{"b":2}',
      '{"a":1,}',
      '\0{"a":1}',
      '{"a":"\0"}',
      '{"a":01}',
    )
    .map((text) => Buffer.from(text)),
);

/* ---- HTTP ---- */

interface Payload {
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

interface Target {
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

type Framing = 'length' | 'chunked' | 'chunked oddly' | 'short' | 'none' | string;

interface Sent {
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

function bytesOf({ method, target, payload, framing, headers }: Sent): Buffer {
  const { bytes, encoding } = payload;
  const chunk = (part: Buffer, extra = '') =>
    Buffer.concat([Buffer.from(`${part.length.toString(16)}${extra}\r\n`), part, Buffer.from('\r\n')]);
  const third = Math.ceil(bytes.length / 3);
  let framed: [header: string, body: Buffer];
  if (framing === 'length') framed = [`content-length: ${bytes.length}`, bytes];
  else if (framing === 'short') framed = [`content-length: ${Math.floor(bytes.length / 2)}`, bytes];
  else if (framing === 'none') framed = ['x-framing: none', bytes];
  else if (framing.startsWith('chunked')) {
    const parts = [bytes.subarray(0, third), bytes.subarray(third, 2 * third), bytes.subarray(2 * third)].filter(
      (part) => part.length > 0,
    );
    const isOdd = framing === 'chunked oddly';
    const end = isOdd ? '000\r\nx-trailer: y\r\n\r\n' : '0\r\n\r\n';
    framed = [
      'transfer-encoding: chunked',
      Buffer.concat([...parts.map((part) => chunk(part, isOdd ? ';a=b' : '')), Buffer.from(end)]),
    ];
  } else
    framed = [
      framing,
      framing.startsWith('transfer') ? Buffer.concat([chunk(bytes), Buffer.from('0\r\n\r\n')]) : bytes,
    ];
  const [header, body] = framed;
  const lines = [
    `${method} ${target.path} HTTP/1.1`,
    'host: receiver.example',
    ...(encoding === undefined ? [] : [`content-encoding: ${encoding}`]),
    header,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** How long a request that may never end is waited for. */
const PATIENCE_MS = 250;

/**
 * Sends bytes, and resolves with all that is answered until the connection ends. It is ended when there is an answer, and for a
 * request that may not be whole after a while: a receiver need not answer who has gone.
 */
async function overSocket(url: string, bytes: Buffer, parts: number, isWhole: boolean): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    if (statusesIn(answer).length > 0) socket.end();
  });
  // A receiver that will not read the rest may reset the connection.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const size = Math.ceil(bytes.length / parts);
  for (let from = 0; from < bytes.length; from += size) {
    socket.write(bytes.subarray(from, from + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const impatience = isWhole ? undefined : setTimeout(() => socket.end(), PATIENCE_MS);
  await closed;
  clearTimeout(impatience);
  return answer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });
afterAll(() => agent.destroy());

/** The same by the way that programs go, with connections that are used again. */
function overHttp(url: string, { target, payload, framing, headers }: Sent): Promise<string> {
  const { bytes, encoding } = payload;
  const given = Object.fromEntries(headers.map((line) => line.split(': ') as [string, string]));
  return new Promise((resolve) => {
    const request = httpRequest(
      `${url}/`,
      {
        agent,
        method: 'POST',
        path: target.path,
        headers: {
          ...given,
          ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
          ...(framing === 'length' ? { 'content-length': bytes.length } : { 'transfer-encoding': 'chunked' }),
        },
      },
      (response) => {
        let text = `HTTP/1.1 ${response.statusCode}\r\n${response.rawHeaders.join('\r\n')}\r\n\r\n`;
        response.on('data', (chunk) => {
          text += chunk.toString('latin1');
        });
        response.on('end', () => resolve(text));
      },
    );
    request.on('error', (error) => resolve(`no answer: ${error.message}`));
    request.end(bytes);
  });
}

/* ---- What must come of it ---- */

/** The depth of brackets outside of texts. */
function isDeep(text: string): boolean {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.replace(/"(?:[^"\\]|\\.)*"/gs, '""').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest > 64;
}

const isCredential = (name: string) =>
  ['token', 'secretkey', 'webhookkey'].includes(name.replace(/[_-]/g, '').toLowerCase());

/** The text under which an event has to be in the inbox; undefined for what is none. */
function keyText(text: string): string | undefined {
  let exact: unknown;
  const keep = (_name: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number'
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(context?.source ?? '')
      : value;
  try {
    exact = JSON.parse(text.trim(), keep);
  } catch {
    return undefined;
  }
  if (!/^[{[]/.test(text.trim())) return undefined;
  const objects = ((Array.isArray(exact) ? exact : [exact]) as Record<string, unknown>[]).filter(
    (one) => typeof one === 'object' && one !== null && !Array.isArray(one),
  );
  const names = objects.flatMap((object) =>
    Object.keys(object)
      .filter(isCredential)
      .map((name) => ({ object, name })),
  );
  for (const { object, name } of names) delete object[name];
  return (names.length === 0 ? text.trim() : JSON.stringify(exact)).replaceAll(/[\r\n]+/g, ' ');
}

/**
 * The content of an event, as what is written to standard output can tell it: without NUL, and with U+FFFD for half a
 * character, for no database takes those.
 */
function contentOf(text: string): string {
  const clean = (value: string) => value.replaceAll('\0', '').toWellFormed();
  const cleaned = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return value.map(cleaned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), cleaned(inner)]));
  };
  const exact = JSON.parse(text, ((_name: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? `number ${context?.source}` : value) as (name: string, value: unknown) => unknown);
  return JSON.stringify(cleaned(exact));
}

/** All forms in which a secret could be read. */
const FORBIDDEN = [...Object.values(SECRETS), TOKEN, SECRET_KEY].flatMap((secret) => {
  const shifted = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
      .toString('base64')
      .slice(offset === 0 ? 0 : offset + 1)
      .replace(/.=*$/, ''),
  );
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...shifted];
});

function expectNoSecret(text: string): void {
  const folded = text.toLowerCase();
  expect(FORBIDDEN.filter((form) => folded.includes(form.toLowerCase()))).toEqual([]);
}

/** The statuses of the answers on a connection, without interim ones. */
function statusesIn(answers: string): number[] {
  return [...answers.matchAll(/(?:^|\n)HTTP\/1\.1 (\d{3})/g)]
    .map((match) => Number(match[1]))
    .filter((status) => status >= 200);
}

interface Exchange {
  readonly sent: Sent;
  readonly isFlawless: boolean;
  readonly viaHttp: boolean;
}

const EXCHANGE: fc.Arbitrary<Exchange> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ sent: FLAWLESS, isFlawless: fc.constant(true), viaHttp: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ sent: FLAWED, isFlawless: fc.constant(false), viaHttp: fc.constant(false) }) },
);

interface Outcome {
  /** What the request may have brought into the inbox. */
  readonly sent: readonly string[];
  /** What was answered with 200. */
  readonly acknowledged: readonly string[];
}

/** Sends one request, holds the answer against the rules, and resolves with what has to be, and what may be, in the inbox. */
async function exchange(receiver: ListenProcess, { sent, isFlawless, viaHttp }: Exchange): Promise<Outcome> {
  const { method, target, payload, framing, parts } = sent;
  const answer = await (viaHttp
    ? overHttp(receiver.url, sent)
    : overSocket(receiver.url, bytesOf(sent), parts, isFlawless));
  expectNoSecret(answer);
  const statuses = statusesIn(answer);
  // The store works and there is room: nothing is worth another try.
  for (const status of statuses) expect(status === 200 || (status >= 400 && status < 500), answer).toBe(true);
  const [first] = statuses;
  if (isFlawless) {
    // Who refuses before all has come cannot be heard by all.
    if (payload.isSound) expect(statuses, answer).toEqual([200]);
    else if (payload.event === undefined) expect([400, 415, undefined], answer).toContain(first);
  }
  if (!method.endsWith('POST')) return { sent: [], acknowledged: [] };
  // Half of a body may be an event of its own.
  const half = payload.bytes.subarray(0, Math.floor(payload.bytes.length / 2)).toString();
  const event = framing === 'short' ? keyText(half) : payload.event;
  const keys = target.vendor === undefined || event === undefined ? [] : [`${target.vendor} ${event}`];
  if (first !== 200 || method !== 'POST') return { sent: keys, acknowledged: [] };
  expect(keys, `${target.path} took what is no event`).toHaveLength(1);
  return { sent: keys, acknowledged: keys };
}

describe.each(STORES)('whatever anybody sends, with events kept in %s', (_name, runs, store) => {
  test('the receiver lives, tells no secret, and what it acknowledged is read once', { timeout: 600_000 }, async () => {
    const config = inboxConfig(await store(), { livechat_token: TOKEN, livechat_secret_key: SECRET_KEY });
    const receiver = await listen(config, { args: ['--rate-limit', '0', '--debug'] });
    const acknowledged = new Set<string>();
    const sent = new Set<string>();

    const property = fc.asyncProperty(fc.array(EXCHANGE, { minLength: 1, maxLength: 10 }), async (exchanges) => {
      for (const outcome of await Promise.all(exchanges.map((one) => exchange(receiver, one)))) {
        for (const key of outcome.sent) sent.add(key);
        for (const key of outcome.acknowledged) acknowledged.add(key);
      }
      const health = await fetch(`${receiver.url}/healthz`);
      expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
    });
    await fc.assert(property, { seed: Number(WORLDS_SEED), numRuns: Number(WORLDS_RUNS ?? runs), endOnFailure: true });

    expect(receiver.child.exitCode).toBeNull();
    expectNoSecret(receiver.output().replace(/^ {2}.*$/gm, ''));
    expect(receiver.output()).not.toContain('went wrong inside');
    // Each line is ours: nobody writes lines of his own into the log.
    for (const line of receiver
      .output()
      .split('\n')
      .filter((text) => text !== ''))
      expect(line).toMatch(/^(?:\d{4}-|\{| {2})/);
    const metrics = await (await fetch(`${receiver.url}/metrics`)).text();
    expect(metrics).toContain('source_chat_received_bytes_held 0\n');
    expect(await receiver.end()).toBe(0);

    const exported = await run('source-chat', ['inbox', 'export', '--config', file(config, 'config.json')]);
    expect([exported.code, exported.stderr]).toEqual([0, '']);
    const events = linesOf(exported.stdout).map((line) => ({
      ...JSON.parse(line),
      text: line.slice(line.indexOf(',"body":') + 8, -1),
    }));
    expect(new Set(events.map(({ hash }) => hash)).size).toBe(events.length);
    expect(acknowledged.size).toBeGreaterThan(runs);
    const counted = (keys: Iterable<string>) => {
      const counts = new Map<string, number>();
      for (const key of keys) {
        const place = key.indexOf(' ');
        const content = `${key.slice(0, place)} ${contentOf(key.slice(place + 1))}`;
        counts.set(content, (counts.get(content) ?? 0) + 1);
      }
      return counts;
    };
    // Texts that differ in what is no content, such as spaces, are events of their own.
    const [kept, least, most] = [events.map(({ vendor, text }) => `${vendor} ${text}`), acknowledged, sent].map(
      counted,
    );
    const isMissing = ([content, count]: [string, number]) => (kept?.get(content) ?? 0) < count;
    expect([...(least ?? [])].filter(isMissing)).toEqual([]);
    const isExtra = ([content, count]: [string, number]) => count > (most?.get(content) ?? 0);
    expect([...(kept ?? [])].filter(isExtra)).toEqual([]);
    for (const secret of [TOKEN, SECRET_KEY]) expect(exported.stdout).not.toContain(secret);

    for (const mode of ['incremental', 'full_refresh'] as const) {
      const output = await sourceChat('read', { config, catalog: configured(STREAMS, mode) });
      expect(output.errors()).toEqual([]);
      expect(output.code).toBe(0);
      const placesOf = (rows: Record<string, unknown>[]) => rows.map((row) => row['inbox_seq']);
      const livechat = events.filter(({ vendor }) => vendor === 'livechat');
      expect(placesOf(output.rows('livechat_events'))).toEqual(livechat.map((event) => event.inbox_seq));
      const subjects = new Set(events.filter(({ vendor }) => vendor === 'livetex').map(({ subject }) => subject));
      subjects.delete(null);
      expect(
        output
          .rows('livetex_conversations')
          .map((row) => row['conversation_id'])
          .sort(),
      ).toEqual([...subjects].sort());
    }
  });
});
