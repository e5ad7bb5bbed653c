import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, vendorOf } from '../helpers/contract.ts';

/** The true host: what is asked of it, and what becomes of the answers that are known of it. */
const HOST = 'https://web-api.livetex.ru';

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

const livetex = (settings: object = {}) =>
  vendorOf({
    start_date: '2026-01-10T08:00:00Z',
    livetex: { login: 'admin@company.example', password: 'the key&1', calls_per_minute: 100_000, ...settings },
  });
const stream = (name: string, settings: object = {}) =>
  livetex(settings).streams.find((candidate) => candidate.name === name);
const check = (settings: object = {}) => livetex(settings).check({ signal: new AbortController().signal });

const FORM = { grant_type: 'password', username: 'admin@company.example', password: 'the key&1' };
/** As the one client writes it that was seen to work: an instant (livetex-api §2.2). */
const TOKEN = { results: { access_token: 'TOKEN', token_type: 'bearer', expires_in: 1_800_000_000 } };
const SIGNED = {
  reqheaders: { authorization: 'Bearer TOKEN', 'user-agent': /^source-chat/, accept: 'application/json' },
};
const DATE = { date: 'Thu, 15 Jan 2026 12:00:00 GMT' };

/** Local times of Moscow; both bounds; a second or two more than the time of the run. */
const WINDOW = {
  offset: '0',
  limit: '100',
  q: /^created_at>=2026-01-10T11:00:00 created_at<=2026-01-15T15:00:0\d$/,
  sort: 'created_at:a',
};

describe('LiveTex Web API', () => {
  test('the sign-in is a form, and its token is sent with each list, which is a POST with a query and no body', async () => {
    const scope = nock(HOST)
      .post('/oauth2/token', FORM)
      .matchHeader('content-type', /^application\/x-www-form-urlencoded/)
      .reply(200, TOKEN, DATE);
    const lists = nock(HOST, SIGNED)
      .post('/chats/list', '')
      .matchHeader('content-type', 'application/json')
      .query({ ...WINDOW, fields: /^id,created_at,is_closed,.*messages\(id,text,created_at/ })
      .reply(200, { total: 1, results: [{ id: 'c:1', created_at: '2026-01-15T12:30:05' }] }, DATE);
    const rows = await rowsOf(stream('livetex_chats'));
    expect(rows).toEqual([expect.objectContaining({ chat_id: 'c:1', created_at: '2026-01-15T09:30:05.000Z' })]);
    scope.done();
    lists.done();
  });

  test.each([400, 401, 415, 422])('HTTP %i on a form: the sign-in is sent as multipart', async (status) => {
    const scope = nock(HOST)
      .post('/oauth2/token', FORM)
      .reply(status, { code: status, message: 'What is this?' })
      .post(
        '/oauth2/token',
        /name="username"\r\n\r\nadmin@company.example\r\n[\s\S]*name="password"\r\n\r\nthe key&1\r\n/,
      )
      .matchHeader('content-type', /^multipart\/form-data; boundary=/)
      .reply(200, TOKEN, DATE);
    nock(HOST).post('/leads/list').query(true).reply(200, { total: 0, results: [] });
    expect(await rowsOf(stream('livetex_leads'))).toEqual([]);
    scope.done();
  });

  test.each([404, 405])('HTTP %i on POST: the list is asked for with GET, from then on', async (status) => {
    nock(HOST).post('/oauth2/token').reply(200, TOKEN, DATE);
    const page = (from: number, count: number) => Array.from({ length: count }, (_, n) => ({ id: from + n }));
    const scope = nock(HOST, SIGNED)
      .post('/leads/list')
      .query(true)
      .reply(status, 'no')
      .get('/leads/list')
      .query({ ...WINDOW, fields: /text,answer_text$/ })
      .reply(200, { total: 101, results: page(0, 100) })
      .get('/leads/list')
      .query({ ...WINDOW, offset: '99', fields: /./ })
      .reply(200, { total: 101, results: page(99, 2) });
    expect(await rowsOf(stream('livetex_leads'))).toHaveLength(101);
    scope.done();
  });

  test('check: one row of each list, without a window', async () => {
    nock(HOST).post('/oauth2/token').reply(200, TOKEN, DATE);
    const query = { offset: '0', limit: '1', sort: 'created_at:a', fields: /./ };
    const scope = nock(HOST, SIGNED)
      .post('/chats/list')
      .query(query)
      .reply(200, { total: 9, results: [{ id: 'c:1', messages: [] }] })
      .post('/leads/list')
      .query(query)
      .reply(200, { total: 0, results: [] });
    await check();
    scope.done();
  });

  test('settings that say how: nothing else is tried', async () => {
    const form = nock(HOST).post('/oauth2/token', FORM).reply(415, 'no');
    await expect(check({ token_encoding: 'form' })).rejects.toMatchObject({ kind: 'config', status: 415 });
    form.done();
    nock(HOST).post('/oauth2/token').reply(200, TOKEN);
    nock(HOST).post('/chats/list').query(true).reply(405, 'no');
    await expect(check({ http_method: 'post' })).rejects.toMatchObject({ status: 405 });
  });

  test('401 on a list: one new sign-in; when its token is refused as well, that is the end', async () => {
    const scope = nock(HOST).post('/oauth2/token').twice().reply(200, TOKEN, DATE);
    const lists = nock(HOST, SIGNED).post('/chats/list').query(true).twice().reply(401, { message: 'Expired' });
    await expect(check()).rejects.toMatchObject({
      kind: 'config',
      status: 401,
      message: expect.stringMatching(
        /accepts the login, but refuses its token while listing chats \(HTTP 401: “Expired”\)/,
      ),
    });
    scope.done();
    lists.done();
  });
});
