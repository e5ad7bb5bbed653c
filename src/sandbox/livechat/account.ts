import type { SandboxOptions } from '../options.ts';
import { noise } from '../random.ts';
import { ChatShelf } from './chats/chat-shelf.ts';
import { TicketOrder } from './helpdesk/ticket-order.ts';
import type { TicketShelf } from './ticket-shelf.ts';
import { LivechatTokens } from './tokens.ts';
import { V3ErrorQueue } from './v3/errors.ts';

/** An account at LiveChat and HelpDesk with all that is in it. */
export interface LivechatAccount {
  readonly options: SandboxOptions;
  readonly tickets: TicketShelf;
  /** The tickets in HelpDesk's orders. */
  readonly ticketOrder: TicketOrder;
  readonly chats: ChatShelf;
  readonly tokens: LivechatTokens;
  /** Errors with which the next calls of v3.6 are answered. */
  readonly errors: V3ErrorQueue;
  /** Epoch ms. */
  now(): number;
  /** As many tickets change as the options say. */
  churnTickets(): void;
  /** As many chats end, are rated or tagged, go on or begin as the options say. */
  churnChats(): void;
}

export function createLivechatAccount(
  options: SandboxOptions,
  tickets: TicketShelf,
  now: () => number,
): LivechatAccount {
  const { seed, agents, from, to, equalTimestamps, bigText, livechat } = options;
  const facts = { seed, count: livechat.chats, agents, from, to, equalTimestamps, bigText };
  const chats = new ChatShelf(facts);
  let ticketTurns = 0;
  let chatTurns = 0;
  return {
    options,
    tickets,
    ticketOrder: new TicketOrder(tickets),
    chats,
    tokens: new LivechatTokens(livechat, seed),
    errors: new V3ErrorQueue(),
    now,
    churnTickets() {
      for (let n = 0; n < options.churn && tickets.size > 0; n += 1) {
        ticketTurns += 1;
        tickets.modify(noise(seed, ticketTurns, 100) % tickets.size, now());
      }
    },
    churnChats() {
      for (let n = 0; n < options.churn; n += 1) {
        chatTurns += 1;
        chats.happen(chatTurns, now());
      }
    },
  };
}
