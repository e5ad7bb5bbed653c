import { firstWhere } from '../search.ts';
import type { LivetexAccount } from './account.ts';
import { type LivetexChat, turningPoints } from './chat.ts';

/** In the order in which they come when several share an instant. */
export const HAPPENING_KINDS = ['assigned', 'closed', 'rated'] as const;

export type HappeningKind = (typeof HAPPENING_KINDS)[number];

/** Something about a conversation that LiveTex posts a webhook for. */
export interface Happening {
  readonly kind: HappeningKind;
  /** Epoch ms of LiveTex's time. */
  readonly at: number;
  /** The chat's number on the shelf. */
  readonly number: number;
  /** The chat as it was at that instant. */
  readonly chat: LivetexChat;
}

/** No chat is older than this when the last of it happens, in ms: bounds the search. */
const LONGEST_LIFE_MS = 43 * 86_400_000;

/** All that happened in (since, until], in order of time. Both in epoch ms, and `until` may be still to come. */
export function happeningsBetween(account: LivetexAccount, since: number, until: number): Happening[] {
  const { chats, chatFacts } = account;
  const found: Happening[] = [];
  for (const number of chatsCreatedIn(account, since - LONGEST_LIFE_MS, until)) {
    const points = turningPoints(chatFacts, number, chats.createdAt(number));
    const add = (kind: HappeningKind) => (at: number) => {
      const chat = at > since && at <= until ? chats.row(number, at) : undefined;
      if (chat !== undefined) found.push({ kind, at, number, chat });
    };
    points.assigned.forEach(add('assigned'));
    add('closed')(points.closed);
    points.rated.forEach(add('rated'));
  }
  const rank = ({ kind }: Happening) => HAPPENING_KINDS.indexOf(kind);
  return found.sort((a, b) => a.at - b.at || a.number - b.number || rank(a) - rank(b));
}

/** Numbers of chats that were created in [since, until], removed ones included: those that turned up late come last. */
function* chatsCreatedIn({ chats, options }: LivetexAccount, since: number, until: number): Generator<number> {
  const { chats: ordinary } = options.livetex;
  const first = firstWhere(ordinary, (number) => chats.createdAt(number) >= since);
  for (let number = first; number < ordinary && chats.createdAt(number) <= until; number += 1) yield number;
  for (let number = ordinary; number < chats.size; number += 1) {
    const createdAt = chats.createdAt(number);
    if (createdAt >= since && createdAt <= until) yield number;
  }
}
