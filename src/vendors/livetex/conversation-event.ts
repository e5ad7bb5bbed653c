import { foldedFields, foldName, isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { parseInstant, toTimestamp } from '../../core/timestamps.ts';
import type { LivetexConversation } from '../../generated/rows.ts';

/** What one event says about its conversation. */
export interface ConversationEvent {
  /** Columns of livetex_conversations by name, and what has none by its place. */
  readonly columns: Row;
  /** When it happened by LiveTex's clock, in epoch ms; undefined where it does not say so. */
  readonly at: number | undefined;
}

type Column = keyof LivetexConversation;

/** Folded names of the conversation's properties, and of the event's own where it has no `conversation`. */
const CONVERSATION: ReadonlyMap<string, Column> = new Map([
  ['creationtime', 'conversation_creation_time'],
  ['createdat', 'conversation_creation_time'],
  ['createtime', 'conversation_creation_time'],
  ['closedtime', 'conversation_closed_time'],
  ['closedat', 'conversation_closed_time'],
  ['closetime', 'conversation_closed_time'],
  ['custominfo', 'conversation_custom_info'],
]);

const TIMES: ReadonlySet<string> = new Set(['conversation_creation_time', 'conversation_closed_time']);
/** What tells the conversation or the kind of the event: the inbox keeps both beside it. */
const TOLD = new Set(['id', 'conversationid', 'eventtype', 'event', 'type', 'action']);
const PERSON: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['employeeid', 'id'],
  ['firstname', 'first_name'],
  ['lastname', 'last_name'],
  ['email', 'email'],
]);
const INSTANTS = ['timestamp', 'eventtime', 'time'];

/**
 * Reads a LiveTex webhook (livetex-api §5): names in any spelling, times as ISO, epoch seconds or milliseconds, in `zone` where they
 * have none. What it does not know keeps its name or its place, `conversation.channel`, and becomes an extra field.
 */
export function conversationColumns(body: unknown, zone: TimeZone): ConversationEvent {
  if (!isObject(body)) return { columns: { content: body }, at: undefined };
  // Without a prototype, so that a field called __proto__ is a field like any other.
  const columns: Row = Object.create(null);
  let at: number | undefined;
  for (const [name, value] of Object.entries(body)) {
    const folded = foldName(name);
    const put = PUTS.get(folded);
    if (put !== undefined) put(columns, value, zone);
    else if (INSTANTS.includes(folded)) at = parseInstant(value, zone) ?? undefined;
    else if (!TOLD.has(folded)) putConversation(columns, name, name, value, zone);
  }
  return { columns, at };
}

type Put = (columns: Row, value: unknown, zone: TimeZone) => void;

const PUTS: ReadonlyMap<string, Put> = new Map<string, Put>([
  ['conversation', putEach('conversation', putConversation)],
  ['discourser', putDiscourser],
  ['employee', putEmployees],
  ['employees', putEmployees],
  ['rating', putRating],
  ['vote', putRating],
]);

function putEach(
  place: string,
  put: (columns: Row, name: string, place: string, value: unknown, zone: TimeZone) => void,
): Put {
  return (columns, value, zone) => {
    if (!isObject(value)) return;
    for (const [name, inner] of Object.entries(value)) put(columns, name, `${place}.${name}`, inner, zone);
  };
}

function putConversation(columns: Row, name: string, place: string, value: unknown, zone: TimeZone): void {
  const folded = foldName(name);
  const column = CONVERSATION.get(folded);
  if (column === 'conversation_custom_info') columns[column] = byName(value);
  else if (column !== undefined) columns[column] = TIMES.has(column) ? timeOf(value, zone) : value;
  else if (folded === 'rating' || folded === 'vote') putRating(columns, value);
  else if (folded === 'employee' || folded === 'employees') putEmployees(columns, value);
  else if (!TOLD.has(folded)) columns[place] = value;
}

function timeOf(value: unknown, zone: TimeZone): unknown {
  const time = toTimestamp(value, zone);
  return time === undefined ? value : time;
}

/** The visitor: an id, and what is known beyond it, under `info` or beside the id. */
function putDiscourser(columns: Row, value: unknown): void {
  if (!isObject(value)) {
    columns['discourser_id'] = value;
    return;
  }
  const rest: Row = Object.create(null);
  let info: unknown;
  for (const [name, inner] of Object.entries(value)) {
    const folded = foldName(name);
    if (folded === 'id' || folded === 'discourserid') columns['discourser_id'] = inner;
    else if (folded === 'info') info = inner;
    else rest[name] = inner;
  }
  const known = byName(info);
  columns['discourser_info'] = isObject(known) ? { ...rest, ...known } : (known ?? rest);
}

/** Extra fields come as an object, or as a list of names and values. */
function byName(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const pairs = (value as unknown[]).map((entry) => {
    if (!isObject(entry)) return undefined;
    const fields = foldedFields(entry);
    const name = fields.get('name') ?? fields.get('title') ?? fields.get('key');
    return typeof name === 'string' && fields.has('value') ? ([name, fields.get('value')] as const) : undefined;
  });
  return pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : value;
}

/** One operator or a list of them, as objects or bare ids. */
function putEmployees(columns: Row, value: unknown): void {
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  columns['employees'] = all.filter((one) => one !== null && one !== undefined && one !== '').map(person);
}

function person(value: unknown): unknown {
  if (!isObject(value)) return { id: value };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [PERSON.get(foldName(name)) ?? name, inner]));
}

/** A rating with its type, or its bare value. */
function putRating(columns: Row, value: unknown): void {
  if (!isObject(value)) {
    columns['rating_value'] = value;
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    const folded = foldName(name);
    if (folded === 'value' || folded === 'type') columns[`rating_${folded}`] = inner;
    else columns[`rating.${name}`] = inner;
  }
}
