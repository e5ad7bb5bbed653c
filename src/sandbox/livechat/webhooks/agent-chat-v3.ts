import { utc } from '../../expected-row.ts';
import { SANDBOX_WEBHOOK_SECRET_KEY } from '../../options.ts';
import { noise } from '../../random.ts';
import type { ChatLine, LivechatChat, SurveyAnswer } from './chat-data.ts';
import { ORGANIZATION_ID } from './livechat-event.ts';

/** Webhooks of the current API (livechat-api §3.5, §5): as much of their shapes as the sandbox sends. Times are texts. */
export interface V3Body<Payload> {
  readonly webhook_id: string;
  readonly secret_key: string;
  readonly action: string;
  readonly organization_id: string;
  readonly payload: Payload;
  readonly additional_data: object;
}

export interface V3IncomingChat {
  readonly chat: V3Chat;
}

export interface V3ChatDeactivated {
  readonly chat_id: string;
  readonly thread_id: string;
  readonly user_id?: string;
}

export interface V3Chat {
  readonly id: string;
  readonly users: readonly (V3Agent | V3Customer)[];
  readonly thread: V3Thread;
  readonly properties: object;
  readonly access: { readonly group_ids: readonly number[] };
}

export interface V3Agent {
  readonly id: string;
  readonly type: 'agent';
  readonly name: string;
  readonly email: string;
  readonly present: boolean;
}

export interface V3Customer {
  readonly id: string;
  readonly type: 'customer';
  readonly name?: string;
  readonly email?: string;
  readonly visit?: {
    readonly started_at: string;
    readonly last_pages: readonly { readonly opened_at: string; readonly url: string; readonly title: string }[];
  };
}

export interface V3Thread {
  readonly id: string;
  readonly active: boolean;
  readonly user_ids: readonly string[];
  readonly events: readonly V3Event[];
  readonly properties: { readonly routing: { readonly continuous: boolean; readonly start_url?: string } };
  readonly access: { readonly group_ids: readonly number[] };
  readonly tags?: readonly string[];
  readonly created_at: string;
}

export interface V3Event {
  readonly id: string;
  readonly type: 'message' | 'system_message' | 'filled_form';
  readonly created_at: string;
  readonly visibility: 'all';
  readonly author_id?: string;
  readonly text?: string;
  readonly system_message_type?: string;
  readonly form_type?: 'prechat' | 'ask_for_email';
  readonly fields?: readonly V3Field[];
}

export interface V3Field {
  readonly type: string;
  readonly id: string;
  readonly label?: string;
  readonly answer?: string | { readonly id: string; readonly label: string };
  readonly answers?: readonly { readonly id: string; readonly label: string }[];
}

export function incomingChatBody(chat: LivechatChat, seed: number): V3Body<V3IncomingChat> {
  const { agents, groups, visitor } = chat;
  const access = { group_ids: groups };
  const customer = customerOf(chat, seed);
  const users = [
    customer,
    ...agents.map(({ name, mail }) => ({ id: mail, type: 'agent', name, email: mail, present: true }) as const),
  ];
  const forms = formsOf(chat, seed);
  const lines = chat.lines.map((line, n) => eventOf(line, chat, forms.length + n));
  const thread: V3Thread = {
    id: chat.threadId,
    active: true,
    user_ids: [visitor.id, ...agents.map(({ mail }) => mail)],
    events: [...forms, ...lines],
    properties: { routing: { continuous: false, ...(chat.url === null ? {} : { start_url: chat.url }) } },
    access,
    ...(chat.tags.length === 0 ? {} : { tags: chat.tags }),
    created_at: micros(chat.startedAt),
  };
  return envelope('incoming_chat', chat.number, { chat: { id: chat.id, users, thread, properties: {}, access } });
}

