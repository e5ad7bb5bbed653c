import { hash } from 'node:crypto';
import { isObject, textOf } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { LivechatEvent } from '../../generated/rows.ts';
import { withoutAttachmentSecrets } from './attachment-secrets.ts';
import { helpdeskTicket } from './helpdesk-ticket.ts';
import { ticketRow } from './rows.ts';
import { v3Chat } from './v3-chat.ts';

/** Some columns of a row, not yet of their declared types. */
export type EventColumns = Partial<Record<keyof LivechatEvent, unknown>>;

/** What each API calls the three triggers that LiveChat users know, and their kin. */
const EVENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['incoming_chat', 'chat_started'],
  ['chat_deactivated', 'chat_ended'],
  ['tickets.create', 'ticket_created'],
  ['tickets.update', 'ticket_updated'],
]);

/**
 * Brings a webhook of LiveChat or HelpDesk to the columns of livechat_events, whichever API sent it (livechat-api §5). The
 * form tells the API: `event_type` is REST v2, `action` with a `payload` v3, `eventType` HelpDesk. What is none of them
 * stays whole in `payload`. The body is taken over.
 */
export function eventRow(body: Row): Row {
  const { event_unique_id: given } = body;
  const id = typeof given === 'string' && given !== '' ? given : checksumOf(body);
  withoutAttachmentSecrets(body);
  const columns = columnsOf(body);
  columns.event_id = id;
  return columns as Row;
}

function columnsOf(body: Row): EventColumns {
  if (typeof body['event_type'] === 'string') return restV2Columns(body);
  const { payload } = body;
  if (typeof body['action'] === 'string' && isObject(payload)) return v3Columns(body, payload);
  if (typeof body['eventType'] === 'string' && isObject(payload)) return helpdeskColumns(body, payload);
  const word = body['action'] ?? body['eventType'];
  return { event_type: typeof word === 'string' ? typeOf(word) : null, payload: body };
}

function typeOf(word: string): string {
  return EVENT_TYPES.get(word) ?? word;
}

/** Columns that REST v2 does not send: what it might send under such a name keeps it in another way. */
const OURS = [
  'api',
  'chat_id',
  'event_id',
  'extra_fields',
  'inbox_seq',
  'occurred_at',
  'organization_id',
  'payload',
  'received_at',
  'thread_id',
  'ticket_id',
];

/** REST v2 sends the columns as they are; what it sends beside them becomes extra fields. */
function restV2Columns(body: Row): EventColumns {
  for (const name of OURS) {
    if (!(name in body)) continue;
    body[`sent.${name}`] = body[name];
    delete body[name];
  }
  const columns: EventColumns = body;
  columns.api = 'rest_v2';
  const { chat, ticket } = columns;
  if (isObject(chat)) columns.chat_id = chat['id'];
  if (isObject(ticket)) {
    columns.ticket_id = ticket['id'];
    ticketRow(ticket);
  }
  columns.occurred_at = occurredAt(columns);
  const { pre_chat_survey: survey } = columns;
  if (Array.isArray(survey)) for (const question of survey as unknown[]) if (isObject(question)) fillAnswer(question);
  return columns;
}

function occurredAt({ event_type: type, chat, ticket }: EventColumns): unknown {
  if (isObject(chat)) {
    if (type === 'chat_started') return chat['started_timestamp'];
    if (type === 'chat_ended') return chat['ended_timestamp'];
  }
  return type === 'ticket_created' && isObject(ticket) ? ticket['date'] : null;
}

/** A question with several answers has a list of them, of which some are chosen (livechat-api §5). */
function fillAnswer(question: Row): void {
  const { answer, answers } = question;
  if ((answer !== undefined && answer !== null) || !Array.isArray(answers)) return;
  const chosen = (answers as unknown[]).filter(isObject).filter((choice) => choice['chosen'] === true);
  question['answer'] = chosen.map((choice) => textOf(choice['label'])).join(', ');
}

function v3Columns(body: Row, payload: Row): EventColumns {
  const { action, license_id, organization_id } = body;
  const columns: EventColumns = {
    event_type: typeOf(String(action)),
    api: 'agent_chat_v3',
    license_id,
    organization_id,
    payload: body,
  };
  if (isObject(payload['chat'])) return Object.assign(columns, v3Chat(payload['chat']));
  const { chat_id: chatId, thread_id: threadId } = payload;
  if (chatId === undefined) return columns;
  return Object.assign(columns, { chat_id: chatId, thread_id: threadId, chat: { ...UNTOLD_CHAT, id: chatId } });
}

/** Of a chat that ended, v3 tells nothing but the ids. */
const UNTOLD_CHAT = {
  id: null,
  started_timestamp: null,
  ended_timestamp: null,
  url: null,
  agents: null,
  groups: null,
  tags: null,
  messages: null,
  events: null,
};

function helpdeskColumns(body: Row, payload: Row): EventColumns {
  const ticket = isObject(payload['ticket']) ? payload['ticket'] : payload;
  return {
    event_type: typeOf(String(body['eventType'])),
    api: 'helpdesk',
    occurred_at: body['createdAt'],
    ...(ticket['ID'] === undefined ? {} : { ticket_id: ticket['ID'], ticket: helpdeskTicket(ticket) }),
    payload: body,
  };
}

/** The same for two deliveries of one event. The registration by which it came is no part of it: there may be three for one kind. */
function checksumOf({ webhook_id: _registration, ...event }: Row): string {
  return hash('sha256', JSON.stringify(event), 'hex').slice(0, 32);
}
