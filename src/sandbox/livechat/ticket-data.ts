import type { Facts } from '../facts.ts';
import { agent, client, GROUPS } from '../people.ts';
import { noise, pick, share } from '../random.ts';

/** Times in epoch ms; how they are written is the dialect's business. */
export interface TicketEvent {
  readonly type: string;
  readonly date: number;
  readonly author: { readonly id: string; readonly name: string; readonly type: string };
  readonly message?: string;
  readonly is_private?: boolean;
  readonly source?: { readonly type: string; readonly url: string | null };
  readonly to?: { readonly id: string; readonly name: string };
}

export interface Ticket {
  readonly id: string;
  readonly subject: string;
  readonly status: string;
  readonly date: number;
  readonly modified: number;
  readonly requester: { readonly mail: string; readonly name: string; readonly ip: string };
  readonly assignee: { readonly id: string; readonly name: string } | null;
  readonly source: { readonly id: string | null; readonly type: string; readonly url: string | null };
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  readonly tags: readonly string[];
  readonly events: readonly TicketEvent[];
  readonly opened: readonly { readonly from: number; readonly to: number | null }[];
}

export interface TicketFacts extends Facts {
  readonly bigText: number;
}

/** Where HelpDesk keeps tickets (livechat-api §4.2). */
export const SILOS = ['tickets', 'archive', 'spam', 'trash'] as const;

export type Silo = (typeof SILOS)[number];

/** No ticket is older than this when it last changes, in ms: bounds the search for tickets that reach into a window. */
export const LONGEST_LIFE_MS = 45 * 86_400_000;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const STATUSES = ['open', 'pending', 'solved', 'solved', 'solved', 'spam'] as const;
const SOURCES = ['lc2', 'mail', 'facebook', 'agent-app-manual', 'chat-window'] as const;
export const TAGS = ['sales', 'refund', 'bug', 'возврат', 'vip'] as const;
const SUBJECTS = [
  'My new shoes are broken',
  'Где мой заказ?',
  'Invoice for October',
  'Zażalenie na dostawę',
  'Cannot sign in 🙈',
  '(no subject)',
];
const SENTENCES = [
  'I ordered two pairs and only one of them arrived, and that one is the wrong size.',
  'Здравствуйте! Подскажите, пожалуйста, когда будет доставлен мой заказ?',
  'Could you please send the invoice again, with our new address on it?',
  'Оплата прошла, но в личном кабинете заказ до сих пор «ожидает оплаты».',
  'Thanks — that “solved” it. Have a nice day ☀️',
  'We have looked into it & found <b>nothing</b> wrong; try again with another browser.',
  'Proszę o kontakt telefoniczny w godzinach 9–17.',
];

/** When ticket `index` of the original data last changed. Never falls as the index grows. */
export function lastChange({ seed, count, from, to, equalTimestamps }: TicketFacts, index: number): number {
  const cell = Math.floor(index / equalTimestamps);
  const width = (to - from) / Math.ceil(count / equalTimestamps);
  return from + Math.floor((cell + share(seed, cell, 20)) * width);
}

/** When it was created. */
export function creation(facts: TicketFacts, index: number): number {
  return lastChange(facts, index) - life(facts.seed, index);
}

/** Most tickets are done within days; one in fifty is opened again weeks later. */
function life(seed: number, index: number): number {
  const kind = share(seed, index, 21);
  const longest = kind < 0.7 ? 2 * DAY_MS : kind < 0.98 ? 10 * DAY_MS : LONGEST_LIFE_MS;
  return MINUTE_MS + Math.floor(share(seed, index, 22) * (longest - MINUTE_MS));
}

/** When something happened to it, in order: first its creation, last its last change. */
export function eventTimes(facts: TicketFacts, index: number): number[] {
  const last = lastChange(facts, index);
  const first = creation(facts, index);
  const between = noise(facts.seed, index, 23) % 4;
  const times = [first];
  for (let n = 1; n <= between; n += 1) {
    times.push(first + Math.floor(((last - first) * (n - 0.5 + share(facts.seed, index, 30 + n) / 2)) / (between + 1)));
  }
  return [...times, last];
}

