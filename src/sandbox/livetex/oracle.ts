import { type ExpectedRow, utc } from '../expected-row.ts';
import type { LivetexAccount } from './account.ts';
import type { LivetexChat } from './chat.ts';
import type { Employee, Named } from './data.ts';
import type { LivetexLead } from './lead.ts';
import type { LivetexMessage } from './messages.ts';

/** Every chat that there is at the time of the call, as a warehouse has to hold it. */
export function expectedChats(account: LivetexAccount): Generator<ExpectedRow> {
  return rowsOf(account, 'chats', account.now());
}

/** Every lead that there is at the time of the call. */
export function expectedLeads(account: LivetexAccount): Generator<ExpectedRow> {
  return rowsOf(account, 'leads', account.now());
}

function* rowsOf(account: LivetexAccount, list: 'chats' | 'leads', now: number): Generator<ExpectedRow> {
  for (let number = 0; number < account[list].size; number += 1) {
    const row = account[list].row(number, now);
    if (row !== undefined) yield 'messages' in row ? expectedChat(row, account) : expectedLead(row, account);
  }
}

function expectedChat(chat: LivetexChat, account: LivetexAccount): ExpectedRow {
  const { dialect, role, surprises } = account.options.livetex;
  const isBare = dialect === 'bare';
  const isV2 = dialect === 'v2';
  const { rating, conversation, visitor, messages } = chat;
  const [first] = messages;
  const time = (instant: number | null) => (instant === null ? null : utc(account.times.knowable(instant)));
  // A single operator leaves no room for the second one.
  const employees = (isBare ? chat.employees.slice(0, 1) : chat.employees).map(expectedEmployee);
  const [operator] = employees;
  return {
    chat_id: chat.id,
    created_at: time(chat.createdAt),
    is_closed: conversation.isClosed,
    closed_at: time(chat.closedAt),
    site_id: String(chat.site.id),
    site_url: isBare ? null : chat.site.name,
    duration: chat.duration,
    rating_value: isV2 ? null : (rating?.value ?? null),
    rating_type: isV2 || isBare ? null : (rating?.type ?? null),
    answer_time_avg: chat.answerTimeAvg,
    first_answer_time: chat.firstAnswerTime,
    message_count: messages.length,
    result: chat.result,
    communication_type: chat.communicationType,
    conversation_id: conversation.id,
    conversation_created_at: time(conversation.createdAt),
    conversation_result: conversation.result,
    conversation_int_referer: conversation.page,
    conversation_visitor_id: visitor.id,
    employee_id: operator?.id ?? null,
    employee_first_name: operator?.first_name ?? null,
    employee_last_name: operator?.last_name ?? null,
    employee_email: operator?.email ?? null,
    employees: isBare && operator === undefined ? null : employees,
    employee_remark_id: chat.remark === null ? null : String(chat.remark.id),
    employee_remark_text: chat.remark?.name ?? null,
    prechats_chat: chat.prechatsChat,
    prechats_hidden: chat.prechatsHidden,
    visitor_id: visitor.id,
    visitor_name: isBare ? null : visitor.name,
    visitor_vote: isV2 ? expectedVote(rating) : null,
    department: isBare ? null : expectedDepartment(chat.department),
    queue_time: isBare ? null : chat.queueTime,
    first_message_id: first === undefined ? null : String(first.id),
    first_message_text: first?.text ?? null,
    first_message_created_at: time(first?.at ?? null),
    first_message_creator: first === undefined ? null : expectedCreator(first, isV2),
    messages: role === 'operator' ? null : messages.map((message) => expectedMessage(message, chat, account)),
    extra_fields: surprises && chat.isSurprising ? { csat: 5, ...(isBare ? {} : { 'site.alias': 'main' }) } : null,
  };
}

function expectedLead(lead: LivetexLead, account: LivetexAccount): ExpectedRow {
  const { dialect, role } = account.options.livetex;
  const isBare = dialect === 'bare';
  const isAdmin = role === 'admin';
  const { conversation, utm } = lead;
  const time = (instant: number | null) => (instant === null ? null : utc(account.times.knowable(instant)));
  return {
    lead_id: String(lead.id),
    name: lead.name,
    email: lead.email,
    phone: lead.phone,
    site_id: String(lead.site.id),
    site_url: isBare ? null : lead.site.name,
    lead_type: lead.type,
    assigned_to: lead.assignedTo === null ? null : String(lead.assignedTo.id),
    completed_by: lead.completedBy === null ? null : String(lead.completedBy.id),
    text: isAdmin ? lead.text : null,
    answer_text: isAdmin && !isBare ? lead.answerText : null,
    result: lead.result,
    duration: isBare ? null : lead.duration,
    created_at: time(lead.createdAt),
    closed_at: time(lead.completedAt),
    department: isBare ? null : expectedDepartment(lead.department),
    employee_remark_id: lead.remark === null ? null : String(lead.remark.id),
    employee_remark_text: lead.remark?.name ?? null,
    is_managed: lead.isManaged,
    conversation_id: conversation?.id ?? null,
    conversation_created_at: time(conversation?.createdAt ?? null),
    conversation_result: conversation?.result ?? null,
    conversation_int_referer: conversation?.page ?? null,
    conversation_visitor_id: conversation?.visitorId ?? null,
    utm_source: utm?.source ?? null,
    utm_campaign: utm?.campaign ?? null,
    utm_content: utm?.content ?? null,
    utm_medium: utm?.medium ?? null,
    utm_term: utm?.term ?? null,
    extra_fields: null,
  };
}

/** API v2 names the author of a message and not what kind of author it was. */
function expectedMessage(message: LivetexMessage, { visitor }: LivetexChat, account: LivetexAccount): ExpectedRow {
  const isV2 = account.options.livetex.dialect === 'v2';
  const author =
    message.employee === null ? { visitor: { id: visitor.id } } : { employee: expectedEmployee(message.employee) };
  return {
    id: String(message.id),
    text: message.text,
    created_at: utc(account.times.knowable(message.at)),
    is_delivered: message.isDelivered,
    creator: { type: expectedCreator(message, isV2) },
    ...(isV2 ? author : {}),
  };
}

/** In API v2 everything that is not the visitor's comes in the name of an operator. */
function expectedCreator({ creator }: LivetexMessage, isV2: boolean): string {
  return isV2 && creator !== 'visitor' ? 'employee' : creator;
}

function expectedEmployee({ id, firstName, lastName, email }: Employee) {
  return { id: String(id), first_name: firstName, last_name: lastName, email };
}

function expectedDepartment(department: Named | null) {
  return department && { id: String(department.id), title: department.name };
}

const POSITIVE = ['fivePoint 4', 'fivePoint 5', 'doublePoint 1'];

function expectedVote(rating: LivetexChat['rating']): string {
  if (rating === null) return 'undefined';
  return POSITIVE.includes(`${rating.type} ${rating.value}`) ? 'positive' : 'negative';
}
