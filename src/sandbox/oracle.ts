import { type ExpectedRow, utc } from './expected-row.ts';
import { isSurprising, permissionOf, statusOf } from './livechat/rest-v2.ts';
import { type Ticket, UGLY_TEXT, UGLY_TEXT_CLEANED } from './livechat/ticket-data.ts';
import type { TicketShelf } from './livechat/ticket-shelf.ts';
import type { LivetexAccount } from './livetex/account.ts';
import { expectedConversations } from './livetex/conversations-oracle.ts';
import { expectedChats, expectedLeads } from './livetex/oracle.ts';
import type { SandboxOptions } from './options.ts';
import { agent } from './people.ts';
import type { WebhookOffice } from './webhooks/webhooks.ts';

/**
 * What a sync has to bring, told from the sandbox's own facts and not through any code of the connector: a mistake that
 * both made would cancel out.
 */
export interface Oracle {
  /** Every ticket that there is now. Computed one by one: millions need no memory. */
  tickets(): Generator<ExpectedRow>;
  agents(): Generator<ExpectedRow>;
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
  shelf: TicketShelf,
  livetex: LivetexAccount,
  webhooks: Pick<WebhookOffice, 'delivered'>,
  options: SandboxOptions,
): Oracle {
  return {
    *tickets() {
      for (let number = 0; number < shelf.size; number += 1) {
        const ticket = shelf.ticket(number);
        if (ticket !== undefined) yield expectedTicket(ticket, options);
      }
    },
    *agents() {
      for (let index = 0; index < options.agents; index += 1) yield expectedAgent(index, options);
    },
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

function expectedTicket(ticket: Ticket, { dialect, surprises }: SandboxOptions): ExpectedRow {
  const { id, subject, status, requester, source } = ticket;
  const extra = surprises && isSurprising(ticket) ? { rate: 'good', ccs: ['boss@customer.example'] } : null;
  const row = { id, subject, status, extra_fields: extra };
  if (dialect === 'ms') {
    return {
      ...row,
      date: utc(ticket.date),
      modified: utc(ticket.modified),
      requester,
      source,
      assignee: null,
      currentGroup: null,
      groups: null,
      tags: null,
      events: null,
      opened: null,
      firstResponse: null,
    };
  }
  const docs = dialect === 'docs';
  const { ip: _ip, ...withoutIp } = requester;
  const { id: _id, ...withoutId } = source;
  return {
    ...row,
    date: docs ? null : utc(ticket.date),
    modified: wholeSecond(ticket.modified),
    requester: docs ? withoutIp : requester,
    source: docs ? withoutId : source,
    assignee: ticket.assignee,
    currentGroup: docs ? null : (ticket.groups.at(-1) ?? null),
    groups: ticket.groups.map((group) => (docs ? { id: group.id, name: null } : group)),
    tags: ticket.tags,
    events: ticket.events.map((event) => ({
      ...event,
      date: wholeSecond(event.date),
      ...(event.message === undefined ? {} : { message: event.message.replace(UGLY_TEXT, UGLY_TEXT_CLEANED) }),
    })),
    opened: ticket.opened.map(({ from, to }) => ({
      from: wholeSecond(from),
      ...(to === null ? {} : { to: wholeSecond(to) }),
    })),
    firstResponse: {},
  };
}

function expectedAgent(index: number, { seed, dialect }: SandboxOptions): ExpectedRow {
  const { name, mail } = agent(seed, index);
  return {
    login: mail,
    name,
    permission: permissionOf(index),
    avatar: `livechat.s3.example/avatars/${index}.png`,
    status: dialect === 'ms' ? null : statusOf(seed, index),
    login_status: null,
    job_title: null,
    max_chats_count: null,
    groups: null,
    daily_summary: null,
    notifications: null,
    last_logout: null,
    work_scheduler: null,
    extra_fields: null,
  };
}

function wholeSecond(ms: number): string {
  return utc(Math.floor(ms / 1000) * 1000);
}
