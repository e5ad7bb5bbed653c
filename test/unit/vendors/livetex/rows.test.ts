import { describe, expect, test } from 'vitest';
import { compileRowShaper } from '../../../../src/core/row-shaper.ts';
import { loadStreamSchema } from '../../../../src/core/schema.ts';
import type { Row } from '../../../../src/core/stream.ts';
import { openTimeZone } from '../../../../src/core/time-zone.ts';
import { chatFiller } from '../../../../src/vendors/livetex/chat-row.ts';
import { leadFiller } from '../../../../src/vendors/livetex/lead-row.ts';
import type { Fill } from '../../../../src/vendors/livetex/shapes.ts';

const zone = openTimeZone('Europe/Moscow');
const report = { undeclared: () => {}, mismatch: () => {} };

/** A row as it arrives in a warehouse, without the columns that are null. */
function arrived(stream: 'livetex_chats' | 'livetex_leads', item: Row): Row {
  const [key, fill] = stream === 'livetex_chats' ? ['chat_id', chatFiller(zone)] : ['lead_id', leadFiller(zone)];
  const shape = compileRowShaper(loadStreamSchema(stream), [key as string], report);
  const row = {};
  (fill as Fill)(row, { id: 'x:1', ...structuredClone(item) });
  const { data } = shape(row);
  return Object.fromEntries(Object.entries(data).filter(([name, value]) => value !== null && name !== key));
}
const chat = (item: Row) => arrived('livetex_chats', item);
const lead = (item: Row) => arrived('livetex_leads', item);

const IVAN = { id: 501, first_name: 'Иван', last_name: 'Петров', email: 'ivan@shop.example' };
const IVAN_ROW = { ...IVAN, id: '501' };
const OLGA = { id: '502', first_name: 'Ольга', last_name: null, email: 'olga@shop.example' };

