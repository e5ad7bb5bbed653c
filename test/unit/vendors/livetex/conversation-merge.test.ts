import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTimeZone } from '../../../../src/core/time-zone.ts';
import { ConversationMerge } from '../../../../src/vendors/livetex/conversation-merge.ts';

const ZONE = openTimeZone('Europe/Moscow');
const RECEIVED = Date.parse('2026-01-15T12:00:00Z');

/** The row of some events of one conversation, each received a minute after the one before. */
function merged(...bodies: unknown[]): Record<string, unknown> {
  const merge = new ConversationMerge('c1', ZONE);
  for (const [index, body] of bodies.entries()) {
    const event = {
      seq: index + 1,
      vendor: 'livetex' as const,
      kind: `kind ${index % 3}`,
      subject: 'c1',
      receivedAt: RECEIVED + index * 60_000,
      hash: '',
      body: JSON.stringify(body),
    };
    merge.add(event, (error) => {
      throw error;
    });
  }
  return merge.row();
}

describe('one event', () => {
  test('the form of the reference', () => {
    const row = merged({
      conversation: {
        id: 'c1',
        creationTime: 1709285405000,
        closedTime: 1709286069,
        customInfo: { 'Номер заказа': '98765' },
      },
      discourser: { id: 'v-1', info: { name: 'Анна', phone: '+79990000000' } },
      employee: [{ id: '501', firstName: 'Иван' }],
    });
    expect(row).toEqual({
      conversation_id: 'c1',
      conversation_creation_time: '2024-03-01T09:30:05.000Z',
      conversation_closed_time: '2024-03-01T09:41:09.000Z',
      conversation_custom_info: { 'Номер заказа': '98765' },
      discourser_id: 'v-1',
      discourser_info: { name: 'Анна', phone: '+79990000000' },
      employees: [{ id: '501', first_name: 'Иван' }],
      event_kinds: ['kind 0'],
      received_at: '2026-01-15T12:00:00.000Z',
      inbox_seq: 1,
    });
  });

  test.each([
    ['ISO', '2024-03-01T09:30:05Z'],
    ['ISO with an offset', '2024-03-01T12:30:05+03:00'],
    ['ISO without a zone, in Moscow', '2024-03-01 12:30:05'],
    ['seconds', 1709285405],
    ['milliseconds', 1709285405000],
    ['milliseconds as text', '1709285405000'],
  ])('a time as %s', (_name, time) => {
    expect(merged({ conversation: { createdAt: time } })['conversation_creation_time']).toBe(
      '2024-03-01T09:30:05.000Z',
    );
  });

  test.each([
    { Conversation: { ConversationId: 'c1', CreationTime: 1709285405 }, Discourser: { DiscourserId: 7, name: 'Анна' } },
    {
      conversation_id: 'c1',
      creation_time: 1709285405,
      discourser: { discourser_id: 7, info: [{ name: 'name', value: 'Анна' }] },
    },
    { conversationId: 'c1', createdAt: 1709285405, DISCOURSER: { Id: 7, INFO: { name: 'Анна' } } },
  ])('names in any spelling: %j', (body) => {
    expect(merged(body)).toMatchObject({
      conversation_creation_time: '2024-03-01T09:30:05.000Z',
      discourser_id: 7,
      discourser_info: { name: 'Анна' },
    });
    expect(Object.keys(merged(body))).toHaveLength(7);
  });

  test('ratings and operators stand in the event or in the conversation, with more or bare', () => {
    const row = { rating_value: 5, rating_type: 'fivePoint', employees: [{ id: 1, last_name: 'Б' }] };
    expect(
      merged({ rating: { type: 'fivePoint', value: 5 }, employee: { employee_id: 1, last_name: 'Б' } }),
    ).toMatchObject(row);
    expect(
      merged({ conversation: { rating: { type: 'fivePoint', value: 5 }, employees: [{ id: 1, lastName: 'Б' }] } }),
    ).toMatchObject(row);
    expect(merged({ vote: 'positive', employee: 3 })).toMatchObject({
      rating_value: 'positive',
      employees: [{ id: 3 }],
    });
  });

  test('what has no column keeps its name or its place', () => {
    const body = {
      channel: 'vk',
      conversation: { id: 'c1', state: 2 },
      rating: { value: 1, comment: 'x' },
      type: 'Rated',
    };
    expect(merged(body)).toMatchObject({ channel: 'vk', 'conversation.state': 2, 'rating.comment': 'x' });
    expect(merged(body)).not.toHaveProperty('type');
    const tricky = merged(JSON.parse('{"__proto__":{"a":1},"constructor":2}'));
    expect(Object.keys(tricky)).toContain('__proto__');
    expect(tricky['constructor']).toBe(2);
    expect(merged([1, 2])).toMatchObject({ content: [1, 2] });
  });
});

