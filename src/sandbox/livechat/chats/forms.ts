import { client } from '../../people.ts';
import { noise, pick } from '../../random.ts';

/** A question of a form with its answer: typed, chosen, several chosen, something else, or none. */
export interface ChatField {
  readonly id: string;
  readonly type: string;
  /** Some questions have no text. */
  readonly label?: string;
  readonly answer?: string | { readonly id: string; readonly label: string } | { readonly rate: number };
  readonly answers?: readonly { readonly id: string; readonly label: string }[];
}

/** A form that the visitor filled in before or after the chat, or in between. */
export interface ChatForm {
  readonly type: 'prechat' | 'postchat' | 'ask_for_email';
  readonly fields: readonly ChatField[];
}

const TOPICS = ['Доставка', 'Returns, refunds', 'Sales'];

/** A third of the visitors fill in nothing, and none fills in the last form of a chat that goes on. */
export function formsOf(seed: number, number: number, hasEnded: boolean): ChatForm[] {
  const chance = (salt: number, of: number) => noise(seed, number, salt) % of === 0;
  const { name, mail } = client(seed, number);
  const id = (n: number) => String(156_630_109_416 + 10 * number + n);
  const topics = TOPICS.map((label, n) => ({ id: String(n), label })).filter((_, n) => n === 0 || chance(760 + n, 2));
  const prechat: ChatForm = {
    type: 'prechat',
    fields: [
      { type: 'subject', id: '0', answer: 'nobody knows what was asked' },
      { type: 'name', id: id(1), label: 'Ваше имя', answer: name },
      { type: 'email', id: id(2), label: 'E-mail', answer: mail },
      {
        type: 'radio',
        id: id(3),
        label: 'Have we met before?',
        answer: { id: '1', label: pick(['Yes', 'No, "never"'], seed, number, 764) },
      },
      ...(chance(765, 2) ? [{ type: 'checkbox', id: id(4), label: 'Тема обращения', answers: topics }] : []),
      { type: 'textarea', id: id(5), label: 'Что-нибудь ещё?' },
    ],
  };
  const postchat: ChatForm = {
    type: 'postchat',
    fields: [
      { type: 'rating', id: id(6), label: 'How was it?', answer: { rate: noise(seed, number, 766) % 6 } },
      { type: 'question', id: id(7), label: 'Would you come again?', answer: 'Да' },
    ],
  };
  const inBetween: ChatForm = {
    type: 'ask_for_email',
    fields: [{ type: 'email', id: id(8), label: 'Your e-mail address', answer: mail }],
  };
  return [
    ...(chance(767, 3) ? [] : [prechat]),
    ...(chance(768, 7) ? [inBetween] : []),
    ...(hasEnded && chance(769, 4) ? [postchat] : []),
  ];
}
