import { describe, expect, test } from 'vitest';
import { compileRowShaper } from '../../../../src/core/row-shaper.ts';
import { loadStreamSchema } from '../../../../src/core/schema.ts';
import type { Row } from '../../../../src/core/stream.ts';
import type { Directory } from '../../../../src/vendors/livechat/helpdesk-directory.ts';
import { helpdeskTicketRow } from '../../../../src/vendors/livechat/helpdesk-row.ts';

const AGENTS: Readonly<Record<string, { login: string | null; name: string | null }>> = {
  a1: { login: 'jane@company.example', name: 'Jane Doe' },
  invited: { login: 'new@company.example', name: null },
};
const DIRECTORY: Directory = {
  agent: (id) => AGENTS[id],
  teamName: (id) => ({ t1: 'Support' })[id],
  tagName: (id) => ({ g1: 'vip' })[id],
};

const TIME = '2026-05-01T10:00:00.000Z';
const shape = compileRowShaper(loadStreamSchema('livechat_tickets'), ['id'], {
  undeclared: () => {},
  mismatch: (path) => expect.fail(`${path} has not the declared type`),
});

/** The row of a ticket with these fields, as it leaves the engine. */
function rowOf(fields: Row, silo = 'tickets'): Row {
  return shape(helpdeskTicketRow(structuredClone({ ID: 'id-1', updatedAt: TIME, ...fields }), silo, DIRECTORY)).data;
}

/** The one event of a ticket. */
function eventOf(event: Row): unknown {
  return (rowOf({ events: [event] })['events'] as unknown[])[0];
}

/** What a ticket with nothing but its key and its time becomes. */
const BARE = { ...Object.fromEntries(Object.keys(rowOf({})).map((column) => [column, null])), id: 'id-1' };

