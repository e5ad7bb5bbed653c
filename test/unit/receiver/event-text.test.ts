import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvent } from '../../../src/receiver/event-text.ts';

const read = (text: string) => readEvent(Buffer.from(text));

/** The status and words with which a body is refused. */
function refusal(body: string | Buffer): string {
  try {
    readEvent(Buffer.from(body as string));
    return 'taken';
  } catch (error) {
    const { status, message } = error as { status?: number; message: string };
    return `${status} ${message}`;
  }
}

describe('an event without credentials', () => {
  test('is kept as the very text that was sent, but for what surrounds it', () => {
    const texts = [
      '{}',
      '[]',
      '{ "a" : 1.0e2,\r\n"b":12345678901234567890 }',
      '{"a":1,"a":2}',
      '{"\\u0000":"\\ud800"}',
      '[1,null,"token"]',
    ];
    for (const text of texts) expect(read(` \n${text}\t\r\n`)).toMatchObject({ text, credentials: [] });
    expect(read('\ufeff{"a":1}').text).toBe('{"a":1}');
  });

  test('has its long numbers as the text of their digits', () => {
    expect(read('{"id":12345678901234567890,"n":[-9007199254740993,1]}').content).toEqual({
      id: '12345678901234567890',
      n: ['-9007199254740993', 1],
    });
  });

  test('names of JavaScript are names like any other', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const { content } = read(text);
    expect(Object.keys(content as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(read(`{"token":"t",${text.slice(1)}`).text).toBe(text);
  });

  test('credentials that stand deeper are none', () => {
    const text = '{"payload":{"token":"a"},"list":[{"secret_key":"b"}],"tokens":1,"my_token":2}';
    expect(read(text)).toMatchObject({ text, credentials: [] });
  });
});

describe('credentials', () => {
  test('are found in any spelling and taken out, in an object and in each of a list', () => {
    for (const name of [
      'token',
      'Token',
      'TOKEN',
      'to_ken',
      'secret_key',
      'secretKey',
      'Secret-Key',
      'webhook_key',
      'WebhookKey',
    ]) {
      const folded = name.replace(/[_-]/g, '').toLowerCase();
      const expected = { text: '{"a":1}', content: { a: 1, [name]: 'x' }, credentials: [[folded, 'x']] };
      expect(read(`{"a":1,"${name}":"x"}`)).toEqual(expected);
      const inList = read(`[{"${name}":"x","a":1},2,null,[],{"b":2}]`);
      expect([inList.text, inList.credentials]).toEqual(['[{"a":1},2,null,[],{"b":2}]', expected.credentials]);
    }
  });

  test('are taken out under each of their names, also where one comes twice', () => {
    const { text, credentials } = read('{"token":"a","Token":"b","token":"c","secret_key":{"d":1},"e":1}');
    expect(text).toBe('{"e":1}');
    expect(credentials).toEqual([
      ['token', 'c'],
      ['token', 'b'],
      ['secretkey', { d: 1 }],
    ]);
  });

  test('of whatever type are told as they are', () => {
    for (const value of [null, 0, true, [], {}, { toString: 1 }]) {
      expect(read(JSON.stringify({ token: value })).credentials).toEqual([['token', value]]);
    }
  });

  test('leave whole numbers beside them as they were', () => {
    const rest = '"a":12345678901234567891,"b":[-9007199254740993,{"c":0.5}]';
    expect(read(`{"token":"t",${rest}}`).text).toBe(`{${rest}}`);
  });

  test('whatever else an event has stays, and no credential does', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('token', 'Secret_Key', '__proto__', 'a'));
    const objects = fc.dictionary(names, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 });
    fc.assert(
      fc.property(objects, (object) => {
        const { text, credentials } = read(JSON.stringify(object));
        const isCredential = (name: string) =>
          ['token', 'secretkey', 'webhookkey'].includes(name.replace(/[_-]/g, '').toLowerCase());
        const rest = Object.fromEntries(Object.entries(object).filter(([name]) => !isCredential(name)));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(rest)));
        expect(credentials.length > 0).toBe(Object.keys(object).some(isCredential));
      }),
      { seed: 1 },
    );
  });
});

describe('what can never be stored', () => {
  test('is refused with its reason', () => {
    const notJson = '400 The body is not valid JSON.';
    const noObject = '400 The body has to be a JSON object.';
    for (const body of ['', ' \t\r\n', '\ufeff']) expect(refusal(body)).toBe('400 The body is empty.');
    for (const body of ['{', '{"a":1}}', "{'a':1}", '{"a":"\0"}', 'NaN', '{"a":01}', '\0', '{"a":\u00a01}'])
      expect(refusal(body)).toBe(notJson);
    for (const body of ['1', '"text"', 'null', 'true', '12345678901234567890']) expect(refusal(body)).toBe(noObject);
    for (const bytes of [
      [0x7b, 0xff, 0x7d],
      [0xed, 0xa0, 0x80],
      [0xc0, 0xaf],
      [0xff, 0xfe, 0x7b, 0],
    ]) {
      expect(refusal(Buffer.from(bytes))).toBe('400 The body is not UTF-8 text.');
    }
  });

  test('what is nested too deep is refused before it is parsed; brackets in texts are no levels', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const tooDeep = '400 The body has more than 64 levels.';
    expect([refusal(nested(64)), refusal(nested(65)), refusal('['.repeat(1_000_000))]).toEqual([
      'taken',
      tooDeep,
      tooDeep,
    ]);
    expect(refusal(`{"a":${nested(63)},"b":${nested(63)}}`)).toBe('taken');
    expect(refusal(`{"a":${nested(64)}}`)).toBe(tooDeep);
    expect(refusal(JSON.stringify({ a: `${'[{'.repeat(100)}\\"${'[{'.repeat(100)}\\` }))).toBe('taken');
    expect(refusal(`{"a":"\\\\",${'"b":['.repeat(1)}${nested(63)}]}`)).toBe(tooDeep);
  });
});
