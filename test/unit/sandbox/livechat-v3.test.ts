import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../../src/cli/source-chat-arguments.ts';
import { LIVECHAT_DEFAULTS } from '../../../src/sandbox/livechat/options.ts';
import {
  SANDBOX_ACCESS_TOKEN,
  SANDBOX_ACCOUNT_ID,
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  SANDBOX_REFRESH_TOKEN,
} from '../../../src/sandbox/options.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { type Json, livechatFor } from '../../helpers/livechat-sandbox.ts';

const NOW = Date.UTC(2026, 1, 1);

describe('the Configuration API', () => {
  test('gives agents with what is asked for and no more', async () => {
    const { v3 } = await livechatFor();
    const bare = (await v3('configuration/list_agents')).body;
    expect(Object.keys(bare[0]).sort()).toEqual(['account_id', 'avatar_path', 'id', 'login_status', 'name', 'role']);
    const fields = ['suspended', 'awaiting_approval', 'last_logout', 'groups', 'work_scheduler', 'email_subscriptions'];
    const agents = (await v3('configuration/list_agents', { fields })).body;
    expect(agents).toHaveLength(12);
    expect(agents.map(({ role }: Json) => role).slice(0, 4)).toEqual(['owner', 'viceowner', 'administrator', 'normal']);
    expect(agents.filter(({ awaiting_approval }: Json) => awaiting_approval)).toHaveLength(1);
    expect(agents.filter((agent: Json) => !('last_logout' in agent))).toHaveLength(1);
    expect(agents[0].last_logout).toMatch(/\.\d{6}Z$/);
    expect(agents[0].work_scheduler).toMatchObject({ timezone: expect.any(String), schedule: { length: 5 } });
    const suspended = agents.filter((agent: Json) => agent.suspended);
    expect(suspended).toHaveLength(2);
    const asked = { fields, filters: { suspended: true } };
    expect((await v3('configuration/list_agents', asked)).body).toEqual(suspended);
    expect((await v3('configuration/list_agents', { fields: ['shoe_size'] })).body.error.type).toBe('validation');
    expect((await v3('configuration/list_agents', { limit: 10 })).body.error.type).toBe('validation');
    const hiding = await livechatFor({ livechat: { hideSuspended: true } });
    expect((await hiding.v3('configuration/list_agents')).body).toHaveLength(10);
  });

  test('has both names where the documentation has', async () => {
    const { v3 } = await livechatFor({ livechat: { avatarName: 'avatar', subscriptionsName: 'summaries' } });
    const [agent] = (await v3('configuration/list_agents', { fields: ['email_subscriptions'] })).body;
    expect(agent).toMatchObject({ avatar: expect.any(String), summaries: expect.any(Array) });
    expect(agent).not.toHaveProperty('avatar_path');
    expect(agent).not.toHaveProperty('email_subscriptions');
    expect((await v3('configuration/list_agents')).body[0]).not.toHaveProperty('summaries');
  });

  test('names the groups', async () => {
    const { v3 } = await livechatFor();
    const groups = (await v3('configuration/list_groups', { fields: ['agent_priorities'] })).body;
    expect(groups.map(({ id, name }: Json) => [id, name])).toEqual([
      [0, 'All operators'],
      [3, 'Sales'],
      [7, 'Поддержка'],
    ]);
    expect(groups[0].agent_priorities).toMatchObject({ 'agent0@company.example': 'normal' });
  });
});