describe('a chat', () => {
  test.each<[string, Row, Row]>([
    ['its id as text', { id: 17 }, {}],
    ['a time of Moscow', { created_at: '2024-03-01T12:30:05' }, { created_at: '2024-03-01T09:30:05.000Z' }],
    ['a time with a fraction', { created_at: '2024-03-01T12:30:05.123' }, { created_at: '2024-03-01T09:30:05.123Z' }],
    ['an offset with a colon', { closed_at: '2024-03-01T12:30:05+04:00' }, { closed_at: '2024-03-01T08:30:05.000Z' }],
    ['an offset without one', { closed_at: '2024-03-01T12:30:05+0300' }, { closed_at: '2024-03-01T09:30:05.000Z' }],
    [
      'a time before the clocks changed',
      { created_at: '2012-12-17T15:35:48' },
      { created_at: '2012-12-17T11:35:48.000Z' },
    ],
    ['Unix seconds', { created_at: 1_709_285_405 }, { created_at: '2024-03-01T09:30:05.000Z' }],
    ['no time', { closed_at: '' }, {}],
    ['what is no time', { closed_at: 'soon' }, { extra_fields: { closed_at: 'soon' } }],
    ['a site as object', { site: { id: '7', url: 'shop.example' } }, { site_id: '7', site_url: 'shop.example' }],
    ['a site as bare id', { site: 7 }, { site_id: '7' }],
    ['a site with more', { site: { id: 7, alias: 'main' } }, { site_id: '7', extra_fields: { 'site.alias': 'main' } }],
    [
      'a rating as object',
      { rating: { type: 'fivePoint', value: '5' } },
      { rating_type: 'fivePoint', rating_value: '5' },
    ],
    ['a rating as scalar', { rating: 4 }, { rating_value: '4' }],
    ['no rating', { rating: null }, {}],
    [
      'a rating with a comment',
      { rating: { value: 1, comment: 'rude' } },
      { rating_value: '1', extra_fields: { 'rating.comment': 'rude' } },
    ],
    [
      'a list of operators: the first in columns, all in one',
      { employee: [IVAN, OLGA] },
      {
        employee_id: '501',
        employee_first_name: 'Иван',
        employee_last_name: 'Петров',
        employee_email: 'ivan@shop.example',
        employees: [IVAN_ROW, OLGA],
      },
    ],
    [
      'one operator as object',
      { employee: OLGA },
      { employee_id: '502', employee_first_name: 'Ольга', employee_email: 'olga@shop.example', employees: [OLGA] },
    ],
    ['an operator as bare id', { employee: 501 }, { employee_id: '501', employees: [{ id: '501' }] }],
    ['no operators', { employee: [] }, { employees: [] }],
    ['no operator', { employee: null }, {}],
    [
      'a conversation',
      {
        conversation: {
          id: 'c',
          created_at: '2024-03-01T12:30:05',
          result: 'success',
          int_referer: '/cart',
          visitor: { id: 'v' },
        },
      },
      {
        conversation_id: 'c',
        conversation_created_at: '2024-03-01T09:30:05.000Z',
        conversation_result: 'success',
        conversation_int_referer: '/cart',
        conversation_visitor_id: 'v',
      },
    ],
    ["a conversation's visitor as bare id", { conversation: { visitor: 9 } }, { conversation_visitor_id: '9' }],
    ['a conversation as bare id', { conversation: 77 }, { conversation_id: '77' }],
    [
      'a category',
      { employee_remark: { id: 9, text: 'Доставка' } },
      { employee_remark_id: '9', employee_remark_text: 'Доставка' },
    ],
    ['a visitor', { visitor: { id: 'v-1', name: 'Анна' } }, { visitor_id: 'v-1', visitor_name: 'Анна' }],
    ['a department as object', { department: { id: 3, title: 'Sales' } }, { department: { id: '3', title: 'Sales' } }],
    ['a department as bare id', { department: 3 }, { department: { id: '3' } }],
    [
      'pre-chat fields as a list',
      { prechats_chat: [{ name: 'n', value: 1 }] },
      { prechats_chat: [{ name: 'n', value: '1' }] },
    ],
    ['pre-chat fields as an object', { prechats_hidden: { a: 'b' } }, { prechats_hidden: [{ name: 'a', value: 'b' }] }],
    [
      'a first message and its author as object',
      { first_message: { id: 1, text: 'Hi', created_at: '2024-03-01T12:30:05', creator: { type: 'bot', id: 4 } } },
      {
        first_message_id: '1',
        first_message_text: 'Hi',
        first_message_created_at: '2024-03-01T09:30:05.000Z',
        first_message_creator: 'bot',
      },
    ],
    ['its author as text', { first_message: { creator: 'system' } }, { first_message_creator: 'system' }],
    ['its author by key', { first_message: { visitor: { id: 'v' } } }, { first_message_creator: 'visitor' }],
    [
      'a visitor as operator number 1',
      { first_message: { employee: [{ id: 1 }] } },
      { first_message_creator: 'visitor' },
    ],
    [
      'messages with authors of every shape',
      {
        messages: [
          { id: 1, text: 'a', created_at: '2024-03-01T12:30:05', creator: { type: 'visitor' } },
          { id: 2, creator: 'employee' },
          { id: 3, employee: [IVAN], is_delivered: 1 },
          { id: 4, visitor: 'v-1' },
          { id: 5 },
          { id: 6, creator: { id: 9 }, employee: [IVAN, OLGA] },
        ],
      },
      {
        messages: [
          { id: '1', text: 'a', created_at: '2024-03-01T09:30:05.000Z', creator: { type: 'visitor' } },
          { id: '2', creator: { type: 'employee' } },
          { id: '3', creator: { type: 'employee' }, employee: IVAN_ROW, is_delivered: true },
          { id: '4', creator: { type: 'visitor' }, visitor: { id: 'v-1' } },
          { id: '5' },
          { id: '6', creator: { id: 9, type: 'employee' }, employee: IVAN_ROW, 'employee[1]': OLGA },
        ],
      },
    ],
    ['no right to messages', { message_count: 3 }, { message_count: 3 }],
    [
      'numbers as text',
      { duration: '664', message_count: '7', is_closed: '1' },
      { duration: 664, message_count: 7, is_closed: true },
    ],
    ['what nobody knows', { csat: 5, constructor: 'x' }, { extra_fields: { csat: 5, constructor: 'x' } }],
  ])('%s', (_what, item, row) => {
    expect(chat(item)).toEqual(row);
  });

  test('a field called __proto__ is a field like any other', () => {
    expect(chat(JSON.parse('{"__proto__": {"a": 1}}'))['extra_fields']).toEqual(JSON.parse('{"__proto__": {"a": 1}}'));
  });

  test('a second entry where one is expected is kept', () => {
    const remarks = [
      { id: 1, text: 'a' },
      { id: 2, text: 'b' },
    ];
    expect(chat({ employee_remark: remarks })).toEqual({
      employee_remark_id: '1',
      employee_remark_text: 'a',
      extra_fields: { 'employee_remark[1]': remarks[1] },
    });
  });
});

