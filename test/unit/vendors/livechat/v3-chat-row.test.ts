import { describe, expect, test } from 'vitest';
import { activeChatRow, v3ChatRow } from '../../../../src/vendors/livechat/v3-chat-row.ts';

const CUSTOMER = { id: 'c1', type: 'customer', name: 'Ann', email: 'ann@customer.example' };
const JANE = { id: 'jane@company.example', type: 'agent', name: 'Jane', present: true };
const JOHN = { id: 'john@company.example', type: 'agent', name: 'John' };

/** A chat with one thread; both as list_archives gives them, with what a test adds. */
function chatOf(thread: object, chat: object = {}) {
  return {
    id: 'Q1',
    users: [CUSTOMER, JANE, JOHN],
    access: { group_ids: [0] },
    is_followed: false,
    ...chat,
    thread: { id: 'S1', created_at: '2026-01-01T10:00:00.123456Z', active: false, ...thread },
  };
}

const said = (text: string, at: string, author: string | undefined) => ({
  id: `E${at}`,
  type: 'message',
  created_at: `2026-01-01T${at}:00.000000Z`,
  visibility: 'all',
  text,
  ...(author === undefined ? {} : { author_id: author }),
});
const system = (kind: unknown, at: string) => ({
  type: 'system_message',
  system_message_type: kind,
  text: 'closed',
  created_at: `2026-01-01T${at}:00.000000Z`,
});

describe('ended_timestamp', () => {
  const events = (kind: unknown) => [
    said('Hello', '10:00', 'c1'),
    system('chat_transferred', '10:05'),
    system(kind, '10:30'),
    said('later', '11:00', JANE.id),
  ];

  test.each([
    'manual_archived_agent',
    'manual_archived_customer',
    'archived_customer_disconnected',
    'customer_banned',
    'system_archived',
    'routing.archived_inactive',
    'routing.archived_disconnected',
    'routing.archived_deleted',
    'routing.archived_offline',
    'routing.archived_other',
    'routing.archived_signed_out',
    'routing.archived_remotely_signed_out',
  ])('%s closes a thread, whatever is written behind it', (kind) => {
    const at = '2026-01-01T10:30:00.000000Z';
    expect(v3ChatRow(chatOf({ events: events(kind) }))['ended_timestamp']).toBe(at);
    // Where nobody says whether it goes on, that message does.
    expect(v3ChatRow(chatOf({ active: undefined, events: events(kind) }))['ended_timestamp']).toBe(at);
    expect(v3ChatRow(chatOf({ active: true, events: events(kind) }))['ended_timestamp']).toBeNull();
  });

  test.each([
    'routing.assigned_other',
    'chat_transferred',
    'xcustomer_banned',
    'system_archived_not',
    null,
    { toString: 1 },
  ])('%j does not: then the last event counts, where the thread is over', (kind) => {
    const row = v3ChatRow(chatOf({ events: events(kind) }));
    expect(row['ended_timestamp']).toBe('2026-01-01T11:00:00.000000Z');
    expect(v3ChatRow(chatOf({ active: undefined, events: events(kind) }))['ended_timestamp']).toBeNull();
  });

  test('of two the last one counts: a chat may have been opened again', () => {
    const twice = [system('system_archived', '10:10'), said('Wait', '10:20', 'c1'), system('customer_banned', '10:40')];
    expect(v3ChatRow(chatOf({ events: twice }))['ended_timestamp']).toBe('2026-01-01T10:40:00.000000Z');
  });

  test.each([[undefined], [[]], ['none']])('is null where there are no events: %j', (none) => {
    expect(v3ChatRow(chatOf({ events: none }))['ended_timestamp']).toBeNull();
  });
});

