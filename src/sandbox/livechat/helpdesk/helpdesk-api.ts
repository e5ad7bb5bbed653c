import type { ApiRequest, Reply } from '../../replies.ts';
import type { LivechatAccount } from '../account.ts';
import { HELPDESK_LISTS, type HelpdeskList } from '../options.ts';
import type { ShelvedTicket } from '../ticket-shelf.ts';
import { helpdeskTeam } from './ids.ts';
import { helpdeskAgents, helpdeskTags, helpdeskTeams } from './people-shapes.ts';
import { readTicketQuery, type TicketQuery } from './query.ts';
import { helpdeskStatus } from './status.ts';
import { ALWAYS, type Range, type TicketCriteria } from './ticket-order.ts';
import { ticketShape } from './ticket-shape.ts';

const BASE = '/helpdesk/v1/';

/** Names that say nothing about the caller (livechat-api §4.1). */
const UNNAMED = /^$|^(node|undici|curl|python-requests|axios|got|node-fetch|go-http-client)\b/i;

export function isHelpdeskPath(path: string): boolean {
  return path.startsWith('/helpdesk/');
}

/** HelpDesk's API v1 as livechat-api §4 describes it. The path has to be one of its own. */
export function answerHelpdesk(request: ApiRequest, account: LivechatAccount): Reply {
  const { path, headers, query, method } = request;
  const { livechat, churn, ...options } = account.options;
  if (livechat.blocksUnnamed && UNNAMED.test(String(headers['user-agent'] ?? ''))) return refusal(403, 'Forbidden');
  const list = HELPDESK_LISTS.find((name) => path === BASE + name);
  if (list === undefined) return refusal(404, 'Not found');
  if (method !== 'GET') return refusal(405, 'Method not allowed');
  if (!account.tokens.admits(headers.authorization, account.now())) return refusal(401, 'Unauthorized');
  if (!livechat.helpdeskBought) return refusal(403, 'License not found');
  if (livechat.forbiddenHelpdesk.includes(list)) return refusal(403, `Insufficient permissions to read ${list}`);
  if (list === 'tickets') return listTickets(query, account);
  const [unknown] = query.keys();
  if (unknown !== undefined) return unprocessable(`"${unknown}" is not allowed`);
  return { status: 200, body: UNPAGED[list](options) };
}

const UNPAGED = { agents: helpdeskAgents, teams: helpdeskTeams, tags: helpdeskTags } as const satisfies Record<
  Exclude<HelpdeskList, 'tickets'>,
  unknown
>;

function listTickets(given: URLSearchParams, account: LivechatAccount): Reply {
  const query = readTicketQuery(given);
  if (typeof query === 'string') return unprocessable(query);
  const { options, ticketOrder } = account;
  const { seed, agents, surprises, livechat } = options;
  const criteria = criteriaOf(query, seed, livechat);
  // What comes before a place is what comes behind it in the other order.
  const walked = query.prev === undefined ? criteria : { ...criteria, ascending: !criteria.ascending };
  const skipped = query.next === undefined && query.prev === undefined ? (query.page - 1) * query.pageSize : 0;
  const view = { seed, agents, surprises, siloSaid: livechat.siloSaid };
  const body: object[] = [];
  let place = 0;
  for (const shelved of ticketOrder.walk(walked)) {
    if (place >= skipped + query.pageSize) break;
    if (place >= skipped) body.push(ticketShape(shelved, view));
    place += 1;
  }
  if (query.prev !== undefined) body.reverse();
  const total = ticketOrder.count(criteria);
  const totals = { 'x-total-count': String(total), 'x-total-pages': String(Math.ceil(total / query.pageSize)) };
  return { status: 200, body, ...(livechat.totalsSaid ? { headers: totals } : {}), afterwards: account.churnTickets };
}

function criteriaOf(
  query: TicketQuery,
  seed: number,
  { inclusiveKeyset, ignoreUpdatedDateFrom }: LivechatAccount['options']['livechat'],
): TicketCriteria {
  const { times, status, teamIds, shortId } = query;
  const range = (from: string, to: string): Range =>
    times.has(from) || times.has(to) ? { from: times.get(from) ?? -Infinity, to: times.get(to) ?? Infinity } : ALWAYS;
  const updated = range('updatedDateFrom', 'updatedDateTo');
  const hasTeam = ({ ticket }: ShelvedTicket) => ticket.groups.some(({ id }) => teamIds.includes(helpdeskTeam(id).ID));
  const isFiltered = status !== undefined || teamIds.length > 0 || shortId !== undefined;
  return {
    silo: query.silo,
    sortBy: query.sortBy,
    ascending: query.ascending,
    after: query.next ?? query.prev,
    inclusive: inclusiveKeyset,
    ranges: {
      createdAt: range('createdDateFrom', 'createdDateTo'),
      updatedAt: ignoreUpdatedDateFrom ? { ...updated, from: -Infinity } : updated,
      lastMessageAt: range('lastMessageFrom', 'lastMessageTo'),
    },
    filter: isFiltered
      ? (shelved) =>
          (status === undefined || statusOf(shelved, seed) === status) &&
          (teamIds.length === 0 || hasTeam(shelved)) &&
          (shortId === undefined || shelved.ticket.id === shortId)
      : undefined,
    filterName: JSON.stringify([status, teamIds, shortId]),
  };
}

function statusOf({ number, ticket, silo }: ShelvedTicket, seed: number): string {
  return helpdeskStatus(number, { status: ticket.status, silo }, seed);
}

function refusal(status: number, error: string): Reply {
  return { status, body: { error } };
}

/** What is wrong with the parameters, as Joi says it. */
function unprocessable(message: string): Reply {
  return { status: 422, body: { error: message, details: [{ message, path: [/^"([^"]*)"/.exec(message)?.[1]] }] } };
}
