import { utc } from '../../expected-row.ts';
import { noise, uuid } from '../../random.ts';
import { helpdeskAgentId, helpdeskClientId, helpdeskTeam, helpdeskTicketId, type NamedId } from '../helpdesk/ids.ts';
import type { Ticket, TicketEvent } from '../ticket-data.ts';
import { LICENSE_ID } from './livechat-event.ts';

/** Webhooks of HelpDesk (livechat-api §4.2, §5): as much of their shapes as the sandbox sends. Times are texts. */
export interface HelpdeskBody {
  readonly eventType: HelpdeskEventType;
  readonly createdAt: string;
  readonly payload: HelpdeskTicket | { readonly ticket: HelpdeskTicket; readonly event: HelpdeskEvent };
}

export const HELPDESK_EVENT_TYPES = [
  'tickets.create',
  'tickets.update',
  'tickets.events.message',
  'tickets.events.status',
] as const;

export type HelpdeskEventType = (typeof HELPDESK_EVENT_TYPES)[number];

export interface HelpdeskTicket {
  readonly ID: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly status: string;
  readonly subject: string;
  readonly requester: { readonly email: string; readonly name: string };
  readonly assignment: { readonly team: NamedId; readonly agent: NamedId | null } | null;
  readonly source: { readonly type: string; readonly referenceURL?: string };
  readonly events: readonly HelpdeskEvent[];
  readonly [more: string]: unknown;
}

export interface HelpdeskEvent {
  readonly ID: number;
  readonly type: 'message' | 'assignment' | 'status' | 'attachments';
  readonly date: string;
  readonly author: { readonly type: string; readonly ID?: string; readonly email?: string; readonly name?: string };
  readonly source?: { readonly type: string };
  readonly message?: { readonly isPrivate: boolean; readonly text: string; readonly richTextHtml: null };
  readonly status?: { readonly new: string; readonly old: string };
  readonly assignment?: { readonly new: object; readonly old: object };
  readonly attachments?: { readonly files: readonly HelpdeskFile[]; readonly isPrivate: boolean };
}

/** Whoever has `url` and `token` can read the file. */
export interface HelpdeskFile {
  readonly cid: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly sha256: string;
  readonly url: string;
  readonly token: string;
}

/** HelpDesk tells of something a moment after it. */
const DELAY_MS = 250;
const TEAM = helpdeskTeam(7);

/** What HelpDesk tells of a ticket, the `number`-th of the shelf. */
export function helpdeskBody(ticket: Ticket, number: number, eventType: HelpdeskEventType, seed: number): HelpdeskBody {
  const told = (instant: number) => utc(instant + DELAY_MS);
  const whole = helpdeskTicket(ticket, number, seed);
  switch (eventType) {
    case 'tickets.create': {
      const { createdAt, events } = whole;
      const fresh = { ...whole, updatedAt: createdAt, lastMessageAt: createdAt, status: 'open', assignment: null };
      return { eventType, createdAt: told(ticket.date), payload: { ...fresh, events: events.slice(0, 1) } };
    }
    case 'tickets.update':
      return { eventType, createdAt: told(ticket.modified), payload: whole };
    case 'tickets.events.message': {
      const event = whole.events.findLast(({ type }) => type === 'message') as HelpdeskEvent;
      return { eventType, createdAt: told(Date.parse(event.date)), payload: { ticket: whole, event } };
    }
    case 'tickets.events.status': {
      const event = statusEvent(ticket, whole.events.length, seed);
      const withIt = { ...whole, events: [...whole.events, event] };
      return { eventType, createdAt: told(ticket.modified), payload: { ticket: withIt, event } };
    }
  }
}

