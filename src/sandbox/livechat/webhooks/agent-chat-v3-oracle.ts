import { type ExpectedRow, utc } from '../../expected-row.ts';
import type {
  V3Agent,
  V3Body,
  V3Chat,
  V3ChatDeactivated,
  V3Customer,
  V3Event,
  V3Field,
  V3IncomingChat,
} from './agent-chat-v3.ts';
import { eventRow } from './livechat-event.ts';

/** What an `incoming_chat` has to become. What it does not say is null, inside its objects too. */
export function expectedIncomingChat(body: V3Body<V3IncomingChat>): ExpectedRow {
  const { chat } = body.payload;
  const customer = chat.users.find((user) => user.type === 'customer');
  return eventRow({
    ...basics(body),
    event_type: 'chat_started',
    occurred_at: time(chat.thread.created_at),
    chat_id: chat.id,
    thread_id: chat.thread.id,
    chat: expectedChat(chat),
    visitor: customer === undefined ? null : expectedVisitor(customer),
    pre_chat_survey: expectedSurvey(chat.thread.events),
  });
}

/** What a `chat_deactivated` has to become: it tells who ended what, and not when. */
export function expectedChatDeactivated(body: V3Body<V3ChatDeactivated>): ExpectedRow {
  const { chat_id, thread_id } = body.payload;
  const unknown = { started_timestamp: null, ended_timestamp: null, url: null };
  const lists = { agents: null, groups: null, tags: null, messages: null, events: null };
  return eventRow({
    ...basics(body),
    event_type: 'chat_ended',
    chat_id,
    thread_id,
    chat: { id: chat_id, ...unknown, ...lists },
  });
}

function basics(body: V3Body<unknown>) {
  const { secret_key: _secret, ...payload } = body;
  return { api: 'agent_chat_v3', organization_id: body.organization_id, payload };
}

function expectedChat({ id, users, thread, access }: V3Chat): ExpectedRow {
  const agents = users.filter((user) => user.type === 'agent');
  return {
    id,
    started_timestamp: time(thread.created_at),
    ended_timestamp: null,
    url: thread.properties.routing.start_url ?? null,
    agents: agents.map(({ id: login, name }) => ({ login, name })),
    groups: access.group_ids,
    tags: thread.tags ?? null,
    messages: thread.events.filter(({ type }) => type === 'message').map((event) => expectedMessage(event, users)),
    events: thread.events.map((event) => ({
      type: event.type,
      text: event.text ?? null,
      timestamp: time(event.created_at),
      user_type: userType(authorOf(event, users)),
    })),
  };
}

function expectedMessage(event: V3Event, users: V3Chat['users']): ExpectedRow {
  const author = authorOf(event, users);
  return {
    text: event.text ?? null,
    timestamp: time(event.created_at),
    user_type: userType(author),
    author_name: author?.name ?? null,
    agent_id: author?.type === 'agent' ? author.id : null,
  };
}

function authorOf({ author_id }: V3Event, users: V3Chat['users']): V3Agent | V3Customer | undefined {
  return users.find(({ id }) => id === author_id);
}

function userType(author: V3Agent | V3Customer | undefined): string | null {
  if (author === undefined) return null;
  return author.type === 'customer' ? 'visitor' : 'agent';
}

function expectedVisitor({ id, name, email, visit }: V3Customer): ExpectedRow {
  const latest = visit?.last_pages.toSorted((a, b) => a.opened_at.localeCompare(b.opened_at)).at(-1);
  return { id, name: name ?? null, email: email ?? null, language: null, page_current: latest?.url ?? null };
}

/** The questions of the form before the chat; null where there was none. */
function expectedSurvey(events: readonly V3Event[]): ExpectedRow[] | null {
  const forms = events.filter(({ type, form_type }) => type === 'filled_form' && form_type === 'prechat');
  if (forms.length === 0) return null;
  return forms
    .flatMap(({ fields = [] }) => fields)
    .filter(({ label }) => label !== undefined)
    .map((field) => ({ id: field.id, label: field.label, answer: expectedAnswer(field) }));
}

function expectedAnswer({ answer, answers }: V3Field): string | null {
  if (typeof answer === 'string') return answer;
  if (answer !== undefined) return answer.label;
  return answers === undefined ? null : answers.map(({ label }) => label).join(', ');
}

function time(text: string): string {
  return utc(Date.parse(text));
}