describe('a thread', () => {
  test('that is restricted keeps everything but what was said', () => {
    const row = v3ChatRow(chatOf({ restricted_access: 'subscription', user_ids: ['c1', JANE.id], tags: ['vip'] }));
    expect(row).toMatchObject({
      id: 'S1',
      chat_id: 'Q1',
      restricted_access: 'subscription',
      tags: ['vip'],
      agents: [{ login: JANE.id, name: 'Jane' }],
    });
    for (const name of ['messages', 'events', 'pre_chat_survey', 'post_chat_survey'])
      expect(row[name] ?? null).toBeNull();
  });

  test('has the people whom it names, in the order of the chat; all of them where it names none', () => {
    const logins = (ids: unknown) =>
      (v3ChatRow(chatOf({ user_ids: ids }))['agents'] as { login: string }[]).map(({ login }) => login);
    expect(logins([JOHN.id, 'c1'])).toEqual([JOHN.id]);
    expect(logins([JOHN.id, JANE.id, 'nobody'])).toEqual([JANE.id, JOHN.id]);
    expect(logins([])).toEqual([]);
    expect(logins(undefined)).toEqual([JANE.id, JOHN.id]);
  });

  test('of two customers the one who is in it counts, otherwise the first', () => {
    const users = [{ id: 'c0', type: 'customer', name: 'Zoë' }, CUSTOMER, JANE];
    const visitor = (ids: unknown) => v3ChatRow(chatOf({ user_ids: ids }, { users }))['visitor'];
    expect(visitor(['c1', JANE.id])).toMatchObject({ id: 'c1', name: 'Ann' });
    expect(visitor([JANE.id])).toMatchObject({ id: 'c0', name: 'Zoë', email: null });
    expect(visitor(undefined)).toMatchObject({ id: 'c0' });
    expect(v3ChatRow(chatOf({}, { users: [JANE] }))['visitor']).toBeNull();
  });

  test('has its own groups, otherwise those of the chat', () => {
    expect(v3ChatRow(chatOf({ access: { group_ids: [3, 7] } }))['groups']).toEqual([3, 7]);
    expect(v3ChatRow(chatOf({}))['groups']).toEqual([0]);
    expect(v3ChatRow(chatOf({}, { access: undefined }))['groups'] ?? null).toBeNull();
  });

  test.each([
    [1, 'rated_good'],
    ['1', 'rated_good'],
    [0, 'rated_bad'],
    ['0', 'rated_bad'],
    [null, 'not_rated'],
    [undefined, 'not_rated'],
  ])('rated with %j is %s', (score, rate) => {
    expect(v3ChatRow(chatOf({ properties: { rating: { score, comment: 'so so' } } }))).toMatchObject({
      rate,
      rating_comment: 'so so',
    });
    expect(v3ChatRow(chatOf({ properties: { rating: 'odd' } }))['rate']).toBe('not_rated');
  });

  test.each([
    [{}, null],
    [{ queues_duration: 12 }, { duration: 12 }],
    [{ queue: { position: 1, wait_time: 90 } }, { duration: null, position: 1, wait_time: 90 }],
    [
      { queue: { position: 2 }, queues_duration: 0 },
      { duration: 0, position: 2 },
    ],
  ])('waited %j', (thread, queue) => {
    expect(v3ChatRow(chatOf(thread))['queue']).toEqual(queue);
  });

  test('what nobody declared keeps its name, the thread’s with the word before it; what is used is not kept twice', () => {
    const row = v3ChatRow(chatOf({ mood: 1, customer_visit: {}, user_ids: [] }, { mood: 2, properties: { a: 1 } }));
    expect(row).toMatchObject({ 'thread.mood': 1, mood: 2, chat_properties: { a: 1 } });
    const used = ['thread', 'users', 'access', 'is_followed', 'thread.customer_visit', 'thread.user_ids', 'thread.id'];
    for (const name of used) expect(row).not.toHaveProperty([name]);
  });

  test('that is no object, or not there, makes a row of what can be read', () => {
    for (const thread of [null, 'none', []]) {
      const row = v3ChatRow({ id: 'Q1', users: 'nobody', thread });
      expect(row).toMatchObject({ chat_id: 'Q1', agents: [], visitor: null, rate: 'not_rated' });
    }
  });
});

