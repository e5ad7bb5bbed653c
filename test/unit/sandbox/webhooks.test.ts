import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseArguments } from '../../../src/cli/source-chat-arguments.ts';
import {
  type GivenSandboxOptions,
  SANDBOX_WEBHOOK_SECRET_KEY,
  SANDBOX_WEBHOOK_TOKEN,
} from '../../../src/sandbox/options.ts';
import { ROOT } from '../../helpers/commands.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';
import { sandboxFor } from '../../helpers/sandbox.ts';

// biome-ignore lint/suspicious/noExplicitAny: a webhook is any JSON
type Json = any;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

interface Received {
  readonly vendor: string;
  readonly body: Json;
  readonly headers: IncomingMessage['headers'];
}

/** A receiver that keeps what it gets; `answer` may answer in its own way, and says so by returning true. */
async function receiverFor(answer: (received: Received, response: ServerResponse, n: number) => boolean = () => false) {
  const received: Received[] = [];
  const accepted: Received[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const packed = Buffer.concat(pieces);
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed;
    const vendor = request.url?.split('/')[1] ?? '';
    const one = { vendor, body: JSON.parse(text.toString()), headers: request.headers };
    received.push(one);
    if (answer(one, response, received.length)) return;
    accepted.push(one);
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const targets = { livetex: `${url}/livetex/secret`, livechat: `${url}/livechat/secret` };
  return { received, accepted, targets, close };
}

/** A sandbox of some hundred conversations within a few weeks, with LiveTex's time at their beginning. */
async function postingFor(options: GivenSandboxOptions = {}, answer?: Parameters<typeof receiverFor>[0]) {
  const receiver = await receiverFor(answer);
  const from = Date.now();
  const sandbox = await sandboxFor({
    tickets: 40,
    webhooks: receiver.targets,
    webhookRetryMs: 1,
    ...options,
    livetex: { chats: 200, from, to: from + 20 * DAY_MS, frozen: true, ...options.livetex },
  });
  return { ...receiver, sandbox, webhooks: sandbox.webhooks };
}

function columnsOf(stream: string): Json {
  return JSON.parse(readFileSync(join(ROOT, 'schemas', `${stream}.json`), 'utf8')).properties;
}

const FROM_THE_RECEIVER = ['received_at', 'inbox_seq'];

describe("LiveTex's webhooks", () => {
  test('tell of all that happens in the time that goes by, once, in three shapes', async () => {
    const { sandbox, webhooks, received } = await postingFor();
    for (let hour = 0; hour < 24; hour += 6) sandbox.advance(6 * HOUR_MS);
    for (let day = 1; day < 30; day += 1) sandbox.advance(DAY_MS);
    await webhooks.settled();

    const count = (holds: (body: Json) => boolean) => received.filter(({ body }) => holds(body)).length;
    expect(count((body) => body.conversation !== undefined && body.type === undefined)).toBeGreaterThan(50);
    expect(count((body) => body.Conversation !== undefined)).toBeGreaterThan(50);
    expect(count((body) => /^(Assigned|Closed|Rated)$/.test(body.type) && body.timestamp > 0)).toBeGreaterThan(50);
    expect(count((body) => body.rating !== undefined)).toBeGreaterThan(30);
    for (const { body } of received.filter(({ body }) => body.rating !== undefined)) {
      expect(JSON.stringify(body)).not.toMatch(/closed/i);
    }
    expect(new Set(received.map(({ body }) => JSON.stringify(body))).size).toBe(received.length);
    expect(new Set(received.map(({ vendor }) => vendor))).toEqual(new Set(['livetex']));
    expect(received[0]?.headers['content-type']).toMatch('application/json');

    const chats = new Map([...sandbox.oracle.livetexChats()].map((chat) => [chat['conversation_id'], chat]));
    const rows = [...sandbox.oracle.livetexConversations()];
    // Each was assigned, or missed and closed.
    expect(rows.map((row) => row['conversation_id']).sort()).toEqual([...chats.keys()].sort());
    for (const row of rows) {
      const chat = chats.get(row['conversation_id']) as Json;
      const second = (time: string) => time?.slice(0, 19);
      expect(second(row['conversation_creation_time'] as string)).toBe(second(chat.conversation_created_at));
      expect(row['conversation_closed_time'] !== null).toBe(chat.is_closed);
      expect([row['rating_type'], row['rating_value']]).toEqual([chat.rating_type, chat.rating_value]);
      expect((row['employees'] as Json[] | null)?.map(({ id }) => id) ?? []).toEqual(
        chat.employees.map(({ id }: Json) => id),
      );
      expect([null, chat.visitor_id]).toContain(row['discourser_id']);
      expect(row['extra_fields']).toBeNull();
    }
    expect(rows.some((row) => `${row['event_kinds']}` === 'assigned,closed,rated')).toBe(true);
    expect(rows.some((row) => `${row['event_kinds']}` === 'closed')).toBe(true);
    expect(JSON.stringify(rows)).toMatch(/[а-я].*👍/);
    expect(webhooks.counters).toMatchObject({ posted: received.length, delivered: received.length, refused: 0 });
  });

  test('come in the order in which things happened to a conversation, however slowly they are answered', async () => {
    const tries = new Map<string, number>();
    const { sandbox, webhooks, accepted } = await postingFor({ webhookShape: 'typed' }, ({ body }, response) => {
      const text = JSON.stringify(body);
      const nth = (tries.get(text) ?? 0) + 1;
      tries.set(text, nth);
      if (nth > text.length % 4) return false;
      if (nth === 2) response.socket?.resetAndDestroy();
      else response.writeHead(503, { 'retry-after': '0' }).end();
      return true;
    });
    sandbox.advance(25 * DAY_MS);
    await webhooks.settled();
    const times = new Map<string, number[]>();
    for (const { body } of accepted) {
      const { id } = body.conversation;
      times.set(id, [...(times.get(id) ?? []), body.timestamp]);
    }
    expect(times.size).toBe(200);
    for (const list of times.values()) expect(list).toEqual([...list].sort((a, b) => a - b));
    const inAll = accepted.map(({ body }) => body.timestamp as number);
    expect(inAll).not.toEqual([...inAll].sort((a, b) => a - b));
    expect(webhooks.counters.refused).toBe(0);
    expect(webhooks.counters.tries).toBeGreaterThan(webhooks.counters.posted);
  });

  test('have fields that nobody knows where there are surprises', async () => {
    const { sandbox, webhooks, received } = await postingFor({ livetex: { surprises: true } });
    sandbox.advance(5 * DAY_MS);
    await webhooks.settled();
    expect(received.some(({ body }) => body.channel === 'vk')).toBe(true);
    const extras = [...sandbox.oracle.livetexConversations()].map((row) => row['extra_fields']);
    expect(extras).toContainEqual({ channel: 'vk' });
    expect(extras).toContainEqual(null);
  });

  test('tell the next thing, for which time goes on and new chats begin', async () => {
    const { sandbox, webhooks, received } = await postingFor({ livetex: { chats: 0 } });
    for (let n = 0; n < 20; n += 1) await webhooks.postNextLivetex();
    expect(received).toHaveLength(20);
    const chats = new Set([...sandbox.oracle.livetexChats()].map((chat) => chat['conversation_id']));
    for (const row of sandbox.oracle.livetexConversations()) expect(chats).toContain(row['conversation_id']);
    sandbox.advance(3 * DAY_MS);
    await webhooks.settled();
    expect(new Set(received.map(({ body }) => JSON.stringify(body))).size).toBe(received.length);
  });

  test('tell nobody what happened before there was an address', async () => {
    const { sandbox, webhooks, received, targets } = await postingFor({ webhooks: {} });
    sandbox.advance(5 * DAY_MS);
    webhooks.setTargets(targets);
    await webhooks.settled();
    expect(received).toEqual([]);
    sandbox.advance(5 * DAY_MS);
    await webhooks.settled();
    expect(received.length).toBeGreaterThan(50);
  });
});

describe("LiveChat's webhooks", () => {
  test('come from three APIs by turns, each with its own bodies and credentials', async () => {
    const { webhooks, received } = await postingFor({ webhooksInFlight: 1 });
    await webhooks.post(72);
    const bodies = received.map(({ body }) => body);
    const v2 = bodies.filter((body) => body.event_type !== undefined);
    const v3 = bodies.filter((body) => body.action !== undefined);
    const helpdesk = bodies.filter((body) => body.eventType !== undefined);
    expect([v2.length, v3.length, helpdesk.length]).toEqual([24, 24, 24]);

    expect(new Set(v2.map((body) => body.event_type))).toEqual(
      new Set(['chat_started', 'chat_ended', 'ticket_created']),
    );
    for (const body of v2) expect(body).toMatchObject({ token: SANDBOX_WEBHOOK_TOKEN, license_id: expect.any(Number) });
    const started = v2.filter((body) => body.event_type === 'chat_started');
    expect(new Set(started.map((body) => typeof body.chat.started_timestamp))).toEqual(new Set(['number', 'string']));
    expect(started.some((body) => body.pre_chat_survey.length === 0)).toBe(true);
    expect(started.some((body) => body.pre_chat_survey.some((one: Json) => 'answers' in one))).toBe(true);
    expect(v2.some((body) => 'event_unique_id' in body) && v2.some((body) => !('event_unique_id' in body))).toBe(true);

    for (const body of v3) expect(body).toMatchObject({ secret_key: SANDBOX_WEBHOOK_SECRET_KEY, additional_data: {} });
    const [incoming, deactivated] = v3;
    expect(incoming.payload.chat.thread.created_at).toMatch(/\.\d{6}Z$/);
    expect(deactivated.payload).toMatchObject({
      chat_id: incoming.payload.chat.id,
      thread_id: incoming.payload.chat.thread.id,
    });

    expect(helpdesk.slice(0, 4).map((body) => body.eventType)).toEqual([
      'tickets.create',
      'tickets.update',
      'tickets.events.message',
      'tickets.events.status',
    ]);
    expect(helpdesk[2].payload).toMatchObject({ ticket: { ID: expect.any(String) }, event: { type: 'message' } });
    expect(JSON.stringify(helpdesk)).toContain('secret-file-token');
  });

  test('are the same at every start', async () => {
    const bodies = [];
    for (let start = 0; start < 2; start += 1) {
      const { webhooks, received } = await postingFor({ webhooksInFlight: 1, seed: 7 });
      await webhooks.post(30);
      bodies.push(received.map(({ body }) => body));
    }
    expect(bodies[0]).toEqual(bodies[1]);
  });

  test('come from one API alone, packed, where that is wanted', async () => {
    const { webhooks, received } = await postingFor({ webhookApis: ['helpdesk'], webhookGzip: true });
    await webhooks.post(8);
    expect(received.every(({ body }) => body.eventType !== undefined)).toBe(true);
    expect(received.every(({ headers }) => headers['content-encoding'] === 'gzip')).toBe(true);
  });
});

describe('the oracle', () => {
  test('has every column of the streams but those that depend on the receiver, and no secrets', async () => {
    const { sandbox, webhooks } = await postingFor();
    sandbox.advance(5 * DAY_MS);
    await webhooks.post(90);
    await webhooks.unforeseen();
    await webhooks.settled();

    const conversations = Object.keys(columnsOf('livetex_conversations')).filter(
      (name) => !FROM_THE_RECEIVER.includes(name),
    );
    for (const row of sandbox.oracle.livetexConversations()) {
      expect(Object.keys(row).sort()).toEqual([...conversations].sort());
    }
    const columns = columnsOf('livechat_events');
    const rows = [...sandbox.oracle.livechatEvents()] as Json[];
    expect(rows).toHaveLength(91);
    for (const row of rows) {
      const missing = row.event_unique_id === null ? ['event_id'] : [];
      const names = Object.keys(columns).filter((name) => ![...FROM_THE_RECEIVER, ...missing].includes(name));
      expect(Object.keys(row).sort()).toEqual(names.sort());
      expectTimes(row, { properties: columns });
      expect(JSON.stringify(row)).not.toMatch(/secret-|sandbox-webhook/);
    }
    expect(rows.at(-1)).toMatchObject({ event_type: null, api: null, payload: { somethingNew: { number: 1 } } });
    const types = new Set(rows.map((row) => `${row.api} ${row.event_type}`));
    expect(types).toEqual(
      new Set([
        'rest_v2 chat_started',
        'rest_v2 chat_ended',
        'rest_v2 ticket_created',
        'agent_chat_v3 chat_started',
        'agent_chat_v3 chat_ended',
        'helpdesk ticket_created',
        'helpdesk ticket_updated',
        'helpdesk tickets.events.message',
        'helpdesk tickets.events.status',
        'null null',
      ]),
    );
  });

  /** Every declared time of the row is as it has to arrive. */
  function expectTimes(value: Json, schema: Json): void {
    if (value === null || value === undefined) return;
    if (schema.format === 'date-time') expect(value).toMatch(RFC_3339);
    if (schema.items !== undefined) for (const item of value) expectTimes(item, schema.items);
    for (const [name, inner] of Object.entries(schema.properties ?? {})) expectTimes(value[name], inner);
  }

  test('reads a chat of REST v2, times and surveys included', async () => {
    const { sandbox, webhooks, received } = await postingFor({ webhookApis: ['rest_v2'], webhooksInFlight: 1 });
    await webhooks.post(60);
    const rows = [...sandbox.oracle.livechatEvents()] as Json[];
    const at = (n: number) => ({ body: received[n]?.body, row: rows[n] });
    const n = received.findIndex(
      ({ body }) => body.event_type === 'chat_ended' && body.pre_chat_survey.some((one: Json) => 'answers' in one),
    );
    const { body, row } = at(n);
    expect(row).toMatchObject({
      chat_id: body.chat.id,
      thread_id: null,
      payload: null,
      license_id: `${body.license_id}`,
    });
    const time = (sent: number | string) => new Date(typeof sent === 'number' ? sent * 1000 : sent).toISOString();
    expect(row.chat).toEqual({
      ...body.chat,
      started_timestamp: time(body.chat.started_timestamp),
      ended_timestamp: time(body.chat.ended_timestamp),
      messages: body.chat.messages.map((one: Json) => ({ ...one, timestamp: time(one.timestamp) })),
      ...(body.chat.events && {
        events: body.chat.events.map((one: Json) => ({ ...one, timestamp: time(one.timestamp) })),
      }),
    });
    expect(row.occurred_at).toBe(time(body.chat.ended_timestamp));
    const question = row.pre_chat_survey.find((one: Json) => one.answers !== undefined);
    const chosen = question.answers.filter((one: Json) => one.chosen).map((one: Json) => one.label);
    expect(question.answer).toBe(chosen.join(', '));
    const ticket = at(2);
    expect(ticket.row.ticket.groups[0]).toEqual({ id: ticket.body.ticket.groups[0], name: null });
  });

  test('reads a chat of the current API', async () => {
    const { sandbox, webhooks, received } = await postingFor({ webhookApis: ['agent_chat_v3'], webhooksInFlight: 1 });
    await webhooks.post(40);
    const rows = [...sandbox.oracle.livechatEvents()] as Json[];
    const [body, row] = [received[0]?.body, rows[0]];
    const { chat } = body.payload;
    const customer = chat.users.find((user: Json) => user.type === 'customer');
    expect(row).toMatchObject({
      occurred_at: `${chat.thread.created_at.slice(0, 23)}Z`,
      organization_id: body.organization_id,
      license_id: null,
      thread_id: chat.thread.id,
      visitor: { id: customer.id, language: null },
    });
    expect(row.payload).toEqual({ ...body, secret_key: undefined });
    expect(row.chat.events).toHaveLength(chat.thread.events.length);
    expect(rows[1]).toMatchObject({ event_type: 'chat_ended', occurred_at: null, chat: { messages: null, url: null } });
    const surveys = rows.filter((one) => one.event_type === 'chat_started').map((one) => one.pre_chat_survey);
    expect(surveys).toContain(null);
    expect(surveys.flat().some((one) => one?.answer?.includes(', '))).toBe(true);
    expect(rows.some((one) => one.visitor?.page_current === null && one.visitor.name !== null)).toBe(true);
    const messages = rows.flatMap((one) => one.chat.messages ?? []);
    expect(messages.some((one) => one.user_type === 'agent' && one.agent_id.endsWith('.example'))).toBe(true);
    expect(rows.flatMap((one) => one.chat.events ?? []).some((one) => one.user_type === null)).toBe(true);
  });

  test('leaves out of HelpDesk what opens its files, and nothing else', async () => {
    const { sandbox, webhooks, received } = await postingFor({ webhookApis: ['helpdesk'], webhooksInFlight: 1 });
    await webhooks.post(24);
    const rows = [...sandbox.oracle.livechatEvents()] as Json[];
    for (const [n, { body }] of received.entries()) {
      const without = JSON.parse(JSON.stringify(body), function (this: Json, name, value) {
        return 'sha256' in Object(this) && (name === 'url' || name === 'token') ? undefined : value;
      });
      const cleaned = JSON.stringify(without).replaceAll('\\ud83d emoji', '\ufffd emoji').replaceAll('\\u0000', '');
      expect(rows[n].payload).toEqual(JSON.parse(cleaned));
      expect(rows[n].occurred_at).toBe(body.createdAt);
    }
    const events = rows.flatMap((row) => row.ticket.events);
    expect(events.some((event) => event.author.id === null && event.author.type === 'system')).toBe(true);
    expect(rows.some((row) => row.ticket.assignee === null) && rows.some((row) => row.ticket.assignee?.name)).toBe(
      true,
    );
  });

  test('counts only what was answered well', async () => {
    const { sandbox, webhooks } = await postingFor({}, ({ body }, response) => {
      const isRefused = body.eventType !== undefined;
      if (isRefused) response.writeHead(403).end();
      return isRefused;
    });
    await webhooks.post(9);
    expect(webhooks.counters).toEqual({ posted: 9, tries: 6 + 3 * 10, delivered: 6, refused: 3 });
    const rows = [...sandbox.oracle.livechatEvents()];
    expect(rows.map((row) => row['api']).sort()).toEqual([
      ...Array(3).fill('agent_chat_v3'),
      ...Array(3).fill('rest_v2'),
    ]);
  });
});

describe('delivery', () => {
  test('is tried again after an answer that asks for it, and after a connection that breaks', async () => {
    const { webhooks, received, accepted } = await postingFor({}, (_one, response, n) => {
      if (n === 1) response.writeHead(503, { 'retry-after': '1' }).end();
      if (n === 2) response.socket?.resetAndDestroy();
      return n <= 2;
    });
    const began = Date.now();
    await webhooks.post(1);
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);
    expect([received.length, accepted.length]).toEqual([3, 1]);
    expect(webhooks.counters).toEqual({ posted: 1, tries: 3, delivered: 1, refused: 0 });
  });

  test('waits ten seconds for an answer', async () => {
    const receiver = await receiverFor((_one, _response, n) => n === 1);
    const clock = new FakeClock();
    const sandbox = await sandboxFor({ tickets: 5, webhooks: receiver.targets }, { clock });
    const posted = sandbox.webhooks.post(1);
    await expect.poll(() => receiver.received.length).toBe(1);
    await clock.advance(9_999);
    expect(sandbox.webhooks.counters.tries).toBe(1);
    await clock.advance(1);
    await settle();
    await clock.advance(50);
    await posted;
    expect(sandbox.webhooks.counters).toEqual({ posted: 1, tries: 2, delivered: 1, refused: 0 });
  });

  test('has no more under way than it may', async () => {
    let open = 0;
    let most = 0;
    const { webhooks } = await postingFor({ webhooksInFlight: 3 }, (_one, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end();
      }, 5);
      return true;
    });
    await webhooks.post(30);
    expect(most).toBe(3);
  });

  test('happens again on demand, with the same bodies and the same rows', async () => {
    const { sandbox, webhooks, received } = await postingFor();
    sandbox.advance(3 * DAY_MS);
    void webhooks.post(10);
    await webhooks.settled();
    const first = received.length;
    const rows = () => [[...sandbox.oracle.livechatEvents()], [...sandbox.oracle.livetexConversations()]];
    const before = rows();
    await webhooks.again(8);
    expect(received).toHaveLength(first + 8);
    const known = new Set(received.slice(0, first).map(({ body }) => JSON.stringify(body)));
    for (const { body } of received.slice(first)) expect(known).toContain(JSON.stringify(body));
    expect(rows()).toEqual(before);
    expect(webhooks.counters).toMatchObject({ posted: first + 8, delivered: first + 8 });
    await webhooks.again(0);
    expect(received).toHaveLength(first + 8);
  });

  test('goes to a receiver that comes later, or anew', async () => {
    const { webhooks, close } = await postingFor({ webhookRetryMs: 50 });
    await webhooks.post(3);
    close();
    const posted = webhooks.post(3);
    const next = await receiverFor();
    webhooks.setTargets(next.targets);
    await posted;
    expect(next.received).toHaveLength(3);
    expect(webhooks.counters).toMatchObject({ delivered: 6, refused: 0 });
    webhooks.setTargets({ livetex: next.targets.livetex });
    await expect(webhooks.post(1)).rejects.toThrow('LiveChat has no address');
    expect(() => webhooks.setTargets({ livechat: 'somewhere' })).toThrow('Invalid URL');
  });

  test.each([
    ['an answer', () => true],
    [
      'the next try',
      (_one: Received, response: ServerResponse) => {
        response.writeHead(503, { 'retry-after': '60' }).end();
        return true;
      },
    ],
  ])('ends at once with the sandbox while it waits for %s', async (_what, answer) => {
    const { sandbox, webhooks, received } = await postingFor({}, answer);
    const posted = webhooks.post(10);
    await expect.poll(() => received.length).toBeGreaterThanOrEqual(4);
    const began = Date.now();
    await sandbox.close();
    await posted;
    await webhooks.settled();
    await webhooks.post(1);
    expect(Date.now() - began).toBeLessThan(1000);
    expect(webhooks.counters.delivered).toBe(0);
    expect([...sandbox.oracle.livechatEvents()]).toEqual([]);
  });
});