describe('errors', () => {
  test('have a type, and a status or 200', async () => {
    const { v3, call, sandbox } = await livechatFor();
    const refused = await v3('configuration/list_channels', {}, { authorization: 'Basic eDp5' });
    expect(refused).toMatchObject({ status: 401, body: { error: { type: 'authentication' } } });
    const old = await call('/v3.3/agent/action/list_archives', { method: 'POST' });
    expect(old.body.error.type).toBe('unsupported_version');
    expect((await v3('agent/send_event')).body.error.type).toBe('not_found');
    sandbox.livechatErrors.add({ type: 'request_timeout' }, { type: 'license_expired', message: 'License expired' });
    expect(await v3('agent/list_chats')).toMatchObject({ status: 504, body: { error: { type: 'request_timeout' } } });
    expect((await v3('agent/list_chats')).body.error).toEqual({ type: 'license_expired', message: 'License expired' });
    expect((await v3('agent/list_chats')).status).toBe(200);
    sandbox.faults.queue('429-seconds', '429-none', '503', 'empty-page');
    const limited = await v3('agent/list_archives');
    expect(limited).toMatchObject({ status: 429, body: { error: { type: 'too_many_requests' } } });
    expect(limited.headers.get('retry-after')).toBe('1');
    expect((await v3('agent/list_archives')).headers.has('retry-after')).toBe(false);
    expect((await v3('agent/list_archives')).body.error.type).toBe('service_unavailable');
    expect(await v3('agent/list_archives')).toMatchObject({ status: 200, body: { chats: [], found_chats: 400 } });
    const quiet = await livechatFor({ livechat: { errorsAsOk: true, errorV3: 'wrong_product_version' } });
    expect(await quiet.v3('agent/list_chats')).toMatchObject({
      status: 200,
      body: { error: { type: 'wrong_product_version' } },
    });
    quiet.sandbox.faults.queue('429-none');
    expect(await quiet.v3('agent/list_chats')).toMatchObject({
      status: 200,
      body: { error: { type: 'too_many_requests' } },
    });
  });

  test('name the scope that is missing, and the region that is right', async () => {
    const narrow = await livechatFor({ livechat: { forbiddenV3: ['chats'] } });
    expect(await narrow.v3('agent/list_archives')).toMatchObject({
      status: 403,
      body: { error: { type: 'authorization', message: expect.stringContaining('chats--all:ro') } },
    });
    expect((await narrow.v3('configuration/list_agents')).status).toBe(200);
    const { v3 } = await livechatFor({ livechat: { region: 'fra' } });
    expect(await v3('agent/list_archives')).toMatchObject({
      status: 421,
      body: { error: { type: 'misdirected_request', data: { region: 'fra' } } },
    });
    expect((await v3('agent/list_archives', {}, { 'x-region': 'fra' })).status).toBe(200);
  });

  test('are announced by a header', async () => {
    const { v3 } = await livechatFor({ livechat: { legacy: '2026-09-30', deprecation: '2026-12-31' } });
    const { headers } = await v3('configuration/list_channels');
    expect([headers.get('legacy'), headers.get('deprecation')]).toEqual(['2026-09-30', '2026-12-31']);
  });
});

describe('OAuth', () => {
  test('gives an access token for a refresh token, and another refresh token', async () => {
    const clock = new FakeClock(NOW);
    const { renew, v3, helpdesk, sandbox } = await livechatFor({}, { clock });
    const first = await renew(SANDBOX_REFRESH_TOKEN);
    expect(first).toMatchObject({ status: 200, body: { expires_in: 28_800, token_type: 'Bearer' } });
    const bearer = { authorization: `Bearer ${first.body.access_token}` };
    const call = async () => [
      (await v3('configuration/list_channels', {}, bearer)).status,
      (await helpdesk('/agents', bearer)).status,
    ];
    expect(await call()).toEqual([200, 200]);
    // The old one was used up.
    expect(await renew(SANDBOX_REFRESH_TOKEN)).toMatchObject({ status: 400, body: { error: 'identity_exception' } });
    expect(sandbox.oauthConfig()).toMatchObject({
      livechat: { credentials: { refresh_token: first.body.refresh_token } },
    });
    await clock.advance(28_800_000);
    expect(await call()).toEqual([401, 401]);
    const second = await renew(first.body.refresh_token);
    bearer.authorization = `Bearer ${second.body.access_token}`;
    expect(await call()).toEqual([200, 200]);
    sandbox.livechatTokens.revokeAccessTokens();
    expect(await call()).toEqual([401, 401]);
    sandbox.livechatTokens.revokeRefreshTokens();
    expect((await renew(second.body.refresh_token)).status).toBe(400);
  });

  test('can leave the refresh token as it is, or good for a while', async () => {
    const steady = await livechatFor({ livechat: { rotatesRefreshToken: false } });
    for (let n = 0; n < 2; n += 1) {
      expect((await steady.renew(SANDBOX_REFRESH_TOKEN)).body.refresh_token).toBe(SANDBOX_REFRESH_TOKEN);
    }
    const clock = new FakeClock(NOW);
    const { renew } = await livechatFor({ livechat: { refreshGraceMs: 10_000 } }, { clock });
    await renew(SANDBOX_REFRESH_TOKEN);
    await clock.advance(9_999);
    expect((await renew(SANDBOX_REFRESH_TOKEN)).status).toBe(200);
    // That it was used once more does not make it live longer.
    await clock.advance(1);
    expect((await renew(SANDBOX_REFRESH_TOKEN)).status).toBe(400);
  });

  test('refuses strangers, and loses no token to a call that never came through', async () => {
    const { renew, sandbox } = await livechatFor();
    expect(await renew(SANDBOX_REFRESH_TOKEN, { client_secret: 'wrong' })).toMatchObject({
      status: 401,
      body: { error: 'oauth_exception', error_description: 'unauthorized_client' },
    });
    expect(await renew(SANDBOX_REFRESH_TOKEN, { grant_type: 'password' })).toMatchObject({
      status: 400,
      body: { error_description: 'invalid_request' },
    });
    sandbox.faults.queue('503', '429-none');
    expect((await renew(SANDBOX_REFRESH_TOKEN)).status).toBe(503);
    expect((await renew(SANDBOX_REFRESH_TOKEN)).status).toBe(429);
    expect((await renew(SANDBOX_REFRESH_TOKEN)).status).toBe(200);
  });
});