describe('a ticket', () => {
  test('with every field', () => {
    const row = rowOf({
      shortID: 'ABC123',
      licenseID: 1234567,
      createdAt: '2026-04-30T08:00:00.123Z',
      createdBy: 'c1',
      createdByType: 'client',
      updatedBy: 'a1',
      lastMessageAt: '2026-05-01T09:59:59Z',
      status: 'onhold',
      priority: -10,
      subject: 'Where is my order?',
      silo: 'archive',
      teamIDs: ['t1', 'gone'],
      requester: { email: 'client@customer.example', name: 'A Client', locale: 'en' },
      assignment: { team: { ID: 't1', name: 'Support' }, agent: { ID: 'a1', name: 'Jane D.' } },
      cc: [{ email: 'boss@customer.example', name: null }],
      followers: ['a1', 'invited', 'gone'],
      tagIDs: ['g1', 'gone'],
      customFields: { order: '17' },
      rating: { value: 'good' },
      ratingRequestSent: true,
      parentTicket: { ID: 'p' },
      childTickets: [{ ID: 'k' }],
      spam: { status: false, reason: null },
      source: { type: 'email', detailedSource: 'email', referenceURL: 'https://www.shop.example/contact' },
      integration: { name: 'shop' },
      integrations: { shop: { order: 17 } },
      detectedLanguage: 'en',
      events: [],
      sla: { breached: false },
    });
    expect(row).toEqual({
      ...BARE,
      short_id: 'ABC123',
      date: '2026-04-30T08:00:00.123Z',
      modified: TIME,
      status: 'onhold',
      subject: 'Where is my order?',
      requester: { mail: 'client@customer.example', name: 'A Client', locale: 'en' },
      // The name as the ticket has it, the login as the agents have it.
      assignee: { id: 'jane@company.example', name: 'Jane D.' },
      source: { type: 'email', url: 'https://www.shop.example/contact', detailedSource: 'email' },
      tags: ['vip', 'gone'],
      events: [],
      silo: 'archive',
      priority: -10,
      last_message_at: '2026-05-01T09:59:59.000Z',
      assigned_team: { id: 't1', name: 'Support' },
      teams: [
        { id: 't1', name: 'Support' },
        { id: 'gone', name: null },
      ],
      cc: [{ email: 'boss@customer.example', name: null }],
      followers: [
        { id: 'jane@company.example', name: 'Jane Doe' },
        { id: 'new@company.example', name: null },
        { id: 'gone', name: null },
      ],
      custom_fields: { order: '17' },
      rating: { value: 'good' },
      rating_request_sent: true,
      parent_ticket: { ID: 'p' },
      child_tickets: [{ ID: 'k' }],
      spam: { status: false, reason: null },
      detected_language: 'en',
      integration: { name: 'shop' },
      integrations: { shop: { order: 17 } },
      created_by: 'c1',
      created_by_type: 'client',
      updated_by: 'a1',
      license_id: '1234567',
      extra_fields: { sla: { breached: false } },
    });
  });

  test('with nothing but its key and its time', () => {
    expect(rowOf({})).toEqual({ ...BARE, modified: TIME, silo: 'tickets' });
  });

  test('with null in every field', () => {
    const fields = 'shortID createdAt status silo teamIDs requester assignment cc followers tagIDs customFields rating';
    const more =
      'ratingRequestSent parentTicket childTickets spam source integration integrations events lastMessageAt';
    const nulls = Object.fromEntries(`${fields} ${more}`.split(' ').map((field) => [field, null]));
    expect(rowOf(nulls, 'spam')).toEqual({ ...BARE, modified: TIME, silo: 'spam' });
  });

  test.each([
    ['nobody and no team', { team: null, agent: null }, null, null],
    ['a team', { team: { ID: 't1', name: 'Support' }, agent: null }, { id: 't1', name: 'Support' }, null],
    ['a team without a name', { team: { ID: 't9' } }, { id: 't9', name: null }, null],
    ['an agent who is gone', { agent: { ID: 'x', name: 'Gone' } }, null, { id: 'x', name: 'Gone' }],
    ['an agent without a name', { agent: { ID: 'a1' } }, null, { id: 'jane@company.example', name: 'Jane Doe' }],
    ['an agent without anything', { agent: {} }, null, { id: null, name: null }],
  ])('that is assigned to %s', (_what, assignment, team, agent) => {
    expect(rowOf({ assignment })).toMatchObject({ assigned_team: team, assignee: agent });
  });

  test('with nulls among its ids', () => {
    const row = rowOf({ tagIDs: ['g1', null], teamIDs: [null], followers: [null, 'a1'] });
    expect(row).toMatchObject({ tags: ['vip'], teams: [], followers: [{ id: 'jane@company.example' }] });
  });
});

