import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, vendorOf } from '../helpers/contract.ts';

/** The true hosts of today's APIs: what is asked of them, and what becomes of the answers that their documentation shows. */
const HOST = 'https://api.livechatinc.com';
const ACCOUNTS = 'https://accounts.livechat.com';
const ACCOUNT_ID = 'b5cb41fe-22ba-4b2e-8e54-9df0a4b4f2c0';
const HEADERS = {
  // The account's id and the-key.
  authorization: `Basic ${Buffer.from(`${ACCOUNT_ID}:the-key`).toString('base64')}`,
  accept: 'application/json',
  'content-type': 'application/json',
  'user-agent': /^source-chat\/\d/,
};
/** They belong to REST v2. */
const BAD_HEADERS = ['x-api-version', 'x-region'];
const LIST_AGENTS = '/v3.6/configuration/action/list_agents';
const LIST_GROUPS = '/v3.6/configuration/action/list_groups';
const LIST_ARCHIVES = '/v3.6/agent/action/list_archives';
const LIST_CHATS = '/v3.6/agent/action/list_chats';
const AGENT_FIELDS = [
  'groups',
  'work_scheduler',
  'email_subscriptions',
  'notifications',
  'job_title',
  'mobile',
  'max_chats_count',
  'suspended',
  'awaiting_approval',
  'last_logout',
];

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

function livechat(token = 'the-key') {
  return vendorOf({
    start_date: '2025-03-10T08:00:00Z',
    livechat: { credentials: { auth_type: 'personal_access_token' as const, account_id: ACCOUNT_ID, token } },
  });
}

const streamOf = (vendor: ReturnType<typeof livechat>, name: string) =>
  vendor.streams.find((stream) => stream.name === name);

const api = () => nock(HOST, { reqheaders: HEADERS, badheaders: BAD_HEADERS });

describe('Configuration API v3.6', () => {
  const agent = {
    id: 'jane.doe@company.example',
    account_id: 'd24fa41e-bc16-41b8-a15b-9ca45ff7e0cf',
    name: 'Jane Doe',
    role: 'owner',
    login_status: 'accepting chats',
    avatar_path: 'cdn.example/1/avatars/e4b4f2.png',
    groups: [{ id: 0, priority: 'first' }],
    suspended: false,
  };

  test('list_agents and list_groups: every field is asked for by name; where nobody is suspended, those are asked for', async () => {
    const scope = api()
      .post(LIST_AGENTS, { fields: AGENT_FIELDS })
      .reply(200, [agent])
      .post(LIST_AGENTS, { filters: { suspended: true }, fields: AGENT_FIELDS })
      .reply(200, [{ id: 'john@company.example', name: 'John', role: 'normal', suspended: true }])
      .post(LIST_GROUPS, {})
      .reply(200, [{ id: 0, name: 'General', language_code: 'en' }]);
    const rows = await rowsOf(streamOf(livechat(), 'livechat_agents'));
    expect(rows).toEqual([
      {
        login: 'jane.doe@company.example',
        account_id: 'd24fa41e-bc16-41b8-a15b-9ca45ff7e0cf',
        name: 'Jane Doe',
        permission: 'owner',
        login_status: 'accepting chats',
        avatar: 'cdn.example/1/avatars/e4b4f2.png',
        groups: [{ id: 0, name: 'General', priority: 'first' }],
        suspended: false,
      },
      { login: 'john@company.example', name: 'John', permission: 'normal', suspended: true },
    ]);
    scope.done();
  });

  test('a token that is pasted in as the console shows it encoded is the same token', async () => {
    const scope = api()
      .post(LIST_AGENTS)
      .reply(200, [{ id: 'a@company.example', suspended: true }]);
    const encoded = Buffer.from(`${ACCOUNT_ID}:the-key`).toString('base64');
    expect(await rowsOf(streamOf(livechat(encoded), 'livechat_agents'))).toHaveLength(1);
    scope.done();
  });

  test('OAuth: a token is fetched with the refresh token, and sent as bearer', async () => {
    const accounts = nock(ACCOUNTS, { reqheaders: { 'content-type': 'application/x-www-form-urlencoded' } })
      .post('/v2/token', {
        grant_type: 'refresh_token',
        client_id: 'client',
        client_secret: 'the-key',
        refresh_token: 'refresh-1',
      })
      .reply(200, {
        access_token: 'dal:access-1',
        refresh_token: 'refresh-2',
        expires_in: 28_800,
        token_type: 'Bearer',
        account_id: ACCOUNT_ID,
      });
    const scope = nock(HOST, { reqheaders: { ...HEADERS, authorization: 'Bearer dal:access-1' } })
      .post(LIST_AGENTS)
      .reply(200, [{ id: 'a@company.example', suspended: true }]);
    const vendor = vendorOf({
      start_date: '2025-03-10T08:00:00Z',
      livechat: {
        credentials: {
          auth_type: 'oauth2.0' as const,
          client_id: 'client',
          client_secret: 'the-key',
          refresh_token: 'refresh-1',
        },
      },
    });
    expect(await rowsOf(streamOf(vendor, 'livechat_agents'))).toHaveLength(1);
    accounts.done();
    scope.done();
  });

  test('an account that lives in another region is asked for there, once', async () => {
    const wrong = api()
      .post(LIST_AGENTS)
      .reply(421, { error: { type: 'misdirected_request', message: 'Wrong region', data: { region: 'fra' } } });
    const right = nock(HOST, { reqheaders: { ...HEADERS, 'x-region': 'fra' } })
      .post(LIST_AGENTS)
      .reply(200, [{ id: 'a@company.example', suspended: true, groups: [{ id: 0 }] }])
      .post(LIST_GROUPS)
      .reply(200, []);
    expect(await rowsOf(streamOf(livechat(), 'livechat_agents'))).toHaveLength(1);
    wrong.done();
    right.done();
  });
});

