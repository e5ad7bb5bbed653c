import { describe, expect, onTestFinished, test } from 'vitest';
import type { LivetexDialect, LivetexOptions } from '../../../src/sandbox/livetex/options.ts';
import {
  type GivenSandboxOptions,
  SANDBOX_LIVETEX_LOGIN,
  SANDBOX_LIVETEX_PASSWORD,
} from '../../../src/sandbox/options.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 0, 1);
const CREDENTIALS = {
  grant_type: 'password',
  username: SANDBOX_LIVETEX_LOGIN,
  password: SANDBOX_LIVETEX_PASSWORD,
};

// biome-ignore lint/suspicious/noExplicitAny: an answer is any JSON
type Json = any;

/** A sandbox with a clock that stands still, somebody who is logged in, and what they can do. */
async function livetexFor(livetex: Partial<LivetexOptions> = {}, rest: GivenSandboxOptions = {}) {
  const clock = new FakeClock(NOW);
  const sandbox = await startSandbox({ ...rest, livetex }, { clock });
  onTestFinished(() => sandbox.close());
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(sandbox.url + path, { method: 'POST', ...init });
    return { status: response.status, body: (await response.json()) as Json, date: response.headers.get('date') };
  };
  const logIn = (fields: object = CREDENTIALS) =>
    send('/oauth2/token', { body: new URLSearchParams({ ...fields } as Record<string, string>) });
  const login = livetex.tokenEncoding === 'multipart' ? undefined : (await logIn()).body;
  const authorization = `Bearer ${(login?.results ?? login)?.access_token}`;
  const list = (what: 'chats' | 'leads', query: Record<string, string> = {}, init: RequestInit = {}) =>
    send(`/${what}/list?${new URLSearchParams(query)}`, { headers: { authorization }, ...init });
  return { sandbox, clock, send, logIn, login, list };
}

describe('the token', () => {
  test('is given for both encodings of a form, and for nothing else', async () => {
    const { logIn, send } = await livetexFor();
    const form = new FormData();
    for (const [name, value] of Object.entries(CREDENTIALS)) form.set(name, value);
    const answer = { results: { access_token: expect.any(String), token_type: 'bearer', expires_in: 3600 } };
    expect(await logIn()).toMatchObject({ status: 200, body: answer });
    expect(await send('/oauth2/token', { body: form })).toMatchObject({ status: 200, body: answer });
    expect(await send('/oauth2/token', { body: JSON.stringify(CREDENTIALS) })).toMatchObject({ status: 415 });
    expect(await send('/oauth2/token', { method: 'GET' })).toMatchObject({ status: 405 });
    expect(await logIn({ ...CREDENTIALS, grant_type: 'client_credentials' })).toMatchObject({ status: 400 });
    expect(await logIn({ ...CREDENTIALS, username: 'admin' })).toMatchObject({ status: 422 });
    expect(await logIn({ ...CREDENTIALS, password: '' })).toMatchObject({
      status: 422,
      body: { invalid: { password: 'required' } },
    });
    expect(await logIn({ ...CREDENTIALS, password: 'wrong' })).toMatchObject({
      status: 401,
      body: { message: expect.any(String) },
    });
    expect(await logIn({ ...CREDENTIALS, password: 'x'.repeat(70_000) })).toMatchObject({ status: 413 });
  });

  test('can be asked for in one encoding alone', async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries(CREDENTIALS)) form.set(name, value);
    const multipart = await livetexFor({ tokenEncoding: 'multipart' });
    expect(await multipart.logIn()).toMatchObject({ status: 400 });
    expect(await multipart.send('/oauth2/token', { body: form })).toMatchObject({ status: 200 });
    const urlencoded = await livetexFor({ tokenEncoding: 'form' });
    expect(await urlencoded.send('/oauth2/token', { body: form })).toMatchObject({ status: 415 });
  });

  test('expires by the clock of LiveTex', async () => {
    const { sandbox, clock, list, logIn } = await livetexFor({ tokenLifetimeSeconds: 60, clockSkewMs: 5 * HOUR_MS });
    expect(await list('chats')).toMatchObject({ status: 200, date: 'Thu, 01 Jan 2026 05:00:00 GMT' });
    await clock.advance(59_999);
    expect(await list('chats')).toMatchObject({ status: 200 });
    sandbox.advance(1);
    expect(await list('chats')).toMatchObject({ status: 401 });
    expect(await logIn()).toMatchObject({ status: 200 });
    expect(await list('chats', {}, { headers: {} })).toMatchObject({ status: 401 });
    expect(await list('chats', {}, { headers: { authorization: 'Bearer other' } })).toMatchObject({ status: 401 });
  });

  test.each([
    ['instant', NOW / 1000 + 3600],
    ['ms', NOW + HOUR_MS],
    ['missing', undefined],
  ] as const)('says its end as %s, under results or not', async (expiresIn, value) => {
    const { login } = await livetexFor({ expiresIn, tokenEnvelope: 'root' });
    expect(login.access_token).toEqual(expect.any(String));
    expect(login.expires_in).toBe(value);
  });
});

