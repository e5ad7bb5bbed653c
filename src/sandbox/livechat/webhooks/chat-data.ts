import type { SandboxOptions } from '../../options.ts';
import { agent, client, GROUPS, type Person } from '../../people.ts';
import { noise, pick, share } from '../../random.ts';

/** Something that was said or happened in a chat. */
export interface ChatLine {
  readonly type: 'message' | 'system';
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
  /** Null for what nobody said. */
  readonly author: 'visitor' | Person | null;
}

/** A question before the chat, with what was typed, the one that was chosen, or those that could be. */
export type SurveyAnswer = { readonly id: string; readonly label: string } & (
  | { readonly typed: string }
  | { readonly chosen: string }
  | { readonly choices: readonly { readonly label: string; readonly chosen: boolean }[] }
);

/** All there is to know about an invented chat at LiveChat. Times in epoch ms. */
export interface LivechatChat {
  readonly number: number;
  readonly id: string;
  readonly threadId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly url: string | null;
  readonly agents: readonly Person[];
  readonly groups: readonly number[];
  readonly tags: readonly string[];
  /** The oldest first; the first one stands at the start already. */
  readonly lines: readonly ChatLine[];
  readonly visitor: {
    readonly id: string;
    readonly name: string | null;
    readonly mail: string | null;
    readonly language: string;
    readonly page: string | null;
  };
  readonly survey: readonly SurveyAnswer[];
}

const MINUTE_MS = 60_000;
const PAGES = ['https://www.shop.example/', 'https://www.shop.example/доставка?город=Тверь&x="1"', null];
const TAGS = ['sales', 'возврат', 'vip 🙂'];
const QUESTIONS = ['Is this in stock?', 'Где мой заказ «вчерашний»?', 'I said "hello" <b>twice</b> & waited 😴'];
const ANSWERS = ['Let me check.', 'Да, конечно!', "It's on its way — it arrives on Friday."];
const TOPICS = ['Доставка', 'Returns, refunds', 'Sales'];

/** The chat with this number. There are as many as anybody asks for. */
export function livechatChat({ seed, agents, from, to }: SandboxOptions, number: number): LivechatChat {
  const startedAt = from + Math.floor(share(seed, number, 600) * (to - from));
  const endedAt = startedAt + MINUTE_MS + Math.floor(share(seed, number, 601) * 59 * MINUTE_MS);
  const first = noise(seed, number, 602) % agents;
  const two = agents > 1 && noise(seed, number, 603) % 5 === 0;
  const operators = [agent(seed, first), ...(two ? [agent(seed, (first + 1) % agents)] : [])];
  const { name, mail } = client(seed, number);
  return {
    number,
    id: codeOf('P', number),
    threadId: codeOf('T', number),
    startedAt,
    endedAt,
    url: pick(PAGES, seed, number, 604),
    agents: operators,
    groups: [pick(GROUPS, seed, number, 605).id],
    tags: TAGS.filter((_, n) => noise(seed, number, 606 + n) % 3 === 0),
    lines: linesOf(seed, number, startedAt, endedAt, operators),
    visitor: {
      id: `S16${String(noise(seed, number, 610)).padStart(10, '0')}.${String(number).padStart(10, '0')}`,
      name: noise(seed, number, 611) % 5 === 0 ? null : name,
      mail: noise(seed, number, 612) % 5 === 0 ? null : mail,
      language: pick(['en', 'ru', 'pl'], seed, number, 613),
      page: pick(PAGES, seed, number, 614),
    },
    survey: surveyOf(seed, number),
  };
}

function linesOf(seed: number, number: number, from: number, to: number, operators: readonly Person[]): ChatLine[] {
  const count = 1 + (noise(seed, number, 620) % 7);
  const step = (to - from) / (count + 1);
  return Array.from({ length: count }, (_, n) => {
    const at = from + Math.floor(n === 0 ? 0 : step * (n + share(seed, number, 700 + n)));
    if (n === 2) return { type: 'system', at, text: 'Chat was transferred to another agent.', author: null };
    const isVisitors = n % 2 === 0;
    const author = isVisitors ? 'visitor' : (operators[n % operators.length] as Person);
    return { type: 'message', at, text: pick(isVisitors ? QUESTIONS : ANSWERS, seed, number, 720 + n), author };
  });
}

/** A third of the visitors are asked nothing. */
function surveyOf(seed: number, number: number): SurveyAnswer[] {
  if (noise(seed, number, 621) % 3 === 0) return [];
  const id = (n: number) => String(156_630_109_416 + 10 * number + n);
  const { name, mail } = client(seed, number);
  const sure = noise(seed, number, 623) % TOPICS.length;
  const choices = TOPICS.map((label, n) => ({ label, chosen: n === sure || noise(seed, number, 624 + n) % 2 === 0 }));
  return [
    { id: id(1), label: 'Ваше имя', typed: name },
    { id: id(2), label: 'E-mail', typed: mail },
    { id: id(3), label: 'Have we met before?', chosen: pick(['Yes', 'No, "never"'], seed, number, 622) },
    ...(noise(seed, number, 628) % 2 === 0 ? [{ id: id(4), label: 'Тема обращения', choices }] : []),
  ];
}

/** An id as LiveChat writes them: ten letters and digits. */
function codeOf(letter: string, number: number): string {
  return letter + (10_000_000_000_000 + number * 7919).toString(36).toUpperCase();
}
