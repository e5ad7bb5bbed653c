import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressProblem } from '../../../src/http/address.ts';
import { failureOf } from '../../../src/http/failure.ts';
import { createRedactor } from '../../../src/http/redaction.ts';
import { vendorWords } from '../../../src/http/vendor-words.ts';

describe('createRedactor', () => {
  test('masks a secret as given, URL-encoded, form-encoded, in JSON and in base64', () => {
    const secret = 'pä ss+w/örd"&=\\%';
    const redact = createRedactor([secret]);
    const forms = [
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      new URLSearchParams({ x: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
    ];
    for (const form of forms) expect(redact(`before ${form} after`)).toBe('before **** after');
  });

  test('masks it inside base64 text, whatever stands before and behind it', () => {
    const secret = fc.string({ minLength: 6, maxLength: 30, unit: 'grapheme' });
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (key, before, after) => {
        for (const encoding of ['base64', 'base64url'] as const) {
          const text = Buffer.from(before + key + after).toString(encoding);
          const shown = createRedactor([key])(text);
          const left = Buffer.from(shown.split('****').join(''), encoding).toString();
          expect(shown).toContain('****');
          expect(left).not.toContain(key);
        }
      }),
    );
  });

  test('the longest form goes first: a secret within a secret leaves no remainder', () => {
    expect(createRedactor(['abcd', 'abcdefgh'])('x abcdefgh y abcd z')).toBe('x **** y **** z');
  });

  test('leaves texts alone when there is nothing to hide', () => {
    expect(createRedactor([])('anything')).toBe('anything');
    expect(createRedactor(['', 'a', 'abc'])('abc a')).toBe('abc a');
  });
});

