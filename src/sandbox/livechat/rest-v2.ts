import { dayStart } from '../account-zone.ts';
import { type Dialect, SANDBOX_API_KEY, SANDBOX_LOGIN, type SandboxOptions } from '../options.ts';
import { agent } from '../people.ts';
import { noise } from '../random.ts';
import type { Reply } from '../replies.ts';
import type { Ticket, TicketEvent } from './ticket-data.ts';
import type { TicketShelf } from './ticket-shelf.ts';

/** Tickets on a page: REST v2 has no parameter for it (livechat-api §2.1). */
const PAGE_SIZE = 25;

/** What REST v2 refuses before it looks at what is asked (livechat-api §2.1); undefined when it goes on. */
export function refuseRestV2(
  resource: SandboxOptions['forbidden'][number],
  headers: Readonly<Record<string, string | string[] | undefined>>,
  { forbidden, livechat }: SandboxOptions,
): Reply | undefined {
  switch (livechat.v2Gone) {
    case null:
      break;
    case 'unsupported_version':
      return { status: 400, body: { error: { type: 'unsupported_version', message: 'Unsupported version' } } };
    default:
      return error(Number(livechat.v2Gone), livechat.v2Gone === '410' ? 'Gone' : 'Not found');
  }
  if (headers['x-api-version'] !== '2') return error(400, 'Missing or unsupported X-API-Version header');
  const expected = `Basic ${Buffer.from(`${SANDBOX_LOGIN}:${SANDBOX_API_KEY}`).toString('base64')}`;
  if (headers['authorization'] !== expected) return error(401, 'Invalid username or API key');
  return forbidden.includes(resource) ? error(403, `Insufficient permissions: ${resource} read`) : undefined;
}

/** `GET /tickets` (livechat-api §2.2). */
export function listTickets(query: URLSearchParams, shelf: TicketShelf, options: SandboxOptions): Reply {
  const { timeZone, dialect, cap, envelope, surprises } = options;
  const from = query.get('date_from');
  const to = query.get('date_to');
  const since = from === null ? undefined : dayStart(from, timeZone);
  const before = to === null ? undefined : dayStart(to, timeZone, 1);
  if ((from !== null && since === undefined) || (to !== null && before === undefined)) {
    return error(400, 'Dates must have the form YYYY-MM-DD');
  }
  const page = Number(query.get('page') ?? '1');
  if (!Number.isInteger(page) || page < 1) return error(400, 'page must be a positive number');
  const filter = {
    since,
    before,
    status: query.get('status') ?? undefined,
    assigned: query.get('assigned') ?? undefined,
    tagged: query.get('tagged') ?? undefined,
    ascending: query.get('order') === 'asc',
  };
  const { tickets, total } = shelf.list(filter, (page - 1) * PAGE_SIZE, PAGE_SIZE, cap);
  const items = tickets.map((ticket) => ticketShape(ticket, dialect, surprises));
  const pages = Math.ceil(total / PAGE_SIZE);
  return { status: 200, body: envelope === 'array' ? items : { pages, total, tickets: items } };
}

function ticketShape(ticket: Ticket, dialect: Dialect, surprises: boolean): object {
  const { id, subject, status, assignee, tags, source } = ticket;
  const extra = surprises && isSurprising(ticket) ? { rate: 'good', ccs: ['boss@customer.example'] } : {};
  const seconds = (ms: number) => Math.floor(ms / 1000);
  if (dialect === 'ms') {
    const iso = (ms: number) => new Date(ms).toISOString();
    const { date, modified, requester } = ticket;
    return { date: iso(date), id, modified: iso(modified), requester, source, status, subject, ...extra };
  }
  const common = {
    id,
    subject,
    status,
    modified: seconds(ticket.modified),
    ...(assignee === null ? {} : { assignee }),
    tags,
    events: ticket.events.map((event) => ({ ...event, date: seconds(event.date) }) satisfies TicketEvent),
    opened: ticket.opened.map(({ from, to }) => ({ from: seconds(from), ...(to === null ? {} : { to: seconds(to) }) })),
    firstResponse: {},
    ...extra,
  };
  if (dialect === 'docs') {
    const { ip: _ip, ...requester } = ticket.requester;
    const { id: _id, ...plainSource } = source;
    return { ...common, requester, source: plainSource, groups: ticket.groups.map((group) => group.id) };
  }
  return {
    ...common,
    date: new Date(ticket.date).toISOString(),
    requester: ticket.requester,
    source,
    groups: ticket.groups,
    currentGroup: ticket.groups.at(-1),
  };
}

/** One ticket in ten, where there are surprises at all. */
export function isSurprising(ticket: Ticket): boolean {
  return ticket.date % 10 === 0;
}

/** `GET /agents`: all at once (livechat-api §2.3). */
export function agents({ seed, agents: count, dialect }: SandboxOptions): object[] {
  return Array.from({ length: count }, (_, index) => {
    const { name, mail } = agent(seed, index);
    const brief = {
      avatar: `livechat.s3.example/avatars/${index}.png`,
      login: mail,
      name,
      permission: permissionOf(index),
    };
    return dialect === 'ms' ? brief : { ...brief, status: statusOf(seed, index) };
  });
}

export function permissionOf(index: number): string {
  if (index === 0) return 'owner';
  return index < 3 ? 'administrator' : 'normal';
}

export function statusOf(seed: number, index: number): string {
  return ['accepting chats', 'not accepting chats', 'offline'][noise(seed, index, 90) % 3] as string;
}

function error(status: number, message: string): Reply {
  return { status, body: { error: message } };
}