describe('what was said', () => {
  const row = v3ChatRow(
    chatOf({
      events: [
        said('Hello', '10:00', 'c1'),
        said('Hi', '10:01', JANE.id),
        said('Who?', '10:02', 'somebody'),
        { ...said('Note', '10:03', JANE.id), visibility: 'agents' },
        null,
        { type: 'file', name: 'a.pdf', url: 'https://files.example/a.pdf', created_at: '2026-01-01T10:04:00.000000Z' },
        { ...system('chat_transferred', '10:05'), text_vars: { agent: 'Jane' } },
      ],
    }),
  );

  test('messages, with the authors that are known', () => {
    const at = (minute: string) => `2026-01-01T10:0${minute}:00.000000Z`;
    expect(row['messages']).toEqual([
      { author_name: 'Ann', agent_id: null, text: 'Hello', timestamp: at('0'), user_type: 'visitor' },
      { author_name: 'Jane', agent_id: JANE.id, text: 'Hi', timestamp: at('1'), user_type: 'agent' },
      { author_name: null, agent_id: null, text: 'Who?', timestamp: at('2'), user_type: null },
      { author_name: 'Jane', agent_id: JANE.id, text: 'Note', timestamp: at('3'), user_type: 'agent' },
    ]);
  });

  test('every event with all that it has, its time under the name that all events share', () => {
    const events = row['events'] as Record<string, unknown>[];
    expect(events).toHaveLength(6);
    expect(events[3]).toEqual({
      id: 'E10:03',
      type: 'message',
      text: 'Note',
      timestamp: '2026-01-01T10:03:00.000000Z',
      user_type: 'agent',
      visibility: 'agents',
      author_id: JANE.id,
    });
    expect(events[4]).toMatchObject({ type: 'file', text: null, user_type: null, name: 'a.pdf' });
    expect(events[5]).toMatchObject({ system_message_type: 'chat_transferred', text_vars: { agent: 'Jane' } });
    for (const event of events) expect(event).not.toHaveProperty('created_at');
  });
});

describe('forms', () => {
  const form = (type: string, fields: unknown) => ({ type: 'filled_form', form_type: type, fields });

  test('answers are texts, choices, lists of choices, or something else', () => {
    const fields = [
      { id: '0', type: 'subject', answer: 'nobody knows what was asked' },
      { id: '1', label: 'Name', answer: 'Ann' },
      { id: '2', label: 'One', answer: { id: 'a', label: 'A, "a"' } },
      { id: '3', label: 'Several', answers: [{ label: 'A' }, { label: 'B' }] },
      { id: '4', label: 'Rating', answer: { rate: 5 } },
      { id: '5', label: 'None' },
      { id: '6', label: 'Number', answer: 7 },
      { label: 'No id', answer: '' },
      null,
    ];
    const row = v3ChatRow(chatOf({ events: [form('prechat', fields), form('ask_for_email', fields)] }));
    expect(row['pre_chat_survey']).toEqual([
      { id: '1', label: 'Name', answer: 'Ann' },
      { id: '2', label: 'One', answer: 'A, "a"' },
      { id: '3', label: 'Several', answer: 'A, B' },
      { id: '4', label: 'Rating', answer: '{"rate":5}' },
      { id: '5', label: 'None', answer: null },
      { id: '6', label: 'Number', answer: '7' },
      { id: null, label: 'No id', answer: '' },
    ]);
    expect(row['post_chat_survey']).toBeNull();
  });

  test('several of a kind are one survey; one without fields is an empty one', () => {
    const row = v3ChatRow(
      chatOf({
        events: [form('postchat', [{ id: '1', label: 'A', answer: 'x' }]), form('postchat', undefined)],
      }),
    );
    expect(row['post_chat_survey']).toEqual([{ id: '1', label: 'A', answer: 'x' }]);
    expect(v3ChatRow(chatOf({ events: [form('prechat', 'none')] }))['pre_chat_survey']).toEqual([]);
  });
});

