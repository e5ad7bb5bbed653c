import type { ExpectedRow } from './expected-row.ts';
import type { LivechatAccount } from './livechat/account.ts';
import { expectedV2Chats } from './livechat/chats/v2-oracle.ts';
import { expectedHelpdeskTickets } from './livechat/helpdesk/tickets-oracle.ts';
import { expectedAgent, expectedTicket } from './livechat/rest-v2-oracle.ts';
import { SILOS, type Silo } from './livechat/ticket-data.ts';
import { expectedV3Agents } from './livechat/v3/agents-oracle.ts';
import { expectedV3Chats } from './livechat/v3/chats-oracle.ts';
import type { LivetexAccount } from './livetex/account.ts';
import { expectedConversations } from './livetex/conversations-oracle.ts';
import { expectedChats, expectedLeads } from './livetex/oracle.ts';
import type { WebhookOffice } from './webhooks/webhooks.ts';

/**
 * What a sync has to bring, told from the sandbox's own facts and not through any code of the connector: a mistake that
 * both made would cancel out.
 */
export interface Oracle {
  /**
   * Every ticket that there is now, by the API that brings them. Computed one by one: millions need no memory. Silos are
   * HelpDesk's; all when none are given.
   * @default 'rest_v2'
   */
  tickets(api?: 'rest_v2' | 'helpdesk', silos?: readonly Silo[]): Generator<ExpectedRow>;
  /** Every agent, by the API that brings them. @default 'rest_v2' */
  agents(api?: 'rest_v2' | 'v3'): Generator<ExpectedRow>;
  /** Every chat at LiveChat as it is now, those that go on included. */
  chats(api: 'rest_v2' | 'v3'): Generator<ExpectedRow>;
  /** Every chat at LiveTex, in the state in which it is at the call. */
  livetexChats(): Generator<ExpectedRow>;
  livetexLeads(): Generator<ExpectedRow>;
  /** What LiveTex's webhooks that were answered with 2xx have told so far. Without `received_at` and `inbox_seq`. */
  livetexConversations(): Generator<ExpectedRow>;
  /**
   * Every event of LiveChat and HelpDesk that was answered with 2xx so far. Without `received_at` and `inbox_seq`, and
   * without `event_id` where LiveChat gave none.
   */
  livechatEvents(): Generator<ExpectedRow>;
}

export function createOracle(
  livechat: LivechatAccount,
  livetex: LivetexAccount,
  webhooks: Pick<WebhookOffice, 'delivered'>,
): Oracle {
  const { tickets: shelf, options } = livechat;
  return {
    *tickets(api = 'rest_v2', silos = SILOS) {
      if (api === 'helpdesk') return yield* expectedHelpdeskTickets(livechat, silos);
      for (let number = 0; number < shelf.size; number += 1) {
        const ticket = shelf.ticket(number);
        if (ticket !== undefined) yield expectedTicket(ticket, options);
      }
    },
    *agents(api = 'rest_v2') {
      if (api === 'v3') return yield* expectedV3Agents(livechat);
      for (let index = 0; index < options.agents; index += 1) yield expectedAgent(index, options);
    },
    chats: (api) => (api === 'v3' ? expectedV3Chats(livechat) : expectedV2Chats(livechat)),
    livetexChats: () => expectedChats(livetex),
    livetexLeads: () => expectedLeads(livetex),
    *livetexConversations() {
      const news = webhooks.delivered().livetex.map((webhook) => webhook.news);
      yield* expectedConversations(news.filter((one) => one !== null));
    },
    *livechatEvents() {
      const events = webhooks.delivered().livechat.map(({ key, row }) => [key, row] as const);
      yield* new Map(events).values();
    },
  };
}
