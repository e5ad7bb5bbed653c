import type { LivetexChat, Prechat } from './chat.ts';
import type { Employee, Named } from './data.ts';
import { type LivetexLead, UTM_MARKS } from './lead.ts';
import type { LivetexMessage } from './messages.ts';
import type { LivetexDialect } from './options.ts';
import type { LivetexTimes } from './times.ts';

/** One object of an answer. */
export type Shape = Readonly<Record<string, unknown>>;

/** A chat as LiveTex sends it to somebody who may read everything. */
export function chatShape(chat: LivetexChat, dialect: LivetexDialect, times: LivetexTimes): Shape {
  const { conversation, visitor, messages, prechatsChat, prechatsHidden } = chat;
  const [first] = messages;
  const message = (shown: LivetexMessage) => messageShape(shown, chat, dialect, times);
  const common = {
    id: chat.id,
    created_at: times.written(chat.createdAt),
    is_closed: conversation.isClosed,
    closed_at: ending(chat.closedAt, dialect, times),
    result: chat.result,
    duration: chat.duration,
    communication_type: chat.communicationType,
    answer_time_avg: chat.answerTimeAvg,
    first_answer_time: chat.firstAnswerTime,
    message_count: messages.length,
    conversation: {
      id: conversation.id,
      created_at: times.written(conversation.createdAt),
      result: conversation.result,
      int_referer: conversation.page,
      visitor: dialect === 'bare' ? visitor.id : { id: visitor.id },
    },
    employee_remark: named(chat.remark, 'text', dialect),
    first_message: first === undefined ? null : message(first),
    messages: messages.map((shown) => ({ ...message(shown), is_delivered: shown.isDelivered })),
  };
  const operators = chat.employees.map((who) => employeeShape(who, dialect));
  if (dialect === 'bare') {
    return {
      ...common,
      site: chat.site.id,
      rating: chat.rating && Number(chat.rating.value),
      visitor: visitor.id,
      employee: operators[0] ?? null,
      prechats_chat: asMap(prechatsChat),
      prechats_hidden: prechatsHidden === null ? null : asMap(prechatsHidden),
    };
  }
  return {
    ...common,
    site: named(chat.site, 'url', dialect),
    ...(dialect === 'v2' ? { visitor_vote: voteOf(chat.rating) } : { rating: chat.rating }),
    visitor,
    employee: operators,
    prechats_chat: prechatsChat,
    prechats_hidden: prechatsHidden,
    department: named(chat.department, 'title', dialect),
    queue_time: chat.queueTime,
  };
}

/** A lead as LiveTex sends it to somebody who may read everything. */
export function leadShape(lead: LivetexLead, dialect: LivetexDialect, times: LivetexTimes): Shape {
  const { conversation } = lead;
  const reference = (who: Employee | null) => {
    if (who === null) return null;
    return dialect === 'bare' ? who.id : { id: idOf(who.id, dialect) };
  };
  const utm = UTM_MARKS.map((mark) => [mark, lead.utm?.[mark] ?? null] as const);
  const flatUtm = Object.fromEntries(utm.map(([mark, value]) => [`utm_${mark}`, value]));
  return {
    id: idOf(lead.id, dialect),
    name: lead.name,
    email: lead.email,
    phone: lead.phone,
    site: dialect === 'bare' ? lead.site.id : named(lead.site, 'url', dialect),
    type: lead.type,
    text: lead.text,
    result: lead.result,
    created_at: times.written(lead.createdAt),
    [dialect === 'v2' ? 'completed_at' : 'closed_at']: ending(lead.completedAt, dialect, times),
    assigned_to: reference(lead.assignedTo),
    completed_by: reference(lead.completedBy),
    is_managed: lead.isManaged,
    employee_remark: named(lead.remark, 'text', dialect),
    conversation: conversation && {
      id: conversation.id,
      created_at: times.written(conversation.createdAt),
      result: conversation.result,
      int_referer: conversation.page,
      visitor: dialect === 'bare' ? conversation.visitorId : { id: conversation.visitorId },
      ...(dialect === 'v2' ? flatUtm : {}),
    },
    ...(dialect === 'objects' ? flatUtm : {}),
    ...(dialect === 'bare'
      ? { utm: lead.utm && Object.fromEntries(utm) }
      : {
          department: named(lead.department, 'title', dialect),
          duration: lead.duration,
          answer_text: lead.answerText,
        }),
  };
}

/** An operator as they stand in chats, messages and the account's own page. */
export function employeeShape({ id, firstName, lastName, email }: Employee, dialect: LivetexDialect): Shape {
  return { id: idOf(id, dialect), first_name: firstName, last_name: lastName, email };
}

function messageShape(
  { id, text, at, creator, employee }: LivetexMessage,
  { visitor }: LivetexChat,
  dialect: LivetexDialect,
  times: LivetexTimes,
): Shape {
  const common = { id: idOf(id, dialect), text, created_at: times.written(at) };
  switch (dialect) {
    case 'objects':
      return { ...common, creator: { type: creator } };
    case 'bare':
      return { ...common, creator };
    case 'v2':
      return employee === null
        ? { ...common, visitor: { id: visitor.id } }
        : { ...common, employee: [employeeShape(employee, dialect)] };
  }
}

/** API v2 asks for a vote: better than the middle is positive. */
function voteOf(rating: LivetexChat['rating']): 'positive' | 'negative' | 'undefined' {
  if (rating === null) return 'undefined';
  const least = rating.type === 'fivePoint' ? 4 : 1;
  return Number(rating.value) >= least ? 'positive' : 'negative';
}

function ending(instant: number | null, dialect: LivetexDialect, times: LivetexTimes): string | null {
  if (instant === null) return dialect === 'bare' ? '' : null;
  return times.written(instant);
}

function named(what: Named | null, key: 'text' | 'title' | 'url', dialect: LivetexDialect): Shape | null {
  return what && { id: idOf(what.id, dialect), [key]: what.name };
}

function idOf(id: number, dialect: LivetexDialect): number | string {
  return dialect === 'objects' ? String(id) : id;
}

function asMap(fields: readonly Prechat[]): Shape {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}
