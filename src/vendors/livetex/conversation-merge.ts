import { parseExact } from '../../core/exact-json.ts';
import { isObject, textOf } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { formatInstant } from '../../core/timestamps.ts';
import type { StoredEvent } from '../../inbox/inbox.ts';
import { type ConversationEvent, conversationColumns, isNothing } from './conversation-event.ts';

/** Between the names of a path: no name of JSON that anybody writes has it. */
const SEPARATOR = '\u0000';

/**
 * One conversation, out of its events in the order of arrival. What a later one does not say stays as an earlier one said it, also
 * within objects. Where two say different things, that counts which happened later by LiveTex's own time, where they
 * have one: an event that LiveTex sends again after a failure may arrive behind newer ones.
 */
export class ConversationMerge {
  readonly #zone: TimeZone;
  /** Without a prototype, so that a field called __proto__ is a field like any other. */
  readonly #row: Row = Object.create(null);
  readonly #employees = new Map<string, unknown>();
  /** When what stands at a path was said, in epoch ms; what has no entry was said with what it lies in. */
  readonly #saidAt = new Map<string, number>();
  readonly #kinds: string[] = [];

  constructor(id: string, zone: TimeZone) {
    this.#zone = zone;
    this.#row['conversation_id'] = id;
  }

  /** Whether any event was added. */
  get isEmpty(): boolean {
    return this.#kinds.length === 0;
  }

  /** Adds the event that comes next in the inbox. One that cannot be read is told of, and kept as it is under its place. */
  add({ body, kind, receivedAt, seq }: StoredEvent, onUnreadable: (error: unknown) => void): void {
    const { columns, at } = this.#read(body, seq, onUnreadable);
    // A clock ahead of ours must not win for ever.
    const time = Math.min(at ?? receivedAt, receivedAt);
    const { employees, ...others } = columns;
    for (const [name, value] of Object.entries(others))
      this.#row[name] = this.#merge(name, this.#row[name], value, time);
    for (const one of Array.isArray(employees) ? (employees as unknown[]) : []) this.#addEmployee(one, time);
    if (!this.#kinds.includes(kind)) this.#kinds.push(kind);
    this.#row['received_at'] = formatInstant(receivedAt);
    this.#row['inbox_seq'] = seq;
  }

  #read(body: string, seq: number, onUnreadable: (error: unknown) => void): ConversationEvent {
    try {
      return conversationColumns(parseExact(body), this.#zone);
    } catch (error) {
      onUnreadable(error);
      return { columns: { [`event ${seq}`]: body }, at: undefined };
    }
  }

  row(): Row {
    const employees = this.#employees.size === 0 ? {} : { employees: [...this.#employees.values()] };
    return { ...this.#row, ...employees, event_kinds: this.#kinds };
  }

  /** Each once, in the order in which they were first named. One without an id is known by all that is said. */
  #addEmployee(person: unknown, time: number): void {
    const hasId = isObject(person) && !isNothing(person['id']);
    const key = hasId ? `id ${textOf(person['id'])}` : textOf(person);
    this.#employees.set(key, this.#merge(`employees${SEPARATOR}${key}`, this.#employees.get(key), person, time));
  }

  /** What stands at a path when one more event has said something about it. */
  #merge(path: string, known: unknown, value: unknown, time: number): unknown {
    if (isNothing(value)) return known;
    if (isNothing(known)) {
      this.#saidAt.set(path, time);
      return value;
    }
    if (isObject(known) && isObject(value)) {
      const merged: Row = Object.assign(Object.create(null), known);
      for (const [name, inner] of Object.entries(value)) {
        merged[name] = this.#merge(`${path}${SEPARATOR}${name}`, merged[name], inner, time);
      }
      return { ...merged };
    }
    if (time < this.#timeOf(path)) return known;
    this.#saidAt.set(path, time);
    return value;
  }

  #timeOf(path: string): number {
    for (let place = path; ; place = place.slice(0, place.lastIndexOf(SEPARATOR))) {
      const time = this.#saidAt.get(place);
      if (time !== undefined) return time;
      if (!place.includes(SEPARATOR)) return Number.NEGATIVE_INFINITY;
    }
  }
}
