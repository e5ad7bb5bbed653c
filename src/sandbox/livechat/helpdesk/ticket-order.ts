import { firstWhere } from '../../search.ts';
import {
  assigneeOf,
  creation,
  eventTimes,
  lastChange,
  originalSilo,
  type Silo,
  type Ticket,
  type TicketFacts,
  trashFacts,
} from '../ticket-data.ts';
import type { ShelvedTicket, TicketShelf } from '../ticket-shelf.ts';
import { helpdeskTicketId } from './ids.ts';

export const SORTS = ['createdAt', 'updatedAt', 'lastMessageAt'] as const;

/** By which time tickets are ordered. */
export type SortBy = (typeof SORTS)[number];

/** A place in an order: the time that a ticket has there (epoch ms), and its id. */
export interface Place {
  readonly value: number;
  readonly id: string;
}

/** From an instant up to another one (epoch ms), which does not belong to it. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface TicketCriteria {
  readonly silo: Silo;
  readonly sortBy: SortBy;
  readonly ascending: boolean;
  /** Behind which place the list begins, and whether the ticket there belongs to it. */
  readonly after: Place | undefined;
  readonly inclusive: boolean;
  readonly ranges: Readonly<Record<SortBy, Range>>;
  /** Which tickets of those are meant; undefined for all. */
  readonly filter: ((shelved: ShelvedTicket) => boolean) | undefined;
  /** Two criteria with the same name have the same filter. */
  readonly filterName: string;
}

/** Tickets of a silo that did not change, by their place in an order. */
interface Originals {
  readonly count: number;
  /** Never falls. */
  value(place: number): number;
  number(place: number): number;
}

/**
 * HelpDesk's orders of tickets: by a time, and tickets of one instant by their ids. What changed is sorted at each call; the
 * rest is computed from where it stands, so millions of tickets take no memory but for the numbers of an order.
 */
export class TicketOrder {
  readonly #shelf: TicketShelf;
  readonly #orders = new Map<string, Originals>();
  readonly #counts = new Map<string, number>();

  constructor(shelf: TicketShelf) {
    this.#shelf = shelf;
  }

