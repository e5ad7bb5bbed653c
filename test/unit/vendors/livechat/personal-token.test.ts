import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPersonalToken } from '../../../../src/vendors/livechat/personal-token.ts';

const SEED = Number(process.env['WORLDS_SEED'] ?? 20_260_115);
const RUNS = Number(process.env['WORLDS_RUNS'] ?? 2000);
const ACCOUNT = '5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87';

/** What may stand in a header without a space. */
const printable = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 80 })
  .map((codes) => String.fromCharCode(...codes));
const accountId = fc.oneof(
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  printable.filter((text) => !text.includes(':')),
);
/** Each way in which base64 is written down. */
const writing = fc.record({
  alphabet: fc.constantFrom('base64' as const, 'base64url' as const),
  padded: fc.boolean(),
  prefix: fc.constantFrom('', 'Basic ', 'basic  ', 'BASIC\t'),
  around: fc.constantFrom('', ' ', '\n'),
});

function packed(
  pair: string,
  { alphabet, padded, prefix, around }: typeof writing extends fc.Arbitrary<infer W> ? W : never,
) {
  const text = Buffer.from(pair).toString(alphabet).replace(/=+$/, '');
  const padding = padded ? '='.repeat((4 - (text.length % 4)) % 4) : '';
  return `${around}${prefix}${text}${padding}${around}`;
}

describe('a personal access token', () => {
  test('is found in any base64 of the account that was given and a token', () => {
    fc.assert(
      fc.property(accountId, printable, writing, (account, token, how) => {
        // Less than that is no account with a token.
        fc.pre(Buffer.from(`${account}:${token}`).length >= 12);
        expect(readPersonalToken(account, packed(`${account}:${token}`, how))).toEqual({
          accountId: account,
          token,
          wasEncoded: true,
        });
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test('is found with the account that it belongs to where another one was given', () => {
    fc.assert(
      fc.property(fc.uuid(), printable, writing, (account, token, how) => {
        expect(readPersonalToken('something else', packed(`${account}:${token}`, how))).toEqual({
          accountId: account,
          token,
          wasEncoded: true,
        });
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test('is left alone, whatever it looks like', () => {
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_'];
    const random = fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 120 }).map((all) => all.join(''));
    const prefixed = fc.tuple(fc.constantFrom('dal:', 'fra:', 'us-south1:'), random).map((parts) => parts.join(''));
    // Bytes of a text with a colon, which is all that a pair has: only the account tells it from one.
    const likePair = fc.tuple(printable, printable).map(([a, b]) => Buffer.from(`${a}:${b}`).toString('base64'));
    const tokens = fc.oneof(
      printable.filter((text) => !/^basic/i.test(text)),
      random,
      prefixed,
      likePair,
    );
    fc.assert(
      fc.property(tokens, (token) => {
        expect(readPersonalToken(ACCOUNT, token)).toEqual({ accountId: ACCOUNT, token, wasEncoded: false });
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test.each([
    ['a pair whose account is none', Buffer.from('jane:secret-token-1234').toString('base64')],
    ['a pair with an empty token', Buffer.from(`${ACCOUNT}:`).toString('base64')],
    ['a pair with a space in it', Buffer.from(`${ACCOUNT}:two words`).toString('base64')],
    ['a pair that is not ASCII', Buffer.from(`${ACCOUNT}:żółw-żółw`).toString('base64')],
    ['the pair as it is', `${ACCOUNT}:dal:token`],
  ])('%s is a token like any other', (_what, token) => {
    expect(readPersonalToken(ACCOUNT, token)).toEqual({ accountId: ACCOUNT, token, wasEncoded: false });
  });

  test('the word Basic is no part of it, nor are spaces around it', () => {
    expect(readPersonalToken(ACCOUNT, ' Basic dal:token ')).toMatchObject({ token: 'dal:token', wasEncoded: false });
    expect(readPersonalToken(ACCOUNT, 'Basics:token')).toMatchObject({ token: 'Basics:token' });
  });

  test('the account may be written in capitals, as some show it', () => {
    const pair = Buffer.from(`${ACCOUNT}:dal:token`).toString('base64');
    expect(readPersonalToken(ACCOUNT.toUpperCase(), pair)).toEqual({
      accountId: ACCOUNT,
      token: 'dal:token',
      wasEncoded: true,
    });
  });
});