describe('an event', () => {
  test.each<[string, Row, Row]>([
    ['both forms', { richTextHtml: '<p>Hi</p>', richTextObj: [{ type: 'p' }] }, { message_html: '<p>Hi</p>' }],
    ['no formatted text', {}, {}],
    ['null for the formatted text', { richTextHtml: null, richTextObj: null }, {}],
    [
      'more than that',
      { stripped: { text: 'H' }, subject: 'Re' },
      { message_details: { stripped: { text: 'H' }, subject: 'Re' } },
    ],
  ])('that is a message with %s', (_what, message, columns) => {
    const event = { ID: 7, type: 'message', date: TIME, message: { text: 'Hi', isPrivate: false, ...message } };
    expect(eventOf(event)).toEqual({
      type: 'message',
      date: TIME,
      message: 'Hi',
      is_private: false,
      id: '7',
      ...columns,
    });
  });

  test('whose message has no text', () => {
    expect(eventOf({ ID: 1, message: { isPrivate: true } })).toMatchObject({ message: null, is_private: true });
    expect(eventOf({ ID: 1, message: {} })).toMatchObject({ message: null, is_private: null });
    expect(eventOf({ ID: 1, message: null })).toMatchObject({ message: null });
  });

  test.each<[string, unknown, unknown]>([
    ['an id', { type: 'agent', ID: 'a1' }, { id: 'jane@company.example', name: 'Jane Doe', type: 'agent' }],
    [
      'an address',
      { type: 'client', email: 'c@customer.example' },
      { id: 'c@customer.example', name: null, type: 'client' },
    ],
    [
      'all there is',
      { type: 'agent', ID: 'a1', email: 'j@company.example', name: 'J.' },
      { id: 'j@company.example', name: 'J.', type: 'agent' },
    ],
    [
      'null for all but the id',
      { type: null, ID: 'a1', email: null, name: null },
      { id: 'jane@company.example', name: 'Jane Doe', type: null },
    ],
    ['the id of someone unknown', { type: 'agent', ID: 'x' }, { id: 'x', name: null, type: 'agent' }],
    ['a type alone', { type: 'system' }, { id: null, name: null, type: 'system' }],
    ['nothing', null, null],
  ])('whose author has %s', (_what, author, expected) => {
    expect(eventOf({ ID: 1, author })).toMatchObject({ author: expected });
  });

  test('without an author', () => {
    expect(eventOf({ ID: 1, type: 'followers', followers: { new: ['a1'], old: [] } })).toMatchObject({
      id: '1',
      followers: { new: ['a1'], old: [] },
    });
    expect(eventOf({ ID: 1 })).not.toHaveProperty('author');
  });

  test.each<[string, unknown, unknown]>([
    ['an agent', { new: { agent: { ID: 'a1', name: 'J.' } }, old: null }, { id: 'jane@company.example', name: 'J.' }],
    ['an agent who is gone', { new: { agent: { ID: 'x', name: 'Gone' } } }, { id: 'x', name: 'Gone' }],
  ])('that assigns it to %s', (_what, assignment, to) => {
    expect(eventOf({ ID: 1, assignment })).toMatchObject({ assignment, to });
  });

  test.each([{ new: { team: { ID: 't1' }, agent: null } }, { new: null }, {}, null])(
    'that assigns it to nobody: %j',
    (assignment) => {
      expect(eventOf({ ID: 1, assignment })).toMatchObject({ assignment });
      expect(eventOf({ ID: 1, assignment })).not.toHaveProperty('to');
    },
  );

  test('that is none does not stop the others', () => {
    expect(rowOf({ events: [null, { ID: 2 }] })['events']).toMatchObject([{ id: '2' }]);
  });
});

describe('what opens attachments', () => {
  const SECRET = 'https://files.helpdesk.example/x?token=s3cret';

  test.each<[string, Row]>([
    ['in the list of an event', { events: [{ ID: 1, attachments: { files: [{ url: SECRET, token: SECRET }] } }] }],
    ['in a message', { events: [{ ID: 1, message: { text: 'x', attachments: [{ url: SECRET }] } }] }],
    ['of one file', { events: [{ ID: 1, attachment: { token: SECRET } }] }],
    ['at the ticket', { attachments: [{ URL: SECRET, Token: SECRET }] }],
    ['under names in capitals', { Attachments: { Files: [{ Url: SECRET, TOKEN: SECRET }] } }],
    ['in a file within a file', { attachments: [{ thumbnails: { small: { url: SECRET } } }] }],
    ['in a list of lists', { attachments: [[{ url: SECRET }]] }],
    ['in fields that nobody knows', { sla: { deep: [{ attachments: { x: { y: { token: SECRET } } } }] } }],
    ['as an object', { attachments: [{ url: { href: SECRET }, token: [SECRET] }] }],
  ])('is left out: %s', (_what, fields) => {
    const row = rowOf(fields);
    expect(JSON.stringify(row)).not.toContain('s3cret');
    expect(JSON.stringify(row)).toMatch(/attachment/i);
  });

  test('leaves what describes them, and addresses elsewhere', () => {
    const files = [{ cid: 'c', name: 'x.pdf', size: 1, type: 'application/pdf', sha256: 'ab' }];
    const event = { ID: 1, attachments: { files: [{ ...files[0], url: SECRET, token: SECRET }], isPrivate: false } };
    expect(eventOf(event)).toMatchObject({ attachments: { files, isPrivate: false } });
    const source = { type: 'integration', referenceURL: 'https://www.shop.example/', url: 'x', token: 'y' };
    expect(rowOf({ source, customFields: { url: 'u', token: 't' } })).toMatchObject({
      source: { url: 'https://www.shop.example/', token: 'y' },
      custom_fields: { url: 'u', token: 't' },
    });
  });
});
