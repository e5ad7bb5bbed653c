import { noise } from '../../random.ts';
import { type ChatLine, chatIdOf, type Thread } from '../chats/chat-data.ts';
import type { ChatShelf } from '../chats/chat-shelf.ts';
import type { ChatField, ChatForm } from '../chats/forms.ts';
import { microsText } from '../chats/micros.ts';

/** Chats of the Agent Chat API v3.6 on the wire (livechat-api §3.5). Times are texts. */
export interface ChatShape {
  readonly id: string;
  readonly users: readonly (AgentUser | CustomerUser)[];
  readonly thread: ThreadShape;
  readonly properties: object;
  readonly access: { readonly group_ids: readonly number[] };
  readonly is_followed: boolean;
  /** What no documentation knows. */
  readonly mood?: string;
}

export interface AgentUser {
  readonly id: string;
  readonly type: 'agent';
  readonly name: string;
  readonly [more: string]: unknown;
}

export interface CustomerUser {
  readonly id: string;
  readonly type: 'customer';
  readonly name?: string;
  readonly email?: string;
  readonly phone_number?: string;
  readonly visit?: Visit & {
    readonly started_at: string;
    readonly last_pages: readonly { readonly opened_at: string; readonly url: string; readonly title: string }[];
  };
  readonly session_fields?: readonly Readonly<Record<string, string>>[];
  readonly tickets?: readonly { readonly ticket_id: string; readonly created_at: string }[];
  readonly [more: string]: unknown;
}

export interface Visit {
  readonly ip: string;
  readonly user_agent: string;
  readonly geolocation?: Readonly<Record<'country' | 'country_code' | 'region' | 'city' | 'timezone', string>>;
}

export interface ThreadShape {
  readonly id: string;
  readonly active?: boolean;
  readonly user_ids?: readonly string[];
  readonly events?: readonly EventShape[];
  readonly properties: {
    readonly routing: { readonly start_url?: string; readonly referrer?: string; readonly [more: string]: unknown };
    readonly rating?: { readonly score: number; readonly comment?: string };
    readonly [more: string]: unknown;
  };
  readonly access: { readonly group_ids: readonly number[] };
  readonly tags?: readonly string[];
  readonly queue?: { readonly position: number; readonly wait_time: number; readonly queued_at: string };
  readonly queues_duration?: number;
  readonly restricted_access?: string;
  readonly previous_thread_id?: string;
  readonly next_thread_id?: string;
  readonly previous_accessible_thread_id?: string;
  readonly next_accessible_thread_id?: string;
  readonly created_at: string;
  readonly summary?: object;
  readonly customer_visit?: Visit;
  /** What no documentation knows. */
  readonly sentiment?: object;
}

export interface EventShape {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly visibility: 'all' | 'agents';
  readonly author_id?: string;
  readonly text?: string;
  readonly system_message_type?: string;
  readonly form_type?: string;
  readonly fields?: readonly ChatField[];
  readonly [more: string]: unknown;
}

/** How threads are shown. */
export interface ThreadView {
  readonly surprises: boolean;
  /** Without `active` and `user_ids`. */
  readonly sparse: boolean;
}

/** One item of list_archives: a thread with its whole chat. */
export function chatShape(shelf: ChatShelf, thread: Thread, { surprises, sparse }: ThreadView): ChatShape {
  const isSurprising = surprises && noise(shelf.seed, thread.number, 770) % 10 === 0;
  const { active, user_ids, ...rest } = threadShape(shelf, thread);
  const shown = sparse ? rest : { active, user_ids, ...rest };
  return {
    ...chatBasics(shelf, thread),
    thread: { ...shown, ...(isSurprising ? { sentiment: { score: 0.5 } } : {}) },
    ...(isSurprising ? { mood: 'sunny' } : {}),
  };
}

