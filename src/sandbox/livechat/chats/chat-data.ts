import type { Facts } from '../../facts.ts';
import { agent, client, GROUPS, type Person } from '../../people.ts';
import { noise, pick, share } from '../../random.ts';
import { bigTextOf, UGLY_TEXT } from '../ticket-data.ts';
import { type ChatForm, formsOf } from './forms.ts';

/** What the threads come from: `count` of them. */
export interface ChatFacts extends Facts {
  /** The first message of one thread (the tenth) has so many characters. */
  readonly bigText: number;
}

/** Something that was said, sent or done in a thread. Times in microseconds since 1970. */
export interface ChatLine {
  readonly type: 'message' | 'file' | 'system';
  readonly at: number;
  /** `router`: nobody did it. */
  readonly author: 'visitor' | 'router' | Person;
  readonly text: string;
  /** Of a system message. */
  readonly kind?: string;
}

/** How a thread was closed: the type of the message that says so; null when nothing says it. */
export type Ending = (typeof ENDINGS)[number] | null;

/** One conversation, of which a chat of v3.6 has one or several: REST v2's chat. Times in microseconds since 1970. */
export interface Thread {
  readonly number: number;
  readonly id: string;
  readonly chatNumber: number;
  readonly createdAt: number;
  /** Null while it goes on. */
  readonly endedAt: number | null;
  readonly ending: Ending;
  /** Its messages are not shown: the plan does not go so far back. */
  readonly isRestricted: boolean;
  readonly isContinuous: boolean;
  /** Nobody was there: what was written came as an offline message. */
  readonly isMissed: boolean;
  readonly agents: readonly Person[];
  readonly groups: readonly number[];
  readonly tags: readonly string[];
  readonly forms: readonly ChatForm[];
  readonly lines: readonly ChatLine[];
  readonly rating: { readonly score: 0 | 1; readonly comment: string | null } | null;
  readonly visitor: Visitor;
  readonly startUrl: string | null;
  readonly referrer: string | null;
  /** Seconds. */
  readonly queue: number | null;
  readonly summary: string | null;
}

export interface Visitor {
  readonly id: string;
  readonly name: string | null;
  readonly mail: string | null;
  readonly phone: string | null;
  readonly ip: string;
  readonly userAgent: string;
  readonly place: {
    readonly country: string;
    readonly code: string;
    readonly region: string;
    readonly city: string;
    readonly zone: string;
  };
  readonly variables: readonly { readonly key: string; readonly value: string }[] | null;
  readonly ticketIds: readonly string[] | null;
}

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
/** Which of a block's ten threads belong together: two chats have several. */
const CHAT_OF_PLACE = [0, 2, 1, 3, 0, 4, 5, 1, 0, 6] as const;
const CHATS_IN_BLOCK = 7;
const BLOCK = CHAT_OF_PLACE.length;

const ENDINGS = [
  'manual_archived_agent',
  'manual_archived_customer',
  'archived_customer_disconnected',
  'routing.archived_inactive',
  'routing.archived_disconnected',
  'routing.archived_signed_out',
  'system_archived',
  'customer_banned',
] as const;
const QUESTIONS = [
  'Is this in stock?',
  'Где мой заказ «вчерашний»?',
  'I said "hello" <b>twice</b> & waited 😴',
  'Czy mogę zwrócić buty?',
  '配送にはどのくらいかかりますか？',
  'هل يمكنني تغيير العنوان؟',
];
const ANSWERS = ['Let me check.', 'Да, конечно!', "It's on its way — it arrives on Friday.", 'Proszę chwilę poczekać.'];
const TAGS = ['sales', 'возврат', 'vip 🙂', 'a, b'];
const PAGES = ['https://www.shop.example/', 'https://www.shop.example/доставка?город=Тверь&x="1"', null];
const PLACES = [
  { country: 'Poland', code: 'PL', region: 'Mazowieckie', city: 'Warszawa', zone: 'Europe/Warsaw' },
  { country: 'Russia', code: 'RU', region: 'Тверская область', city: 'Тверь', zone: 'Europe/Moscow' },
  { country: 'Japan', code: 'JP', region: 'Ōsaka', city: 'Ōsaka', zone: 'Asia/Tokyo' },
];