describe('the visitor', () => {
  const visit = (ip: string) => ({
    ip,
    user_agent: 'Browser',
    geolocation: { country: 'Poland', country_code: 'PL', region: 'R', city: 'C', timezone: 'Europe/Warsaw' },
  });
  const pages = [
    { opened_at: '2026-01-01T09:00:00.000000Z', url: 'https://www.shop.example/old' },
    { opened_at: '2026-01-01T09:58:00.000000Z', url: 'https://www.shop.example/cart' },
    { opened_at: '2026-01-01T09:30:00.000000Z', url: 'https://www.shop.example/' },
  ];
  const visitorOf = (customer: object, thread: object = {}) =>
    v3ChatRow(chatOf(thread, { users: [{ ...CUSTOMER, ...customer }] }))['visitor'];

  test('comes from where the thread says, otherwise from the latest visit; the page is the one that was opened last', () => {
    const wanted = { country: 'Poland', country_code: 'PL', region: 'R', city: 'C', timezone: 'Europe/Warsaw' };
    const customer = { visit: { ...visit('192.0.2.1'), last_pages: pages } };
    expect(visitorOf(customer)).toMatchObject({ ip: '192.0.2.1', ...wanted, page_current: pages[1]?.url });
    expect(visitorOf(customer, { customer_visit: { ip: '192.0.2.2' } })).toMatchObject({
      ip: '192.0.2.2',
      country: null,
      page_current: pages[1]?.url,
    });
    expect(visitorOf({ visit: { last_pages: 'none' } })).toMatchObject({ page_current: null, ip: null });
  });

  test('nothing is invented, and what is sent beyond the columns is kept', () => {
    expect(visitorOf({ name: undefined, email: undefined })).toEqual({
      id: 'c1',
      name: null,
      email: null,
      language: null,
      page_current: null,
      ip: null,
      user_agent: null,
      country: null,
      country_code: null,
      region: null,
      city: null,
      timezone: null,
      phone_number: null,
    });
    const kept = {
      session_fields: [{ plan: 'gold' }],
      statistics: { chats_count: 1 },
      email_verified: false,
      created_at: '2025-01-01T00:00:00Z',
      address: { city: 'C' },
      omnichannel: {},
      carts: [],
    };
    expect(visitorOf({ ...kept, avatar: 'not kept', phone_number: '+48' })).toMatchObject({
      ...kept,
      phone_number: '+48',
    });
    expect(visitorOf({ avatar: 'x' })).not.toHaveProperty('avatar');
  });

  test.each([
    [undefined, null],
    [null, null],
    ['odd', null],
    [[], []],
    [
      [{ plan: 'gold' }, { city: 'Тверь', plan: 'twice' }, null, 'odd', {}],
      [
        { key: 'plan', value: 'gold' },
        { key: 'city', value: 'Тверь' },
        { key: 'plan', value: 'twice' },
      ],
    ],
  ])('session fields %j', (session_fields, variables) => {
    expect(v3ChatRow(chatOf({}, { users: [{ ...CUSTOMER, session_fields }] }))['custom_variables']).toEqual(variables);
  });

  test('names the tickets', () => {
    const tickets = [{ ticket_id: 'T1', created_at: 'x' }, null, { ticket_id: 'T2' }];
    expect(v3ChatRow(chatOf({}, { users: [{ ...CUSTOMER, tickets }] }))['ticket_ids']).toEqual(['T1', 'T2']);
    expect(v3ChatRow(chatOf({}))['ticket_ids']).toBeNull();
  });
});

describe('a summary of list_chats', () => {
  const summary = {
    id: 'Q1',
    users: [CUSTOMER, JANE, JOHN],
    last_event_per_type: { message: { thread_id: 'S1' } },
    properties: { routing: { continuous: true } },
    access: { group_ids: [3] },
    is_followed: true,
    last_thread_summary: {
      id: 'S1',
      created_at: '2026-01-01T10:00:00.123456Z',
      user_ids: ['c1', JOHN.id],
      active: true,
      tags: ['vip'],
      access: { group_ids: [7] },
      properties: { routing: { start_url: 'https://www.shop.example/' }, rating: { score: 1 } },
    },
  };

  test('is a row without what was said', () => {
    const row = activeChatRow(summary);
    expect(row).toMatchObject({
      id: 'S1',
      chat_id: 'Q1',
      started_timestamp: '2026-01-01T10:00:00.123456Z',
      active: true,
      agents: [{ login: JOHN.id, name: 'John' }],
      visitor: { id: 'c1', name: 'Ann' },
      groups: [7],
      tags: ['vip'],
      url: 'https://www.shop.example/',
      rate: 'rated_good',
      properties: summary.last_thread_summary.properties,
      chat_properties: summary.properties,
    });
    for (const name of ['messages', 'events', 'ended_timestamp', 'last_event_per_type']) {
      expect(row).not.toHaveProperty(name);
    }
  });

  test.each([[undefined], [null], [{}], [{ id: 'S1', active: false }]])(
    'without a thread that goes on, none: %j',
    (last) => {
      expect(activeChatRow({ ...summary, last_thread_summary: last })).toBeUndefined();
    },
  );

  test('whose thread does not say that it goes on was asked for as one that does', () => {
    expect(activeChatRow({ ...summary, last_thread_summary: { id: 'S1' } })).toMatchObject({
      active: true,
      groups: [3],
    });
  });
});