/** The ticket as it was before anything changed in the sandbox. */
export function originalTicket(facts: TicketFacts, index: number): Ticket {
  const { seed } = facts;
  const person = client(seed, index);
  const times = eventTimes(facts, index);
  const created = times[0] as number;
  const status = statusOf(facts, index);
  const assignee = assigneeOf(facts, index);
  const group = pick(GROUPS, seed, index, 41);
  const sourceType = pick(SOURCES, seed, index, 42);
  const isClosed = status === 'solved' || status === 'spam';
  return {
    id: ticketId(index),
    subject: pick(SUBJECTS, seed, index, 43),
    status,
    date: created,
    modified: times.at(-1) as number,
    requester: { ...person, ip: `192.0.2.${noise(seed, index, 44) % 256}` },
    assignee,
    source: {
      id: sourceType === 'lc2' ? `chat-${index}` : null,
      type: sourceType,
      url: sourceType === 'mail' ? null : 'https://www.shop.example/help?topic=orders',
    },
    groups: group.id === 0 ? [group] : [GROUPS[0], group],
    tags: tagsOf(facts, index),
    events: times.map((date, n) => eventOf(facts, index, n, date, assignee)),
    opened: [{ from: created, to: isClosed ? (times.at(-1) as number) : null }],
  };
}

export function ticketId(index: number): string {
  return (8_000_000 + index * 7).toString(36).toUpperCase();
}

export function statusOf({ seed }: TicketFacts, index: number): string {
  return pick(STATUSES, seed, index, 40);
}

/** Spam has a silo of its own, and of what was solved long ago a part is in the archive. */
export function originalSilo(facts: TicketFacts, index: number): Silo {
  const status = statusOf(facts, index);
  if (status === 'spam') return 'spam';
  const isOld = lastChange(facts, index) < facts.to - (facts.to - facts.from) / 4;
  return status === 'solved' && isOld && noise(facts.seed, index, 48) % 4 === 0 ? 'archive' : 'tickets';
}

/** What the tickets come from that are in the trash when the sandbox begins: one for every fifty others. */
export function trashFacts(facts: TicketFacts): TicketFacts {
  return { ...facts, seed: facts.seed ^ 0x7_1a54, count: Math.floor(facts.count / 50) };
}

export function originalTrash(facts: TicketFacts, index: number): Ticket {
  return { ...originalTicket(trashFacts(facts), index), id: `BIN${index}` };
}

export function tagsOf({ seed }: TicketFacts, index: number): readonly string[] {
  return TAGS.filter((_, n) => noise(seed, index, 50 + n) % 5 === 0);
}

export function assigneeOf({ seed, agents }: TicketFacts, index: number): { id: string; name: string } | null {
  if (noise(seed, index, 45) % 4 === 0) return null;
  const { name, mail } = agent(seed, noise(seed, index, 46) % agents);
  return { id: mail, name };
}

function eventOf(
  facts: TicketFacts,
  index: number,
  n: number,
  date: number,
  assignee: { id: string; name: string } | null,
): TicketEvent {
  const { seed } = facts;
  const person = client(seed, index);
  const owner = agent(seed, 0);
  if (n === 1 && assignee !== null) {
    const author = { id: owner.mail, name: owner.name, type: 'agent' };
    return { type: 'assignee_changed', date, author, to: assignee };
  }
  const fromClient = n === 0 || n % 2 === 0;
  return {
    type: 'message',
    date,
    author: fromClient
      ? { id: person.mail, name: person.name, type: 'client' }
      : { id: owner.mail, name: owner.name, type: 'agent' },
    message: messageOf(facts, index, n),
    is_private: !fromClient && noise(seed, index, 47 + n) % 3 === 0,
    source: { type: fromClient ? 'mail' : 'lc2', url: null },
  };
}

function messageOf({ seed, bigText }: TicketFacts, index: number, n: number): string {
  if (bigText > 0 && index === 9 && n === 0) return bigTextOf(bigText);
  const sentences = 1 + (noise(seed, index, 60 + n) % 5);
  const text = Array.from({ length: sentences }, (_, k) => pick(SENTENCES, seed, index, 70 + 10 * n + k)).join(' ');
  return index % 500 === 7 && n === 0 ? text + UGLY_TEXT : text;
}

/** A text of so many characters. */
export function bigTextOf(length: number): string {
  return 'много текста '.repeat(Math.ceil(length / 13)).slice(0, length);
}

/** What really occurs in chats and breaks readers: half an emoji, NUL, and separators that some take for line ends. */
export const UGLY_TEXT = ' half \ud83d emoji, nul \u0000 here, lines \u2028 and \u2029 and \u0085 end.';
/** The same as it has to arrive. */
export const UGLY_TEXT_CLEANED = ' half \ufffd emoji, nul  here, lines \u2028 and \u2029 and \u0085 end.';
