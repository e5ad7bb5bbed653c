import { noise, pick, share } from '../random.ts';
import type { Employee } from './data.ts';

export type Creator = 'visitor' | 'employee' | 'bot' | 'system';

export interface LivetexMessage {
  readonly id: number;
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
  readonly isDelivered: boolean;
  readonly creator: Creator;
  /** The operator in whose name it was written, by whatever means; null for the visitor's. */
  readonly employee: Employee | null;
}

/** An operator and the instant from which they take part. */
export interface Participant {
  readonly who: Employee;
  readonly joins: number;
}

const DAY_MS = 86_400_000;
/** Ids of one chat's messages follow each other; no chat has more. */
const IDS_A_CHAT = 16;

const QUESTIONS = [
  'Здравствуйте! Когда будет доставлен мой заказ?',
  'Hello, is this still in stock?',
  'А «самовывоз» у вас есть?',
  'Спасибо большое 🙏',
  'I have written <b>twice</b> & nobody answers…',
];
const ANSWERS = [
  'Добрый день! Сейчас проверю.',
  'Your parcel is on its way — it arrives on Friday.',
  'Да, по будням с 9 до 17.',
  'Могу ли я ещё чем-нибудь помочь?',
];
const NOTICES = ['Оператор скоро ответит.', 'The chat has been passed on.'];

/** Every message that a chat will ever have, the oldest first. */
export function messagesOf(
  seed: number,
  number: number,
  createdAt: number,
  closes: number,
  participants: readonly Participant[],
): LivetexMessage[] {
  const isMissed = participants.length === 0;
  const count = 2 + (noise(seed, number, 360) % (isMissed ? 2 : 8));
  const step = Math.min(closes - createdAt, Number.isFinite(closes) ? Infinity : 3 * DAY_MS) / count;
  return Array.from({ length: count }, (_, n) => {
    const chance = share(seed, number, 1000 + n);
    const at = createdAt + Math.floor(n === 0 ? chance * Math.min(step, 3000) : step * (n + 0.8 * chance));
    const creator = isMissed ? 'visitor' : creatorOf(seed, number, n);
    const author = participants.findLast(({ joins }) => joins <= at)?.who ?? null;
    return {
      id: 1_000_000 + number * IDS_A_CHAT + n,
      text: textOf(seed, number, n, creator),
      at,
      isDelivered: noise(seed, number, 1100 + n) % 10 !== 0,
      creator,
      employee: creator === 'visitor' ? null : author,
    };
  });
}

function creatorOf(seed: number, number: number, n: number): Creator {
  const die = noise(seed, number, 1200 + n) % 12;
  if (die < 2) return die === 0 ? 'bot' : 'system';
  return n % 2 === 0 ? 'visitor' : 'employee';
}

function textOf(seed: number, number: number, n: number, creator: Creator): string {
  const choices = creator === 'visitor' ? QUESTIONS : creator === 'employee' ? ANSWERS : NOTICES;
  return pick(choices, seed, number, 1300 + n);
}

/** How long operators let the visitor wait, in seconds: the first time, and on average. Null as long as nobody answered. */
export function answerTimes(messages: readonly LivetexMessage[]): {
  firstAnswerTime: number | null;
  answerTimeAvg: number | null;
} {
  const waits: number[] = [];
  let asked: number | undefined;
  for (const { creator, at } of messages) {
    if (creator === 'visitor') asked ??= at;
    if (creator !== 'employee' || asked === undefined) continue;
    waits.push(at - asked);
    asked = undefined;
  }
  const [first] = waits;
  if (first === undefined) return { firstAnswerTime: null, answerTimeAvg: null };
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  return { firstAnswerTime: Math.floor(first / 1000), answerTimeAvg: Math.round(mean / 100) / 10 };
}
