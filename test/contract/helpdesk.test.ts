import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../src/core/stream.ts';
import { rowsOf, vendorOf } from '../helpers/contract.ts';

/** The true host: what is asked of it, and what becomes of the answers that its documentation shows. */
const HOST = 'https://api.helpdesk.com';
const HEADERS = {
  // 5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87:the-key
  authorization: 'Basic NWYwYzhmNWUtMWMwYi00ZDFhLTliNWUtM2MyYTFkMGU5Zjg3OnRoZS1rZXk=',
  accept: 'application/json',
  'user-agent': /^source-chat\/\d/,
};
const LOWEST = '00000000-0000-0000-0000-000000000000';
const START = '2025-03-10T08:00:00.000Z';
const DATE = { date: 'Thu, 15 Jan 2026 12:00:00 GMT' };

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

function livechat(silos?: ('tickets' | 'archive' | 'spam' | 'trash')[]) {
  return vendorOf({
    start_date: '2025-03-10T08:00:00Z',
    livechat: {
      credentials: {
        auth_type: 'personal_access_token',
        account_id: '5f0c8f5e-1c0b-4d1a-9b5e-3c2a1d0e9f87',
        token: 'the-key',
      },
      ...(silos === undefined ? {} : { silos: silos as [(typeof silos)[number]] }),
    },
  });
}

function tickets(silos?: Parameters<typeof livechat>[0]): Promise<Row[]> {
  return rowsOf(livechat(silos).streams.find((stream) => stream.name === 'livechat_tickets'));
}

/** The exact query, in the order in which it is sent. */
function listing(silo: string, value: string, id: string | null): string {
  const place = id === null ? '' : `&next.value=${encodeURIComponent(value)}&next.ID=${id}`;
  const from = `updatedDateFrom=${encodeURIComponent(value)}`;
  return `/v1/tickets?silo=${silo}&sortBy=updatedAt&order=asc&pageSize=100&${from}${place}`;
}

function uuid(n: number): string {
  return `6b2f0c1e-0000-4000-9000-${String(n).padStart(12, '0')}`;
}

const ticket = (n: number): Row => ({
  ID: uuid(n),
  shortID: `T${n}`,
  updatedAt: new Date(Date.parse('2025-04-01T00:00:00Z') + n * 1000).toISOString(),
});

