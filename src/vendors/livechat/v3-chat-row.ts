import { isObject, textOf } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { LivechatChat } from '../../generated/rows.ts';
import { agentsOf, at, latestPage, messageOf, objectsIn, surveyOf, usersOf, userType } from './v3-parts.ts';

type Columns = Partial<Record<keyof LivechatChat, unknown>>;

/** Fields of a thread that are columns under their own names. */
const THREAD_COLUMNS = [
  'active',
  'next_accessible_thread_id',
  'next_thread_id',
  'previous_accessible_thread_id',
  'previous_thread_id',
  'properties',
  'restricted_access',
  'summary',
  'tags',
] as const satisfies readonly (keyof LivechatChat)[];

/** Fields of a thread that stand in columns of other names, or in others' columns. */
const THREAD_CONSUMED = new Set<string>([
  ...THREAD_COLUMNS,
  'access',
  'created_at',
  'customer_visit',
  'events',
  'id',
  'queue',
  'queues_duration',
  'user_ids',
]);

const CHAT_CONSUMED = new Set(['access', 'id', 'is_followed', 'properties', 'thread', 'users']);

/** Fields of a customer that a visitor keeps under their names when they are sent. */
const KEPT_OF_CUSTOMER = [
  'session_fields',
  'statistics',
  'email_verified',
  'created_at',
  'address',
  'omnichannel',
  'carts',
];

/** Messages of the system that end a thread (livechat-api §3.5). */
const CLOSING =
  /^(?:manual_archived_agent|manual_archived_customer|archived_customer_disconnected|customer_banned|system_archived|routing\.archived_.+)$/;

/** Brings an item of list_archives, a thread with its chat (livechat-api §3.5), to livechat_chats. */
export function v3ChatRow(chat: Row): Row {
  const thread = isObject(chat['thread']) ? chat['thread'] : {};
  const events = Array.isArray(thread['events']) ? objectsIn(thread['events']) : undefined;
  const row = commonColumns(chat, thread);
  for (const name of THREAD_COLUMNS) row[name] = thread[name];
  row.ended_timestamp = endOf(thread, events ?? []);
  row.queue = queueOf(thread);
  if (events !== undefined) {
    const users = usersOf(chat);
    row.messages = events.filter((event) => event['type'] === 'message').map((event) => messageOf(event, users));
    row.events = events.map((event) => {
      const { created_at: timestamp, ...rest } = event;
      return { ...rest, text: event['text'] ?? null, timestamp, user_type: userType(users.get(event['author_id'])) };
    });
    row.pre_chat_survey = surveyOf(events, 'prechat');
    row.post_chat_survey = surveyOf(events, 'postchat');
  }
  const others = row as Row;
  // What nobody knows goes to extra_fields; the same name may mean another thing in the chat and in its thread.
  for (const name in thread) if (!THREAD_CONSUMED.has(name)) others[`thread.${name}`] = thread[name];
  for (const name in chat) if (!CHAT_CONSUMED.has(name) && !(name in others)) others[name] = chat[name];
  return others;
}

/**
 * Brings an item of list_chats to livechat_chats, as far as it tells: a chat that goes on, without messages and events. Undefined
 * where it names no thread that does.
 */
export function activeChatRow(chat: Row): Row | undefined {
  const thread = chat['last_thread_summary'];
  if (!isObject(thread) || thread['id'] === undefined || thread['active'] === false) return undefined;
  const row = commonColumns(chat, thread);
  row.active = true;
  row.properties = thread['properties'];
  row.tags = thread['tags'];
  return row as Row;
}

function commonColumns(chat: Row, thread: Row): Columns {
  const { user_ids: ids } = thread;
  const everyone = objectsIn(chat['users']);
  const present = Array.isArray(ids) ? everyone.filter((user) => ids.includes(user['id'])) : everyone;
  const isCustomer = (user: Row) => user['type'] === 'customer';
  const customer = present.find(isCustomer) ?? everyone.find(isCustomer);
  return {
    id: thread['id'],
    chat_id: chat['id'],
    started_timestamp: thread['created_at'],
    url: at(thread, 'properties', 'routing', 'start_url'),
    referrer: at(thread, 'properties', 'routing', 'referrer'),
    agents: agentsOf(present),
    groups: at(thread, 'access', 'group_ids') ?? at(chat, 'access', 'group_ids'),
    visitor: customer === undefined ? null : visitorOf(customer, thread['customer_visit']),
    rate: rateOf(at(thread, 'properties', 'rating', 'score')),
    rating_comment: at(thread, 'properties', 'rating', 'comment'),
    custom_variables: variablesOf(customer?.['session_fields']),
    ticket_ids: Array.isArray(customer?.['tickets'])
      ? objectsIn(customer['tickets']).map((ticket) => ticket['ticket_id'])
      : null,
    chat_properties: chat['properties'],
  };
}

/** The visit of this thread tells more exactly from where than the visitor's latest. */
function visitorOf(customer: Row, threadVisit: unknown): Row {
  const visit = isObject(threadVisit) ? threadVisit : isObject(customer['visit']) ? customer['visit'] : {};
  const place = isObject(visit['geolocation']) ? visit['geolocation'] : {};
  const visitor: Row = {
    id: customer['id'] ?? null,
    name: customer['name'] ?? null,
    email: customer['email'] ?? null,
    language: null,
    page_current: latestPage(customer['visit']),
    ip: visit['ip'] ?? null,
    user_agent: visit['user_agent'] ?? null,
    country: place['country'] ?? null,
    country_code: place['country_code'] ?? null,
    region: place['region'] ?? null,
    city: place['city'] ?? null,
    timezone: place['timezone'] ?? null,
    phone_number: customer['phone_number'] ?? null,
  };
  for (const name of KEPT_OF_CUSTOMER) if (name in customer) visitor[name] = customer[name];
  return visitor;
}

/** No field says when a thread ended: it is when the message that closed it was written, or else its last event. */
function endOf({ active }: Row, events: readonly Row[]): unknown {
  if (active === true) return null;
  const closing = events.findLast(
    (event) => event['type'] === 'system_message' && CLOSING.test(textOf(event['system_message_type'])),
  );
  return (closing ?? (active === false ? events.at(-1) : undefined))?.['created_at'] ?? null;
}

function queueOf({ queue, queues_duration: duration }: Row): Row | null {
  if (!isObject(queue) && duration === undefined) return null;
  return { duration: duration ?? null, ...(isObject(queue) ? queue : {}) };
}

/** In the words of REST v2. */
function rateOf(score: unknown): string {
  if (score === undefined || score === null) return 'not_rated';
  return Number(score) > 0 ? 'rated_good' : 'rated_bad';
}

/** A list of objects with one name and value each. */
function variablesOf(fields: unknown): Row[] | null {
  if (!Array.isArray(fields)) return null;
  return objectsIn(fields).flatMap((field) => Object.entries(field).map(([key, value]) => ({ key, value })));
}
