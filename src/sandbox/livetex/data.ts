import type { Facts } from '../facts.ts';
import { agent } from '../people.ts';
import { noise, pick, share, uuid } from '../random.ts';

/** Chats and leads draw their noise from different places. */
export type LivetexKind = 'chat' | 'lead';

export interface Employee {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string | null;
  readonly email: string;
}

/** Something with a number and a word: a contact point, a category, a group of operators. */
export interface Named {
  readonly id: number;
  readonly name: string;
}

const SITES: readonly Named[] = [
  { id: 183_834, name: 'shop.example' },
  { id: 183_835, name: 'магазин.example' },
  { id: 190_001, name: 'Telegram: @shop_example' },
];
const REMARKS: readonly Named[] = [
  { id: 9, name: 'Вопрос по доставке' },
  { id: 10, name: 'Возврат' },
  { id: 12, name: 'Sales' },
];
const DEPARTMENTS: readonly Named[] = [
  { id: 71, name: 'Отдел продаж' },
  { id: 72, name: 'Support' },
];
const PAGES = ['https://shop.example/cart', 'https://shop.example/доставка?город=Тверь', null];

/** When row `number` of the original data is created: later than that before it, unless they share the instant. */
export function creationOf({ seed, count, from, to, equalTimestamps }: Facts, kind: LivetexKind, number: number) {
  const cell = Math.floor(number / equalTimestamps);
  const width = (to - from) / Math.ceil(count / equalTimestamps);
  return from + Math.floor(cell * width + share(seed, cell, kind === 'chat' ? 300 : 400) * Math.max(width - 1, 0));
}

/** A conversation's id, which looks like a random UUID. */
export function conversationId(seed: number, kind: LivetexKind, number: number): string {
  return uuid(seed, number, kind === 'chat' ? 310 : 410);
}

/** The operator with the number `index`, counted from 0; some go by one name. */
export function employee(seed: number, index: number): Employee {
  const { name, mail } = agent(seed, index);
  const [firstName = name, ...rest] = name.split(' ');
  return { id: 501 + index, firstName, lastName: index % 5 === 4 ? null : rest.join(' '), email: mail };
}

export function siteOf(seed: number, number: number, salt: number): Named {
  return pick(SITES, seed, number, salt);
}

/** The category that half of the rows get. */
export function remarkOf(seed: number, number: number, salt: number): Named | null {
  return noise(seed, number, salt) % 2 === 0 ? null : pick(REMARKS, seed, number, salt + 1);
}

/** The group of operators, which some rows lack. */
export function departmentOf(seed: number, number: number, salt: number): Named | null {
  return noise(seed, number, salt) % 4 === 0 ? null : pick(DEPARTMENTS, seed, number, salt + 1);
}

/** The page on which it began, where that is known. */
export function pageOf(seed: number, number: number, salt: number): string | null {
  return pick(PAGES, seed, number, salt);
}
