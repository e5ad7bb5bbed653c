import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  SANDBOX_ACCESS_TOKEN,
  SANDBOX_ACCOUNT_ID,
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  SANDBOX_REFRESH_TOKEN,
} from '../../src/sandbox/options.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { checkFailure, configured, sourceChat } from '../helpers/airbyte.ts';
import { sandboxFor, UNLIMITED } from '../helpers/sandbox.ts';
import { expectNoSecret, printed } from '../helpers/secret-forms.ts';
import { tapChat } from '../helpers/singer.ts';

const STREAMS = ['livechat_agents', 'livechat_tickets', 'livechat_chats'];
const KINDS = [
  ['personal_access_token', (sandbox: Sandbox) => sandbox.tokenConfig(UNLIMITED)],
  ['oauth2.0', (sandbox: Sandbox) => sandbox.oauthConfig(UNLIMITED)],
  ['api_key', (sandbox: Sandbox) => sandbox.config(UNLIMITED)],
] as const;

const token = (account_id: string, text: string) => ({
  credentials: { auth_type: 'personal_access_token', account_id, token: text },
});
const oauth = (more: object) => ({
  credentials: {
    auth_type: 'oauth2.0',
    client_id: SANDBOX_CLIENT_ID,
    client_secret: SANDBOX_CLIENT_SECRET,
    refresh_token: SANDBOX_REFRESH_TOKEN,
    ...more,
  },
});
const PAIR = `${SANDBOX_ACCOUNT_ID}:${SANDBOX_ACCESS_TOKEN}`;
const REVOKED = 'dal:revoked-token-0123456789';

test.each(KINDS)(
  'C1, D1, R1: with %s it checks, discovers and reads all three streams, in both faces',
  async (kind, configOf) => {
    const sandbox = await sandboxFor({ tickets: 40, livechat: { chats: 30 } });
    const { catalog } = await sourceChat('discover', { config: configOf(sandbox) });
    expect(catalog.streams.map(({ name }: { name: string }) => name)).toEqual(STREAMS);
    // Nobody signs in for that.
    expect(sandbox.calls.count).toBe(0);
    const check = await sourceChat('check', { config: configOf(sandbox) });
    expect(check.connectionStatus).toEqual({ status: 'SUCCEEDED' });
    const output = await sourceChat('read', { config: configOf(sandbox), catalog: configured(STREAMS) });
    const tap = await tapChat({ config: configOf(sandbox) });
    expect([output.code, tap.code]).toEqual([0, 0]);
    expect(output.rows('livechat_chats')).toHaveLength(30);
    for (const stream of STREAMS) {
      expect(output.rows(stream).length, stream).toBeGreaterThan(0);
      expect(output.statuses(stream).at(-1)).toBe('COMPLETE');
      expect(tap.rows(stream)).toHaveLength(output.rows(stream).length);
    }
    const { calls } = sandbox.calls;
    expect(calls.some(({ path }) => path.startsWith('/v3.6/'))).toBe(kind !== 'api_key');
    expect(calls.some(({ path }) => path.startsWith('/helpdesk/'))).toBe(kind !== 'api_key');
    expect(calls.some(({ path }) => path.startsWith('/accounts/'))).toBe(kind === 'oauth2.0');
  },
);