/** Without `user_id` it was the router that ended the chat. */
export function chatDeactivatedBody(chat: LivechatChat, seed: number): V3Body<V3ChatDeactivated> {
  const [first] = chat.agents;
  const user = first !== undefined && noise(seed, chat.number, 630) % 2 === 0 ? { user_id: first.mail } : {};
  return envelope('chat_deactivated', chat.number, { chat_id: chat.id, thread_id: chat.threadId, ...user });
}

function envelope<Payload>(action: string, number: number, payload: Payload): V3Body<Payload> {
  return {
    webhook_id: `webhook-${number % 2}-${action}`,
    secret_key: SANDBOX_WEBHOOK_SECRET_KEY,
    action,
    organization_id: ORGANIZATION_ID,
    payload,
    additional_data: {},
  };
}

function customerOf({ visitor, number, startedAt }: LivechatChat, seed: number): V3Customer {
  const { id, name, mail, page } = visitor;
  const opened = (minutesBefore: number, url: string) => ({
    opened_at: micros(startedAt - minutesBefore * 60_000),
    url,
    title: 'Shop',
  });
  const older = [opened(9, 'https://www.shop.example/old'), opened(30, 'https://www.shop.example/older')];
  const now = opened(1, page ?? '');
  // Nobody says in which order they come.
  const pages = noise(seed, number, 631) % 2 === 0 ? [now, ...older] : [...older, now];
  return {
    id,
    type: 'customer',
    ...(name === null ? {} : { name }),
    ...(mail === null ? {} : { email: mail }),
    ...(page === null ? {} : { visit: { started_at: micros(startedAt - 1_800_000), last_pages: pages } }),
  };
}

/** The form before the chat; of some visitors another one, which is not of it. */
function formsOf({ survey, visitor, threadId, number, startedAt }: LivechatChat, seed: number): V3Event[] {
  const form = (n: number, form_type: 'prechat' | 'ask_for_email', fields: V3Field[]): V3Event => ({
    id: `${threadId}_${n + 1}`,
    type: 'filled_form',
    created_at: micros(startedAt),
    visibility: 'all',
    author_id: visitor.id,
    form_type,
    fields,
  });
  if (survey.length === 0) return [];
  const unlabelled = { type: 'subject', id: '0', answer: 'nobody knows what was asked' };
  const unanswered = { type: 'textarea', id: '9', label: 'Что-нибудь ещё?' };
  const prechat = form(0, 'prechat', [unlabelled, ...survey.map(fieldOf), unanswered]);
  if (noise(seed, number, 632) % 3 !== 0) return [prechat];
  const field = { type: 'email', id: '1', label: 'Your e-mail address', answer: 'other@customer.example' };
  return [prechat, form(1, 'ask_for_email', [field])];
}

function fieldOf(question: SurveyAnswer): V3Field {
  const { id, label } = question;
  if ('typed' in question) return { type: label === 'E-mail' ? 'email' : 'name', id, label, answer: question.typed };
  if ('chosen' in question) return { type: 'radio', id, label, answer: { id: '1', label: question.chosen } };
  const answers = question.choices.map((choice, n) => ({ ...choice, id: String(n) })).filter(({ chosen }) => chosen);
  return { type: 'checkbox', id, label, answers: answers.map((answer) => ({ id: answer.id, label: answer.label })) };
}

function eventOf({ type, text, at, author }: ChatLine, { threadId, visitor }: LivechatChat, n: number): V3Event {
  const common = { id: `${threadId}_${n + 1}`, created_at: micros(at), visibility: 'all', text } as const;
  if (type === 'system' || author === null) {
    return { ...common, type: 'system_message', system_message_type: 'routing.assigned_other' };
  }
  return { ...common, type: 'message', author_id: author === 'visitor' ? visitor.id : author.mail };
}

/** Times of the current API have microseconds, of which a warehouse gets the milliseconds. */
function micros(instant: number): string {
  return `${utc(instant).slice(0, -1)}${String(instant % 1000).padStart(3, '0')}Z`;
}