/** When thread `number` of the original data began. Never falls as the number grows. */
export function threadStart({ seed, count, from, to, equalTimestamps }: ChatFacts, number: number): number {
  const cell = Math.floor(number / equalTimestamps);
  const width = ((to - from) * 1000) / Math.ceil(count / equalTimestamps);
  return from * 1000 + Math.floor((cell + share(seed, cell, 650)) * width);
}

/** The chat that an original thread belongs to. */
export function chatNumberOf(number: number): number {
  return Math.floor(number / BLOCK) * CHATS_IN_BLOCK + (CHAT_OF_PLACE[number % BLOCK] as number);
}

/** The original threads of a chat, the oldest first. */
export function threadsOf({ count }: ChatFacts, chatNumber: number): number[] {
  const block = Math.floor(chatNumber / CHATS_IN_BLOCK);
  return CHAT_OF_PLACE.flatMap((chat, place) =>
    chat === chatNumber % CHATS_IN_BLOCK ? [block * BLOCK + place] : [],
  ).filter((number) => number < count);
}

/** How many chats the original threads make. */
export function chatCount({ count }: ChatFacts): number {
  return Math.ceil(count / BLOCK) * CHATS_IN_BLOCK;
}

/** Whether an original thread goes on when the sandbox begins: of the last tenth some, each the last of its chat. */
export function isActive(facts: ChatFacts, number: number): boolean {
  const { seed, count } = facts;
  if (number < count * 0.9 || number >= count) return false;
  const isLate = number >= count - 3;
  if (noise(seed, number, 651) % (isLate ? 2 : 12) !== 0) return false;
  return threadsOf(facts, chatNumberOf(number)).at(-1) === number;
}

/** A thread as it was when the sandbox began, or as it begins now when `start` (microseconds) says when. */
export function originalThread(
  facts: ChatFacts,
  number: number,
  chatNumber = chatNumberOf(number),
  start?: number,
): Thread {
  const { seed, agents } = facts;
  const isNew = start !== undefined;
  const createdAt = start ?? threadStart(facts, number);
  const active = isNew || isActive(facts, number);
  const chance = (salt: number, of: number) => noise(seed, number, salt) % of === 0;
  const isMissed = !active && chance(652, 17);
  const isContinuous = noise(seed, chatNumber, 653) % 5 === 0;
  const first = noise(seed, number, 654) % agents;
  const people = [agent(seed, first), ...(agents > 1 && chance(655, 5) ? [agent(seed, (first + 1) % agents)] : [])];
  const operators = isMissed || chance(656, 40) ? [] : people;
  const lasts = MINUTE + Math.floor(share(seed, number, 657) * (isContinuous ? 3 * DAY : 59 * MINUTE));
  const next = isNew ? undefined : threadsOf(facts, chatNumber).find((other) => other > number);
  const latest = next === undefined ? Infinity : Math.max(threadStart(facts, next), createdAt);
  const endedAt = active ? null : Math.min(createdAt + lasts, latest);
  const ending = isMissed || chance(658, 6) ? null : pick(ENDINGS, seed, number, 659);
  const visitor = visitorOf(seed, chatNumber);
  const lines = isNew
    ? [{ type: 'message', at: createdAt, author: 'visitor', text: 'Hello?' } as const]
    : linesOf(facts, number, createdAt, endedAt, operators, ending);
  const lastLine = lines.at(-1)?.at ?? createdAt;
  return {
    number,
    id: codeOf('S', seed, number),
    chatNumber,
    createdAt,
    // Where nothing says that it ended, it did with the last that was said.
    endedAt: endedAt === null ? null : ending === null ? lastLine : endedAt,
    ending: active ? null : ending,
    isRestricted: !active && chance(660, 23),
    isContinuous,
    isMissed,
    agents: operators,
    groups: [pick(GROUPS, seed, number, 661).id],
    tags: isNew ? [] : TAGS.filter((_, n) => noise(seed, number, 662 + n) % 4 === 0),
    forms: isNew ? [] : formsOf(seed, number, !active),
    lines,
    rating: active || !chance(668, 3) ? null : ratingOf(seed, number),
    visitor,
    startUrl: pick(PAGES, seed, number, 669),
    referrer: chance(670, 2) ? 'https://search.example/?q=buty' : null,
    queue: chance(671, 3) ? noise(seed, number, 672) % 300 : null,
    summary: !active && chance(673, 6) ? 'The customer asked about an order; it was found.' : null,
  };
}

