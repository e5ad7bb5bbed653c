import type { Facts } from '../facts.ts';
import { client } from '../people.ts';
import { noise, pick, share } from '../random.ts';
import { conversationId, departmentOf, type Employee, employee, type Named, pageOf, remarkOf, siteOf } from './data.ts';

/** Names of the advertising marks, without their `utm_`. */
export const UTM_MARKS = ['source', 'medium', 'campaign', 'content', 'term'] as const;

export type Utm = Readonly<Record<(typeof UTM_MARKS)[number], string | null>>;

/** All there is to know about a lead at one instant. */
export interface LivetexLead {
  readonly id: number;
  readonly createdAt: number;
  readonly completedAt: number | null;
  readonly type: 'form' | 'callback' | 'chat';
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly site: Named;
  readonly text: string | null;
  readonly answerText: string | null;
  readonly result: 'missed' | 'completed';
  /** In seconds, once it is done. */
  readonly duration: number | null;
  readonly assignedTo: Employee | null;
  readonly completedBy: Employee | null;
  readonly department: Named | null;
  readonly remark: Named | null;
  readonly isManaged: boolean;
  readonly conversation: {
    readonly id: string;
    readonly createdAt: number;
    readonly result: 'success' | null;
    readonly page: string | null;
    readonly visitorId: string;
  } | null;
  readonly utm: Utm | null;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const TEXTS = ['Перезвоните, пожалуйста', 'Please send me a quote for 20 pieces', 'Хочу заказать «оптом»', null];
const ANSWERS = ['Перезвонили, вопрос решён.', 'Quote sent.', null];
const SOURCES = ['yandex', 'google', 'newsletter'];
const TERMS = ['купить обувь', 'shoes online', null];

/** The lead with this number, created at `createdAt`, as it is at `now`. */
export function leadAt({ seed, agents }: Facts, number: number, createdAt: number, now: number): LivetexLead {
  const completes = completionOf(seed, number, createdAt);
  const isDone = completes <= now;
  const assigned = createdAt + MINUTE_MS + Math.floor(share(seed, number, 420) * 4 * 60 * MINUTE_MS);
  const isAssigned = noise(seed, number, 421) % 5 > 0 && Math.min(assigned, completes) <= now;
  const owner = noise(seed, number, 422) % agents;
  const { name, mail } = client(seed, number);
  const has = (salt: number) => noise(seed, number, salt) % 4 > 0;
  const utm = noise(seed, number, 426) % 2 === 0 ? null : utmOf(seed, number);
  const type = pick(['form', 'form', 'callback', 'chat'] as const, seed, number, 427);
  return {
    id: 70_000 + number,
    createdAt,
    completedAt: isDone ? completes : null,
    type,
    name: has(423) ? name : null,
    email: has(424) ? mail : null,
    phone: has(425) ? `+7999000${String(noise(seed, number, 428) % 10_000).padStart(4, '0')}` : null,
    site: siteOf(seed, number, 429),
    text: pick(TEXTS, seed, number, 430),
    answerText: isDone ? pick(ANSWERS, seed, number, 431) : null,
    result: isDone ? 'completed' : 'missed',
    duration: isDone ? Math.floor((completes - createdAt) / 1000) : null,
    assignedTo: isAssigned ? employee(seed, owner) : null,
    completedBy: isDone ? employee(seed, (owner + (noise(seed, number, 432) % 2)) % agents) : null,
    department: departmentOf(seed, number, 433),
    remark: isDone ? remarkOf(seed, number, 435) : null,
    isManaged: noise(seed, number, 437) % 2 === 0,
    conversation:
      type === 'callback' && utm === null
        ? null
        : {
            id: conversationId(seed, 'lead', number),
            createdAt,
            result: isDone ? 'success' : null,
            page: pageOf(seed, number, 438),
            visitorId: `v-${1000 + Math.floor(number / 1.3)}`,
          },
    utm,
  };
}

/** Most are done within days, some after weeks, some never. */
function completionOf(seed: number, number: number, createdAt: number): number {
  const kind = share(seed, number, 440);
  if (kind >= 0.85) return Infinity;
  const [least, most] = kind < 0.75 ? [10 * MINUTE_MS, 3 * DAY_MS] : [5 * DAY_MS, 30 * DAY_MS];
  return createdAt + least + Math.floor(share(seed, number, 441) * (most - least));
}

function utmOf(seed: number, number: number): Utm {
  return {
    source: pick(SOURCES, seed, number, 450),
    medium: 'cpc',
    campaign: pick(['spring', 'весна'], seed, number, 451),
    content: pick(['banner-1', null], seed, number, 452),
    term: pick(TERMS, seed, number, 453),
  };
}