describe('Agent Chat API v3.6', () => {
  const thread = (id: string, at: string) => ({
    id: `Q${id}`,
    users: [],
    properties: {},
    access: { group_ids: [0] },
    is_followed: false,
    thread: { id, created_at: at, active: false, user_ids: [], properties: {}, access: { group_ids: [0] } },
  });

  test('list_chats, and list_archives page by page: a page_id is sent alone', async () => {
    const scope = api()
      .post(LIST_CHATS, { filters: { active: true, include_chats_without_threads: false }, limit: 100 })
      .reply(200, { chats_summary: [], found_chats: 0 })
      // A millisecond before start_date: nobody tells whether the bound belongs to the window.
      .post(LIST_ARCHIVES, {
        filters: { from: '2025-03-10T07:59:59.999000+00:00' },
        sort_order: 'asc',
        limit: 100,
      })
      .reply(200, {
        chats: [thread('K600PKZON8', '2025-03-10T08:00:00.000000Z')],
        found_chats: 2,
        next_page_id: 'MTY3NDY4NDYzODAyOTk5OTphc2M6MTAwOnRydWU=',
      })
      .post(LIST_ARCHIVES, { page_id: 'MTY3NDY4NDYzODAyOTk5OTphc2M6MTAwOnRydWU=' })
      .reply(200, { chats: [thread('K600PKZON9', '2025-04-10T08:00:00.000001Z')], previous_page_id: 'x' });
    const rows = await rowsOf(streamOf(livechat(), 'livechat_chats'));
    expect(rows.map(({ id, chat_id }) => [id, chat_id])).toEqual([
      ['K600PKZON8', 'QK600PKZON8'],
      ['K600PKZON9', 'QK600PKZON9'],
    ]);
    scope.done();
  });

  test.each([
    ['no list', { chats: 'none' }, 'something that is not a list'],
    ['entries that are no objects', { chats: [7] }, 'entry (number 1) that is not an object'],
    [
      'an error with 200',
      { error: { type: 'authorization', message: 'Missing scope(s): chats--all:ro for the-key' } },
      'for ****',
    ],
    [
      'an error of a type that nobody has heard of',
      { error: { type: 'on_strike', message: 'Not today' } },
      'Not today',
    ],
  ])('an answer with %s is an error of the stream, not a loss', async (_what, body, words) => {
    nock(HOST).post(LIST_CHATS).reply(200, { chats_summary: [] }).post(LIST_ARCHIVES).reply(200, body);
    await expect(rowsOf(streamOf(livechat(), 'livechat_chats'))).rejects.toThrow(words);
    expect(nock.pendingMocks()).toEqual([]);
  });

  test('check: list_channels, which needs no right, and one call for each stream', async () => {
    const scope = api()
      .post('/v3.6/configuration/action/list_channels', {})
      .reply(200, [])
      .post(LIST_AGENTS)
      .reply(200, [])
      .post(LIST_ARCHIVES, (body) => body.limit === 1 && /^2026-01-15T1/.test(body.filters.from))
      .reply(200, { chats: [] });
    nock('https://api.helpdesk.com').get('/v1/tickets').query(true).reply(200, []);
    await livechat().check({ signal: new AbortController().signal });
    scope.done();
  });
});
