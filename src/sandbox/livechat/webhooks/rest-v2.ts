import { type ExpectedRow, utc } from '../../expected-row.ts';
import { SANDBOX_WEBHOOK_TOKEN } from '../../options.ts';
import type { Ticket } from '../ticket-data.ts';
import type { ChatLine, LivechatChat, SurveyAnswer } from './chat-data.ts';
import { type EventInMaking, eventRow, LICENSE_ID } from './livechat-event.ts';

/** How bodies of REST v2 look: the sources disagree (livechat-api §5). */
export type V2Flavour =
  /** The vendor's docs: Unix seconds, groups of tickets as numbers, what is unknown is left out. */
  | 'seconds'
  /** Microsoft's connector: ISO texts with ms, everything in its place, if only as null. */
  | 'iso';

type WriteTime = (instant: number) => number | string;

type Part = Readonly<Record<string, unknown>>;

export function v2ChatEvent(
  chat: LivechatChat,
  type: 'chat_started' | 'chat_ended',
  flavour: V2Flavour,
  uniqueId: string | null,
): EventInMaking {
  const { write, arrived } = timesOf(flavour);
  return {
    lane: chat.id,
    uniqueId,
    body: {
      ...envelope(type, uniqueId),
      chat: chatPart(chat, type, flavour, write),
      visitor: visitorPart(chat, flavour),
      pre_chat_survey: chat.survey.map(asked),
    },
    row: eventRow({
      ...rowBasics(type, uniqueId),
      occurred_at: arrived(type === 'chat_started' ? chat.startedAt : chat.endedAt),
      chat_id: chat.id,
      chat: chatPart(chat, type, flavour, arrived),
      visitor: visitorPart(chat, flavour),
      pre_chat_survey: chat.survey.map((question) => ({ ...asked(question), answer: answerOf(question) })),
    }),
  };
}

export function v2TicketEvent(ticket: Ticket, flavour: V2Flavour, uniqueId: string | null): EventInMaking {
  const { write, arrived } = timesOf(flavour);
  const type = 'ticket_created';
  const groups = ticket.groups.map(({ id, name }) => ({ id, name: flavour === 'seconds' ? null : name }));
  return {
    lane: ticket.id,
    uniqueId,
    body: { ...envelope(type, uniqueId), ticket: ticketPart(ticket, flavour, write) },
    row: eventRow({
      ...rowBasics(type, uniqueId),
      occurred_at: arrived(ticket.date),
      ticket_id: ticket.id,
      ticket: { ...ticketPart(ticket, flavour, arrived), groups },
    }),
  };
}

function envelope(type: string, uniqueId: string | null): Part {
  return {
    event_type: type,
    token: SANDBOX_WEBHOOK_TOKEN,
    license_id: LICENSE_ID,
    ...(uniqueId === null ? {} : { event_unique_id: uniqueId }),
  };
}

function rowBasics(type: string, uniqueId: string | null): ExpectedRow {
  return { event_type: type, event_unique_id: uniqueId, api: 'rest_v2', license_id: String(LICENSE_ID) };
}

/** How the flavour writes a time, and what of it arrives. */
function timesOf(flavour: V2Flavour): { write: WriteTime; arrived: (instant: number) => string } {
  if (flavour === 'iso') return { write: utc, arrived: utc };
  const seconds = (instant: number) => Math.floor(instant / 1000);
  return { write: seconds, arrived: (instant) => utc(seconds(instant) * 1000) };
}

function chatPart(chat: LivechatChat, type: string, flavour: V2Flavour, time: WriteTime): Part {
  const isEnded = type === 'chat_ended';
  const lines = isEnded ? chat.lines : chat.lines.slice(0, 1);
  const messages = lines.filter((line) => line.type === 'message');
  return {
    id: chat.id,
    started_timestamp: time(chat.startedAt),
    ...(isEnded ? { ended_timestamp: time(chat.endedAt) } : {}),
    ...(chat.url === null && flavour === 'seconds' ? {} : { url: chat.url }),
    ...(flavour === 'seconds'
      ? {}
      : {
          agents: chat.agents.map(({ name, mail }) => ({ login: mail, name })),
          groups: chat.groups,
          events: lines.map((line) => ({
            type: line.type === 'message' ? 'message' : 'event',
            text: line.text,
            timestamp: time(line.at),
            ...(line.author === null ? {} : { user_type: typeOf(line) }),
          })),
        }),
    tags: chat.tags,
    messages: messages.map((line) => messagePart(line, chat, flavour, time)),
  };
}

function messagePart(line: ChatLine, { visitor }: LivechatChat, flavour: V2Flavour, time: WriteTime): Part {
  const { author, text, at } = line;
  const common = { user_type: typeOf(line), text, timestamp: time(at) };
  if (author !== 'visitor' && author !== null) return { ...common, author_name: author.name, agent_id: author.mail };
  return { ...common, author_name: visitor.name ?? 'Visitor', ...(flavour === 'iso' ? { agent_id: null } : {}) };
}

function typeOf({ author }: ChatLine): 'agent' | 'visitor' {
  return author === 'visitor' ? 'visitor' : 'agent';
}

function visitorPart({ visitor, number }: LivechatChat, flavour: V2Flavour): Part {
  const { id, name, mail, language, page } = visitor;
  if (flavour === 'iso') return { id, name, email: mail, language, page_current: page };
  return {
    id,
    ...(name === null ? {} : { name }),
    ...(mail === null ? {} : { email: mail }),
    ip: `192.0.2.${number % 256}`,
    city: 'Wrocław',
  };
}

/** A question as it is sent. */
function asked(question: SurveyAnswer): Part {
  const { id, label } = question;
  return 'choices' in question ? { id, label, answers: question.choices } : { id, label, answer: answerOf(question) };
}

function answerOf(question: SurveyAnswer): string {
  if ('typed' in question) return question.typed;
  if ('chosen' in question) return question.chosen;
  const chosen = question.choices.filter((choice) => choice.chosen);
  return chosen.map(({ label }) => label).join(', ');
}

function ticketPart(ticket: Ticket, flavour: V2Flavour, time: WriteTime): Part {
  const { id, subject, status, assignee, tags, requester, source } = ticket;
  const { ip: _ip, ...withoutIp } = requester;
  const { id: _id, ...withoutId } = source;
  const isShort = flavour === 'seconds';
  return {
    id,
    subject,
    status,
    date: time(ticket.date),
    ...(isShort ? { modified: time(ticket.modified) } : {}),
    requester: isShort ? withoutIp : requester,
    source: isShort ? withoutId : source,
    ...(assignee === null ? {} : { assignee }),
    groups: isShort ? ticket.groups.map((group) => group.id) : ticket.groups,
    tags,
    events: ticket.events.map((event) => ({ ...event, date: time(event.date) })),
  };
}
