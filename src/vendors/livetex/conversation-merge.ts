import { parseExact } from '../../core/exact-json.ts';
import { isObject, textOf } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { formatInstant } from '../../core/timestamps.ts';
import type { StoredEvent } from '../../inbox/inbox.ts';
import { conversationColumns } from './conversation-event.ts';

/**
 * One conversation, out of its events in the order of arrival. What a later one does not say stays as an earlier one said it.
 * Where two say different things, that counts which happened later by LiveTex's own time, where they have one: an
 * event that LiveTex sends again after a failure may arrive behind newer ones.
 */
export class ConversationMerge {
  readonly #zone: TimeZone;
  /** Without a prototype, so that a field called __proto__ is a field like any other. */
  readonly #row: Row = Object.create(null);
  /** When what stands in a column was said, in epoch ms. */
  readonly #saidAt = new Map<string, number>();
  readonly #kinds: string[] = [];

  constructor(id: string, zone: TimeZone) {
    this.#zone = zone;
    this.#row['conversation_id'] = id;
  }

  add({ body, kind, receivedAt, seq }: StoredEvent): void {
    const { columns, at } = conversationColumns(parseExact(body), this.#zone);
    // A clock ahead of ours must not win for ever.
    const time = Math.min(at ?? receivedAt, receivedAt);
    for (const [name, value] of Object.entries(columns)) this.#put(name, value, time);
    if (!this.#kinds.includes(kind)) this.#kinds.push(kind);
    this.#row['received_at'] = formatInstant(receivedAt);
    this.#row['inbox_seq'] = seq;
  }

  row(): Row {
    return { ...this.#row, event_kinds: this.#kinds };
  }

  #put(name: string, value: unknown, time: number): void {
    if (isNothing(value)) return;
    const known = this.#row[name];
    const isLater = time >= (this.#saidAt.get(name) ?? Number.NEGATIVE_INFINITY);
    if (isObject(known) && isObject(value)) {
      this.#row[name] = joined(isLater ? known : value, isLater ? value : known);
    } else if (name === 'employees' && Array.isArray(value)) {
      this.#row[name] = joinedById(Array.isArray(known) ? known : [], value, isLater);
    } else if (known === undefined || isLater) this.#row[name] = value;
    if (isLater) this.#saidAt.set(name, time);
  }
}

/** Says nothing: an event that leaves something empty does not mean that it is gone. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Both objects' properties; of two that are given, the one `over` has. */
function joined(under: Row, over: Row): Row {
  const given = Object.entries(over).filter(([, value]) => !isNothing(value));
  return { ...under, ...Object.fromEntries(given) };
}

/** People of both lists, each once, in the order in which they were first named. One without an id is known by all that is said. */
function joinedById(known: readonly unknown[], more: readonly unknown[], isLater: boolean): unknown[] {
  const people = new Map<string, unknown>();
  for (const person of [...known, ...more]) {
    const id = isObject(person) && !isNothing(person['id']) ? `id ${textOf(person['id'])}` : JSON.stringify(person);
    const before = people.get(id);
    const isBoth = isObject(before) && isObject(person);
    people.set(id, isBoth ? joined(isLater ? before : person, isLater ? person : before) : person);
  }
  return [...people.values()];
}
