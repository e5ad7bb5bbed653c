import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../../src/cli/config.ts';

const START = { start_date: '2024-01-01T00:00:00Z' };
const ALL_KINDS =
  '"personal_access_token" (Personal Access Token) or "oauth2.0" (OAuth 2.0) or "api_key" (API Key (REST API v2))';
const TOKEN = { account_id: '5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87', token: 'dal:some-token' };
const KEY = { auth_type: 'api_key', login: 'owner@company.example', api_key: 'some-key' };

/** What is held against a configuration with these credentials. */
function problemsOf(credentials: unknown): string {
  try {
    checkConfig({ ...START, livechat: { credentials } }, {});
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing is held against it');
}

const warningsOf = (credentials: unknown) => checkConfig({ ...START, livechat: { credentials } }, {}).warnings;

describe('the form of the credentials', () => {
  test('C2: a kind that does not exist, or none: all three are named, and nothing else is held against the rest', () => {
    expect(problemsOf({ ...TOKEN, auth_type: 'pat' })).toBe(
      `The configuration is not valid: livechat.credentials.auth_type must be ${ALL_KINDS}, not "pat".`,
    );
    for (const none of [TOKEN, { ...TOKEN, auth_type: null }]) {
      expect(problemsOf(none)).toBe(
        `The configuration is not valid: livechat.credentials.auth_type is missing: it must be ${ALL_KINDS}.`,
      );
    }
    // What no kind has is misspelt all the same.
    expect(problemsOf({ ...TOKEN, tokken: 'x' })).toContain('- The setting livechat.credentials.tokken is not known');
  });

  test('C2: without credentials the three kinds are named, the recommended one first', () => {
    for (const none of [undefined, null]) {
      expect(problemsOf(none)).toContain(
        'livechat.credentials is missing: it says how to sign in, by Personal Access Token or OAuth 2.0 or API Key (REST API v2)',
      );
    }
  });

  test.each([
    ['personal_access_token', ['account_id', 'token']],
    ['oauth2.0', ['client_id', 'client_secret', 'refresh_token']],
    ['api_key', ['login', 'api_key']],
  ])(
    'C2: %s without the rest: each setting that is missing is named, and none of another kind',
    (auth_type, missing) => {
      const words = problemsOf({ auth_type, extra: 'x' });
      expect(words.match(/(?<=livechat\.credentials\.)\w+(?= is missing)/g)).toEqual(missing);
      // Empty ones, as forms send them, and those that are no text.
      const empty = Object.fromEntries(missing.map((name) => [name, ' ']));
      expect(problemsOf({ auth_type, ...empty, extra: 'x' }).match(/\w+(?= is empty)/g)).toEqual(missing);
      const lists = Object.fromEntries(missing.map((name) => [name, ['top-secret']]));
      expect(problemsOf({ auth_type, ...lists }).match(/\w+(?= must be text)/g)).toEqual(missing);
      expect(problemsOf({ auth_type, ...lists })).not.toContain('top-secret');
    },
  );

  test('C2: an account id that is an e-mail address', () => {
    expect(problemsOf({ ...TOKEN, auth_type: 'personal_access_token', account_id: 'owner@company.example' })).toBe(
      'The configuration is not valid: livechat.credentials.account_id is an e-mail address: it has to be the id that the Developer Console shows beside the token.',
    );
  });

  test('an account id beside another kind of credentials has no effect: that is said, and no reason to stop', () => {
    expect(warningsOf({ ...KEY, account_id: 'owner@company.example' })).toEqual([
      expect.stringContaining('The setting livechat.credentials.account_id is not known'),
    ]);
  });

  test('good ones of each kind', () => {
    expect(warningsOf({ ...TOKEN, auth_type: 'personal_access_token' })).toEqual([]);
    expect(warningsOf({ auth_type: 'oauth2.0', client_id: 'i', client_secret: 's', refresh_token: 'r' })).toEqual([]);
    expect(warningsOf(KEY)).toEqual([]);
  });
});
