import type { SandboxOptions, WebhookApi } from '../../options.ts';
import { noise, uuid } from '../../random.ts';
import { originalTicket, type Ticket } from '../ticket-data.ts';
import type { TicketShelf } from '../ticket-shelf.ts';
import { chatDeactivatedBody, incomingChatBody } from './agent-chat-v3.ts';
import { expectedChatDeactivated, expectedIncomingChat } from './agent-chat-v3-oracle.ts';
import { livechatChat } from './chat-data.ts';
import { HELPDESK_EVENT_TYPES, type HelpdeskEventType, helpdeskBody } from './helpdesk.ts';
import { expectedHelpdeskEvent } from './helpdesk-oracle.ts';
import type { EventInMaking } from './livechat-event.ts';
import { type V2Flavour, v2ChatEvent, v2TicketEvent } from './rest-v2.ts';

/** The event with the number `n`, counted from 0: the APIs take turns, and within each the kinds of events. */
export function livechatEvent(options: SandboxOptions, tickets: TicketShelf, n: number): EventInMaking {
  const { webhookApis } = options;
  const turn = Math.floor(n / webhookApis.length);
  switch (webhookApis[n % webhookApis.length] as WebhookApi) {
    case 'rest_v2':
      return v2Event(options, tickets, turn);
    case 'agent_chat_v3':
      return v3Event(options, turn);
    case 'helpdesk':
      return helpdeskEvent(options, tickets, turn);
  }
}

function v2Event(options: SandboxOptions, tickets: TicketShelf, turn: number): EventInMaking {
  const { seed } = options;
  const round = Math.floor(turn / 3);
  const flavour = flavourOf(options, round);
  // Only Microsoft's connector knows of an id of the event.
  const hasId = flavour === 'iso' && noise(seed, turn, 640) % 3 > 0;
  const uniqueId = hasId ? uuid(seed, turn, 641) : null;
  // Chats with even numbers tell of themselves here, the others in the current API.
  const chat = livechatChat(options, 2 * round);
  switch (turn % 3) {
    case 0:
      return v2ChatEvent(chat, 'chat_started', flavour, uniqueId);
    case 1:
      return v2ChatEvent(chat, 'chat_ended', flavour, uniqueId);
    default:
      return v2TicketEvent(ticketOf(options, tickets, round).ticket, flavour, uniqueId);
  }
}

function v3Event(options: SandboxOptions, turn: number): EventInMaking {
  const chat = livechatChat(options, 2 * Math.floor(turn / 2) + 1);
  const common = { lane: chat.id, uniqueId: null };
  if (turn % 2 === 0) {
    const body = incomingChatBody(chat, options.seed);
    return { ...common, body: { ...body }, row: expectedIncomingChat(body) };
  }
  const body = chatDeactivatedBody(chat, options.seed);
  return { ...common, body: { ...body }, row: expectedChatDeactivated(body) };
}

function helpdeskEvent(options: SandboxOptions, tickets: TicketShelf, turn: number): EventInMaking {
  const kinds = HELPDESK_EVENT_TYPES;
  const { number, ticket } = ticketOf(options, tickets, Math.floor(turn / kinds.length));
  const body = helpdeskBody(ticket, number, kinds[turn % kinds.length] as HelpdeskEventType, options.seed);
  return { lane: ticket.id, uniqueId: null, body: { ...body }, row: expectedHelpdeskEvent(body) };
}

/** The REST API's dialect, where that says how times look; otherwise both by turns. */
function flavourOf({ dialect }: SandboxOptions, round: number): V2Flavour {
  if (dialect === 'assembled') return round % 2 === 0 ? 'seconds' : 'iso';
  return dialect === 'docs' ? 'seconds' : 'iso';
}

/** The tickets one after the other. Of one that was deleted it tells what it was at first. */
function ticketOf(options: SandboxOptions, tickets: TicketShelf, round: number): { number: number; ticket: Ticket } {
  const number = round % Math.max(tickets.size, 1);
  const facts = { ...options, count: Math.max(options.tickets, 1) };
  return { number, ticket: tickets.ticket(number) ?? originalTicket(facts, number % facts.count) };
}
