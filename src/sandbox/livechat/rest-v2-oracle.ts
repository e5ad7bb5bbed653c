import { type ExpectedRow, utc } from '../expected-row.ts';
import type { SandboxOptions } from '../options.ts';
import { agent } from '../people.ts';
import { isSurprising, permissionOf, statusOf } from './rest-v2.ts';
import { type Ticket, UGLY_TEXT, UGLY_TEXT_CLEANED } from './ticket-data.ts';

/** Columns that only the APIs of today fill. */
const TODAYS_TICKET_COLUMNS = {
  short_id: null,
  silo: null,
  priority: null,
  last_message_at: null,
  assigned_team: null,
  teams: null,
  cc: null,
  followers: null,
  custom_fields: null,
  rating: null,
  rating_request_sent: null,
  parent_ticket: null,
  child_tickets: null,
  spam: null,
  detected_language: null,
  integration: null,
  integrations: null,
  created_by: null,
  created_by_type: null,
  updated_by: null,
  license_id: null,
} as const;

const TODAYS_AGENT_COLUMNS = {
  account_id: null,
  mobile: null,
  suspended: null,
  awaiting_approval: null,
  email_subscriptions: null,
} as const;

/** A ticket that came over REST v2. */
export function expectedTicket(ticket: Ticket, { dialect, surprises }: SandboxOptions): ExpectedRow {
  const { id, subject, status, requester, source } = ticket;
  const extra = surprises && isSurprising(ticket) ? { rate: 'good', ccs: ['boss@customer.example'] } : null;
  const row = { ...TODAYS_TICKET_COLUMNS, id, subject, status, extra_fields: extra };
  if (dialect === 'ms') {
    return {
      ...row,
      date: utc(ticket.date),
      modified: utc(ticket.modified),
      requester,
      source,
      assignee: null,
      currentGroup: null,
      groups: null,
      tags: null,
      events: null,
      opened: null,
      firstResponse: null,
    };
  }
  const docs = dialect === 'docs';
  const { ip: _ip, ...withoutIp } = requester;
  const { id: _id, ...withoutId } = source;
  return {
    ...row,
    date: docs ? null : utc(ticket.date),
    modified: wholeSecond(ticket.modified),
    requester: docs ? withoutIp : requester,
    source: docs ? withoutId : source,
    assignee: ticket.assignee,
    currentGroup: docs ? null : (ticket.groups.at(-1) ?? null),
    groups: ticket.groups.map((group) => (docs ? { id: group.id, name: null } : group)),
    tags: ticket.tags,
    events: ticket.events.map((event) => ({
      ...event,
      date: wholeSecond(event.date),
      ...(event.message === undefined ? {} : { message: event.message.replace(UGLY_TEXT, UGLY_TEXT_CLEANED) }),
    })),
    opened: ticket.opened.map(({ from, to }) => ({
      from: wholeSecond(from),
      ...(to === null ? {} : { to: wholeSecond(to) }),
    })),
    firstResponse: {},
  };
}

/** The agent with a number, over REST v2. */
export function expectedAgent(index: number, { seed, dialect }: SandboxOptions): ExpectedRow {
  const { name, mail } = agent(seed, index);
  return {
    ...TODAYS_AGENT_COLUMNS,
    login: mail,
    name,
    permission: permissionOf(index),
    avatar: `livechat.s3.example/avatars/${index}.png`,
    status: dialect === 'ms' ? null : statusOf(seed, index),
    login_status: null,
    job_title: null,
    max_chats_count: null,
    groups: null,
    daily_summary: null,
    notifications: null,
    last_logout: null,
    work_scheduler: null,
    extra_fields: null,
  };
}

function wholeSecond(ms: number): string {
  return utc(Math.floor(ms / 1000) * 1000);
}
