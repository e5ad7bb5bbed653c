import { pick } from './random.ts';

/** Invented people at companies that cannot exist. */
const FIRST = ['Mary', 'Иван', 'Zoë', 'Łukasz', 'Olga', 'Max', 'Aiko', 'Мария', 'Noah', 'Chloé', 'Пётр', 'Nadia'];
const LAST = ['Brown', 'Петров', 'Kowalska', "O'Neil", 'Сидорова', 'Müller', 'Tanaka', 'Lindqvist', 'Ивáнов', 'Silva'];
const DOMAINS = ['customer.example', 'shop.example', 'mail.example'];

export interface Person {
  readonly name: string;
  readonly mail: string;
}

/** The client behind the number `index`; some write twice. */
export function client(seed: number, index: number): Person {
  const who = Math.floor(index / 1.3);
  const name = `${pick(FIRST, seed, who, 1)} ${pick(LAST, seed, who, 2)}`;
  return { name, mail: `client${who}@${pick(DOMAINS, seed, who, 3)}` };
}

/** The agent with the number `index`, counted from 0: the owner comes first. */
export function agent(seed: number, index: number): Person {
  const name = `${pick(FIRST, seed, index, 11)} ${pick(LAST, seed, index, 12)}`;
  return { name, mail: `agent${index}@company.example` };
}

export const GROUPS = [
  { id: 0, name: 'All operators' },
  { id: 3, name: 'Sales' },
  { id: 7, name: 'Поддержка' },
] as const;