test('configurations name credentials that open what they lead to', async () => {
  const { sandbox } = await livechatFor();
  const { url } = sandbox;
  const places = { base_url: url, helpdesk_url: `${url}/helpdesk/v1`, accounts_url: `${url}/accounts` };
  expect(sandbox.tokenConfig({ calls_per_minute: 7 })['livechat']).toEqual({
    credentials: {
      auth_type: 'personal_access_token',
      account_id: SANDBOX_ACCOUNT_ID,
      token: SANDBOX_ACCESS_TOKEN,
    },
    ...places,
    calls_per_minute: 7,
  });
  expect(sandbox.oauthConfig()['livechat']).toEqual({
    credentials: {
      auth_type: 'oauth2.0',
      client_id: SANDBOX_CLIENT_ID,
      client_secret: SANDBOX_CLIENT_SECRET,
      refresh_token: SANDBOX_REFRESH_TOKEN,
    },
    ...places,
  });
});

test('from outside: what must be found, and changes', async () => {
  const { sandbox, helpdesk, v3 } = await livechatFor({ tickets: 100, livechat: { chats: 40 } });
  const control = async (path: string) => (await fetch(`${sandbox.url}/_sandbox/${path}`)).text();
  const rows = async (path: string) =>
    (await control(`oracle?${path}`))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  expect(await rows('stream=livechat_chats&api=v3')).toHaveLength(40);
  expect(await rows('stream=livechat_chats&api=rest_v2')).toHaveLength(40);
  expect(await rows('stream=livechat_tickets&api=helpdesk')).toHaveLength(102);
  expect(await rows('stream=livechat_agents&api=v3')).toHaveLength(12);
  expect(await control('oracle?stream=livechat_chats&api=telex')).toContain('no such stream');
  const { id } = JSON.parse(await control('move?silo=archive'));
  expect((await helpdesk(`/tickets?silo=archive&sortBy=updatedAt`)).body[0].shortID).toBe(id);
  expect(await control('move?silo=attic')).toContain('silo must be one of');
  await control('chats?count=10');
  expect((await v3('agent/list_archives')).body.found_chats).toBe(44);
  expect(JSON.parse(await control('revoke'))).toEqual({ issued: 0 });
  // What was asked for stands in the log of calls.
  expect(sandbox.calls.calls.at(-1)).toMatchObject({ path: '/v3.6/agent/action/list_archives', body: '{}' });
});

test('flags of the command line turn it', async () => {
  const parsed = (...args: string[]) => parseArguments(['sandbox', ...args]) as Promise<Json>;
  expect((await parsed()).arguments.sandbox.livechat).toEqual(LIVECHAT_DEFAULTS);
  const args = [
    '--livechat-chats=7',
    '--livechat-token-lifetime=60',
    '--rest-v2=410',
    '--without-helpdesk',
    '--forbid=chats',
  ];
  expect((await parsed(...args)).arguments.sandbox).toMatchObject({
    forbidden: ['chats'],
    livechat: {
      chats: 7,
      tokenLifetimeSeconds: 60,
      v2Gone: '410',
      helpdeskBought: false,
      forbiddenV3: ['chats'],
      forbiddenHelpdesk: [],
    },
    livetex: { forbidden: ['chats'] },
  });
});