describe('nothing that an event says is lost', () => {
  test.each([
    [
      'two names for one thing',
      { employees: [{ id: 1 }, { id: 2 }], employee: { id: 2 } },
      { employees: [{ id: 1 }, { id: 2 }] },
    ],
    ['an empty one beside a full one', { discourser: { id: 'v', discourserId: null } }, { discourser_id: 'v' }],
    [
      'times that differ',
      { conversation: { closedTime: 1709286069, closedAt: 1709286070 } },
      { conversation_closed_time: '2024-03-01T09:41:09.000Z', 'conversation.closedAt': '2024-03-01T09:41:10.000Z' },
    ],
    [
      'an info that is no object',
      { discourser: { id: 'v', name: 'Анна', info: 'a text' } },
      { discourser_info: { name: 'Анна' }, 'discourser.info': 'a text' },
    ],
    ['a time that is none', { conversation: { closedTime: 'soon' } }, { 'conversation.closedTime': 'soon' }],
    ['a moment that is none', { timestamp: 'soon' }, { timestamp: 'soon' }],
    ['a second word for the kind', { type: 'Closed', action: 'sync' }, { action: 'sync' }],
    ['words within the conversation', { conversation: { id: 'c1', type: 'vk' } }, { 'conversation.type': 'vk' }],
    ['an id of its own', { id: 'event 7', conversation: { id: 'c1' } }, { id: 'event 7' }],
    ['a conversation that is a list', { conversationId: 'c1', conversation: [1] }, { conversation: [1] }],
    [
      'names that are columns of ours',
      { inbox_seq: 9, event_kinds: 'x' },
      { 'sent.inbox_seq': 9, 'sent.event_kinds': 'x' },
    ],
    ['a vote', { visitorVote: 'positive' }, { rating_value: 'positive' }],
  ])('%s', (_name, body, columns) => {
    expect(merged(body)).toMatchObject(columns);
  });

  test.each([0, '0', false, '', '0001-01-01T00:00:00', '0001-01-01T00:00:00Z'])('%j is no time', (closedTime) => {
    expect(merged({ conversation: { closedTime } })).not.toHaveProperty('conversation_closed_time');
  });
});

