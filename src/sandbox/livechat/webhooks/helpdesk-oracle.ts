import type { ExpectedRow } from '../../expected-row.ts';
import type { HelpdeskBody, HelpdeskEvent, HelpdeskEventType, HelpdeskTicket } from './helpdesk.ts';
import { eventRow } from './livechat-event.ts';

/** Where other APIs have a word for the same thing, it is theirs. */
const EVENT_TYPES: Partial<Record<HelpdeskEventType, string>> = {
  'tickets.create': 'ticket_created',
  'tickets.update': 'ticket_updated',
};

/** What a webhook of HelpDesk has to become. Its times are RFC 3339 already. */
export function expectedHelpdeskEvent(body: HelpdeskBody): ExpectedRow {
  const { eventType, createdAt, payload } = body;
  const ticket = 'ticket' in payload ? (payload.ticket as HelpdeskTicket) : payload;
  return eventRow({
    event_type: EVENT_TYPES[eventType] ?? eventType,
    api: 'helpdesk',
    occurred_at: createdAt,
    ticket_id: ticket.ID,
    ticket: expectedTicket(ticket),
    payload: { ...body, payload: withoutFileSecrets(payload) },
  });
}

function expectedTicket(ticket: HelpdeskTicket): ExpectedRow {
  const { requester, source } = ticket;
  const agent = ticket.assignment?.agent ?? null;
  return {
    id: ticket.ID,
    date: ticket.createdAt,
    modified: ticket.updatedAt,
    status: ticket.status,
    subject: ticket.subject,
    requester: { mail: requester.email, name: requester.name },
    assignee: agent && { id: agent.ID, name: agent.name },
    source: { type: source.type, url: source.referenceURL ?? null },
    groups: null,
    tags: null,
    events: ticket.events.map(expectedEvent),
  };
}

function expectedEvent({ type, date, author, message, source }: HelpdeskEvent): ExpectedRow {
  return {
    type,
    date,
    author: { id: author.ID ?? author.email ?? null, name: author.name ?? null, type: author.type },
    ...(message === undefined ? {} : { message: message.text, is_private: message.isPrivate }),
    ...(source === undefined ? {} : { source: { type: source.type } }),
  };
}

/** Files of attachments lose what opens them, wherever they stand. */
function withoutFileSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFileSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'files' ? inner.map(withoutSecrets) : withoutFileSecrets(inner),
    ]),
  );
}

function withoutSecrets({ url: _url, token: _token, ...file }: Record<string, unknown>): unknown {
  return file;
}
