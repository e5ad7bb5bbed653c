import { describe, expect, test } from 'vitest';
import { chatRow } from '../../../../src/vendors/livechat/chat-row.ts';

describe('a chat of REST v2', () => {
  test('has its columns under their names, and no localized times', () => {
    const row = chatRow({
      type: 'chat',
      id: 'MH022RD0K5',
      chat_start_url: 'https://www.shop.example/',
      referrer: 'https://search.example/',
      started: 'Wed, 01/23/13 11:40:53 am',
      started_timestamp: 1_358_937_653,
      ended: 'Wed, 01/23/13 11:42:53 am',
      ended_timestamp: 1_358_937_773,
      timezone: 'America/New_York',
      duration: 120,
      visitor_id: 'S129',
      visitor: { id: 'S128', name: 'Mary Brown', email: 'mary@customer.example' },
      agents: [{ display_name: 'Jane', email: 'jane@company.example', ip: '192.0.2.1' }, null, { display_name: 'Bot' }],
      group: [0],
      prechat_survey: [{ key: 'Name', value: 'Mary', id: '1' }, null, { value: 'x' }],
      postchat_survey: [],
      messages: [{ text: 'Hi', date: 'Wed', timestamp: 1_358_937_653, user_type: 'visitor' }, null],
      events: [{ type: 'message', date: 'Wed', text: 'Hi', timestamp: 1_358_937_653 }],
      integration_variables: { crm: 1 },
    });
    expect(row).toEqual({
      type: 'chat',
      id: 'MH022RD0K5',
      url: 'https://www.shop.example/',
      referrer: 'https://search.example/',
      started_timestamp: 1_358_937_653,
      ended_timestamp: 1_358_937_773,
      active: false,
      duration: 120,
      visitor: { id: 'S128', name: 'Mary Brown', email: 'mary@customer.example' },
      agents: [
        { login: 'jane@company.example', name: 'Jane', ip: '192.0.2.1' },
        { login: null, name: 'Bot' },
      ],
      groups: [0],
      pre_chat_survey: [
        { id: '1', label: 'Name', answer: 'Mary' },
        { id: null, label: null, answer: 'x' },
      ],
      post_chat_survey: null,
      messages: [{ text: 'Hi', timestamp: 1_358_937_653, user_type: 'visitor' }, null],
      events: [{ type: 'message', text: 'Hi', timestamp: 1_358_937_653 }],
      integration_variables: { crm: 1 },
    });
  });

  test.each([
    [true, true],
    [false, false],
    [undefined, false],
    ['yes', false],
  ])('pending %j', (pending, active) => {
    expect(chatRow({ id: 'A', pending })['active']).toBe(active);
  });

  test.each([
    [3, [3]],
    [0, [0]],
    [
      [3, 7],
      [3, 7],
    ],
    [undefined, undefined],
    [null, null],
  ])('group %j is a list', (group, groups) => {
    expect(chatRow({ id: 'A', group })['groups']).toEqual(groups);
  });

  test.each([[undefined], [null], [[]], ['none']])('no survey in %j', (survey) => {
    const row = chatRow({ id: 'A', prechat_survey: survey, postchat_survey: survey });
    expect([row['pre_chat_survey'], row['post_chat_survey']]).toEqual([null, null]);
  });

  test('a visitor is known at least by id', () => {
    expect(chatRow({ id: 'A', visitor_id: 'V' })['visitor']).toEqual({ id: 'V' });
    expect(chatRow({ id: 'A', visitor_id: 'V', visitor: { name: 'Ann' } })['visitor']).toEqual({
      id: 'V',
      name: 'Ann',
    });
    expect(chatRow({ id: 'A' })['visitor']).toBeNull();
  });
});

describe('a missed chat', () => {
  const missed = () => ({
    type: 'missed_chat',
    id: 'M1',
    time: 1_358_937_653,
    visitor: { id: 'V', name: 'Ann' },
    visitor_id: 'V',
    email: 'ann@customer.example',
    message: 'Is anybody there?',
    group: 0,
    tags: [],
    timezone: 'UTC',
  });

  test('began when it was left, and its one message is the visitor’s', () => {
    expect(chatRow(missed())).toEqual({
      type: 'missed_chat',
      id: 'M1',
      started_timestamp: 1_358_937_653,
      active: false,
      url: undefined,
      visitor: { id: 'V', name: 'Ann', email: 'ann@customer.example' },
      groups: [0],
      tags: [],
      pre_chat_survey: null,
      post_chat_survey: null,
      messages: [
        {
          text: 'Is anybody there?',
          user_type: 'visitor',
          author_name: 'Ann',
          agent_id: null,
          timestamp: 1_358_937_653,
        },
      ],
      events: undefined,
    });
  });

  test('messages that are there are kept, and the visitor’s own address', () => {
    const row = chatRow({ ...missed(), messages: [{ text: 'x' }], visitor: { email: 'own@customer.example' } });
    expect(row['messages']).toEqual([{ text: 'x' }]);
    expect(row['visitor']).toEqual({ id: 'V', email: 'own@customer.example' });
    const nobody = chatRow({ ...missed(), visitor: undefined, visitor_id: undefined });
    expect(nobody['visitor']).toEqual({ id: null, email: 'ann@customer.example' });
    expect(nobody['messages']).toMatchObject([{ author_name: null }]);
  });
});
