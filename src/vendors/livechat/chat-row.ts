import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { LivechatChat } from '../../generated/rows.ts';

/** Localized texts of times that stand beside timestamps, and the zone in which they are written (livechat-api §2.4). */
const LOCAL_TIMES = ['started', 'ended', 'date', 'timezone'];

/** Brings a chat of REST v2 (livechat-api §2.4) to livechat_chats, in place. Fields that nobody declared stay, for `extra_fields`. */
export function chatRow(chat: Row): Row {
  const {
    chat_start_url: url,
    group,
    agents,
    visitor,
    visitor_id,
    prechat_survey,
    postchat_survey,
    pending,
    time,
  } = chat;
  const { email, message } = chat;
  const columns: Partial<Record<keyof LivechatChat, unknown>> = chat;
  columns.url = url;
  columns.groups = group === undefined || group === null || Array.isArray(group) ? group : [group];
  columns.active = pending === true;
  // A missed chat has neither beginning nor end, but a time.
  columns.started_timestamp ??= time;
  if (Array.isArray(agents)) columns.agents = (agents as unknown[]).filter(isObject).map(agentOf);
  columns.visitor = visitorOf(visitor, visitor_id, email);
  columns.pre_chat_survey = surveyOf(prechat_survey);
  columns.post_chat_survey = surveyOf(postchat_survey);
  columns.messages = withoutDates(columns.messages);
  columns.events = withoutDates(columns.events);
  if (typeof message === 'string' && !isFilled(columns.messages)) {
    const name = isObject(columns.visitor) ? (columns.visitor['name'] ?? null) : null;
    const timestamp = columns.started_timestamp;
    columns.messages = [{ text: message, user_type: 'visitor', author_name: name, agent_id: null, timestamp }];
  }
  for (const field of [...LOCAL_TIMES, ...CONSUMED]) delete chat[field];
  return chat;
}

const CONSUMED = [
  'chat_start_url',
  'email',
  'group',
  'message',
  'pending',
  'postchat_survey',
  'prechat_survey',
  'time',
  'visitor_id',
];

function agentOf({ email, display_name, ...others }: Row): Row {
  return { login: email ?? null, name: display_name ?? null, ...others };
}

function visitorOf(visitor: unknown, id: unknown, email: unknown): Row | null {
  if (!isObject(visitor) && id === undefined && email === undefined) return null;
  const known = isObject(visitor) ? visitor : {};
  const address = known['email'] ?? email;
  return { ...known, id: known['id'] ?? id ?? null, ...(address === undefined ? {} : { email: address }) };
}

/** Questions are keys here, and answers values; an empty list is no survey. */
function surveyOf(survey: unknown): Row[] | null {
  if (!isFilled(survey)) return null;
  return survey
    .filter(isObject)
    .map(({ id, key, value }) => ({ id: id ?? null, label: key ?? null, answer: value ?? null }));
}

function withoutDates(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  for (const entry of list as unknown[]) if (isObject(entry)) delete entry['date'];
  return list;
}

function isFilled(list: unknown): list is unknown[] {
  return Array.isArray(list) && list.length > 0;
}
