import type { ExpectedRow } from '../../expected-row.ts';
import type { LivechatAccount } from '../account.ts';
import { type ChatColumns, EMPTY_CHAT_ROW } from '../chats/empty-row.ts';
import type { ChatField } from '../chats/forms.ts';
import { cleaned } from '../cleaned.ts';
import type { AgentUser, ChatShape, CustomerUser, EventShape, ThreadShape } from './chat-shapes.ts';
import { chatShape } from './chat-shapes.ts';
import { toMillis } from './expected-time.ts';

type Users = ChatShape['users'];

/** What is kept of a customer under its own name, when it is sent. */
const KEPT_OF_CUSTOMER = [
  'session_fields',
  'statistics',
  'email_verified',
  'created_at',
  'address',
  'omnichannel',
  'carts',
];

const CLOSING =
  /^(manual_archived_agent|manual_archived_customer|archived_customer_disconnected|customer_banned|system_archived|routing\.archived_\w+)$/;

/** Every thread as it has to arrive over the Agent Chat API v3.6. */
export function* expectedV3Chats({ chats, options }: LivechatAccount): Generator<ExpectedRow> {
  const { surprises, livechat } = options;
  for (let number = 0; number < chats.size; number += 1) {
    const thread = chats.thread(number);
    const isSummary = !livechat.archiveActive && thread.endedAt === null;
    // Only the last thread of a chat goes on, and that is the one that list_chats tells of.
    const view = { surprises: surprises && !isSummary, sparse: livechat.sparseThreads && !isSummary };
    const shape = chatShape(chats, thread, view);
    yield isSummary ? expectedActive(shape) : expectedChat(shape);
  }
}

function expectedChat(chat: ChatShape): ExpectedRow {
  const { thread, users } = chat;
  return cleaned({
    ...EMPTY_CHAT_ROW,
    ...commonColumns(chat),
    ended_timestamp: endOf(thread),
    tags: thread.tags ?? null,
    messages: thread.events?.filter(({ type }) => type === 'message').map((event) => messageRow(event, users)) ?? null,
    events: thread.events?.map((event) => eventRow(event, users)) ?? null,
    pre_chat_survey: surveyRows(thread, 'prechat'),
    post_chat_survey: surveyRows(thread, 'postchat'),
    queue: queueOf(thread),
    previous_thread_id: thread.previous_thread_id ?? null,
    next_thread_id: thread.next_thread_id ?? null,
    previous_accessible_thread_id: thread.previous_accessible_thread_id ?? null,
    next_accessible_thread_id: thread.next_accessible_thread_id ?? null,
    restricted_access: thread.restricted_access ?? null,
    summary: thread.summary ?? null,
    extra_fields: extraOf(chat),
  });
}

/** What the summary in list_chats tells of a thread that goes on. */
function expectedActive(chat: ChatShape): ExpectedRow {
  const { customer_visit: _, ...thread } = chat.thread;
  const tags = thread.tags !== undefined && thread.tags.length > 0 ? thread.tags : null;
  return cleaned({ ...EMPTY_CHAT_ROW, ...commonColumns({ ...chat, thread }), tags });
}

function commonColumns({ id, thread, users, properties }: ChatShape): ChatColumns {
  const { routing, rating } = thread.properties;
  const customer = users.find((user): user is CustomerUser => user.type === 'customer');
  const isThere = ({ id: user }: AgentUser) => thread.user_ids === undefined || thread.user_ids.includes(user);
  const agents = users.filter((user): user is AgentUser => user.type === 'agent' && isThere(user));
  return {
    id: thread.id,
    chat_id: id,
    started_timestamp: toMillis(thread.created_at),
    active: thread.active ?? null,
    url: routing.start_url ?? null,
    referrer: routing.referrer ?? null,
    agents: agents.map((agent) => ({ login: agent.id, name: agent.name })),
    groups: thread.access.group_ids,
    visitor: customer === undefined ? null : visitorRow(customer, thread),
    rate: rating === undefined ? 'not_rated' : rating.score === 1 ? 'rated_good' : 'rated_bad',
    rating_comment: rating?.comment ?? null,
    custom_variables:
      customer?.session_fields?.flatMap((field) => Object.entries(field).map(([key, value]) => ({ key, value }))) ??
      null,
    ticket_ids: customer?.tickets?.map(({ ticket_id }) => ticket_id) ?? null,
    properties: thread.properties,
    chat_properties: properties,
  };
}