describe('a personal access token that was pasted in as base64', () => {
  const SAID = { level: 'INFO', message: expect.stringContaining('is base64 of account id and token') };

  test.each([
    ['with Basic in front', SANDBOX_ACCOUNT_ID, `Basic ${Buffer.from(PAIR).toString('base64')}`],
    [
      'in the alphabet for addresses, beside the id of something else',
      'aaaaaaaa-0000-4000-8000-000000000000',
      Buffer.from(PAIR).toString('base64url'),
    ],
  ])('%s: is used right, is said, and nothing of it is shown', async (_what, accountId, pasted) => {
    const sandbox = await sandboxFor();
    const config = sandbox.tokenConfig(token(accountId, pasted));
    const output = await sourceChat('check', { config }, { env: { LOG_LEVEL: 'debug' } });
    expect(output.connectionStatus).toEqual({ status: 'SUCCEEDED' });
    expect(output.logs()).toContainEqual(SAID);
    expectNoSecret(printed(output), [SANDBOX_ACCESS_TOKEN, pasted.replace('Basic ', ''), PAIR]);
  });

  const LOOKS_LIKE = Buffer.from('someone:something-else').toString('base64');
  test.each([
    ['one that only looks like it is used as it is', LOOKS_LIKE, LOOKS_LIKE, 0],
    ['one that is unpacked', Buffer.from(PAIR).toString('base64'), SANDBOX_ACCESS_TOKEN, 1],
    ['one with Basic in front of it is used without', `Basic ${SANDBOX_ACCESS_TOKEN}`, SANDBOX_ACCESS_TOKEN, 0],
  ])('%s, and not shown when a server repeats it in other forms', async (_what, pasted, used, said) => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      const { authorization = '' } = request.headers;
      seen.push(authorization);
      const pair = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
      const message = `Not good: ${pair} ${encodeURIComponent(pair)} ${authorization}`;
      response.writeHead(401).end(JSON.stringify({ error: { type: 'authentication', message } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = { start_date: '2024-01-01', livechat: { ...token(SANDBOX_ACCOUNT_ID, pasted), base_url } };
    const output = await sourceChat('check', { config });
    expect(seen).toEqual([`Basic ${Buffer.from(`${SANDBOX_ACCOUNT_ID}:${used}`).toString('base64')}`]);
    expect(output.logs()).toEqual(said === 0 ? [] : [SAID]);
    expect(output.connectionStatus.message).toContain('Not good');
    expectNoSecret(printed(output), [pasted, used]);
  });
});

describe('credentials that are refused', () => {
  const CHECK_TOKEN =
    'LiveChat does not accept the credentials (HTTP 401: “Invalid access token”). Check livechat.credentials: account_id is the id that the Developer Console shows beside the token, no e-mail address; a token that was revoked has to be replaced.';

  test.each([
    ['a token that is wrong or was revoked', token(SANDBOX_ACCOUNT_ID, REVOKED), CHECK_TOKEN],
    [
      'the account id of somebody else',
      token('5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87', SANDBOX_ACCESS_TOKEN),
      CHECK_TOKEN,
    ],
    [
      'a wrong client secret',
      oauth({ client_secret: 'wrong-client-secret-0123' }),
      /^LiveChat does not accept the credentials \(HTTP 401: “unauthorized_client”\)\. Check client_id, client_secret and refresh_token in livechat\.credentials\./,
    ],
    [
      'an expired refresh token',
      oauth({ refresh_token: 'expired-refresh-token-0123' }),
      /^LiveChat refuses the sign-in \(HTTP 400: “access_denied”\)\. Check client_id, .* has expired: let the app in once more to get another one\.$/,
    ],
  ])('C2: %s: what it is and what to do is said after one call', async (_what, livechat, words) => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('check', { config: sandbox.tokenConfig(livechat) });
    expect(output.code).toBe(0);
    expect(output.connectionStatus.status).toBe('FAILED');
    if (words instanceof RegExp) expect(output.connectionStatus.message).toMatch(words);
    else expect(output.connectionStatus.message).toBe(words);
    expect(sandbox.calls.count).toBe(1);
    const { auth_type: _kind, account_id: _id, ...secrets } = livechat.credentials as Record<string, string>;
    expectNoSecret(printed(output), Object.values(secrets));
  });

  test('X6: a read says the same of each stream, as a config_error, with exit code 1 and one call for each host', async () => {
    const sandbox = await sandboxFor();
    const config = sandbox.tokenConfig(token(SANDBOX_ACCOUNT_ID, REVOKED));
    const output = await sourceChat('read', { config, catalog: configured(STREAMS) });
    expect(output.code).toBe(1);
    const errors = output.errors();
    expect(errors.map((error) => error.stream_descriptor?.name)).toEqual(STREAMS);
    for (const { message, failure_type } of errors) {
      expect(failure_type).toBe('config_error');
      // Whoever loads nothing but tickets hears of it from HelpDesk, and needs the same advice.
      expect(message).toContain('account_id is the id that the Developer Console shows beside the token');
    }
    for (const stream of STREAMS) expect(output.statuses(stream).at(-1)).toBe('INCOMPLETE');
    expect(sandbox.calls.count).toBe(2);
    expect(output.records()).toEqual([]);
    expectNoSecret(printed(output), [REVOKED]);
    const tap = await tapChat({ config });
    expect(tap.code).toBe(1);
    expectNoSecret(printed(tap), [REVOKED]);
  });

  test('X6: a missing scope ends its stream, and the others are complete', async () => {
    const sandbox = await sandboxFor({ tickets: 20, livechat: { chats: 20, forbiddenV3: ['chats'] } });
    expect(await checkFailure(sandbox.tokenConfig())).toContain('livechat_chats: LiveChat refuses listing chats');
    const output = await sourceChat('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: configured(STREAMS) });
    expect(output.code).toBe(1);
    expect(output.errors()).toEqual([
      expect.objectContaining({
        failure_type: 'config_error',
        message: expect.stringContaining('read chats (scope chats--all:ro)'),
        stream_descriptor: { name: 'livechat_chats' },
      }),
    ]);
    expect(STREAMS.map((name) => output.statuses(name).at(-1))).toEqual(['COMPLETE', 'COMPLETE', 'INCOMPLETE']);
  });

  test('C2: without any scope all that are missing are named at once', async () => {
    const sandbox = await sandboxFor({
      livechat: { forbiddenV3: ['agents', 'chats'], forbiddenHelpdesk: ['tickets'] },
    });
    const message = await checkFailure(sandbox.tokenConfig());
    for (const scope of ['agents--all:ro', 'chats--all:ro', 'accounts--my:ro']) {
      expect(message).toContain(`(scope ${scope})`);
    }
    for (const stream of STREAMS) expect(message).toContain(`${stream}: `);
  });

  test('C1: without HelpDesk agents and chats can be loaded, and what to do about tickets is said', async () => {
    const sandbox = await sandboxFor({ livechat: { chats: 20, helpdeskBought: false } });
    const check = await sourceChat('check', { config: sandbox.tokenConfig() });
    expect(check.connectionStatus.status).toBe('SUCCEEDED');
    expect(check.logs()).toEqual([
      {
        level: 'WARN',
        message: expect.stringMatching(
          /^livechat_tickets: HelpDesk knows no valid licence .*HTTP 402.* deselect this one\.$/,
        ),
      },
    ]);
    const output = await sourceChat('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: configured(STREAMS) });
    expect(output.code).toBe(1);
    expect(output.errors()).toEqual([
      expect.objectContaining({ failure_type: 'config_error', stream_descriptor: { name: 'livechat_tickets' } }),
    ]);
    expect(output.rows('livechat_chats')).toHaveLength(20);
  });
});

test('errors that come with HTTP 200, a region and a version that ends are no different through the whole command', async () => {
  const sandbox = await sandboxFor({
    livechat: { chats: 220, errorsAsOk: true, region: 'fra', legacy: '2027-03-31' },
  });
  sandbox.livechatErrors.add({ type: 'internal' }, { type: 'service_unavailable' });
  const output = await sourceChat('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: configured(STREAMS) });
  expect(output.code).toBe(0);
  expect(output.rows('livechat_chats')).toHaveLength(220);
  const said = (words: string) => output.logs().filter(({ message }) => message.includes(words));
  expect(said('x-region: fra')).toHaveLength(1);
  expect(said('until 2027-03-31: update source-chat')).toEqual([expect.objectContaining({ level: 'WARN' })]);
  sandbox.livechatErrors.add({ type: 'license_expired', message: 'License expired' });
  expect(await checkFailure(sandbox.tokenConfig())).toContain('LiveChat knows no valid licence for signing in');
});
