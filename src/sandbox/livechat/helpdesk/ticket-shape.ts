import { utc } from '../../expected-row.ts';
import { noise, pick, uuid } from '../../random.ts';
import type { ShelvedTicket } from '../ticket-shelf.ts';
import { LICENSE_ID } from '../webhooks/livechat-event.ts';
import { fileOf, GONE_AGENT, type TicketEventShape, ticketEventShapes } from './event-shapes.ts';
import {
  helpdeskAgent,
  helpdeskAgentId,
  helpdeskClientId,
  helpdeskTagId,
  helpdeskTeam,
  helpdeskTicketId,
  type NamedId,
} from './ids.ts';
import { helpdeskStatus } from './status.ts';
import { timeOf } from './ticket-order.ts';

/** A ticket on the wire (livechat-api §4.2). Times are texts. */
export interface TicketShape {
  readonly ID: string;
  readonly shortID: string;
  readonly licenseID: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly createdByType: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly lastMessageAt: string;
  readonly status: string;
  readonly priority: number;
  readonly subject: string;
  readonly silo?: string;
  readonly teamIDs: readonly string[];
  readonly requester: { readonly email: string; readonly name: string };
  readonly assignment: { readonly team: NamedId; readonly agent: NamedId | null } | null;
  readonly cc: readonly { readonly email: string; readonly name: string | null }[];
  readonly followers: readonly string[];
  readonly tagIDs?: readonly string[];
  readonly customFields?: object;
  readonly rating?: object | null;
  readonly ratingRequestSent?: boolean;
  readonly parentTicket: object | null;
  readonly childTickets: readonly object[];
  readonly spam: { readonly status: boolean; readonly reason: string | null };
  readonly source: { readonly type: string; readonly [more: string]: unknown };
  readonly integration?: object | null;
  readonly integrations?: object;
  readonly detectedLanguage?: string | null;
  readonly events: readonly TicketEventShape[];
  /** What no documentation knows. */
  readonly sla?: object;
  readonly attachments?: readonly object[];
}

/** How tickets are shown. */
export interface TicketView {
  readonly seed: number;
  readonly agents: number;
  readonly surprises: boolean;
  readonly siloSaid: boolean;
}

const PRIORITIES = [-10, 0, 0, 10, 20];
const GONE_TEAM = 'b1f1a3d8-dead-4000-9000-000000000000';
const GONE_TAG = '7a900000-dead-4000-9000-000000000000';

export function ticketShape(shelved: ShelvedTicket, view: TicketView): TicketShape {
  const { number, ticket, silo } = shelved;
  const { seed, agents } = view;
  const chance = (salt: number, of: number) => noise(seed, number, salt) % of === 0;
  const client = helpdeskClientId(seed, number);
  const teamIDs = ticket.groups.map(({ id }) => helpdeskTeam(id).ID);
  const isSpam = silo === 'spam';
  return {
    ID: helpdeskTicketId(seed, number),
    shortID: ticket.id,
    licenseID: LICENSE_ID,
    createdAt: utc(ticket.date),
    createdBy: client,
    createdByType: pick(['client', 'client', 'agent', 'system'], seed, number, 900),
    updatedAt: utc(ticket.modified),
    updatedBy: helpdeskAgent(seed, 0).ID,
    lastMessageAt: utc(timeOf(ticket, 'lastMessageAt')),
    status: helpdeskStatus(number, { status: ticket.status, silo }, seed),
    priority: pick(PRIORITIES, seed, number, 901),
    subject: ticket.subject,
    ...(view.siloSaid ? { silo } : {}),
    teamIDs: chance(902, 12) ? [...teamIDs, GONE_TEAM] : teamIDs,
    requester: { email: ticket.requester.mail, name: ticket.requester.name },
    assignment: assignmentOf(shelved, seed),
    cc: chance(903, 3) ? [{ email: 'boss@customer.example', name: chance(904, 2) ? null : 'The Boss' }] : [],
    followers: chance(905, 4)
      ? [helpdeskAgent(seed, number % agents).ID, ...(chance(906, 2) ? [GONE_AGENT.ID] : [])]
      : [],
    ...(chance(907, 10) ? {} : { tagIDs: [...ticket.tags.map(helpdeskTagId), ...(chance(908, 8) ? [GONE_TAG] : [])] }),
    ...(chance(909, 3)
      ? {}
      : { customFields: chance(910, 2) ? {} : { 'номер заказа': String(number), vip: true, n: 1.5 } }),
    ...ratingOf(number, seed),
    ...relativesOf(number, seed),
    spam: { status: isSpam, reason: isSpam && chance(911, 2) ? 'looks like an advertisement' : null },
    source: sourceOf(shelved, seed),
    ...(chance(912, 4) ? { integration: chance(913, 2) ? null : { name: 'shop', orderID: String(number) } } : {}),
    ...(chance(914, 4) ? { integrations: { shop: { orderID: String(number) } } } : {}),
    ...(chance(915, 5) ? {} : { detectedLanguage: pick(['en', 'ru', 'pl', null], seed, number, 916) }),
    events: ticketEventShapes(shelved, seed, agents),
    ...(view.surprises && chance(917, 10)
      ? { sla: { breached: false }, attachments: [fileOf(number, 'x.pdf', seed)] }
      : {}),
  };
}

/** A ticket that belongs to nobody has in half of the cases no team either. Some belong to somebody who is gone. */
function assignmentOf({ ticket, number }: ShelvedTicket, seed: number): TicketShape['assignment'] {
  const team = helpdeskTeam((ticket.groups.at(-1) ?? { id: 0 }).id);
  const { assignee } = ticket;
  if (assignee === null) return noise(seed, number, 918) % 2 === 0 ? null : { team, agent: null };
  if (noise(seed, number, 919) % 15 === 0) return { team, agent: GONE_AGENT };
  return { team, agent: { ID: helpdeskAgentId(assignee.id), name: assignee.name } };
}

function ratingOf(number: number, seed: number): Pick<TicketShape, 'rating' | 'ratingRequestSent'> {
  switch (noise(seed, number, 920) % 4) {
    case 0:
      return {};
    case 1:
      return {
        rating: { value: pick(['good', 'neutral', 'bad'], seed, number, 921), comment: 'Спасибо 🙂' },
        ratingRequestSent: true,
      };
    default:
      return { rating: null, ratingRequestSent: noise(seed, number, 922) % 2 === 0 };
  }
}

/** Some were merged into another one, some had others merged into them. */
function relativesOf(number: number, seed: number): Pick<TicketShape, 'parentTicket' | 'childTickets'> {
  const relative = (salt: number) => ({ ID: uuid(seed, number, salt), shortID: `MERGED${Math.abs(number)}` });
  const kind = noise(seed, number, 923) % 20;
  return { parentTicket: kind === 0 ? relative(924) : null, childTickets: kind === 1 ? [relative(928)] : [] };
}

function sourceOf({ ticket, number }: ShelvedTicket, seed: number): TicketShape['source'] {
  const { id, type, url } = ticket.source;
  const reference = url === null ? {} : { referenceURL: url };
  switch (type) {
    case 'mail':
      return { type: 'email', detailedSource: 'email', from: ticket.requester.mail, ...reference };
    case 'lc2':
      return {
        type: 'integration',
        integrationType: 'livechat',
        detailedSource: 'chat',
        external: { chatID: id },
        ...reference,
      };
    case 'agent-app-manual':
      return { type: 'api', detailedSource: null, ...reference };
    default:
      return { type: 'integration', detailedSource: type, ...(noise(seed, number, 932) % 2 === 0 ? reference : {}) };
  }
}
