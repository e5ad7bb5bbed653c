import { utc } from '../../expected-row.ts';
import { noise, pick, uuid } from '../../random.ts';
import type { TicketEvent } from '../ticket-data.ts';
import type { ShelvedTicket } from '../ticket-shelf.ts';
import { helpdeskAgent, helpdeskAgentId, helpdeskClientId, helpdeskTagId, helpdeskTeam } from './ids.ts';
import { helpdeskStatus } from './status.ts';

/** An event of a ticket on the wire (livechat-api §4.2). */
export interface TicketEventShape {
  readonly ID: number;
  readonly type: string;
  readonly date: string;
  readonly author?: { readonly type: string; readonly [more: string]: unknown } | null;
  readonly [more: string]: unknown;
}

type Unnumbered = Omit<TicketEventShape, 'ID'>;

/** An agent that the account has no more. */
export const GONE_AGENT = { ID: 'a9e47000-dead-4000-9000-000000000000', name: 'Gone Agent' };

/** The whole history of a ticket, the oldest first. The events that are there keep their ids when others follow. */
export function ticketEventShapes(shelved: ShelvedTicket, seed: number, agents: number): TicketEventShape[] {
  const events = shelved.ticket.events.flatMap((event, n) => [
    mainEvent(event, n, shelved, seed),
    ...(n < shelved.original.events ? besides(event, n, shelved, seed, agents) : []),
  ]);
  return events.map((event, n) => ({ ID: n + 1, ...event }) as TicketEventShape);
}

function mainEvent(event: TicketEvent, n: number, shelved: ShelvedTicket, seed: number): Unnumbered {
  const { number, ticket } = shelved;
  const common = { date: utc(event.date), author: authorOf(event, n, number, seed) };
  const team = helpdeskTeam((ticket.groups.at(-1) ?? { id: 0 }).id);
  switch (event.type) {
    case 'assignee_changed': {
      const agent = event.to === undefined ? null : { ID: helpdeskAgentId(event.to.id), name: event.to.name };
      return { ...common, type: 'assignment', assignment: { new: { team, agent }, old: { team } } };
    }
    case 'status_changed':
      return {
        ...common,
        type: 'status',
        status: { new: helpdeskStatus(number, { status: ticket.status, silo: shelved.silo }, seed), old: 'open' },
      };
    default:
      return {
        ...common,
        type: 'message',
        ...(event.source === undefined ? {} : { source: sourceOf(event.source.type, number, n, seed) }),
        message: messageOf(event, n, number, seed),
        ...(event.author.type === 'client' || event.is_private === true
          ? {}
          : { deliveryStatus: [delivered(event, number, seed)] }),
      };
  }
}

/** Agents are named by their ids, by their addresses, or both; clients mostly by their addresses. */
function authorOf({ author }: TicketEvent, n: number, number: number, seed: number): TicketEventShape['author'] {
  const way = noise(seed, number, 852 + n) % 4;
  const name = way === 3 ? {} : { name: author.name };
  if (author.type === 'agent') {
    const id = { ID: helpdeskAgentId(author.id) };
    return { type: 'agent', ...(way === 1 ? {} : id), ...(way % 2 === 0 ? {} : { email: author.id }), ...name };
  }
  const id = { ID: helpdeskClientId(seed, number) };
  return { type: 'client', ...(way === 0 ? {} : { email: author.id }), ...(way < 2 ? id : {}), ...name };
}

function sourceOf(type: string, number: number, n: number, seed: number): object {
  const url = noise(seed, number, 860 + n) % 3 === 0 ? { referenceURL: 'https://www.shop.example/contact' } : {};
  if (type === 'mail') return { type: 'email', detailedSource: 'email', ...url };
  return { type: 'helpdesk', detailedSource: 'agentApp', ...url };
}

/** With the formatted text in its two forms, with one of them, or with none. */
function messageOf(event: TicketEvent, n: number, number: number, seed: number): object {
  const text = event.message ?? '';
  const html = `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`;
  const isPrivate = event.is_private === true;
  switch (noise(seed, number, 870 + n) % 4) {
    case 0:
      return { isPrivate, text, richTextHtml: null, richTextObj: null };
    case 1:
      return { isPrivate, text, richTextHtml: html, richTextObj: [{ type: 'paragraph', children: [{ text }] }] };
    case 2:
      return {
        isPrivate,
        text,
        richTextHtml: html,
        richTextObj: null,
        stripped: { text: text.slice(0, 20), quote: true },
      };
    default:
      return { isPrivate, text };
  }
}

function delivered({ date }: TicketEvent, number: number, seed: number): object {
  return { entityID: helpdeskClientId(seed, number), status: 'delivered', date: utc(date) };
}

/** What HelpDesk tells beyond REST v2. */
function besides(event: TicketEvent, n: number, shelved: ShelvedTicket, seed: number, agents: number): Unnumbered[] {
  const { number, ticket, original } = shelved;
  const found: Unnumbered[] = [];
  const add = (type: string, author: TicketEventShape['author'] | undefined, content: object) =>
    found.push({ type, date: utc(event.date), ...(author === undefined ? {} : { author }), ...content });
  const chance = (salt: number, of: number) => noise(seed, number, salt) % of === 0;
  if (n === 0) {
    if (chance(880, 3)) {
      const client = { type: 'client', ID: helpdeskClientId(seed, number), name: ticket.requester.name };
      const files = [
        fileOf(number, 'чек №1.pdf', seed),
        ...(chance(881, 2) ? [fileOf(number, 'photo.jpg', seed)] : []),
      ];
      add('attachments', client, { attachments: { files, isPrivate: false } });
    }
    if (ticket.tags.length > 0) {
      add('tags', { type: 'system' }, { tags: { new: ticket.tags.map(helpdeskTagId), old: [] } });
    }
    if (chance(882, 5)) add('priority', null, { priority: { new: 10, old: 0 } });
    if (chance(883, 6)) add('followers', undefined, { followers: { new: [helpdeskAgent(seed, 0).ID], old: [] } });
    if (chance(884, 9)) {
      const who = chance(885, 2) ? GONE_AGENT : helpdeskAgent(seed, number % agents);
      add(
        'assignment',
        { type: 'agent', ID: GONE_AGENT.ID },
        { assignment: { new: { team: null, agent: who }, old: null } },
      );
    }
  }
  if (n === original.events - 1 && original.status !== 'open') {
    add('status', { type: 'system' }, { status: { new: helpdeskStatus(number, original, seed), old: 'open' } });
  }
  return found;
}

/** Whoever has `url` or `token` can read the file. */
export function fileOf(number: number, name: string, seed: number): object {
  const token = `secret-file-token-${number}`;
  const hash = (salt: number) => uuid(seed, number + name.length * 7, salt).replaceAll('-', '');
  const signature = hash(892);
  return {
    cid: `cid-${number}-${name.length}`,
    url: `https://files.helpdesk.example/a/${number}/${name.length}?token=${token}&signature=${signature}`,
    name,
    size: 1 + (noise(seed, number, 890) % 1_000_000),
    type: pick(['application/pdf', 'image/jpeg'], seed, number, 891),
    token,
    sha256: hash(896) + hash(900),
  };
}
