import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import { formatDay } from '../../core/timestamps.ts';
import type { ApiCall, CallContext, HttpClient } from '../../http/client.ts';
import { listIn, wholeNumber } from '../answers.ts';

/** LiveChat's REST API v2 (livechat-api §2): what its endpoints take and give, freed of the variants in which it gives it. */
export interface RestV2 {
  /** GET /agents: all agents at once. */
  listAgents(call: CallContext): Promise<Row[]>;
  /** GET /tickets: one page, the ticket that changed last first. */
  listTickets(query: TicketQuery, call: CallContext): Promise<TicketPage>;
  /** GET /chats: one page of the chats that began on these days in UTC, those that go on too, the latest first. */
  listChats(query: ChatsQuery, call: CallContext): Promise<ChatsPage>;
}

/** First and last day, counted from 1970-01-01, and the page, counted from 1. */
export interface ChatsQuery {
  readonly from: number;
  readonly to: number;
  readonly page: number;
}

export interface ChatsPage {
  readonly chats: Row[];
  /** How many chats the list has; undefined where the answer is a bare list. */
  readonly total: number | undefined;
  /** As in ApiAnswer. */
  readonly serverTime: number;
}

/** Tickets or chats on a page; the API has no parameter for it (livechat-api §2.1). */
export const PAGE_SIZE = 25;

/** Filters of a ticket list. Days are counted from 1970-01-01; the account's time zone decides when one begins. */
export interface TicketQuery {
  /** First day: only tickets with any activity on it or later. */
  readonly from: number;
  /** Last day; null for no end. */
  readonly to: number | null;
  /** `status`, `assigned`: as in the API. */
  readonly filters: Readonly<Record<string, string>>;
  /** Counted from 1. */
  readonly page: number;
}

export interface TicketPage {
  readonly tickets: Row[];
  /** How many tickets the list has and on how many pages; undefined where the answer is a bare list. */
  readonly total: number | undefined;
  readonly pages: number | undefined;
  /** The vendor's clock when it answered, in epoch ms, as in ApiAnswer. */
  readonly serverTime: number;
  readonly vendorTime: number | undefined;
  /** True for a page that begins with the tickets of the page before it, which had come too short. */
  readonly isPatched?: boolean;
}

const WHEN_GONE =
  'The LiveChat REST API v2 is deprecated and has probably been switched off for this account. Switch livechat.credentials to a personal access token (auth_type personal_access_token): agents, chats and tickets then come from the current APIs; reset livechat_tickets, since HelpDesk has other ids.';

export function createRestV2(http: HttpClient): RestV2 {
  const get = (path: string, call: CallContext, rest: Pick<ApiCall, 'doing' | 'right' | 'query'>) =>
    http.request({ path, whenGone: WHEN_GONE, ...rest, ...call });

  return {
    async listAgents(call) {
      const { data } = await get('/agents', call, {
        doing: 'listing agents',
        right: 'read agents (scope agents--all:ro)',
      });
      return itemsOf(http, data, 'agents');
    },
    async listTickets({ from, to, filters, page }, call) {
      const query = {
        date_from: formatDay(from),
        date_to: to === null ? undefined : formatDay(to),
        ...filters,
        order: 'desc',
        page,
      };
      const { data, serverTime, vendorTime } = await get('/tickets', call, {
        doing: 'listing tickets',
        right: 'read tickets (scope tickets_read)',
        query,
      });
      const { total, pages } = isObject(data) ? data : {};
      const tickets = itemsOf(http, data, 'tickets');
      return { tickets, total: wholeNumber(total), pages: wholeNumber(pages), serverTime, vendorTime };
    },
    async listChats({ from, to, page }, call) {
      const { data, serverTime } = await get('/chats', call, {
        doing: 'listing chats',
        right: 'read chats (scope archives_read)',
        query: { date_from: formatDay(from), date_to: formatDay(to), timezone: 'UTC', include_pending: 1, page },
      });
      const { total } = isObject(data) ? data : {};
      return { chats: itemsOf(http, data, 'chats'), total: wholeNumber(total), serverTime };
    },
  };
}

/** The docs show an envelope, Microsoft's connector a bare list (livechat-api §2.2): both are taken. */
function itemsOf(http: HttpClient, data: unknown, noun: 'agents' | 'tickets' | 'chats'): Row[] {
  return listIn(http, data, { vendor: 'LiveChat', noun, inside: noun, setting: 'livechat.base_url' });
}
