import { describe, expect, test } from 'vitest';
import { eventRow } from '../../../../src/vendors/livechat/event-row.ts';

describe('event_id', () => {
  test('is LiveChat’s own where it sends one', () => {
    expect(eventRow({ event_type: 'chat_started', event_unique_id: 'u-1' })['event_id']).toBe('u-1');
  });

  test('is otherwise the same for the same event, whichever registration it came by, and no other', () => {
    const event = () => ({ action: 'incoming_chat', organization_id: 'o', payload: { chat: { id: 'A' } } });
    const id = eventRow({ webhook_id: '1', ...event() })['event_id'];
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(eventRow({ webhook_id: '2', ...event() })['event_id']).toBe(id);
    expect(eventRow({ webhook_id: '1', ...event(), payload: { chat: { id: 'B' } } })['event_id']).not.toBe(id);
    const at = (createdAt: string) => eventRow({ eventType: 'agents.login', createdAt, payload: {} })['event_id'];
    expect(at('2026-01-01T00:00:00Z')).not.toBe(at('2026-01-02T00:00:00Z'));
  });
});

test('REST v2: the columns as they are, the answer of a question with several, groups as objects', () => {
  const row = eventRow({
    event_type: 'chat_ended',
    license_id: 1520,
    chat: { id: 'MH', ended_timestamp: 1709286069, groups: [3] },
    visitor: { id: 'v', language: 'en' },
    pre_chat_survey: [
      { id: 'q1', label: 'Name', answer: 'Ann' },
      {
        id: 'q2',
        label: 'Topics',
        answers: [
          { label: 'a', chosen: true },
          { label: 'b', chosen: false },
          { label: 'c', chosen: true },
        ],
      },
    ],
    something: 1,
  });
  expect(row).toMatchObject({
    event_type: 'chat_ended',
    api: 'rest_v2',
    chat_id: 'MH',
    occurred_at: 1709286069,
    chat: { id: 'MH', groups: [3] },
    something: 1,
  });
  expect(row['pre_chat_survey']).toMatchObject([{ answer: 'Ann' }, { answer: 'a, c', answers: [{}, {}, {}] }]);
  const ticket = eventRow({
    event_type: 'ticket_created',
    ticket: { id: 'T', date: '2026-01-01', groups: [4], assignee: 'a@company.example' },
  });
  expect(ticket).toMatchObject({
    ticket_id: 'T',
    occurred_at: '2026-01-01',
    ticket: { groups: [{ id: 4, name: null }], assignee: { id: 'a@company.example' } },
  });
});

describe('v3', () => {
  test('a chat that is not as documented makes a row of what can be read', () => {
    const row = eventRow({ action: 'incoming_chat', payload: { chat: { id: 'A', users: 'none', thread: null } } });
    expect(row).toMatchObject({ event_type: 'chat_started', chat_id: 'A', visitor: null, pre_chat_survey: null });
    expect(row['chat']).toMatchObject({ id: 'A', agents: [], messages: [], events: [], started_timestamp: null });
  });

  test('answers are texts, choices, or lists of them', () => {
    const fields = [
      { id: 1, label: 'Text', answer: 'x' },
      { id: 2, label: 'One', answer: { id: 'a', label: 'A' } },
      {
        id: 3,
        label: 'More',
        answers: [
          { id: 'a', label: 'A' },
          { id: 'b', label: 'B' },
        ],
      },
      { id: 4, label: 'None' },
      { id: 5, type: 'header' },
    ];
    const events = [{ type: 'filled_form', form_type: 'prechat', fields }];
    const row = eventRow({ action: 'incoming_chat', payload: { chat: { id: 'A', thread: { events } } } });
    expect(row['pre_chat_survey']).toEqual([
      { id: 1, label: 'Text', answer: 'x' },
      { id: 2, label: 'One', answer: 'A' },
      { id: 3, label: 'More', answer: 'A, B' },
      { id: 4, label: 'None', answer: null },
    ]);
  });

  test('another action keeps its word and all that was sent', () => {
    const body = { action: 'thread_tagged', payload: { chat_id: 'A', thread_id: 'T', tag: 'vip' } };
    expect(eventRow({ ...body })).toMatchObject({
      event_type: 'thread_tagged',
      chat_id: 'A',
      thread_id: 'T',
      payload: body,
    });
  });
});

test('HelpDesk: what opens attachments is taken out, wherever it is', () => {
  const files = [{ name: 'a.pdf', url: 'https://files.example/a?signature=1', token: 'abc', size: 3 }];
  const ticket = {
    ID: 'T',
    events: [
      { type: 'attachments', attachments: { files } },
      { type: 'message', message: { text: 'x' }, attachments: { files: [...files] } },
    ],
  };
  const row = eventRow({
    eventType: 'tickets.events.message',
    payload: { ticket, event: { attachments: { files: [{ ...files[0] }] } } },
  });
  expect(row).toMatchObject({ event_type: 'tickets.events.message', api: 'helpdesk', ticket_id: 'T' });
  expect(JSON.stringify(row)).toContain('a.pdf');
  expect(JSON.stringify(row)).not.toMatch(/signature|"token"/);
});

test.each([
  { eventType: 'x', payload: [{ attachments: [{ name: 'a.pdf', URL: 'https://x.example', Token: 't' }] }] },
  {
    event_type: 'ticket_created',
    ticket: { events: [{ attachments: { files: [{ name: 'a.pdf', url: 'https://x.example' }] } }] },
  },
  { attachment: { name: 'a.pdf', deep: { url: 'https://x.example', token: 't' } } },
])('nor in any other form: %j', (body) => {
  const text = JSON.stringify(eventRow(structuredClone(body) as Record<string, unknown>));
  expect(text).toContain('a.pdf');
  expect(text).not.toMatch(/x\.example|"t"/);
});

test('REST v2: what is called like a column of ours keeps it in another way', () => {
  const row = eventRow({ event_type: 'x', api: 'their own', inbox_seq: 7, chat: { id: 'A' }, chat_id: 'B' });
  expect(row).toMatchObject({
    api: 'rest_v2',
    chat_id: 'A',
    'sent.api': 'their own',
    'sent.inbox_seq': 7,
    'sent.chat_id': 'B',
  });
});

test.each([
  [{ somethingNew: 1 }, null],
  [{ event_type: 7, a: 1 }, null],
  [{ action: 'odd' }, 'odd'],
  [{ eventType: 'odd', payload: [] }, 'odd'],
  [{ content: [1, 2] }, null],
])('what nobody foresaw stays whole: %j', (body, type) => {
  expect(eventRow({ ...body })).toMatchObject({ event_type: type, payload: body });
});
