import { SyncError } from '../../core/errors.ts';
import type { Row } from '../../core/stream.ts';
import type { ApiAnswer, ApiCall, CallContext, HttpClient } from '../../http/client.ts';
import { listIn } from '../answers.ts';

/** HelpDesk's API v1 (livechat-api §4). */
export interface HelpdeskApi {
  /** GET /tickets: one page, the ticket that changed first first. */
  listTickets(query: HelpdeskQuery, call: CallContext): Promise<HelpdeskPage>;
  /** GET /agents, /teams, /tags: all of them at once. */
  listNames(kind: NamedKind, call: CallContext): Promise<Row[]>;
}

export type NamedKind = 'agents' | 'teams' | 'tags';

/** Where HelpDesk keeps tickets. */
export type Silo = 'tickets' | 'archive' | 'spam' | 'trash';

export interface HelpdeskQuery {
  readonly silo: Silo;
  /** Tickets after this place in the order of (updatedAt, ID). */
  readonly after: Place;
  /** Tickets on a page, 100 at most. @default 100 */
  readonly pageSize?: number;
  /** True where nothing has been read yet: an answer without tickets is then doubted. */
  readonly isFirstLoad?: boolean;
}

/** A place in the order of tickets by (updatedAt, ID). */
export interface Place {
  /** RFC 3339, as HelpDesk writes it. */
  readonly value: string;
  /** Of the ticket at this place; the lowest UUID for a place before all tickets of its time. */
  readonly id: string;
}

export interface HelpdeskPage {
  readonly tickets: Row[];
  /** How many tickets the answer says there are in all; undefined where it does not. */
  readonly total: number | undefined;
  /** HelpDesk's clock when it answered (epoch ms), or ours if that is behind; undefined where the answer does not tell. */
  readonly serverTime: number | undefined;
}

/** The most that HelpDesk gives (livechat-api §4.2). */
export const TICKETS_PER_PAGE = 100;

/** Before all ids. */
export const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

export function createHelpdeskApi(http: HttpClient): HelpdeskApi {
  const get = (path: string, call: CallContext, rest: Pick<ApiCall, 'doing' | 'right' | 'query'>) =>
    http.request({ path, whenGone: 'Check the API address in livechat.helpdesk_url.', ...rest, ...call });
  const listOf = (data: unknown, noun: string) =>
    listIn(http, data, { vendor: 'HelpDesk', noun, setting: 'livechat.helpdesk_url' });

  /** False once HelpDesk has refused a place that is no ticket's. */
  let takesAnyPlace = true;

  const ticketPage = ({ silo, after, pageSize = TICKETS_PER_PAGE }: HelpdeskQuery, call: CallContext) => {
    const isTicket = after.id !== LOWEST_ID;
    return get('/tickets', call, {
      doing: `listing tickets (${silo})`,
      right: 'read HelpDesk tickets (scope accounts--my:ro)',
      query: {
        silo,
        sortBy: 'updatedAt',
        order: 'asc',
        pageSize,
        // Said twice: whether the filter is honoured nobody knows (livechat-api §4.2), and the place alone is enough.
        updatedDateFrom: after.value,
        ...(isTicket || takesAnyPlace ? { 'next.value': after.value, 'next.ID': after.id } : {}),
      },
    });
  };

  return {
    async listTickets(query, call) {
      let answer: ApiAnswer;
      try {
        answer = await ticketPage(query, call);
      } catch (error) {
        const isRefused = error instanceof SyncError && (error.status === 400 || error.status === 422);
        if (!isRefused || !takesAnyPlace || query.after.id !== LOWEST_ID) throw error;
        takesAnyPlace = false;
        answer = await ticketPage(query, call);
      }
      const isNone = isEmpty(answer) && totalIn(answer.headers, 1) !== 0;
      if (isNone && takesAnyPlace && query.isFirstLoad === true) {
        // The place is no ticket's, and perhaps nothing comes after what does not exist.
        takesAnyPlace = false;
        const without = await ticketPage(query, call);
        if (isEmpty(without)) takesAnyPlace = true;
        else answer = without;
      }
      const { data, vendorTime, headers } = answer;
      const serverTime = vendorTime === undefined ? undefined : answer.serverTime;
      return {
        tickets: listOf(data, 'tickets'),
        total: totalIn(headers, query.pageSize ?? TICKETS_PER_PAGE),
        serverTime,
      };
    },
    async listNames(kind, call) {
      const { data } = await get(`/${kind}`, call, {
        doing: `listing ${kind}`,
        right: `read HelpDesk ${kind} (scope accounts--my:ro)`,
      });
      return listOf(data, kind);
    },
  };
}

function isEmpty({ data }: ApiAnswer): boolean {
  return Array.isArray(data) && data.length === 0;
}

/** The total stands in a header whose name differs between clients of this API (livechat-api §4.2). */
function totalIn(headers: Readonly<Record<string, unknown>>, pageSize: number): number | undefined {
  const numberIn = (name: string) => {
    const text = headers[name];
    return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  };
  const exact = numberIn('x-total-count') ?? numberIn('x-total-results') ?? numberIn('x-total');
  if (exact !== undefined) return exact;
  // Only this one is known to be sent. It is exact where a page has one ticket.
  const pages = numberIn('x-total-pages');
  return pages === undefined || pageSize > 1 ? undefined : pages;
}