function visitorRow(customer: CustomerUser, { customer_visit }: ThreadShape): object {
  const visit = customer_visit ?? customer.visit;
  const place = visit?.geolocation;
  const pages = customer.visit?.last_pages ?? [];
  const [latest] = [...pages].sort((a, b) => (a.opened_at < b.opened_at ? 1 : -1));
  return {
    id: customer.id,
    name: customer.name ?? null,
    email: customer.email ?? null,
    language: null,
    page_current: latest?.url ?? null,
    ip: visit?.ip ?? null,
    user_agent: visit?.user_agent ?? null,
    country: place?.country ?? null,
    country_code: place?.country_code ?? null,
    region: place?.region ?? null,
    city: place?.city ?? null,
    timezone: place?.timezone ?? null,
    phone_number: customer.phone_number ?? null,
    ...Object.fromEntries(KEPT_OF_CUSTOMER.flatMap((name) => (name in customer ? [[name, customer[name]]] : []))),
  };
}

function endOf({ active, events = [] }: ThreadShape): string | null {
  if (active === true) return null;
  const closing = events.findLast((event) => CLOSING.test(event.system_message_type ?? ''));
  // Of a thread that may go on, the last event says nothing.
  const last = closing ?? (active === false ? events.at(-1) : undefined);
  return last === undefined ? null : toMillis(last.created_at);
}

function messageRow(event: EventShape, users: Users): object {
  const author = users.find(({ id }) => id === event.author_id);
  return {
    author_name: author?.name ?? null,
    agent_id: author?.type === 'agent' ? author.id : null,
    text: event.text ?? null,
    timestamp: toMillis(event.created_at),
    user_type: userTypeOf(event, users),
  };
}

function eventRow(event: EventShape, users: Users): object {
  const { created_at, type, text, ...others } = event;
  return { type, text: text ?? null, timestamp: toMillis(created_at), user_type: userTypeOf(event, users), ...others };
}

function userTypeOf({ author_id }: EventShape, users: Users): string | null {
  const author = users.find(({ id }) => id === author_id);
  if (author === undefined) return null;
  return author.type === 'agent' ? 'agent' : 'visitor';
}

function surveyRows({ events }: ThreadShape, type: string): object[] | null {
  const form = events?.find(({ form_type }) => form_type === type);
  if (form === undefined) return null;
  const fields = form.fields?.filter(({ label }) => label !== undefined) ?? [];
  return fields.map((field) => ({ id: field.id, label: field.label, answer: answerText(field) }));
}

function answerText({ answer, answers }: ChatField): string | null {
  if (answers !== undefined) return answers.map(({ label }) => label).join(', ');
  if (answer === undefined) return null;
  if (typeof answer === 'string') return answer;
  return 'label' in answer ? answer.label : JSON.stringify(answer);
}

function queueOf({ queue, queues_duration }: ThreadShape): object | null {
  if (queue === undefined && queues_duration === undefined) return null;
  return {
    duration: queues_duration ?? null,
    ...queue,
    ...(queue === undefined ? {} : { queued_at: toMillis(queue.queued_at) }),
  };
}

function extraOf({ mood, thread }: ChatShape): object | null {
  const extra = {
    ...(mood === undefined ? {} : { mood }),
    ...(thread.sentiment === undefined ? {} : { 'thread.sentiment': thread.sentiment }),
  };
  return Object.keys(extra).length === 0 ? null : extra;
}