describe('createRedactor, further', () => {
  const secret = 'dal:Sup3r&Secret/Key+0123456789';
  const redact = createRedactor([secret]);

  test.each([
    ['in small letters, URL-encoded', encodeURIComponent(secret).toLowerCase()],
    ['in capitals', secret.toUpperCase()],
    ['URL-encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['escaped for HTML', secret.replace('&', '&amp;')],
    ['in hexadecimal digits', Buffer.from(secret).toString('hex')],
    ['without its last characters', secret.slice(0, -3)],
    ['as the beginning of a header', Buffer.from(`jane@company.example:${secret}`).toString('base64').slice(0, -6)],
  ])('masks it %s', (_how, text) => {
    const shown = redact(`before ${text} after`);
    for (const part of [text.slice(-8), text.slice(-20, -12)]) expect(shown).not.toContain(part);
    expect(shown).toMatch(/^before .*\*\*\*\* after$/);
  });

  test('leaves everything else as it is', () => {
    const text = 'The dal:Sup is no secret, nor is 0123456789 or Key.';
    expect(redact(text)).toBe(text);
  });
});

describe('vendorWords', () => {
  test.each([
    ['{"error":"Invalid username"}', 'Invalid username'],
    ['{"error":{"type":"validation","message":"page is wrong"}}', 'page is wrong'],
    ['{"errors":["one",{"detail":"two"}]}', 'one; two'],
    ['{"status":"?"}', '{"status":"?"}'],
    ['<!DOCTYPE html><html><head><title> Sign\n in </title>', 'a web page: Sign in'],
    ['<html><body>…', 'a web page'],
    ['  upstream   failed \n', 'upstream failed'],
    ['', undefined],
    [' \n', undefined],
  ])('%j says %j', (body, words) => {
    expect(vendorWords(body, (text) => text)).toBe(words);
  });

  test('are kept to a line of bearable length', () => {
    expect(vendorWords('x'.repeat(5000), (text) => text)).toHaveLength(301);
  });

  test('lose their secrets before they are cut, so that no half of one stays', () => {
    const redact = createRedactor(['a-long-and-secret-key']);
    const words = vendorWords(`${'x'.repeat(290)} a-long-and-secret-key is wrong`, redact);
    expect(words).not.toContain('a-long');
    expect(vendorWords('{"error":"a-long-and-secret-key?"}', redact)).toBe('****?');
  });

  test.each([
    ['a letter as JSON writes it for old readers', '"\\u043f\\u0430\\u0440\\u043e\\u043b\\u044c/\\"1"', '"****"'],
    ['a slash as PHP writes it', 'пароль\\/\\"1', '****'],
    ['numbers of HTML', 'пароль&#47;&#x22;1', '****'],
    ['JSON in JSON', '{\\"password\\":\\"пароль/\\\\\\"1\\"}', '{"password":"****"}'],
  ])('a secret is found when a server quotes it with %s', (_what, said, shown) => {
    expect(vendorWords(JSON.stringify({ message: said }), createRedactor(['пароль/"1']))).toBe(shown);
  });
});

describe('addressProblem, in a cloud', () => {
  test.each([
    'localhost',
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '[fd00::1]',
    '[::1]',
  ])('%s is none of ours', (host) => {
    expect(addressProblem(`https://${host}/`, false)).toContain('this machine or its network');
    expect(addressProblem(`https://${host}/`)).toBeUndefined();
  });

  test.each(['api.livechatinc.com', '172.15.0.1', '11.0.0.1'])('%s can be used', (host) => {
    expect(addressProblem(`https://${host}`, false)).toBeUndefined();
  });
});

describe('addressProblem', () => {
  test.each([
    'https://api.livechatinc.com',
    'https://gateway.company.example/livechat',
    'http://127.0.0.1:8080',
    'http://localhost:1',
    'http://[::1]:5',
  ])('%s can be used', (address) => {
    expect(addressProblem(address)).toBeUndefined();
  });

  test.each([
    'http://api.livechatinc.com',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'ftp://127.0.0.1',
    'https://user:key@api.livechatinc.com',
    'https://api.livechatinc.com?x=1',
    'api.livechatinc.com',
    '',
  ])('%s cannot', (address) => {
    expect(addressProblem(address)).toBeTruthy();
  });

  test('in a cloud, loopback cannot', () => {
    expect(addressProblem('https://localhost', false)).toBeTruthy();
    expect(addressProblem('https://api.livechatinc.com', false)).toBeUndefined();
  });
});

describe('failureOf', () => {
  const purpose = {
    vendor: 'LiveChat',
    host: 'api.livechatinc.com',
    doing: 'listing agents',
    right: 'read agents',
    onUnauthorized: 'Check the login and the key.',
  };
  test.each([
    [301, 'config', 'redirects'],
    [400, 'system', 'please report it'],
    [401, 'config', 'does not accept the credentials'],
    [403, 'config', 'need the right to read agents'],
    [404, 'config', 'does not know the address'],
    [410, 'config', 'does not know the address'],
    [422, 'system', 'rejects the call'],
    [429, 'transient', 'too many'],
    [500, 'transient', 'failed while listing agents'],
    [501, 'transient', 'failed while listing agents'],
  ] as const)('HTTP %i is a %s error that says what to do', (status, kind, words) => {
    const error = failureOf({ kind: 'status', status, retryAfterMs: undefined }, purpose, 1, 'their words');
    expect(error.kind).toBe(kind);
    expect(error.status).toBe(status);
    expect(error.message).toContain(words);
    expect(error.message).toContain(`HTTP ${status}`);
    if (status !== 301) expect(error.message).toContain('“their words”');
  });

  test.each([
    ['ENOTFOUND', 'transient', 'does not resolve'],
    ['CERT_HAS_EXPIRED', 'config', 'NODE_EXTRA_CA_CERTS'],
    ['ECONNRESET', 'transient', 'cannot be reached'],
  ] as const)('%s is a %s error', (code, kind, words) => {
    const error = failureOf({ kind: 'fault', code }, purpose, 3, undefined);
    expect(error).toMatchObject({ kind });
    expect(error.message).toContain(words);
    expect(error.message).toContain(code);
  });
});
