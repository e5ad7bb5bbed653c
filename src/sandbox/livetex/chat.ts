import type { Facts } from '../facts.ts';
import { client } from '../people.ts';
import { noise, pick, share } from '../random.ts';
import { conversationId, departmentOf, type Employee, employee, type Named, pageOf, remarkOf, siteOf } from './data.ts';
import { answerTimes, type LivetexMessage, messagesOf, type Participant } from './messages.ts';

/** A field that the visitor or the site filled in before the chat. */
export interface Prechat {
  readonly name: string;
  readonly value: string;
}

/** All there is to know about a chat at one instant. Times in epoch ms; how they are written is the dialect's business. */
export interface LivetexChat {
  readonly id: string;
  readonly createdAt: number;
  readonly closedAt: number | null;
  readonly result: 'completed' | 'missed' | null;
  /** In seconds, from the end on. */
  readonly duration: number | null;
  readonly communicationType: string;
  readonly site: Named;
  readonly rating: { readonly type: 'fivePoint' | 'doublePoint'; readonly value: string } | null;
  readonly answerTimeAvg: number | null;
  readonly firstAnswerTime: number | null;
  readonly queueTime: number;
  readonly conversation: {
    readonly id: string;
    readonly createdAt: number;
    /** The conversation may go on for some minutes after the chat. */
    readonly isClosed: boolean;
    readonly result: 'success' | 'failure' | null;
    readonly page: string | null;
  };
  readonly visitor: { readonly id: string; readonly name: string | null };
  readonly employees: readonly Employee[];
  readonly remark: Named | null;
  readonly department: Named | null;
  readonly prechatsChat: readonly Prechat[];
  readonly prechatsHidden: readonly Prechat[] | null;
  /** Those that have been written, the oldest first. */
  readonly messages: readonly LivetexMessage[];
  /** Whether it has fields that nobody knows, where there are any. */
  readonly isSurprising: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const CHANNELS = ['site', 'telegram', 'вконтакте', 'mobile'];

/** When a chat ends, and whether anybody answered. */
interface Life {
  readonly isMissed: boolean;
  /** Infinity for the few that stay open for ever. */
  readonly closes: number;
}

/** When LiveTex has something to tell of a chat's conversation, in epoch ms; what never comes is Infinity or missing. */
export interface TurningPoints {
  /** An operator gets it: the first one, perhaps a second one. */
  readonly assigned: readonly number[];
  readonly closed: number;
  /** The visitor rates it; some change their minds. */
  readonly rated: readonly number[];
}

export function turningPoints(facts: Facts, number: number, createdAt: number): TurningPoints {
  const { seed } = facts;
  const { isMissed, closes } = lifeOf(seed, number, createdAt);
  return {
    assigned: employeesOf(facts, number, createdAt, isMissed, closes).map(({ joins }) => joins),
    closed: closes + lingering(seed, number),
    rated: isMissed ? [] : ratingsOf(seed, number, closes).map(({ at }) => at),
  };
}

/** The chat with this number, created at `createdAt`, as it is at `now`. */
export function chatAt(facts: Facts, number: number, createdAt: number, now: number): LivetexChat {
  const { seed } = facts;
  const { isMissed, closes } = lifeOf(seed, number, createdAt);
  const isOver = closes <= now;
  const employees = employeesOf(facts, number, createdAt, isMissed, closes);
  const messages = messagesOf(seed, number, createdAt, closes, employees).filter(({ at }) => at <= now);
  const conversationEnd = closes + lingering(seed, number);
  const ordinal = pick([1, 1, 1, 2, 3], seed, number, 320);
  const before = ordinal === 1 ? 0 : 5 * MINUTE_MS + Math.floor(share(seed, number, 321) * 55 * MINUTE_MS);
  const person = client(seed, number);
  const id = conversationId(seed, 'chat', number);
  return {
    id: `${id}:${ordinal}`,
    createdAt,
    closedAt: isOver ? closes : null,
    result: isMissed ? 'missed' : isOver ? 'completed' : null,
    duration: isOver ? Math.floor((closes - createdAt) / 1000) : null,
    communicationType: pick(CHANNELS, seed, number, 322),
    site: siteOf(seed, number, 323),
    rating: isMissed ? null : (ratingsOf(seed, number, closes).findLast(({ at }) => at <= now)?.rating ?? null),
    ...answerTimes(messages),
    queueTime: noise(seed, number, 324) % 120,
    conversation: {
      id,
      createdAt: createdAt - before,
      isClosed: conversationEnd <= now,
      result: conversationEnd > now ? null : isMissed ? 'failure' : 'success',
      page: pageOf(seed, number, 325),
    },
    visitor: {
      id: `v-${1000 + Math.floor(number / 1.3)}`,
      name: noise(seed, number, 326) % 6 === 0 ? null : person.name,
    },
    employees: employees.filter(({ joins }) => joins <= now).map(({ who }) => who),
    remark: isOver ? remarkOf(seed, number, 327) : null,
    department: departmentOf(seed, number, 330),
    prechatsChat: noise(seed, number, 332) % 4 === 0 ? [] : filledIn(seed, number),
    prechatsHidden: hiddenFields(seed, number),
    messages,
    isSurprising: noise(seed, number, 333) % 10 === 0,
  };
}

function lifeOf(seed: number, number: number, createdAt: number): Life {
  const kind = share(seed, number, 340);
  const length = share(seed, number, 341);
  if (kind < 0.15) return { isMissed: true, closes: createdAt + 5000 + Math.floor(length * MINUTE_MS) };
  if (kind < 0.16) return { isMissed: false, closes: Infinity };
  const [least, most] = kind < 0.2 ? [DAY_MS, 40 * DAY_MS] : [3 * MINUTE_MS, 60 * MINUTE_MS];
  return { isMissed: false, closes: createdAt + least + Math.floor(length * (most - least)) };
}

/** How long the conversation goes on after the chat, in ms: mostly not at all. */
function lingering(seed: number, number: number): number {
  return noise(seed, number, 342) % 8 === 0 ? Math.floor(share(seed, number, 343) * 20 * MINUTE_MS) : 0;
}

/** Nobody in a missed chat; in some of the others a second operator takes over half-way. */
function employeesOf(
  { seed, agents }: Facts,
  number: number,
  createdAt: number,
  isMissed: boolean,
  closes: number,
): Participant[] {
  if (isMissed) return [];
  const first = noise(seed, number, 344) % agents;
  const participants = [{ who: employee(seed, first), joins: createdAt }];
  if (agents > 1 && noise(seed, number, 345) % 6 === 0) {
    const half = Math.min(closes - createdAt, DAY_MS) / 2;
    participants.push({ who: employee(seed, (first + 1) % agents), joins: createdAt + Math.floor(half) });
  }
  return participants;
}

interface Rated {
  readonly at: number;
  readonly rating: NonNullable<LivetexChat['rating']>;
}

/** Four of ten visitors leave a rating, some only after days; of those a fifth have given another one before it. */
function ratingsOf(seed: number, number: number, closes: number): Rated[] {
  if (share(seed, number, 346) >= 0.4 || closes === Infinity) return [];
  const wait = MINUTE_MS + Math.floor(share(seed, number, 347) * (2 * DAY_MS - MINUTE_MS));
  const type = noise(seed, number, 348) % 3 === 0 ? 'doublePoint' : 'fivePoint';
  const [least, points] = type === 'doublePoint' ? [0, 2] : [1, 5];
  const rated = (at: number, point: number): Rated => ({
    at,
    rating: { type, value: String(least + (point % points)) },
  });
  const point = noise(seed, number, 349);
  const last = rated(closes + wait, point);
  return noise(seed, number, 352) % 5 === 0
    ? [rated(closes + Math.floor(wait / 2), (point % points) + 1), last]
    : [last];
}

function filledIn(seed: number, number: number): Prechat[] {
  const { name, mail } = client(seed, number);
  return [
    { name: 'E-mail', value: mail },
    { name: 'Ваше имя', value: name },
  ];
}

function hiddenFields(seed: number, number: number): Prechat[] | null {
  switch (noise(seed, number, 350) % 5) {
    case 0:
      return null;
    case 1:
      return [];
    default:
      return [{ name: 'client_id', value: String(noise(seed, number, 351) % 100_000) }];
  }
}