describe('several events', () => {
  test('a value of another kind does not take the place of a good one', () => {
    const row = merged(
      { conversation: { closedTime: 1709286069 }, discourser: { info: { name: 'Анна' } } },
      { conversation: { closedTime: 'soon' }, discourser: { info: 'a text' } },
    );
    expect(row).toMatchObject({
      conversation_closed_time: '2024-03-01T09:41:09.000Z',
      discourser_info: { name: 'Анна' },
    });
  });

  test('objects within objects are joined, and each value has its own time', () => {
    const at = (seconds: number, info: object) => ({
      timestamp: RECEIVED - 1e6 + seconds * 1000,
      discourser: { info },
    });
    const row = merged(
      at(10, { phone: 'old', address: { city: 'Москва', zip: '101000' } }),
      at(30, { name: 'Анна', address: { city: 'Казань' } }),
      at(20, { phone: 'new', address: { city: 'Тверь' } }),
    );
    expect(row['discourser_info']).toEqual({ phone: 'new', name: 'Анна', address: { city: 'Казань', zip: '101000' } });
  });

  test('a partial event erases nothing', () => {
    const row = merged(
      {
        conversation: { creationTime: 1709285405, closedTime: 1709286069, customInfo: { a: 1 } },
        discourser: { id: 'v', info: { name: 'Анна' } },
        employee: [{ id: 1, firstName: 'И' }],
      },
      { conversation: { closedTime: null, customInfo: {} }, discourser: { id: '', info: null }, employee: [] },
      { conversation: {}, rating: { value: 4 } },
    );
    expect(row).toMatchObject({
      conversation_creation_time: '2024-03-01T09:30:05.000Z',
      conversation_closed_time: '2024-03-01T09:41:09.000Z',
      conversation_custom_info: { a: 1 },
      discourser_id: 'v',
      discourser_info: { name: 'Анна' },
      employees: [{ id: 1, first_name: 'И' }],
      rating_value: 4,
      event_kinds: ['kind 0', 'kind 1', 'kind 2'],
      inbox_seq: 3,
      received_at: '2026-01-15T12:02:00.000Z',
    });
  });

  test('objects are joined by name, operators by id', () => {
    const row = merged(
      { conversation: { customInfo: { a: 1, b: 2 } }, employee: [{ id: 1, firstName: 'И' }, { id: 2 }] },
      {
        conversation: { customInfo: { b: 3, c: null } },
        employee: [{ id: '2', email: 'b@company.example' }, { id: 3 }],
      },
    );
    expect(row['conversation_custom_info']).toEqual({ a: 1, b: 3 });
    expect(row['employees']).toEqual([{ id: 1, first_name: 'И' }, { id: '2', email: 'b@company.example' }, { id: 3 }]);
  });

  test('of two values the later one counts, by LiveTex’s own time where it tells it', () => {
    expect(merged({ rating: 3 }, { rating: 5 })).toMatchObject({ rating_value: 5 });
    // Sent again after a failure: it happened before the one that was received first.
    const late = [
      { rating: 5, timestamp: RECEIVED - 1000 },
      { rating: 3, timestamp: RECEIVED - 60_000, channel: 'vk' },
    ];
    expect(merged(...late)).toMatchObject({ rating_value: 5, channel: 'vk', inbox_seq: 2 });
    // A time in the future is no reason to be right for ever.
    expect(merged({ rating: 1, timestamp: RECEIVED + 1e9 }, { rating: 2 })).toMatchObject({ rating_value: 2 });
  });

  test('whatever the order of arrival, nothing that an event said is null in the row', () => {
    const event = fc.record(
      {
        conversation: fc.record(
          {
            createdAt: fc.constant(1709285405),
            closedAt: fc.constantFrom(1709286069, null),
            customInfo: fc.dictionary(fc.string(), fc.string({ minLength: 1 })),
          },
          { requiredKeys: [] },
        ),
        discourser: fc.record(
          { id: fc.constantFrom('v', null), info: fc.dictionary(fc.string(), fc.integer()) },
          { requiredKeys: [] },
        ),
        rating: fc.constantFrom(null, 5, { value: 3 }),
        employee: fc.array(fc.record({ id: fc.integer({ min: 1, max: 4 }), firstName: fc.constantFrom('И', null) })),
        timestamp: fc.integer({ min: RECEIVED - 1e6, max: RECEIVED + 1e6 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
        const row = merged(...events);
        for (const one of events) {
          for (const [name, value] of Object.entries(merged(one))) {
            if (value === null) continue;
            expect(row[name], name).toBeDefined();
            if (name.endsWith('_info')) {
              for (const key of Object.keys(value as object)) expect(Object.keys(row[name] as object)).toContain(key);
            }
          }
          const ids = ((row['employees'] ?? []) as { id: number }[]).map(({ id }) => id);
          for (const { id } of one.employee ?? []) expect(ids).toContain(id);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