const PLAIN_LEAD = {
  name: 'Анна',
  email: 'a@b.example',
  phone: '+79990000000',
  text: 'Перезвоните',
  answer_text: 'ok',
  result: 'missed',
  duration: 60,
  is_managed: true,
};

describe('a lead', () => {
  test.each<[string, Row, Row]>([
    ['its type', { type: 'callback' }, { lead_type: 'callback' }],
    ['operators as bare ids', { assigned_to: 5, completed_by: '6' }, { assigned_to: '5', completed_by: '6' }],
    [
      'operators as objects',
      { assigned_to: { id: 5 }, completed_by: { id: '6' } },
      { assigned_to: '5', completed_by: '6' },
    ],
    [
      'what else an operator says',
      { assigned_to: { id: 5, email: 'a@shop.example' } },
      { assigned_to: '5', extra_fields: { 'assigned_to.email': 'a@shop.example' } },
    ],
    ['closed_at', { closed_at: '2024-03-02T09:10:00' }, { closed_at: '2024-03-02T06:10:00.000Z' }],
    [
      'completed_at, as API v2 called it',
      { closed_at: '', completed_at: '2024-03-02T09:10:00' },
      { closed_at: '2024-03-02T06:10:00.000Z' },
    ],
    ['utm beside the rest', { utm_source: 'yandex', utm_medium: 'cpc' }, { utm_source: 'yandex', utm_medium: 'cpc' }],
    ['utm in an object', { utm: { source: 'yandex', term: 'шины' } }, { utm_source: 'yandex', utm_term: 'шины' }],
    [
      'utm at the conversation',
      { conversation: { id: 'c', utm_campaign: 'spring' } },
      { conversation_id: 'c', utm_campaign: 'spring' },
    ],
    [
      'utm in all three places, the nearest first',
      {
        conversation: { utm_source: 'c', utm_content: 'c' },
        utm: { source: 'b', medium: 'b', content: '' },
        utm_source: 'a',
        utm_medium: null,
      },
      { utm_source: 'a', utm_medium: 'b', utm_content: 'c' },
    ],
    ['a second operator', { assigned_to: [5, 6] }, { assigned_to: '5', extra_fields: { 'assigned_to[1]': 6 } }],
    ['utm as text', { utm: 'utm_source=yandex' }, { extra_fields: { utm: 'utm_source=yandex' } }],
    ['utm that nobody knows', { utm: { source: 'a', id: 'z' } }, { utm_source: 'a', extra_fields: { 'utm.id': 'z' } }],
    ['the rest as it is', PLAIN_LEAD, PLAIN_LEAD],
  ])('%s', (_what, item, row) => {
    expect(lead(item)).toEqual(row);
  });
});
