import fc from 'fast-check';
import { FORMS } from './fuzz-forms.ts';
import { SECRET_KEY, SECRETS, TOKEN } from './fuzz-secrets.ts';

// All JSON here is text, for there are numbers and names that no value in memory holds.

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

/** An event as a text, for what is sent. */
export interface Json {
  readonly text: string;
  /** Whether it has a credential that is not the configured one. */
  readonly isForged: boolean;
}

/** Events of the known forms: as they are, with some values changed, or with the same value everywhere. */
export const EVENT: fc.Arbitrary<Json> = fc
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

/** JSON of no known form; what tells secrets is among it, and what is nested too deep. */
export const ANY_JSON: fc.Arbitrary<Json> = fc
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
export const JUNK = fc.oneof(
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