function helpdeskTicket(ticket: Ticket, number: number, seed: number): HelpdeskTicket {
  const { requester, assignee, source } = ticket;
  const client = helpdeskClientId(seed, number);
  return {
    ID: helpdeskTicketId(seed, number),
    shortID: ticket.id,
    licenseID: LICENSE_ID,
    createdAt: utc(ticket.date),
    createdBy: client,
    createdByType: 'client',
    updatedAt: utc(ticket.modified),
    updatedBy: client,
    lastMessageAt: utc(ticket.modified),
    status: statusOf(ticket),
    priority: 0,
    subject: ticket.subject,
    silo: ticket.status === 'spam' ? 'spam' : 'tickets',
    teamIDs: [TEAM.ID],
    requester: { email: requester.mail, name: requester.name },
    assignment: assignmentOf(assignee, seed, number),
    cc: [{ email: 'boss@customer.example', name: null }],
    followers: [],
    tagIDs: ticket.tags.map((_, n) => uuid(seed, n, 808)),
    customFields: { 'номер заказа': String(number) },
    rating: null,
    ratingRequestSent: false,
    parentTicket: null,
    childTickets: [],
    spam: { status: ticket.status === 'spam', reason: null },
    source: { type: source.type === 'mail' ? 'email' : 'integration', ...reference(source.url) },
    events: [
      ...ticket.events.map((event, n) => eventOf(event, n, number, seed)),
      ...(noise(seed, number, 812) % 3 === 0 ? [filesEvent(ticket, number, seed)] : []),
    ],
  };
}

/** A ticket that belongs to nobody has in half of the cases no team either. */
function assignmentOf(who: Ticket['assignee'], seed: number, number: number): HelpdeskTicket['assignment'] {
  if (who === null) return noise(seed, number, 813) % 2 === 0 ? null : { team: TEAM, agent: null };
  return { team: TEAM, agent: agentOf(who) };
}

/** HelpDesk knows agents by an id of its own and not by their address. */
function agentOf({ id, name }: { readonly id: string; readonly name: string }): NamedId {
  return { ID: helpdeskAgentId(id), name };
}

function eventOf(event: TicketEvent, n: number, number: number, seed: number): HelpdeskEvent {
  const { author } = event;
  const isAgent = author.type === 'agent';
  const common = {
    ID: n + 1,
    date: utc(event.date),
    author: {
      type: author.type,
      ...(isAgent ? { ID: agentOf(author).ID } : {}),
      email: author.id,
      ...(noise(seed, number, 814) % 4 === 0 ? {} : { name: author.name }),
    },
  };
  if (event.message === undefined) {
    const agent = event.to === undefined ? null : agentOf(event.to);
    return { ...common, type: 'assignment', assignment: { new: { team: TEAM, agent }, old: { team: TEAM } } };
  }
  return {
    ...common,
    type: 'message',
    ...(isAgent ? {} : { source: { type: 'email' } }),
    message: { isPrivate: event.is_private === true, text: event.message, richTextHtml: null },
  };
}

function filesEvent({ events, modified, requester }: Ticket, number: number, seed: number): HelpdeskEvent {
  return {
    ID: events.length + 1,
    type: 'attachments',
    date: utc(modified),
    author: { type: 'client', ID: helpdeskClientId(seed, number), name: requester.name },
    attachments: { files: [fileOf(number, 'чек №1.pdf', seed), fileOf(number, 'photo.jpg', seed)], isPrivate: false },
  };
}

function fileOf(number: number, name: string, seed: number): HelpdeskFile {
  return {
    cid: `cid-${number}-${name.length}`,
    name,
    size: 1 + (noise(seed, number, 816) % 1_000_000),
    type: name.endsWith('pdf') ? 'application/pdf' : 'image/jpeg',
    sha256: uuid(seed, number, 820).replaceAll('-', '').repeat(2),
    url: `https://files.helpdesk.example/secret-url-${number}/${name.length}`,
    token: `secret-file-token-${number}`,
  };
}

/** Nobody did it: the system has neither id nor name. */
function statusEvent(ticket: Ticket, place: number, seed: number): HelpdeskEvent {
  const old = noise(seed, place, 815) % 2 === 0 ? 'open' : 'onhold';
  return {
    ID: place + 1,
    type: 'status',
    date: utc(ticket.modified),
    author: { type: 'system' },
    status: { new: statusOf(ticket), old },
  };
}

function statusOf({ status }: Ticket): string {
  return status === 'spam' ? 'closed' : status;
}

function reference(url: string | null) {
  return url === null ? {} : { referenceURL: url };
}