/** What list_archives and list_chats both say of a chat. */
export function chatBasics(shelf: ChatShelf, thread: Thread): Omit<ChatShape, 'thread'> {
  const { seed } = shelf;
  const { chatNumber, isContinuous, groups } = thread;
  const others = shelf.threadsOf(chatNumber).filter((number) => number !== thread.number);
  const people = [thread, ...others.map((number) => shelf.thread(number))].flatMap(({ agents }) => agents);
  const agents = [...new Map(people.map((person) => [person.mail, person])).values()];
  const customer = customerOf(thread, seed);
  const users = agents.map(
    ({ name, mail }): AgentUser => ({
      id: mail,
      type: 'agent',
      name,
      email: mail,
      present: thread.endedAt === null,
      avatar: 'https://cdn.example/avatar.png',
      visibility: 'all',
      events_seen_up_to: microsText(thread.createdAt),
    }),
  );
  return {
    id: chatIdOf(seed, chatNumber),
    // Nobody says in which order they come.
    users: chatNumber % 2 === 0 ? [customer, ...users] : [...users, customer],
    properties: { routing: { continuous: isContinuous }, source: { client_id: 'c11e47' } },
    access: { group_ids: groups },
    is_followed: false,
  };
}

/** Properties of a thread, as they stand in the archives and in summaries. */
export function threadProperties(thread: Thread): ThreadShape['properties'] {
  const { startUrl, referrer, isContinuous, isMissed, agents, rating } = thread;
  return {
    routing: {
      continuous: isContinuous,
      idle: false,
      unassigned: agents.length === 0,
      ...(startUrl === null ? {} : { start_url: startUrl }),
      ...(referrer === null ? {} : { referrer }),
      ...(isMissed ? { offline_message: true } : {}),
    },
    source: { client_id: 'c11e47' },
    ...(rating === null
      ? {}
      : { rating: { score: rating.score, ...(rating.comment === null ? {} : { comment: rating.comment }) } }),
  };
}

/** Who is in a thread. */
export function userIdsOf({ visitor, agents }: Thread): string[] {
  return [visitor.id, ...agents.map(({ mail }) => mail)];
}

function threadShape(
  shelf: ChatShelf,
  thread: Thread,
): ThreadShape & Required<Pick<ThreadShape, 'active' | 'user_ids'>> {
  const { seed } = shelf;
  const { number, tags, queue, summary, createdAt, endedAt } = thread;
  const chance = (salt: number, of: number) => noise(seed, number, salt) % of === 0;
  const waits = endedAt === null && thread.agents.length === 0;
  return {
    id: thread.id,
    active: endedAt === null,
    user_ids: userIdsOf(thread),
    ...(thread.isRestricted ? { restricted_access: 'subscription' } : { events: eventShapes(thread, seed) }),
    properties: threadProperties(thread),
    access: { group_ids: thread.groups },
    ...(tags.length === 0 && chance(771, 2) ? {} : { tags }),
    ...(waits ? { queue: { position: 1, wait_time: 90, queued_at: microsText(createdAt) } } : {}),
    ...(queue === null ? {} : { queues_duration: queue }),
    ...neighboursOf(shelf, thread),
    created_at: microsText(createdAt),
    ...(summary === null
      ? {}
      : { summary: { status: 'ready', text: summary, updated_at: microsText(endedAt ?? createdAt) } }),
    ...(chance(772, 3) ? {} : { customer_visit: visitOf(thread, chance(773, 8)) }),
  };
}

/** The threads of the same chat before and after it; those that are restricted are not accessible. */
function neighboursOf(shelf: ChatShelf, { number, chatNumber }: Thread): Partial<ThreadShape> {
  const numbers = shelf.threadsOf(chatNumber);
  const place = numbers.indexOf(number);
  const at = (n: number | undefined) => (n === undefined ? undefined : shelf.thread(n));
  const [before, after] = [at(numbers[place - 1]), at(numbers[place + 1])];
  return {
    ...(before === undefined ? {} : { previous_thread_id: before.id }),
    ...(after === undefined ? {} : { next_thread_id: after.id }),
    ...(before === undefined || before.isRestricted ? {} : { previous_accessible_thread_id: before.id }),
    ...(after === undefined || after.isRestricted ? {} : { next_accessible_thread_id: after.id }),
  };
}