/** The id of a chat of v3.6. */
export function chatIdOf(seed: number, chatNumber: number): string {
  return codeOf('Q', seed, chatNumber);
}

function ratingOf(seed: number, number: number): Thread['rating'] {
  const comment = pick([null, null, 'Great service!', 'Долго ждал :('], seed, number, 674);
  return { score: noise(seed, number, 675) % 4 === 0 ? 0 : 1, comment };
}

function linesOf(
  facts: ChatFacts,
  number: number,
  from: number,
  to: number | null,
  operators: readonly Person[],
  ending: Ending,
): ChatLine[] {
  const { seed, bigText } = facts;
  const count = 1 + (noise(seed, number, 680) % 7);
  const step = ((to ?? from + 20 * MINUTE) - from) / (count + 1);
  const lines = Array.from({ length: count }, (_, n): ChatLine => {
    const at = from + Math.floor(n === 0 ? 0 : step * (n + share(seed, number, 700 + n)));
    const [operator] = operators.length === 0 ? [] : [operators[n % operators.length] as Person];
    if (n === 2)
      return { type: 'system', at, author: 'router', text: 'Chat was transferred.', kind: 'chat_transferred' };
    const author = n % 2 === 0 ? 'visitor' : (operator ?? 'visitor');
    if (n === 4) return { type: 'file', at, author, text: 'чек №1.pdf' };
    const said = pick(author === 'visitor' ? QUESTIONS : ANSWERS, seed, number, 720 + n);
    if (n > 0) return { type: 'message', at, author, text: said };
    if (bigText > 0 && number === 9) return { type: 'message', at, author, text: bigTextOf(bigText) };
    return { type: 'message', at, author, text: number % 50 === 7 ? said + UGLY_TEXT : said };
  });
  if (to === null || ending === null) return lines;
  return [...lines, closingLine(ending, to, operators[0])];
}

/** The message that says how a thread ended. */
export function closingLine(ending: NonNullable<Ending>, at: number, agent: Person | undefined): ChatLine {
  const isAgents = ending === 'manual_archived_agent' && agent !== undefined;
  return { type: 'system', at, author: isAgents ? agent : 'router', text: 'The chat was closed.', kind: ending };
}

/** One person per chat. Of some little is known. */
function visitorOf(seed: number, chatNumber: number): Visitor {
  const { name, mail } = client(seed, chatNumber);
  const known = (salt: number) => noise(seed, chatNumber, salt) % 5 !== 0;
  const variables = [
    { key: 'plan', value: 'gold' },
    { key: 'город', value: 'Тверь' },
    { key: 'plan', value: 'twice' },
  ];
  return {
    id: `b7eff798-${String(noise(seed, chatNumber, 740)).padStart(10, '0')}-${chatNumber}`,
    name: known(741) ? name : null,
    mail: known(742) ? mail : null,
    phone: known(743) ? null : '+48 000 000 000',
    ip: `192.0.2.${noise(seed, chatNumber, 744) % 256}`,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Sandbox/1.0',
    place: pick(PLACES, seed, chatNumber, 745),
    variables: known(746) ? null : variables.slice(0, 1 + (noise(seed, chatNumber, 747) % 3)),
    ticketIds: known(748) ? null : [`T${chatNumber}`, `U${chatNumber}`],
  };
}

/** The number of the thread (`S`) or chat (`Q`) with an id, of those below `count`; undefined when there is none. */
export function numberOfCode(letter: 'S' | 'Q', seed: number, id: string, count: number): number | undefined {
  const number = (Number.parseInt(id.slice(3), 36) - 10_000_000_000) / 7919;
  return number >= 0 && number < count && codeOf(letter, seed, number) === id ? number : undefined;
}

/** An id of ten or more letters and digits, whose order has nothing to do with the number's. */
function codeOf(letter: 'S' | 'Q', seed: number, number: number): string {
  const mark = (noise(seed, number, 750) % 1296).toString(36).padStart(2, '0');
  return (letter + mark + (10_000_000_000 + number * 7919).toString(36)).toUpperCase();
}
