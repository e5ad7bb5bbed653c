import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, vendorOf } from '../helpers/contract.ts';

/** The true hosts of today's APIs: who signs in how. What their answers become is in the tests of each API. */
const ACCOUNTS = 'https://accounts.livechat.com';
const LIVECHAT = 'https://api.livechatinc.com';
const HELPDESK = 'https://api.helpdesk.com';
const USER_AGENT = /^source-chat\/\d/;

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

const vendorWith = (credentials: object) =>
  vendorOf({ start_date: '2025-03-10T08:00:00Z', livechat: { credentials: credentials as never } });

const oauth = () =>
  vendorWith({
    auth_type: 'oauth2.0',
    client_id: 'the-client id',
    client_secret: 'the-secret+&=',
    refresh_token: 'dal:the-refresh/token',
  });

const bearer = (token: string) => ({ authorization: `Bearer ${token}`, 'user-agent': USER_AGENT });

describe('OAuth at accounts.livechat.com', () => {
  test('POST /v2/token: a form, no Authorization header, and its token for LiveChat and HelpDesk alike', async () => {
    const sent: string[] = [];
    const token = nock(ACCOUNTS, {
      reqheaders: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        'user-agent': USER_AGENT,
      },
      badheaders: ['authorization', 'x-region'],
    })
      .post('/v2/token', (body) => {
        sent.push(JSON.stringify(body));
        return true;
      })
      .reply(200, {
        access_token: 'dal:the-access-token',
        account_id: '5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87',
        expires_in: 28800,
        organization_id: '5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f88',
        refresh_token: 'the-next-refresh-token',
        scope: 'agents--all:ro',
        token_type: 'Bearer',
      });
    const livechat = nock(LIVECHAT, { reqheaders: bearer('dal:the-access-token') })
      .post('/v3.6/configuration/action/list_channels', {})
      .reply(200, [])
      .post('/v3.6/configuration/action/list_agents')
      .reply(200, [])
      .post('/v3.6/agent/action/list_archives')
      .reply(200, { chats: [], found_chats: 0 });
    const helpdesk = nock(HELPDESK, { reqheaders: bearer('dal:the-access-token') })
      .get('/v1/tickets')
      .query(true)
      .reply(200, []);
    await oauth().check({ signal: new AbortController().signal });
    expect(sent.map((body) => JSON.parse(body))).toEqual([
      {
        grant_type: 'refresh_token',
        refresh_token: 'dal:the-refresh/token',
        client_id: 'the-client id',
        client_secret: 'the-secret+&=',
      },
    ]);
    for (const scope of [token, livechat, helpdesk]) scope.done();
  });

  test('the form is written as forms are: a space is a plus, and nothing in it can end a field', async () => {
    const scope = nock(ACCOUNTS)
      .post(
        '/v2/token',
        'grant_type=refresh_token&refresh_token=dal%3Athe-refresh%2Ftoken&client_id=the-client+id&client_secret=the-secret%2B%26%3D',
      )
      .reply(200, { access_token: 'a', expires_in: 28800 });
    nock(LIVECHAT).post('/v3.6/configuration/action/list_agents').twice().reply(200, []);
    await rowsOf(oauth().streams.find((stream) => stream.name === 'livechat_agents'));
    scope.done();
  });

  test.each([
    [400, { error: 'identity_exception', error_description: 'access_denied' }, 'access_denied'],
    [401, { error: 'oauth_exception', error_description: 'unauthorized_client' }, 'unauthorized_client'],
    [400, { error: 'oauth_exception', error_description: 'invalid_request' }, 'invalid_request'],
    [403, { error: 'oauth_exception' }, 'oauth_exception'],
  ])('HTTP %i with %o is asked once, and is for the user to mend', async (status, body, words) => {
    const scope = nock(ACCOUNTS).post('/v2/token').reply(status, body);
    const checking = oauth().check({ signal: new AbortController().signal });
    await expect(checking).rejects.toMatchObject({ kind: 'config', status, message: expect.stringContaining(words) });
    scope.done();
  });
});

describe('a personal access token', () => {
  test('is sent as Basic with the account id, to LiveChat and to HelpDesk', async () => {
    // 5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87:us-south1:the-token
    const authorization = 'Basic NWYwYzhmNWUtMWMwYi00ZDFhLTliNWUtM2MyYTFkMGU5Zjg3OnVzLXNvdXRoMTp0aGUtdG9rZW4=';
    const reqheaders = { authorization, 'user-agent': USER_AGENT };
    const livechat = nock(LIVECHAT, { reqheaders })
      .post('/v3.6/configuration/action/list_channels', {})
      .reply(200, [])
      .post('/v3.6/configuration/action/list_agents')
      .reply(200, [])
      .post('/v3.6/agent/action/list_archives')
      .reply(200, { chats: [] });
    const helpdesk = nock(HELPDESK, { reqheaders }).get('/v1/tickets').query(true).reply(200, []);
    const vendor = vendorWith({
      auth_type: 'personal_access_token',
      account_id: '5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87',
      token: 'us-south1:the-token',
    });
    await vendor.check({ signal: new AbortController().signal });
    for (const scope of [livechat, helpdesk]) scope.done();
  });
});
