import { isObject } from '../../core/objects.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import {
  creatorTypeOf,
  type Fill,
  fillerOf,
  firstOf,
  ignore,
  type Put,
  pairs,
  parts,
  shapeMessage,
  time,
  withId,
} from './shapes.ts';
import { sharedColumns } from './shared-columns.ts';

/**
 * What a chat is asked for (livetex-api §4.1), by name of the property. Properties that only some logins may read stand apart.
 */
export const CHAT_FIELDS = [
  'id,created_at,is_closed,closed_at,site(id,url),duration,rating(type,value),answer_time_avg,first_answer_time',
  'message_count,result,communication_type,conversation(id,created_at,result,int_referer,visitor(id))',
  'employee(id,first_name,last_name,email),employee_remark(id,text),prechats_chat,prechats_hidden,visitor(id,name)',
  'visitor_vote,department(id,title),queue_time',
].join(',');
export const CHAT_GUARDED_FIELDS = [
  'first_message(id,text,created_at,creator,employee(id),visitor(id))',
  'messages(id,text,created_at,is_delivered,creator,employee(id,first_name,last_name,email),visitor(id,name))',
].join(',');

/** Makes the function that brings a chat of the Web API to the columns of livetex_chats. */
export function chatFiller(zone: TimeZone): Fill {
  return fillerOf({
    ...sharedColumns(zone),
    id: 'chat_id',
    closed_at: time('closed_at', zone),
    rating: parts('rating', { type: 'rating_type', value: 'rating_value' }, 'rating_value'),
    employee: employees,
    prechats_chat: pairs('prechats_chat'),
    prechats_hidden: pairs('prechats_hidden'),
    visitor: parts('visitor', { id: 'visitor_id', name: 'visitor_name' }, 'visitor_id'),
    first_message: firstMessage(zone),
    messages: messages(zone),
  });
}

/** One operator, a list of them, or bare ids: all of them as a list, and the first in columns of its own. */
const employees: Put = (row, value) => {
  if (value === null || value === undefined) return;
  const all = (Array.isArray(value) ? (value as unknown[]) : [value]).map(withId);
  row['employees'] = all;
  const [first] = all;
  if (!isObject(first)) return;
  row['employee_id'] = first['id'];
  row['employee_first_name'] = first['first_name'];
  row['employee_last_name'] = first['last_name'];
  row['employee_email'] = first['email'];
};

/** Of its author only the kind is kept: who it was, `messages` says, where the login may read them. */
function firstMessage(zone: TimeZone): Put {
  const columns = parts(
    'first_message',
    {
      id: 'first_message_id',
      text: 'first_message_text',
      created_at: time('first_message_created_at', zone),
      creator: ignore,
      employee: ignore,
      visitor: ignore,
    },
    'first_message_text',
  );
  return (row, value) => {
    columns(row, value);
    const first = firstOf(value);
    if (isObject(first)) row['first_message_creator'] = creatorTypeOf(first);
  };
}

function messages(zone: TimeZone): Put {
  return (row, value) => {
    row['messages'] = value;
    if (!Array.isArray(value)) return;
    for (const message of value as unknown[]) if (isObject(message)) shapeMessage(message, zone);
  };
}
