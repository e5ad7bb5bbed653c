import type { ExpectedRow } from '../../expected-row.ts';
import { agent, GROUPS } from '../../people.ts';
import type { LivechatAccount } from '../account.ts';
import { cleaned } from '../cleaned.ts';
import { type Silo, TAGS, trashFacts } from '../ticket-data.ts';
import type { TicketEventShape } from './event-shapes.ts';
import { helpdeskAgentId, helpdeskTagId, helpdeskTeam } from './ids.ts';
import { type TicketShape, ticketShape } from './ticket-shape.ts';

/** What HelpDesk's other lists tell: addresses of agents, names of agents, teams and tags, by id. */
interface Names {
  readonly mails: ReadonlyMap<string, string>;
  readonly agents: ReadonlyMap<string, string | null>;
  readonly teams: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
}

/** Every ticket of some silos as it has to arrive over HelpDesk. */
export function* expectedHelpdeskTickets(account: LivechatAccount, silos: readonly Silo[]): Generator<ExpectedRow> {
  const { tickets, options } = account;
  const { seed, agents, surprises, livechat } = options;
  const view = { seed, agents, surprises, siloSaid: livechat.siloSaid };
  const names = namesOf(seed, agents);
  for (let number = -trashFacts(tickets.facts).count; number < tickets.size; number += 1) {
    const shelved = tickets.shelved(number);
    if (shelved === undefined || !silos.includes(shelved.silo)) continue;
    yield expectedTicket(ticketShape(shelved, view), shelved.silo, names);
  }
}

function namesOf(seed: number, agents: number): Names {
  const people = Array.from({ length: agents }, (_, index) => ({ index, ...agent(seed, index) }));
  const isInvited = (index: number) => index > 0 && index === agents - 1;
  return {
    mails: new Map(people.map(({ mail }) => [helpdeskAgentId(mail), mail])),
    agents: new Map(people.map(({ index, mail, name }) => [helpdeskAgentId(mail), isInvited(index) ? null : name])),
    teams: new Map(GROUPS.map(({ id, name }) => [helpdeskTeam(id).ID, name])),
    tags: new Map(TAGS.map((tag) => [helpdeskTagId(tag), tag])),
  };
}

function expectedTicket(ticket: TicketShape, silo: Silo, names: Names): ExpectedRow {
  const { assignment, requester, tagIDs } = ticket;
  const login = (id: string) => names.mails.get(id) ?? id;
  const agent = assignment?.agent ?? null;
  const team = assignment?.team ?? null;
  return cleaned({
    id: ticket.ID,
    short_id: ticket.shortID,
    date: ticket.createdAt,
    modified: ticket.updatedAt,
    status: ticket.status,
    subject: ticket.subject,
    requester: { mail: requester.email, name: requester.name },
    assignee: agent === null ? null : { id: login(agent.ID), name: agent.name },
    source: withUrl(ticket.source),
    currentGroup: null,
    groups: null,
    opened: null,
    firstResponse: null,
    tags: tagIDs?.map((id) => names.tags.get(id) ?? id) ?? null,
    events: ticket.events.map((event) => expectedEvent(event, names)),
    silo,
    priority: ticket.priority,
    last_message_at: ticket.lastMessageAt,
    assigned_team: team === null ? null : { id: team.ID, name: team.name },
    teams: ticket.teamIDs.map((id) => ({ id, name: names.teams.get(id) ?? null })),
    cc: ticket.cc,
    followers: ticket.followers.map((id) => ({ id: login(id), name: names.agents.get(id) ?? null })),
    custom_fields: ticket.customFields ?? null,
    rating: ticket.rating ?? null,
    rating_request_sent: ticket.ratingRequestSent ?? null,
    parent_ticket: ticket.parentTicket,
    child_tickets: ticket.childTickets,
    spam: ticket.spam,
    detected_language: ticket.detectedLanguage ?? null,
    integration: ticket.integration ?? null,
    integrations: ticket.integrations ?? null,
    created_by: ticket.createdBy,
    created_by_type: ticket.createdByType,
    updated_by: ticket.updatedBy,
    license_id: String(ticket.licenseID),
    extra_fields: ticket.sla === undefined ? null : { sla: ticket.sla, attachments: withoutKeys(ticket.attachments) },
  });
}

interface EventContent {
  readonly source?: object;
  readonly message?: { readonly text: string; readonly isPrivate: boolean; readonly [more: string]: unknown };
  readonly assignment?: { readonly new?: { readonly agent?: { readonly ID: string; readonly name: string } | null } };
  readonly attachments?: unknown;
}

function expectedEvent(event: TicketEventShape, names: Names): object {
  const { mails } = names;
  const { ID, author, source, message, attachments, ...others } = event as TicketEventShape & EventContent;
  const to = others.assignment?.new?.agent ?? undefined;
  return {
    ...others,
    id: String(ID),
    ...(author === undefined ? {} : { author: author === null ? null : authorRow(author, names) }),
    ...(source === undefined ? {} : { source: withUrl(source) }),
    ...(message === undefined ? {} : messageColumns(message)),
    ...(to === undefined ? {} : { to: { id: mails.get(to.ID) ?? to.ID, name: to.name } }),
    ...(attachments === undefined ? {} : { attachments: withoutKeys(attachments) }),
  };
}

function authorRow(author: NonNullable<TicketEventShape['author']>, { mails, agents }: Names): object {
  const id = author['ID'] as string | undefined;
  const mail = author['email'] ?? (id === undefined ? undefined : mails.get(id));
  const name = author['name'] ?? (id === undefined ? undefined : agents.get(id));
  return { id: mail ?? id ?? null, name: name ?? null, type: author.type };
}

function messageColumns({ text, isPrivate, ...more }: NonNullable<EventContent['message']>): object {
  const { richTextHtml, richTextObj: _, ...rest } = more;
  return {
    message: text,
    is_private: isPrivate,
    ...(richTextHtml === null || richTextHtml === undefined ? {} : { message_html: richTextHtml }),
    ...(Object.keys(rest).length === 0 ? {} : { message_details: rest }),
  };
}

function withUrl(source: object): object {
  const { referenceURL, ...others } = source as { referenceURL?: string };
  return referenceURL === undefined ? others : { ...others, url: referenceURL };
}

/** Attachments without what opens them. */
function withoutKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !/^(token|url)$/i.test(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutKeys(inner)]));
}