describe('the running command', () => {
  const parsed = (...args: string[]) => parseArguments(['sandbox', ...args]) as Promise<Json>;

  test('takes addresses, each for the vendor in its path', async () => {
    const livetex = 'http://127.0.0.1:8080/livetex/SECRET';
    const livechat = 'https://hooks.company.example/in/livechat/SECRET';
    const both = await parsed('--webhooks', livetex, '--webhooks', livechat, '--webhook-apis', 'helpdesk,rest_v2');
    expect(both.arguments.sandbox).toMatchObject({
      webhooks: { livetex, livechat },
      webhookApis: ['helpdesk', 'rest_v2'],
      webhookEverySeconds: 2,
    });
    const one = await parsed('--webhooks', livetex, '--webhook-every', '0');
    expect(one.arguments.sandbox).toMatchObject({ webhooks: { livetex }, webhookEverySeconds: 0 });
    const none = await parsed();
    expect(none.arguments.sandbox).toMatchObject({ webhooks: {}, webhookEverySeconds: 0 });
  });

  test.each([
    [['--webhooks', 'http://127.0.0.1:8080/SECRET'], 'its path must have livetex or livechat in it'],
    [['--webhooks', 'http://127.0.0.1:8080/livetexts/SECRET'], 'its path must have livetex or livechat in it'],
    [['--webhooks', 'http://127.0.0.1:8080/livetex/livechat'], 'cannot tell whose webhooks'],
    [['--webhooks', '127.0.0.1:8080/livetex'], 'begins with http:// or https://'],
    [['--webhooks', 'http://a.example/livetex', '--webhooks', 'http://b.example/livetex'], 'two addresses for livetex'],
    [['--webhooks'], 'Not enough arguments following: webhooks'],
    [['--webhook-every', '-1'], '--webhook-every must be a whole number'],
    [['--webhook-apis', 'rest_v3'], '--webhook-apis does not know "rest_v3"'],
    [['--webhook-apis', ''], '--webhook-apis needs at least one'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    expect(await parsed(...args)).toMatchObject({ ok: false, text: expect.stringContaining(sentence) });
  });

  test('posts one event of each vendor at every turn', async () => {
    const receiver = await receiverFor();
    const clock = new FakeClock();
    await sandboxFor({ tickets: 5, webhooks: receiver.targets, webhookEverySeconds: 2 }, { clock });
    const counted = () => receiver.received.map(({ vendor }) => vendor).sort();
    for (const turns of [1, 2, 3]) {
      await clock.advance(2000);
      const wanted = [...Array(turns).fill('livechat'), ...Array(turns).fill('livetex')];
      await expect.poll(counted).toEqual(wanted);
    }
  });

  test('can be asked for more from outside', async () => {
    const { sandbox, received, webhooks } = await postingFor();
    const control = async (path: string) => {
      const response = await fetch(`${sandbox.url}/_sandbox/${path}`);
      return { status: response.status, text: await response.text() };
    };
    const answer = await control('webhooks?count=10');
    expect(JSON.parse(answer.text)).toEqual({ posted: 10, tries: 10, delivered: 10, refused: 0 });
    expect(await control('webhooks')).toEqual(answer);
    expect((await control('webhooks?count=many')).status).toBe(400);
    expect((await control('oracle?stream=livechat_events')).text.trim().split('\n')).toHaveLength(10);
    await control('advance?hours=48');
    await webhooks.settled();
    expect(received.length).toBeGreaterThan(10);
    expect((await control('oracle?stream=livetex_conversations')).text).toContain('"event_kinds":["assigned"');
    webhooks.setTargets({});
    expect(await control('webhooks?count=1')).toMatchObject({
      status: 400,
      text: expect.stringContaining('no address'),
    });
  });
});
