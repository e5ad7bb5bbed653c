import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { LivechatTicket } from '../../generated/rows.ts';
import { withoutAttachmentSecrets } from './attachment-secrets.ts';
import type { Directory } from './helpdesk-directory.ts';

/** Fields of a HelpDesk ticket (livechat-api §4.2) that stand in columns; all others go to `extra_fields`. */
const CONSUMED: ReadonlySet<string> = new Set([
  'ID',
  'assignment',
  'cc',
  'childTickets',
  'createdAt',
  'createdBy',
  'createdByType',
  'customFields',
  'detectedLanguage',
  'events',
  'followers',
  'integration',
  'integrations',
  'lastMessageAt',
  'licenseID',
  'parentTicket',
  'priority',
  'rating',
  'ratingRequestSent',
  'requester',
  'shortID',
  'silo',
  'source',
  'spam',
  'status',
  'subject',
  'tagIDs',
  'teamIDs',
  'updatedAt',
  'updatedBy',
]);

/**
 * Brings a ticket of HelpDesk to livechat_tickets; `silo` is where it was found. What opens attachments is taken out. A new object,
 * with all columns in one order: every field that is renamed in place would make the old one slower to look into.
 */
export function helpdeskTicketRow(ticket: Row, silo: string, directory: Directory): Row {
  withoutAttachmentSecrets(ticket);
  const { requester, assignment, source, events } = ticket;
  const { agent, team } = isObject(assignment) ? assignment : {};
  const columns = {
    id: ticket['ID'],
    date: ticket['createdAt'],
    modified: ticket['updatedAt'],
    status: ticket['status'],
    subject: ticket['subject'],
    requester: isObject(requester) ? renamed(requester, 'email', 'mail') : requester,
    assignee: isObject(agent) ? person(agent, directory) : null,
    source: isObject(source) ? renamed(source, 'referenceURL', 'url') : source,
    tags: mapIds(ticket['tagIDs'], (id) => directory.tagName(id) ?? id),
    events: Array.isArray(events) ? (events as unknown[]).map((event) => eventRow(event, directory)) : events,
    short_id: ticket['shortID'],
    silo: ticket['silo'] ?? silo,
    priority: ticket['priority'],
    last_message_at: ticket['lastMessageAt'],
    assigned_team: isObject(team) ? { id: team['ID'] ?? null, name: team['name'] ?? null } : null,
    teams: mapIds(ticket['teamIDs'], (id) => ({ id, name: directory.teamName(id) ?? null })),
    cc: ticket['cc'],
    followers: mapIds(ticket['followers'], (id) => person({ ID: id }, directory)),
    custom_fields: ticket['customFields'],
    rating: ticket['rating'],
    rating_request_sent: ticket['ratingRequestSent'],
    parent_ticket: ticket['parentTicket'],
    child_tickets: ticket['childTickets'],
    spam: ticket['spam'],
    detected_language: ticket['detectedLanguage'],
    integration: ticket['integration'],
    integrations: ticket['integrations'],
    created_by: ticket['createdBy'],
    created_by_type: ticket['createdByType'],
    updated_by: ticket['updatedBy'],
    license_id: ticket['licenseID'],
    // REST v2's alone, and what is left over.
    currentGroup: undefined,
    groups: undefined,
    opened: undefined,
    firstResponse: undefined,
    extra_fields: undefined,
  } satisfies Record<keyof LivechatTicket, unknown>;
  const row: Row = columns;
  for (const name in ticket) {
    // One that is called like a column of ours must not take its place.
    if (!CONSUMED.has(name)) row[name in row ? `sent.${name}` : name] = ticket[name];
  }
  return row;
}

/** Brings an event to the names of REST v2's events; what they have no name for keeps its own. What is no event stays what it is. */
function eventRow(event: unknown, directory: Directory): unknown {
  if (!isObject(event)) return event;
  const { ID, author, source, message, assignment, ...others } = event;
  const row: Row = others;
  if (ID !== undefined) row['id'] = ID;
  if (author !== undefined) {
    row['author'] = isObject(author) ? authorOf(author, directory) : author;
  }
  if (source !== undefined) row['source'] = isObject(source) ? renamed(source, 'referenceURL', 'url') : source;
  if (isObject(message)) {
    // The same text as a tree: nothing in it that the HTML does not have.
    const { text, isPrivate, richTextHtml: html, richTextObj: _tree, ...details } = message;
    row['message'] = text ?? null;
    row['is_private'] = isPrivate ?? null;
    if (html !== undefined && html !== null) row['message_html'] = html;
    if (Object.keys(details).length > 0) row['message_details'] = details;
  } else if (message !== undefined) row['message'] = message;
  if (assignment !== undefined) row['assignment'] = assignment;
  const next = isObject(assignment) ? assignment['new'] : undefined;
  const agent = isObject(next) ? next['agent'] : undefined;
  if (isObject(agent)) row['to'] = person(agent, directory);
  return row;
}

/** What an author has beyond a person keeps its name. */
function authorOf(author: Row, directory: Directory): Row {
  const { ID: _id, email: _email, name: _name, type, ...others } = author;
  return { ...others, ...person(author, directory), type: type ?? null };
}

/** An agent is known elsewhere by the login; a client has nothing but the e-mail address. */
function person(someone: Row, directory: Directory): { id: unknown; name: unknown } {
  const { ID, email, name } = someone;
  const agent = typeof ID === 'string' ? directory.agent(ID) : undefined;
  return { id: email ?? agent?.login ?? ID ?? null, name: name ?? agent?.name ?? null };
}

function mapIds<T>(ids: unknown, map: (id: string) => T): T[] | null {
  return Array.isArray(ids) ? ids.filter((id) => id !== null && id !== undefined).map((id) => map(String(id))) : null;
}

function renamed(object: Row, from: string, to: string): Row {
  if (!(from in object)) return object;
  const { [from]: value, ...rest } = object;
  return { ...rest, [to]: value };
}