describe('HelpDesk v1', () => {
  test('GET /tickets: each silo from start_date on, page by page behind the last ticket, and a look at what moved', async () => {
    const page = Array.from({ length: 100 }, (_, n) => ticket(n));
    const last = ticket(100);
    const archived = ticket(500);
    const scope = nock(HOST, { reqheaders: HEADERS })
      .get(listing('tickets', START, LOWEST))
      .reply(200, page, { ...DATE, 'x-total-count': '101' })
      .get(listing('tickets', '2025-04-01T00:01:39.000Z', uuid(99)))
      .reply(200, [last], DATE)
      .get(listing('archive', START, LOWEST))
      .reply(200, [archived], DATE)
      .get(listing('tickets', '2025-04-01T00:01:40.000Z', uuid(100)))
      .reply(200, [], DATE);
    const rows = await tickets();
    expect(rows.map((row) => row['short_id'])).toEqual([...page, last, archived].map((one) => one['shortID']));
    expect(rows.at(-1)).toMatchObject({ id: uuid(500), modified: archived['updatedAt'], silo: 'archive' });
    scope.done();
  });

  test("GET /tickets: a place that is no ticket's and is not taken is left out", async () => {
    const refusal = { error: '"next.ID" is not allowed', details: [{ message: '"next.ID" is not allowed' }] };
    const scope = nock(HOST, { reqheaders: HEADERS })
      .get(listing('spam', START, LOWEST))
      .reply(422, refusal)
      .get(listing('spam', START, null))
      .reply(200, [ticket(1)], DATE);
    expect(await tickets(['spam'])).toHaveLength(1);
    scope.done();
  });

  test('GET /agents, /teams, /tags: once, without parameters, for a ticket as the documentation shows it', async () => {
    const agent = '6b2f0c1e-a9e7-4000-9000-000000000001';
    const team = '6b2f0c1e-7ea3-4000-9000-000000000001';
    const tag = '6b2f0c1e-7a90-4000-9000-000000000001';
    const scope = nock(HOST, { reqheaders: HEADERS })
      .get(listing('tickets', START, LOWEST))
      .reply(
        200,
        [
          {
            ...ticket(1),
            licenseID: 1520,
            createdAt: '2025-03-30T22:02:08.901Z',
            createdByType: 'client',
            lastMessageAt: '2025-03-30T22:02:08.901Z',
            status: 'open',
            priority: 0,
            subject: 'My new shoes',
            teamIDs: [team],
            requester: { email: 'client@customer.example', name: 'A Client' },
            assignment: { team: { ID: team, name: 'Support' }, agent: { ID: agent, name: 'Jane Doe' } },
            cc: [{ email: 'boss@customer.example', name: null }],
            followers: [agent],
            tagIDs: [tag],
            source: { type: 'email', detailedSource: 'email', from: 'client@customer.example' },
            spam: { status: false, reason: null },
            events: [
              {
                ID: 1,
                type: 'message',
                date: '2025-03-30T22:02:08.901Z',
                author: { type: 'client', email: 'client@customer.example', name: 'A Client' },
                message: { isPrivate: false, text: 'Hello', richTextHtml: '<p>Hello</p>', richTextObj: null },
                attachments: {
                  files: [{ name: 'x.pdf', url: 'https://files.customer.example/x?token=t', token: 't', size: 7 }],
                },
              },
              {
                ID: 2,
                type: 'assignment',
                date: '2025-03-30T22:03:08.901Z',
                author: { type: 'system' },
                assignment: { new: { team: null, agent: { ID: agent, name: 'Jane Doe' } }, old: null },
              },
            ],
          },
        ],
        DATE,
      )
      .get('/v1/agents')
      .reply(200, [{ ID: agent, email: 'jane@company.example', name: 'Jane Doe', roles: ['owner'] }])
      .get('/v1/teams')
      .reply(200, [{ ID: team, name: 'Support' }])
      .get('/v1/tags')
      .reply(200, [{ ID: tag, name: 'vip', teamID: team, count: 3 }]);
    const rows = await tickets(['tickets']);
    const jane = { id: 'jane@company.example', name: 'Jane Doe' };
    expect(rows).toEqual([
      {
        id: uuid(1),
        short_id: 'T1',
        modified: '2025-04-01T00:00:01.000Z',
        license_id: 1520,
        date: '2025-03-30T22:02:08.901Z',
        created_by_type: 'client',
        last_message_at: '2025-03-30T22:02:08.901Z',
        status: 'open',
        priority: 0,
        subject: 'My new shoes',
        silo: 'tickets',
        requester: { mail: 'client@customer.example', name: 'A Client' },
        assignee: jane,
        assigned_team: { id: team, name: 'Support' },
        teams: [{ id: team, name: 'Support' }],
        tags: ['vip'],
        cc: [{ email: 'boss@customer.example', name: null }],
        followers: [jane],
        source: { type: 'email', detailedSource: 'email', from: 'client@customer.example' },
        spam: { status: false, reason: null },
        events: [
          {
            id: 1,
            type: 'message',
            date: '2025-03-30T22:02:08.901Z',
            author: { id: 'client@customer.example', name: 'A Client', type: 'client' },
            message: 'Hello',
            is_private: false,
            message_html: '<p>Hello</p>',
            attachments: { files: [{ name: 'x.pdf', size: 7 }] },
          },
          {
            id: 2,
            type: 'assignment',
            date: '2025-03-30T22:03:08.901Z',
            author: { id: null, name: null, type: 'system' },
            assignment: { new: { team: null, agent: { ID: agent, name: 'Jane Doe' } }, old: null },
            to: jane,
          },
        ],
      },
    ]);
    scope.done();
  });

  test.each([
    ['no list', { tickets: [] }, 'something that is not a list'],
    ['nothing', 'null', 'something that is not a list'],
    ['an error with 200', { error: 'maintenance with the-key' }, '(“maintenance with ****”)'],
    ['entries that are no objects', [ticket(1), null], 'entry (number 2) that is not an object'],
  ])('an answer with %s is an error of the stream, not a loss', async (_what, body, words) => {
    nock(HOST).get('/v1/tickets').query(true).reply(200, body);
    await expect(tickets(['tickets'])).rejects.toThrow(words);
  });

  test.each([
    [401, { error: 'Unauthorized' }, 'config', /does not accept the credentials .*accounts--my:ro/],
    [403, { error: 'Insufficient permissions' }, 'config', /refuses listing tickets \(tickets\).*accounts--my:ro/],
    [403, { error: 'License not found' }, 'config', /no valid licence for listing tickets/],
    [404, { error: 'Not found' }, 'config', /livechat\.helpdesk_url/],
    [422, { error: '"silo" must be one of [tickets]' }, 'system', /“"silo" must be one of \[tickets\]”/],
  ])('errors: HTTP %d %j', async (status, body, kind, words) => {
    nock(HOST).get('/v1/tickets').query(true).times(2).reply(status, body);
    await expect(tickets(['tickets'])).rejects.toMatchObject({ kind, message: expect.stringMatching(words) });
  });
});
