import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';

/**
 * Brings a ticket of HelpDesk (livechat-api §4.2) to the columns of REST v2's tickets. Its teams and tags are ids and have no
 * place in them.
 */
export function helpdeskTicket(ticket: Row): Row {
  const { requester, source, assignment, events } = ticket;
  const assignee = isObject(assignment) ? assignment['agent'] : null;
  return {
    id: ticket['ID'],
    date: ticket['createdAt'] ?? null,
    modified: ticket['updatedAt'] ?? null,
    status: ticket['status'] ?? null,
    subject: ticket['subject'] ?? null,
    requester: isObject(requester) ? { mail: requester['email'] ?? null, name: requester['name'] ?? null } : null,
    assignee: isObject(assignee) ? { id: assignee['ID'] ?? null, name: assignee['name'] ?? null } : null,
    source: isObject(source) ? { type: source['type'] ?? null, url: source['referenceURL'] ?? null } : null,
    groups: null,
    tags: null,
    events: Array.isArray(events) ? (events as unknown[]).filter(isObject).map(eventOf) : null,
  };
}

function eventOf(event: Row): Row {
  const { type, date, author, message, source } = event;
  return {
    type: type ?? null,
    date: date ?? null,
    author: isObject(author)
      ? { id: author['ID'] ?? author['email'] ?? null, name: author['name'] ?? null, type: author['type'] ?? null }
      : null,
    ...(isObject(message) ? { message: message['text'] ?? null, is_private: message['isPrivate'] ?? null } : {}),
    ...(isObject(source) ? { source: { type: source['type'] ?? null } } : {}),
  };
}