describe('lists', () => {
  test('have 50 rows a page or as many as asked for, in the order that is asked for', async () => {
    const { list } = await livetexFor({ chats: 230 });
    const first = (await list('chats')).body;
    expect([first.total, first.results.length]).toEqual([230, 50]);
    const times = (body: Json): string[] => body.results.map((row: Json) => row.created_at);
    const down = (await list('chats', { sort: 'created_at:d', limit: '1000' })).body;
    expect(down.results).toHaveLength(100);
    expect(times(down)).toEqual(times(down).toSorted().reverse());
    const last = (await list('chats', { sort: 'created_at:a', limit: '100', offset: '200' })).body;
    expect(last.results).toHaveLength(30);
    expect((await list('chats', { offset: '230' })).body).toEqual({ total: 230, results: [] });
    for (const [name, value] of Object.entries({ limit: '0', offset: '-1', sort: 'id:a', q: 'x=1', fields: 'a(' })) {
      expect(await list('chats', { [name]: value })).toMatchObject({ status: 422, body: { code: 422 } });
    }
    expect(await list('chats', { unknown: '1' })).toMatchObject({ status: 200 });
    expect(await list('chats', {}, { method: 'PUT' })).toMatchObject({ status: 405 });
  });

  test('can cut, refuse and ignore a limit, leave out or write out the total, and ignore the order', async () => {
    const cut = await livetexFor({ pageLimit: 20, total: 'missing', order: 'desc' });
    const { body } = await cut.list('chats', { limit: '100' });
    expect(body.total).toBeUndefined();
    expect(body.results).toHaveLength(20);
    expect(body.results[0].created_at > body.results[19].created_at).toBe(true);
    expect((await cut.list('chats')).body.results).toHaveLength(20);
    const refuse = await livetexFor({ limitTooHigh: 'refuse', total: 'text', ignoreSort: true, order: 'random' });
    expect(await refuse.list('chats', { limit: '101' })).toMatchObject({
      status: 422,
      body: { invalid: { limit: {} } },
    });
    const mixed = (await refuse.list('chats', { sort: 'created_at:a' })).body;
    expect(mixed.total).toBe('300');
    const times: string[] = mixed.results.map((row: Json) => row.created_at);
    expect(times).not.toEqual(times.toSorted());
    const ignore = await livetexFor({ ignoreLimit: true });
    expect((await ignore.list('chats', { limit: '5' })).body.results).toHaveLength(50);
  });

  test('come in the methods that are taken', async () => {
    const post = await livetexFor({ methods: 'post' });
    expect(await post.list('chats', {}, { method: 'GET' })).toMatchObject({ status: 405 });
    const get = await livetexFor({ methods: 'get' });
    expect(await get.list('chats')).toMatchObject({ status: 405 });
  });

  test('hold to a window', async () => {
    const { list, sandbox } = await livetexFor();
    const at = sandbox.livetex.chats.createdAt(100);
    const bound = (ms: number) => new Date(ms).toISOString().slice(0, 23);
    const between = (low: number, high: number) =>
      list('chats', { q: `created_at>=${bound(low)}Z created_at<=${bound(high)}Z` });
    const row = sandbox.livetex.chats.row(100);
    expect((await between(at, at)).body).toMatchObject({ total: 1, results: [{ id: row?.id }] });
    expect((await between(at + 1, at + 1)).body.total).toBe(0);
    const day = new Date(at + 3 * HOUR_MS).toISOString().slice(0, 10);
    expect((await list('chats', { q: `created_at>=${day}`, limit: '1' })).body.total).toBeGreaterThanOrEqual(200);
  });

  test('what may not be read is forbidden', async () => {
    const { list, send } = await livetexFor({ forbidden: ['leads'] });
    expect(await list('leads')).toMatchObject({ status: 403 });
    expect(await list('chats')).toMatchObject({ status: 200 });
    expect(await send('/employees/me')).toMatchObject({ status: 401 });
    expect(await send('/chats/show')).toMatchObject({ status: 404 });
  });

  test('take fields as they are told', async () => {
    const flat = await livetexFor({ fields: 'flat-only' });
    expect((await flat.list('chats', { fields: 'id,site', limit: '1' })).body.results).toEqual([
      { id: expect.any(String), site: { id: expect.any(String), url: expect.any(String) } },
    ]);
    expect(await flat.list('chats', { fields: 'id,site(id)' })).toMatchObject({ status: 422 });
    const refused = await livetexFor({ fields: 'refused' });
    expect(await refused.list('chats', { fields: 'id' })).toMatchObject({ status: 422 });
    expect(await refused.list('chats')).toMatchObject({ status: 200 });
    const strict = await livetexFor({ fields: 'strict', dialect: 'v2', role: 'operator' });
    expect(await strict.list('chats', { fields: 'id,site(id),messages' })).toMatchObject({ status: 200 });
    expect(await strict.list('leads', { fields: 'id,closed_at' })).toMatchObject({
      status: 422,
      body: { invalid: { fields: 'unknown field: closed_at' } },
    });
  });

  test('rows turn up and go away after each page', async () => {
    const { list, sandbox } = await livetexFor({ drift: 3, driftDeletes: 1 });
    const q = 'created_at>=2024-03-01T00:00:00 created_at<=2024-04-01T00:00:00';
    const { total } = (await list('chats', { q })).body;
    expect((await list('chats', { q })).body.total).toBe(total + 2);
    expect((await list('chats', { q })).body.total).toBe(total + 4);
    expect([...sandbox.oracle.livetexChats()]).toHaveLength(306);
    expect(sandbox.livetex.leads.size).toBe(60);
    const lateAt = sandbox.livetex.chats.createdAt(300);
    expect(lateAt).toBeGreaterThanOrEqual(Date.UTC(2024, 1, 29, 21));
    expect(lateAt).toBeLessThanOrEqual(Date.UTC(2024, 2, 31, 21));
  });

  test('an empty page is empty, and a login is not a list', async () => {
    const { list, logIn, sandbox } = await livetexFor();
    sandbox.faults.queue('empty-page', 'empty-page');
    expect((await list('chats')).body).toEqual({ total: 300, results: [] });
    expect((await logIn()).body.results.access_token).toEqual(expect.any(String));
  });
});

