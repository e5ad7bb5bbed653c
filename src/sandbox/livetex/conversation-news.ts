import type { WebhookShape } from '../options.ts';
import { client } from '../people.ts';
import { noise, pick } from '../random.ts';
import type { LivetexAccount } from './account.ts';
import type { LivetexChat } from './chat.ts';
import type { Employee } from './data.ts';
import { HAPPENING_KINDS, type Happening, type HappeningKind } from './happenings.ts';

/** What one webhook tells of a conversation. Null is what it says nothing of. Times in epoch ms. */
export interface ConversationNews {
  readonly kind: HappeningKind;
  readonly at: number;
  readonly shape: WebhookShape;
  readonly conversationId: string;
  readonly createdAt: number | null;
  readonly closedAt: number | null;
  readonly customInfo: Readonly<Record<string, unknown>> | null;
  readonly discourser: { readonly id: string; readonly info: Readonly<Record<string, unknown>> | null } | null;
  readonly employees: readonly Colleague[];
  readonly rating: LivetexChat['rating'];
  /** Whether times can be told in whole seconds without loss: all of one conversation are then cut to them. */
  readonly isInSeconds: boolean;
  /** Whether there is a field that no documentation knows. */
  readonly isSurprising: boolean;
}

/** An operator as far as webhooks name them. */
export interface Colleague {
  readonly id: number;
  readonly firstName: string;
  readonly lastName?: string;
  readonly email?: string;
}

const SHAPES: readonly WebhookShape[] = ['plain', 'capitals', 'typed'];
const REMARKS = [
  'Клиент сказал: «всё хорошо» 👍',
  'said "call me back" — twice',
  "O'Neil & Söhne <b>VIP</b>",
  'строка 1\nстрока 2\\',
];

/** What LiveTex has to say about something that happened. */
export function newsOf({ kind, at, number, chat }: Happening, account: LivetexAccount): ConversationNews {
  const { seed, webhookShape } = account.options;
  const shape =
    webhookShape === 'mixed' ? pick(SHAPES, seed, number, 500 + HAPPENING_KINDS.indexOf(kind)) : webhookShape;
  const isInSeconds = noise(seed, number, 504) % 2 === 0;
  const told = (instant: number) => (isInSeconds ? Math.floor(instant / 1000) * 1000 : instant);
  const isRated = kind === 'rated';
  return {
    kind,
    at,
    shape,
    conversationId: chat.conversation.id,
    createdAt: isRated ? null : told(chat.conversation.createdAt),
    closedAt: kind === 'closed' ? told(at) : null,
    customInfo: customInfoOf(kind, seed, number),
    discourser: discourserOf(kind, shape, chat, seed, number),
    // A single object has room for the one who has the conversation now.
    employees: isRated
      ? []
      : (shape === 'capitals' ? chat.employees.slice(-1) : chat.employees).map((who) => colleague(who, seed, number)),
    rating: isRated ? chat.rating : null,
    isInSeconds,
    isSurprising: account.options.livetex.surprises && chat.isSurprising,
  };
}

/** Fields of the conversation: at first those of the site, at the end those of the operator, often none. */
function customInfoOf(kind: HappeningKind, seed: number, number: number): ConversationNews['customInfo'] {
  if (kind === 'assigned' && noise(seed, number, 505) % 2 === 0) {
    return { 'Номер заказа': String(noise(seed, number, 506) % 100_000), vip: noise(seed, number, 507) % 2 === 0 };
  }
  if (kind === 'closed' && noise(seed, number, 508) % 3 === 0) return { Комментарий: pick(REMARKS, seed, number, 509) };
  return null;
}

/** The visitor: at first name and phone number, at the end the address, about a rating at most who it was. */
function discourserOf(
  kind: HappeningKind,
  shape: WebhookShape,
  { visitor }: LivetexChat,
  seed: number,
  number: number,
): ConversationNews['discourser'] {
  const { id, name } = visitor;
  switch (kind) {
    case 'assigned': {
      const phone = `+7999${String(noise(seed, number, 510) % 10_000_000).padStart(7, '0')}`;
      return { id, info: { ...(name === null ? {} : { name }), phone } };
    }
    case 'closed':
      return noise(seed, number, 511) % 4 === 0 ? null : { id, info: { email: client(seed, number).mail } };
    case 'rated':
      return shape === 'typed' ? { id, info: null } : null;
  }
}

/** In half of the conversations addresses are left out. */
function colleague({ id, firstName, lastName, email }: Employee, seed: number, number: number): Colleague {
  return {
    id,
    firstName,
    ...(lastName === null ? {} : { lastName }),
    ...(noise(seed, number, 512) % 2 === 0 ? { email } : {}),
  };
}
