import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { toTimestamp } from '../../core/timestamps.ts';

/**
 * The Web API is known only in part (livetex-api §4, §7): what is an object in one source is a list or a bare id in another.
 * These are the pieces out of which a row's mapping is made that takes all of them.
 */

/** Puts one property of an item into the columns of a row. */
export type Put = (row: Row, value: unknown) => void;

/** What becomes of each property, by its name: the column that it goes to as it is, or something else. Others keep their names. */
export type Mapping = Readonly<Record<string, string | Put>>;

/** Puts what an item says into the columns of a row. Times become RFC 3339; other types are the engine's. */
export type Fill = (row: Row, item: Row) => void;

/** Makes the function that does it for a mapping. */
export function fillerOf(mapping: Mapping): Fill {
  const puts = putsOf(mapping);
  return (row, item) => {
    for (const name in item) {
      const put = puts.get(name);
      if (put === undefined) keep(row, name, item[name]);
      else put(row, item[name]);
    }
  };
}

/** In a map, a property called `constructor` is one like any other. */
function putsOf(mapping: Mapping): Map<string, Put> {
  return new Map(Object.entries(mapping).map(([name, put]) => [name, typeof put === 'string' ? as(put) : put]));
}

function as(column: string): Put {
  return (row, value) => {
    row[column] = value;
  };
}

/** A time, zone-less ones in `zone`. What is no time stays as it is: the engine says so and keeps it. */
export function time(column: string, zone: TimeZone): Put {
  return (row, value) => {
    row[column] = timeOf(value, zone);
  };
}

function timeOf(value: unknown, zone: TimeZone): unknown {
  const converted = toTimestamp(value, zone);
  return converted === undefined ? value : converted;
}

/**
 * An object whose properties become columns; a list of such objects, of which the first counts; or a bare value, for the column
 * `bare`. What no column takes becomes an extra field under its place, `site.alias`.
 */
export function parts(name: string, mapping: Mapping, bare: string): Put {
  const puts = putsOf(mapping);
  return (row, value) => {
    if (value === null || value === undefined) return;
    const first = firstOf(value);
    if (Array.isArray(value)) keepOthers(row, name, value);
    if (first === null || first === undefined) return;
    if (!isObject(first)) {
      row[bare] = first;
      return;
    }
    for (const inner in first) {
      const put = puts.get(inner);
      if (put === undefined) keep(row, `${name}.${inner}`, first[inner]);
      else put(row, first[inner]);
    }
  };
}

/** An object with an id and more, or its bare id. */
export function named(column: string): Put {
  return (row, value) => {
    row[column] = withId(firstOf(value));
    if (Array.isArray(value)) keepOthers(row, column, value);
  };
}

/** What counts where one thing is expected and a list of them may come. */
export function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

/** Where one thing is expected and a list comes, the first one counts, and the others become extra fields. */
function keepOthers(row: Row, name: string, list: readonly unknown[]): void {
  for (let index = 1; index < list.length; index += 1) keep(row, `${name}[${index}]`, list[index]);
}

/** Makes an object of a bare id. */
export function withId(value: unknown): unknown {
  return typeof value === 'string' || typeof value === 'number' ? { id: value } : value;
}

/** Nothing: the property's value has been taken elsewhere. */
export const ignore: Put = () => {};

/** Pre-chat fields: a list of names and values, or an object of them. */
export function pairs(column: string): Put {
  return (row, value) => {
    row[column] = isObject(value) ? Object.entries(value).map(([name, inner]) => ({ name, value: inner })) : value;
  };
}

/** Keeps what the mapping does not name: it is a column of the same name, or becomes an extra field. */
function keep(row: Row, name: string, value: unknown): void {
  // What another property has told is not to be lost to one that is empty.
  if (value === null && row[name] !== undefined && row[name] !== null) return;
  if (name !== '__proto__') row[name] = value;
  else Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
}

/**
 * The kind of author of a message: visitor, employee, bot or system. It stands in `creator`, as text or in an object, or
 * follows from who is named beside it, as in API v2 (livetex-api §4.1).
 */
export function creatorTypeOf(message: Row): unknown {
  const { creator, employee, visitor } = message;
  const type = isObject(creator) ? creator['type'] : creator;
  if (type !== null && type !== undefined) return type;
  if (visitor !== null && visitor !== undefined) return 'visitor';
  const author = withId(firstOf(employee));
  if (!isObject(author)) return undefined;
  // A client of API v2 was seen to tell visitors by the operator number 1.
  return String(author['id']) === '1' ? 'visitor' : 'employee';
}

/** A message in the declared shape, in place: its time, and its author as an object, a list of one or a bare id. */
export function shapeMessage(message: Row, zone: TimeZone): void {
  if ('created_at' in message) message['created_at'] = timeOf(message['created_at'], zone);
  const { creator } = message;
  const type = creatorTypeOf(message);
  if (type !== undefined) message['creator'] = isObject(creator) ? { ...creator, type } : { type };
  for (const author of ['employee', 'visitor']) {
    const value = message[author];
    if (value === undefined) continue;
    message[author] = withId(firstOf(value)) ?? null;
    if (Array.isArray(value)) keepOthers(message, author, value);
  }
}
