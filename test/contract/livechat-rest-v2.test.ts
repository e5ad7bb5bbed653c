import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, vendorOf } from '../helpers/contract.ts';

/** The true host: what is asked of it, and what becomes of the answers that its documentation shows. */
const HOST = 'https://api.livechatinc.com';
const HEADERS = {
  // owner@company.example:the-key
  authorization: 'Basic b3duZXJAY29tcGFueS5leGFtcGxlOnRoZS1rZXk=',
  'x-api-version': '2',
  accept: 'application/json',
  'user-agent': /^source-chat\/\d/,
};

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

function livechat() {
  return vendorOf({
    start_date: '2025-03-10T08:00:00Z',
    livechat: { credentials: { auth_type: 'api_key' as const, login: 'owner@company.example', api_key: 'the-key' } },
  });
}

describe('LiveChat REST v2', () => {
  test('GET /agents', async () => {
    const scope = nock(HOST, { reqheaders: HEADERS })
      .get('/agents')
      .reply(200, [
        {
          name: 'Jane Doe',
          permission: 'owner',
          avatar: 'livechat.s3.example/1/avatars/e4b4f2.png',
          login: 'jane.doe@company.example',
          status: 'accepting chats',
          last_logout: 0,
          groups: [{ id: 0, name: 'All operators' }, 3],
          api_key: 'never-to-be-seen',
        },
      ]);
    const rows = await rowsOf(livechat().streams.find((stream) => stream.name === 'livechat_agents'));
    expect(rows).toEqual([
      {
        name: 'Jane Doe',
        permission: 'owner',
        avatar: 'livechat.s3.example/1/avatars/e4b4f2.png',
        login: 'jane.doe@company.example',
        status: 'accepting chats',
        last_logout: null,
        groups: [
          { id: 0, name: 'All operators' },
          { id: 3, name: null },
        ],
      },
    ]);
    scope.done();
  });

  test('GET /tickets: a day earlier than start_date for the unknown zone, the last change first, page by page', async () => {
    const ticket = (id: string, modified: number) => ({
      id,
      modified,
      groups: [0],
      assignee: 'jane.doe@company.example',
    });
    const seconds = Date.parse('2026-01-15T11:00:00Z') / 1000;
    const page = (n: number) =>
      Array.from({ length: n === 1 ? 25 : 2 }, (_, k) => ticket(`P${n}T${k}`, seconds - n * 100 - k));
    const scope = nock(HOST, { reqheaders: HEADERS })
      .get('/tickets')
      .query({ date_from: '2025-03-09', order: 'desc', page: '1' })
      .reply(200, { pages: 2, total: 27, tickets: page(1) }, { date: 'Thu, 15 Jan 2026 12:00:00 GMT' })
      .get('/tickets')
      .query({ date_from: '2025-03-09', order: 'desc', page: '2' })
      .reply(200, { pages: 2, total: 27, tickets: page(2) })
      .get('/tickets')
      .query({ date_from: '2025-03-09', order: 'desc', page: '1' })
      .reply(200, { pages: 2, total: 27, tickets: page(1) });
    const rows = await rowsOf(livechat().streams.find((stream) => stream.name === 'livechat_tickets'));
    expect(rows).toHaveLength(27);
    expect(rows[0]).toEqual({
      id: 'P1T0',
      modified: seconds - 100,
      groups: [{ id: 0, name: null }],
      assignee: { id: 'jane.doe@company.example', name: null },
      currentGroup: undefined,
    });
    expect(nock.pendingMocks()).toHaveLength(0);
    scope.done();
  });

  test('check: one call for each right, no more of the tickets than today', async () => {
    const scope = nock(HOST, { reqheaders: HEADERS })
      .get('/agents')
      .reply(200, [])
      .get('/tickets')
      .query({ date_from: '2026-01-15', order: 'desc', page: '1' })
      .reply(200, { pages: 0, total: 0, tickets: [] })
      .get('/chats')
      .query({ date_from: '2026-01-15', date_to: '2026-01-15', timezone: 'UTC', include_pending: '1', page: '1' })
      .reply(200, { pages: 0, total: 0, chats: [] });
    await livechat().check({ signal: new AbortController().signal });
    scope.done();
  });

  test.each([
    ['text', { error: 'Invalid username or API key' }, 'Invalid username or API key'],
    ['an object', { error: { message: 'Access denied' } }, 'Access denied'],
    ['nothing', '', 'HTTP 401'],
  ])('errors: the body may have %s', async (_what, body, words) => {
    nock(HOST).get('/agents').reply(401, body);
    await expect(livechat().check({ signal: new AbortController().signal })).rejects.toMatchObject({
      kind: 'config',
      status: 401,
      message: expect.stringContaining(words),
    });
  });

  test.each([
    ['no list', { tickets: 'none' }, 'something that is not a list'],
    ['nothing', 'null', 'something that is not a list'],
    ['an error with 200', { error: 'maintenance with the-key' }, '(“maintenance with ****”)'],
    ['entries that are no objects', { tickets: [null] }, 'entry (number 1) that is not an object'],
  ])('an answer with %s is an error of the stream, not a loss', async (_what, body, words) => {
    nock(HOST).get('/tickets').query(true).reply(200, body);
    const reading = rowsOf(livechat().streams.find((stream) => stream.name === 'livechat_tickets'));
    await expect(reading).rejects.toThrow(words);
  });
});