function customerOf(thread: Thread, seed: number): CustomerUser {
  const { visitor, createdAt, chatNumber } = thread;
  const { name, mail, phone, variables, ticketIds } = visitor;
  const chance = (salt: number, of: number) => noise(seed, chatNumber, salt) % of === 0;
  const opened = (minutesBefore: number, url: string) => ({
    opened_at: microsText(createdAt - minutesBefore * 60_000_000),
    url,
    title: 'Shop',
  });
  const pages = [
    opened(1, 'https://www.shop.example/cart'),
    opened(9, 'https://www.shop.example/old'),
    opened(30, 'https://www.shop.example/older'),
  ];
  // Nobody says in which order they come.
  const inOrder = chance(774, 2) ? pages : [...pages].reverse();
  return {
    id: visitor.id,
    type: 'customer',
    ...(name === null ? {} : { name }),
    ...(mail === null ? {} : { email: mail, email_verified: false }),
    ...(phone === null ? {} : { phone_number: phone }),
    present: thread.endedAt === null,
    created_at: microsText(createdAt - 86_400_000_000),
    ...(chance(775, 4)
      ? {}
      : {
          visit: { ...visitOf(thread, false), started_at: microsText(createdAt - 1_800_000_000), last_pages: inOrder },
        }),
    ...(variables === null ? {} : { session_fields: variables.map(({ key, value }) => ({ [key]: value })) }),
    statistics: { chats_count: 1, threads_count: 3, visits_count: 7, tickets_count: ticketIds?.length ?? 0 },
    ...(ticketIds === null
      ? {}
      : { tickets: ticketIds.map((ticket_id) => ({ ticket_id, created_at: microsText(createdAt) })) }),
    ...(chance(776, 6) ? { omnichannel: { channel: 'messenger' } } : {}),
  };
}

function visitOf({ visitor }: Thread, isNowhere: boolean): Visit {
  const { country, code, region, city, zone } = visitor.place;
  return {
    ip: visitor.ip,
    user_agent: visitor.userAgent,
    ...(isNowhere ? {} : { geolocation: { country, country_code: code, region, city, timezone: zone } }),
  };
}

/** Forms before the chat and in it come first, the one after it last. */
function eventShapes(thread: Thread, seed: number): EventShape[] {
  const { forms, lines, createdAt, endedAt } = thread;
  const [before, after] = [
    forms.filter(({ type }) => type !== 'postchat'),
    forms.filter(({ type }) => type === 'postchat'),
  ];
  const id = (n: number) => `${thread.id}_${n + 1}`;
  const last = endedAt ?? createdAt;
  return [
    ...before.map((form, n) => formShape(form, id(n), createdAt, thread)),
    ...lines.map((line, n) => lineShape(line, id(before.length + n), thread, seed, n)),
    ...after.map((form, n) => formShape(form, id(100 + n), last, thread)),
  ];
}

function formShape({ type, fields }: ChatForm, id: string, at: number, { visitor }: Thread): EventShape {
  const common = { id, created_at: microsText(at), visibility: 'all', author_id: visitor.id } as const;
  return { ...common, type: 'filled_form', form_id: `form-${type}`, form_type: type, fields };
}

function lineShape(line: ChatLine, id: string, { visitor }: Thread, seed: number, n: number): EventShape {
  const { author, text, kind } = line;
  const isAgents = author !== 'visitor' && author !== 'router';
  const isWhisper = isAgents && line.type === 'message' && noise(seed, n, 777) % 5 === 0;
  const common = {
    id,
    created_at: microsText(line.at),
    visibility: isWhisper ? ('agents' as const) : ('all' as const),
    ...(author === 'router' ? {} : { author_id: isAgents ? author.mail : visitor.id }),
  };
  switch (line.type) {
    case 'message':
      return { ...common, type: 'message', text };
    case 'file':
      return {
        ...common,
        type: 'file',
        name: text,
        url: `https://files.livechat.example/${id}/file.pdf`,
        content_type: 'application/pdf',
        size: 4711,
        properties: { source: { client_id: 'c11e47' } },
      };
    case 'system':
      return {
        ...common,
        type: 'system_message',
        system_message_type: kind ?? 'chat_transferred',
        text,
        text_vars: { agent: 'Jane' },
      };
  }
}
