import { foldedFields, foldName, isObject, textOf } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { parseInstant, toTimestamp } from '../../core/timestamps.ts';
import type { LivetexConversation } from '../../generated/rows.ts';
import {
  CLOSING_NAMES,
  CONVERSATION,
  CREATION_NAMES,
  EMPLOYEE_NAMES,
  isConversationId,
  isNoTime,
  livetexForm,
  RATING_NAMES,
} from '../../inbox/livetex-form.ts';
import { plainWord } from '../../inbox/stored-word.ts';

/** What one event says about its conversation. */
export interface ConversationEvent {
  /** Columns of livetex_conversations by name, and what has none by its place. Nothing in it is empty. */
  readonly columns: Row;
  /** When it happened by LiveTex's clock, in epoch ms; undefined where it does not say so. */
  readonly at: number | undefined;
}

type Column = keyof LivetexConversation;

const INSTANT_NAMES = ['timestamp', 'eventtime', 'time'];
const PERSON: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['employeeid', 'id'],
  ['firstname', 'first_name'],
  ['lastname', 'last_name'],
  ['email', 'email'],
]);
/** Columns that are the inbox's or the mapping's: what an event has under such a name keeps it in another way. */
const OURS = ['received_at', 'inbox_seq', 'event_kinds', 'extra_fields', 'conversation_id'];

/** Says nothing: an event that leaves something empty does not mean that it is gone. */
export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/**
 * Reads a LiveTex webhook (livetex-api §5): names in any spelling, times as ISO, epoch seconds or milliseconds, in `zone` where they
 * have none. What it does not know, or what is not of a column's type, keeps its name or its place, `conversation.channel`,
 * and becomes an extra field.
 */
export function conversationColumns(body: unknown, zone: TimeZone): ConversationEvent {
  if (!isObject(body)) return { columns: { content: body }, at: undefined };
  const { subject, wordAt } = livetexForm(body);
  const said = new SaidColumns(zone, subject);
  let at: number | undefined;
  for (const [name, value] of Object.entries(body)) {
    const folded = foldName(name);
    const instant = INSTANT_NAMES.includes(folded) ? parseInstant(value, zone) : undefined;
    // The kind stands in event_kinds.
    if (name === wordAt) continue;
    if (typeof instant === 'number') at = instant;
    else if (folded === CONVERSATION && isObject(value)) said.putConversation(value, `${name}.`);
    else if (folded === CONVERSATION && plainWord(value) === subject) continue;
    else if (folded === 'discourser') said.putDiscourser(name, value);
    else said.put(name, value, '');
  }
  return { columns: said.columns, at };
}

/** The columns of one event. What has been put is never replaced: a second value for one column keeps its place. */
class SaidColumns {
  /** Without a prototype, so that a field called __proto__ is a field like any other. */
  readonly columns: Row = Object.create(null);
  readonly #zone: TimeZone;
  readonly #subject: string | null;

  constructor(zone: TimeZone, subject: string | null) {
    this.#zone = zone;
    this.#subject = subject;
  }

  putConversation(conversation: Row, place: string): void {
    for (const [name, value] of Object.entries(conversation)) this.put(name, value, place);
  }

  /** Puts a property of the event (`place` is empty) or of its conversation. */
  put(name: string, value: unknown, place: string): void {
    const folded = foldName(name);
    const where = place + name;
    if (isConversationId(folded, place !== '') && plainWord(value) === this.#subject) return;
    if (CREATION_NAMES.includes(folded)) this.#putTime('conversation_creation_time', where, value);
    else if (CLOSING_NAMES.includes(folded)) this.#putTime('conversation_closed_time', where, value);
    else if (folded === 'custominfo') this.#putObject('conversation_custom_info', where, byName(value));
    else if (RATING_NAMES.includes(folded)) this.#putRating(where, value);
    else if (EMPLOYEE_NAMES.includes(folded)) this.#putEmployees(value);
    else this.#keep(where, value);
  }

  /** The visitor: an id, and what is known beyond it, under `info` or beside the id. */
  putDiscourser(place: string, value: unknown): void {
    if (!isObject(value)) {
      this.#set('discourser_id', place, value);
      return;
    }
    const rest: Row = Object.create(null);
    for (const [name, inner] of Object.entries(value)) {
      const folded = foldName(name);
      if (folded === 'id' || folded === 'discourserid') this.#set('discourser_id', `${place}.${name}`, inner);
      else if (folded === 'info') this.#putObject('discourser_info', `${place}.${name}`, byName(inner));
      else if (!isNothing(inner)) rest[name] = inner;
    }
    const info = this.columns['discourser_info'];
    if (!isNothing(rest)) this.columns['discourser_info'] = isObject(info) ? { ...rest, ...info } : rest;
  }

  #putTime(column: Column, place: string, value: unknown): void {
    if (isNoTime(value)) return;
    const time = toTimestamp(value, this.#zone);
    if (typeof time === 'string') this.#set(column, place, time);
    else this.#keep(place, value);
  }

  #putObject(column: Column, place: string, value: unknown): void {
    if (isObject(value)) this.#set(column, place, value);
    else this.#keep(place, value);
  }

  /** A rating with its type, or its bare value. */
  #putRating(place: string, value: unknown): void {
    if (!isObject(value)) {
      if (Array.isArray(value)) this.#keep(place, value);
      else this.#set('rating_value', place, value);
      return;
    }
    for (const [name, inner] of Object.entries(value)) {
      const folded = foldName(name);
      if ((folded === 'value' || folded === 'type') && typeof inner !== 'object') {
        this.#set(`rating_${folded}`, `${place}.${name}`, inner);
      } else this.#keep(`${place}.${name}`, inner);
    }
  }

  /** One operator or a list of them, as objects or bare ids. */
  #putEmployees(value: unknown): void {
    const all = (Array.isArray(value) ? (value as unknown[]) : [value]).filter((one) => !isNothing(one)).map(person);
    const known = this.columns['employees'];
    if (all.length > 0) this.columns['employees'] = [...(Array.isArray(known) ? (known as unknown[]) : []), ...all];
  }

  #set(column: Column, place: string, value: unknown): void {
    if (isNothing(value)) return;
    const known = this.columns[column];
    if (known === undefined) this.columns[column] = value;
    else if (textOf(known) !== textOf(value)) this.#keep(place, value);
  }

  #keep(place: string, value: unknown): void {
    if (isNothing(value)) return;
    const name = OURS.includes(place) || place in this.columns ? `sent.${place}` : place;
    this.columns[name] = value;
  }
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
  return pairs.length > 0 && pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : value;
}

function person(value: unknown): unknown {
  if (!isObject(value)) return { id: value };
  const known: Row = Object.create(null);
  for (const [name, inner] of Object.entries(value)) {
    const column = PERSON.get(foldName(name)) ?? name;
    if (!isNothing(inner)) known[known[column] === undefined ? column : name] = inner;
  }
  return { ...known };
}
