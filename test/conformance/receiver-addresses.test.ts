import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EVENT, exported, LIVETEX_SECRET, post, startReceiver } from '../helpers/receiver.ts';
import { ask, JSON_TYPE } from '../helpers/receiver-requests.ts';

const TOKEN = 'token-of-rest-v2-0123456789';
const SECRET_KEY = 'secret-key-of-v3-0123456789';
const WEBHOOK_KEY = 'webhook-key-of-livetex-0123456789';

describe('addresses', () => {
  test('a wrong secret is answered like a path that does not exist, and not shown in the log', async () => {
    const { url, output } = await startReceiver({ args: ['--debug'] });
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
    const logged = output().slice(before.length).trim().split('\n');
    for (const line of logged)
      expect(line).toMatch(/WARN A request to the address of \w+ has a wrong secret: it was answered with 404\.$/);
    expect(logged.length).toBeLessThanOrEqual(2);
  });

  test('a wrong secret is answered like a path that does not exist also with odd headers', async () => {
    const { url } = await startReceiver();
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
    const { livechat } = await startReceiver();
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
    const { livechat, livetex, config } = await startReceiver();
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
    const { url } = await startReceiver({}, { livetex_secret: secret });
    expect(await post(`${url}/livetex/${secret}`, { conversation: { id: 'A' } })).toBe(200);
  });

  test('a vendor without a secret has no address', async () => {
    const { url } = await startReceiver({}, { livechat_secret: null });
    expect(await post(`${url}/livechat/null`, EVENT)).toBe(404);
    expect(await post(`${url}/livechat/undefined`, EVENT)).toBe(404);
  });
});

describe('credentials in the body', () => {
  test('where they are configured, other ones are refused, and events without any are taken', async () => {
    const { livechat, config } = await startReceiver({}, { livechat_token: TOKEN, livechat_secret_key: SECRET_KEY });
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
    const { livechat } = await startReceiver();
    for (const credentials of [{ token: 'any' }, { secret_key: { a: 1 } }, { token: null }]) {
      expect(await post(livechat, { ...EVENT, ...credentials })).toBe(200);
    }
  });

  test('they are never kept: neither in the files of the inbox, nor in what is exported, nor in the log', async () => {
    const { livechat, livetex, config, database, output, end } = await startReceiver({ args: ['--debug'] });
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
    const { livechat, config } = await startReceiver();
    expect(
      await post(livechat, `{"a":12345678901234567891,"token":"${TOKEN}","b":[-9007199254740993],"c":"\\u0000ö"}`),
    ).toBe(200);
    const { stdout } = await exported(config);
    expect(stdout).toContain('"body":{"a":12345678901234567891,"b":[-9007199254740993],"c":');
  });
});