describe('dialects', () => {
  const twoOf = async (dialect: LivetexDialect, more: Partial<LivetexOptions> = {}) => {
    const world = await livetexFor({ dialect, surprises: true, ...more });
    const chats: Json[] = (await world.list('chats', { limit: '100' })).body.results;
    const leads: Json[] = (await world.list('leads', { limit: '100' })).body.results;
    return { ...world, chats, leads };
  };
  const some = (rows: Json[], has: (row: Json) => unknown) => {
    const row = rows.find((candidate) => has(candidate));
    expect(row).toBeDefined();
    return row;
  };

  test('objects is the reference example', async () => {
    const { chats, leads } = await twoOf('objects');
    expect(chats[0].created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(some(chats, (chat) => chat.closed_at === null).is_closed).toBe(false);
    expect(some(chats, (chat) => chat.rating).rating).toEqual({
      type: expect.stringMatching(/^(five|double)Point$/),
      value: expect.stringMatching(/^\d$/),
    });
    expect(some(chats, (chat) => chat.employee.length === 2).employee[0].id).toEqual(expect.any(String));
    expect(some(chats, (chat) => chat.result === 'missed').employee).toEqual([]);
    expect(some(chats, (chat) => chat.csat).site).toMatchObject({ alias: 'main' });
    expect(chats[0]).toMatchObject({
      conversation: { visitor: { id: expect.any(String) } },
      visitor: { id: expect.any(String) },
      first_message: { creator: { type: expect.any(String) } },
      messages: expect.arrayContaining([expect.objectContaining({ is_delivered: true })]),
      queue_time: expect.any(Number),
    });
    const lead = some(leads, (candidate) => candidate.completed_by && candidate.utm_source);
    expect(lead).toMatchObject({
      id: expect.any(String),
      completed_by: { id: expect.any(String) },
      result: 'completed',
    });
    expect(some(leads, (candidate) => candidate.completed_by === null)).toMatchObject({ closed_at: null });
    expect(some(leads, (candidate) => candidate.conversation === null)).toMatchObject({ utm_source: null });
  });

  test('bare is the other shape of everything', async () => {
    const { chats, leads } = await twoOf('bare');
    expect(chats[0].created_at).toMatch(/T\d\d:\d\d:\d\d\.\d{3}$/);
    expect(some(chats, (chat) => chat.closed_at === '').is_closed).toBe(false);
    expect(some(chats, (chat) => chat.rating !== null).rating).toEqual(expect.any(Number));
    expect(some(chats, (chat) => chat.employee).employee.id).toEqual(expect.any(Number));
    expect(some(chats, (chat) => chat.result === 'missed').employee).toBeNull();
    expect(some(chats, (chat) => chat.csat).site).toEqual(expect.any(Number));
    expect(some(chats, (chat) => Object.keys(chat.prechats_chat).length > 0).prechats_chat).toMatchObject({
      'E-mail': expect.stringMatching(/@/),
    });
    expect(chats[0]).toMatchObject({
      conversation: { visitor: expect.any(String) },
      visitor: expect.any(String),
      first_message: { id: expect.any(Number), creator: expect.any(String) },
    });
    expect(chats[0]).not.toHaveProperty('department');
    const lead = some(leads, (candidate) => candidate.completed_by && candidate.utm);
    expect(lead).toMatchObject({ id: expect.any(Number), completed_by: expect.any(Number), utm: { medium: 'cpc' } });
    expect(some(leads, (candidate) => candidate.completed_by === null)).toMatchObject({ closed_at: '' });
    expect(lead).not.toHaveProperty('utm_source');
  });

  test('v2 is the old API', async () => {
    const { chats, leads } = await twoOf('v2');
    expect(chats[0].created_at).toMatch(/T\d\d:\d\d:\d\d\+0300$/);
    expect(new Set(chats.map((chat) => chat.visitor_vote))).toEqual(new Set(['positive', 'negative', 'undefined']));
    expect(chats[0]).not.toHaveProperty('rating');
    const messages = chats.flatMap((chat) => chat.messages);
    expect(some(messages, (message) => message.visitor)).not.toHaveProperty('creator');
    expect(some(messages, (message) => message.employee).employee).toEqual([
      expect.objectContaining({ id: expect.any(Number) }),
    ]);
    const lead = some(leads, (candidate) => candidate.completed_at && candidate.conversation?.utm_source);
    expect(lead).not.toHaveProperty('closed_at');
    expect(lead).not.toHaveProperty('utm_source');
  });

  test.each(['objects', 'bare', 'v2'] as const)('an operator sees no words in %s', async (dialect) => {
    const { chats, leads, sandbox } = await twoOf(dialect, { role: 'operator' });
    for (const chat of chats) expect(chat).not.toHaveProperty('messages');
    for (const lead of leads) expect(Object.keys(lead)).not.toEqual(expect.arrayContaining(['text']));
    for (const lead of leads) expect(lead).not.toHaveProperty('answer_text');
    for (const row of sandbox.oracle.livetexChats()) expect(row['messages']).toBeNull();
    for (const row of sandbox.oracle.livetexLeads()) expect([row['text'], row['answer_text']]).toEqual([null, null]);
  });

  test.each(['objects', 'bare', 'v2'] as const)('the oracle says of %s what is sent', async (dialect) => {
    const { chats, leads, sandbox } = await twoOf(dialect);
    const instant = (text: string) => {
      const iso = dialect === 'v2' ? text.replace('+0300', '+03:00') : `${text}+03:00`;
      return new Date(iso).toISOString();
    };
    const closing = (text: string | null) => (text ? instant(text) : null);
    const expectedChats = new Map([...sandbox.oracle.livetexChats()].map((row) => [row['chat_id'], row]));
    for (const chat of chats) {
      const operators = chat.employee === null ? null : [chat.employee].flat();
      expect(expectedChats.get(chat.id)).toMatchObject({
        created_at: instant(chat.created_at),
        closed_at: closing(chat.closed_at),
        is_closed: chat.is_closed,
        site_id: String(chat.site.id ?? chat.site),
        site_url: chat.site.url ?? null,
        rating_value: dialect === 'v2' || chat.rating === null ? null : String(chat.rating.value ?? chat.rating),
        message_count: chat.messages.length,
        conversation_created_at: instant(chat.conversation.created_at),
        employee_email: operators?.[0]?.email ?? null,
        employees: operators?.map((who: Json) => ({ ...who, id: String(who.id) })) ?? null,
        visitor_name: chat.visitor.name ?? null,
        visitor_vote: chat.visitor_vote ?? null,
        queue_time: chat.queue_time ?? null,
        first_message_created_at: instant(chat.first_message.created_at),
        messages: chat.messages.map((message: Json) => ({
          id: String(message.id),
          created_at: instant(message.created_at),
          creator: { type: expect.any(String) },
        })),
        extra_fields:
          chat.csat === undefined ? null : { csat: 5, ...(chat.site.alias ? { 'site.alias': chat.site.alias } : {}) },
      });
    }
    const expectedLeads = new Map([...sandbox.oracle.livetexLeads()].map((row) => [row['lead_id'], row]));
    for (const lead of leads) {
      expect(expectedLeads.get(String(lead.id))).toMatchObject({
        created_at: instant(lead.created_at),
        closed_at: closing(lead.closed_at ?? lead.completed_at),
        completed_by: lead.completed_by === null ? null : String(lead.completed_by.id ?? lead.completed_by),
        utm_source: lead.utm_source ?? lead.utm?.source ?? lead.conversation?.utm_source ?? null,
        answer_text: lead.answer_text ?? null,
        duration: lead.duration ?? null,
        conversation_id: lead.conversation?.id ?? null,
      });
    }
  });
});

describe('as time passes', () => {
  test('rows come into being and end', async () => {
    const from = NOW - DAY_MS;
    const { sandbox, clock, list } = await livetexFor({ chats: 480, from, to: NOW + DAY_MS });
    const count = async () => (await list('chats', { limit: '1' })).body.total;
    expect(await count()).toBe(240);
    await clock.advance(12 * 60_000);
    expect(await count()).toBe(242);
    expect(await (await fetch(`${sandbox.url}/_sandbox/advance?hours=0.5`)).json()).toEqual({
      now: '2026-01-01T00:42:00.000Z',
    });
    expect(await count()).toBe(247);
    const open = () => [...sandbox.oracle.livetexChats()].filter((row) => row['closed_at'] === null);
    const before = open().map((row) => row['chat_id']);
    const snapshot = sandbox.oracle.livetexChats();
    sandbox.advance(50 * DAY_MS);
    expect([...snapshot]).toHaveLength(247);
    expect(before.length).toBeGreaterThan(open().length);
    const rows = await (await fetch(`${sandbox.url}/_sandbox/oracle?stream=livetex_chats`)).text();
    expect(rows.trim().split('\n')).toHaveLength(480);
    expect(await (await fetch(`${sandbox.url}/_sandbox/oracle?stream=livetex_leads`)).text()).toContain('"lead_id"');
  });

  test('the configuration opens one vendor, the other, or both', async () => {
    const { sandbox } = await livetexFor();
    expect(Object.keys(sandbox.config())).toEqual(['start_date', 'livechat']);
    expect(sandbox.livetexConfig({ page_size: 10 })).toEqual({
      start_date: '2023-01-01T00:00:00Z',
      livetex: {
        login: SANDBOX_LIVETEX_LOGIN,
        password: SANDBOX_LIVETEX_PASSWORD,
        base_url: sandbox.url,
        calls_per_minute: 1_000_000,
        page_size: 10,
      },
    });
    expect(Object.keys(sandbox.fullConfig())).toEqual(['start_date', 'livechat', 'livetex']);
  });
});