  /** The tickets that are meant, one after the other. */
  *walk(criteria: TicketCriteria): Generator<ShelvedTicket> {
    const isBehind = (place: Place) => {
      if (criteria.after === undefined) return true;
      const order = compare(place, criteria.after) * (criteria.ascending ? 1 : -1);
      return order > 0 || (criteria.inclusive && order === 0);
    };
    const changed = this.#changed(criteria);
    for (const original of this.#originals(criteria)) {
      while (changed[0] !== undefined && compare(changed[0], original) * (criteria.ascending ? 1 : -1) < 0) {
        const next = changed.shift() as Place & { shelved: ShelvedTicket };
        if (isBehind(next)) yield next.shelved;
      }
      if (!isBehind(original) || this.#shelf.isChanged(original.number)) continue;
      if (!this.#acceptedOriginal(original.number, criteria)) continue;
      yield this.#shelf.shelved(original.number) as ShelvedTicket;
    }
    for (const next of changed) if (isBehind(next)) yield next.shelved;
  }

  /** How many there are, wherever the list begins. */
  count(criteria: TicketCriteria): number {
    const { facts } = this.#shelf;
    const { silo, ranges, filterName } = criteria;
    const isOriginal = (number: number) => this.#acceptedOriginal(number, criteria);
    const key = JSON.stringify([silo, ranges, filterName]);
    let count = this.#counts.get(key);
    if (count === undefined) {
      count = 0;
      const [first, end] = silo === 'trash' ? [-trashFacts(facts).count, 0] : [0, facts.count];
      for (let number = first; number < end; number += 1) if (isOriginal(number)) count += 1;
      if (this.#counts.size > 32) this.#counts.clear();
      this.#counts.set(key, count);
    }
    for (const number of this.#shelf.changed) {
      if (number < facts.count && silo !== 'trash' && isOriginal(number)) count -= 1;
    }
    return count + this.#changed(criteria).length;
  }

  #changed(criteria: TicketCriteria): (Place & { shelved: ShelvedTicket })[] {
    const { seed } = this.#shelf.facts;
    const found: (Place & { shelved: ShelvedTicket })[] = [];
    for (const number of this.#shelf.changed) {
      const shelved = this.#accepted(number, criteria);
      if (shelved === undefined) continue;
      found.push({ value: timeOf(shelved.ticket, criteria.sortBy), id: helpdeskTicketId(seed, number), shelved });
    }
    return found.sort((a, b) => compare(a, b) * (criteria.ascending ? 1 : -1));
  }

  /** The ticket with a number, if it is meant. */
  #accepted(number: number, { silo, ranges, filter }: TicketCriteria): ShelvedTicket | undefined {
    if (number >= 0 && this.#shelf.siloOf(number) !== silo) return undefined;
    const shelved = this.#shelf.shelved(number);
    if (shelved === undefined) return undefined;
    for (const sort of SORTS) if (!isWithin(timeOf(shelved.ticket, sort), ranges[sort])) return undefined;
    return filter === undefined || filter(shelved) ? shelved : undefined;
  }

  /** Whether the ticket with a number was meant before it changed. */
  #acceptedOriginal(number: number, { silo, ranges, filter }: TicketCriteria): boolean {
    const { facts } = this.#shelf;
    if (number >= 0 && originalSilo(facts, number) !== silo) return false;
    const [own, index] = number < 0 ? [trashFacts(facts), -1 - number] : [facts, number];
    for (const sort of SORTS) {
      if (ranges[sort] !== ALWAYS && !isWithin(originalTime(own, index, sort), ranges[sort])) return false;
    }
    return filter === undefined || filter(this.#shelf.original(number));
  }

  /** Original tickets in order from about where the list begins; those of other silos and those that changed are among them. */
  *#originals({ silo, sortBy, ascending, after, ranges }: TicketCriteria): Generator<Place & { number: number }> {
    const order = this.#order(silo === 'trash', sortBy);
    const { from, to } = ranges[sortBy];
    const start = after?.value ?? (ascending ? -Infinity : Infinity);
    const low = firstWhere(order.count, (place) => order.value(place) >= (ascending ? Math.max(from, start) : from));
    const high = firstWhere(order.count, (place) => {
      const value = order.value(place);
      return value >= to || (!ascending && value > start);
    });
    const step = ascending ? 1 : -1;
    const end = ascending ? high : low - 1;
    let place = ascending ? low : high - 1;
    while ((end - place) * step > 0) {
      const value = order.value(place);
      const ties: (Place & { number: number })[] = [];
      for (; (end - place) * step > 0 && order.value(place) === value; place += step) {
        const number = order.number(place);
        ties.push({ value, id: helpdeskTicketId(this.#shelf.facts.seed, number), number });
      }
      yield* ties.sort((a, b) => compare(a, b) * step);
    }
  }

  #order(isTrash: boolean, sortBy: SortBy): Originals {
    const key = `${isTrash} ${sortBy}`;
    let order = this.#orders.get(key);
    if (order === undefined) {
      const facts = isTrash ? trashFacts(this.#shelf.facts) : this.#shelf.facts;
      order = originalOrder(facts, sortBy, (index) => (isTrash ? -1 - index : index));
      this.#orders.set(key, order);
    }
    return order;
  }
}

/** No bounds at all. */
export const ALWAYS: Range = { from: -Infinity, to: Infinity };

/** The time by which a ticket is ordered, in epoch ms. */
export function timeOf(ticket: Ticket, sortBy: SortBy): number {
  if (sortBy === 'updatedAt') return ticket.modified;
  if (sortBy === 'createdAt') return ticket.date;
  return ticket.events.findLast(({ type }) => type === 'message')?.date ?? ticket.date;
}

function originalTime(facts: TicketFacts, index: number, sortBy: SortBy): number {
  if (sortBy === 'updatedAt') return lastChange(facts, index);
  if (sortBy === 'createdAt') return creation(facts, index);
  const times = eventTimes(facts, index);
  // The second thing that happens to a ticket that somebody has is that they get it; all else are messages.
  const isAssignment = times.length === 2 && assigneeOf(facts, index) !== null;
  return times.at(isAssignment ? 0 : -1) as number;
}

function originalOrder(facts: TicketFacts, sortBy: SortBy, numberOf: (index: number) => number): Originals {
  const value = (index: number) => originalTime(facts, index, sortBy);
  // They are numbered in the order of their last change.
  if (sortBy === 'updatedAt') return { count: facts.count, value, number: numberOf };
  const values = Float64Array.from({ length: facts.count }, (_, index) => value(index));
  const indices = new Int32Array(facts.count).map((_, index) => index);
  indices.sort((a, b) => (values[a] as number) - (values[b] as number));
  return {
    count: facts.count,
    value: (place) => values[indices[place] as number] as number,
    number: (place) => numberOf(indices[place] as number),
  };
}

function isWithin(value: number, { from, to }: Range): boolean {
  return value >= from && value < to;
}

/** Ids are compared by their characters, as a database does with uuids. */
function compare(a: Place, b: Place): number {
  if (a.value !== b.value) return a.value - b.value;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
