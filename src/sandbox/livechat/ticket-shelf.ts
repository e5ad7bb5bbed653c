import { agent } from '../people.ts';
import { noise } from '../random.ts';
import { firstWhere } from '../search.ts';
import {
  assigneeOf,
  creation,
  eventTimes,
  LONGEST_LIFE_MS,
  lastChange,
  originalSilo,
  originalTicket,
  originalTrash,
  type Silo,
  statusOf,
  type Ticket,
  type TicketEvent,
  type TicketFacts,
  tagsOf,
} from './ticket-data.ts';

/** Which tickets are listed: those with anything that happened in [since, before), both in epoch ms or open. */
export interface TicketFilter {
  readonly since: number | undefined;
  readonly before: number | undefined;
  readonly status: string | undefined;
  /** '0' or '1', as in the API. */
  readonly assigned: string | undefined;
  /** '0' or '1', as in the API: whether it has any tag. */
  readonly tagged: string | undefined;
  readonly ascending: boolean;
}

/** What changed about a ticket since the sandbox began. */
interface Change {
  events: TicketEvent[];
  modified: number;
  deleted: boolean;
  /** Where it was moved to, and the status that it got by that. */
  silo?: Silo;
  status?: string;
}

/** A ticket as HelpDesk keeps it. */
export interface ShelvedTicket {
  readonly number: number;
  readonly ticket: Ticket;
  readonly silo: Silo;
  /** How many of its events were there when the sandbox began, and what REST v2 and HelpDesk then said of it. */
  readonly original: { readonly events: number; readonly status: string; readonly silo: Silo };
}

/**
 * All tickets, in the order of their last change. Original tickets are computed when they are looked at, so millions of
 * them take no memory; only those that changed are kept.
 */
export class TicketShelf {
  readonly #facts: TicketFacts;
  readonly #unstableTies: boolean;
  readonly #changes = new Map<number, Change>();
  /** Numbers of changed tickets, the one that changed last at the end. */
  #recent: number[] = [];
  #created = 0;
  #lists = 0;
  /** In which order one tie stands in the list at hand. */
  #tieOrder:
    | {
        readonly list: number;
        readonly start: number;
        readonly members: readonly number[];
        readonly order: readonly number[];
      }
    | undefined;
  readonly #views = new Map<string, Int32Array>();

  constructor(facts: TicketFacts, unstableTies: boolean) {
    this.#facts = facts;
    this.#unstableTies = unstableTies;
  }

  /** How many tickets there have ever been; their numbers are below it. */
  get size(): number {
    return this.#facts.count + this.#created;
  }

  /** What the original tickets come from. */
  get facts(): TicketFacts {
    return this.#facts;
  }

  /** Numbers of the tickets that changed or came since the sandbox began, deleted ones included. */
  get changed(): Iterable<number> {
    return this.#changes.keys();
  }

  isChanged(number: number): boolean {
    return this.#changes.has(number);
  }

  /** A ticket by its number as REST v2 has it; undefined when it was deleted or is in the trash. */
  ticket(number: number): Ticket | undefined {
    return this.#changes.get(number)?.silo === 'trash' ? undefined : this.#ticket(number);
  }

  /**
   * A ticket as HelpDesk has it; undefined when it was deleted. Those that were in the trash from the first have negative
   * numbers: -1 is the one that was thrown away first.
   */
  shelved(number: number): ShelvedTicket | undefined {
    if (!this.isChanged(number)) return this.original(number);
    const ticket = this.#ticket(number);
    if (ticket === undefined) return undefined;
    const isNew = number >= this.#facts.count;
    const original = isNew ? { events: 0, status: 'open', silo: 'tickets' as const } : this.original(number).original;
    return { number, ticket, silo: this.siloOf(number), original };
  }

  /** The same, as it was when the sandbox began. */
  original(number: number): ShelvedTicket {
    const isTrash = number < 0;
    const ticket = isTrash ? originalTrash(this.#facts, -1 - number) : originalTicket(this.#facts, number);
    const silo = isTrash ? 'trash' : originalSilo(this.#facts, number);
    return { number, ticket, silo, original: { events: ticket.events.length, status: ticket.status, silo } };
  }

  /** In which silo of HelpDesk a ticket is. */
  siloOf(number: number): Silo {
    return (
      this.#changes.get(number)?.silo ?? (number < this.#facts.count ? originalSilo(this.#facts, number) : 'tickets')
    );
  }

  #ticket(number: number): Ticket | undefined {
    const change = this.#changes.get(number);
    const original = originalTicket(this.#facts, number % Math.max(this.#facts.count, 1));
    if (change === undefined) return original;
    if (change.deleted) return undefined;
    const isNew = number >= this.#facts.count;
    const events = isNew ? change.events : [...original.events, ...change.events];
    const id = isNew ? `NEW${number - this.#facts.count}` : original.id;
    const first = events[0] as TicketEvent;
    return {
      ...original,
      id,
      date: first.date,
      events,
      modified: change.modified,
      ...(isNew ? { opened: [{ from: first.date, to: null }], status: 'open', assignee: null } : {}),
      ...(change.status === undefined ? {} : { status: change.status }),
    };
  }

  /** Somebody writes into a ticket at `now` (epoch ms). */
  modify(number: number, now: number): void {
    const { seed } = this.#facts;
    const { mail, name } = agent(seed, 0);
    const change = this.#changes.get(number) ?? { events: [], modified: 0, deleted: false };
    if (change.deleted) return;
    const message = `A further word, number ${change.events.length + 1}.`;
    const author = { id: mail, name, type: 'agent' };
    change.events.push({
      type: 'message',
      date: now,
      author,
      message,
      is_private: false,
      source: { type: 'lc2', url: null },
    });
    this.#touch(number, change, now);
  }

  /** A new ticket comes in at `now`; returns its number. */
  create(now: number): number {
    const number = this.size;
    this.#created += 1;
    const author = { id: 'new@customer.example', name: 'New Client', type: 'client' };
    const event = {
      type: 'message',
      date: now,
      author,
      message: 'Hello?',
      is_private: false,
      source: { type: 'mail', url: null },
    };
    this.#touch(number, { events: [event], modified: now, deleted: false }, now);
    return number;
  }

  /** Somebody moves a ticket to another silo of HelpDesk at `now`. In the trash it is gone for REST v2. */
  moveToSilo(number: number, silo: Silo, now: number): void {
    const before = this.#ticket(number);
    if (before === undefined) return;
    const change = this.#changes.get(number) ?? { events: [], modified: 0, deleted: false };
    const { mail, name } = agent(this.#facts.seed, 0);
    change.silo = silo;
    if (silo === 'spam') change.status = 'spam';
    else if (silo === 'archive') change.status = 'solved';
    else if (before.status === 'spam') change.status = 'open';
    change.events.push({ type: 'status_changed', date: now, author: { id: mail, name, type: 'agent' } });
    // What is in the trash is in none of REST v2's lists.
    if (silo === 'trash') this.#recent = this.#recent.filter((other) => other !== number);
    this.#touch(number, change, now);
  }

  /** Somebody throws a ticket away at `now`. HelpDesk still shows it, in the trash. */
  trash(number: number, now: number): void {
    this.moveToSilo(number, 'trash', now);
  }

  /** Somebody deletes a ticket for good: neither API has it any more. */
  remove(number: number): void {
    const change = this.#changes.get(number) ?? { events: [], modified: 0, deleted: true };
    change.deleted = true;
    this.#changes.set(number, change);
    this.#recent = this.#recent.filter((other) => other !== number);
  }

  /** Tickets `offset` to `offset + limit` of a list, and how many it has, both cut at `cap`. */
  list(filter: TicketFilter, offset: number, limit: number, cap: number): { tickets: Ticket[]; total: number } {
    this.#lists += 1;
    const changed = this.#swapRecent(this.#recent.filter((number) => this.#matches(number, filter)).reverse());
    const { size, at } = this.#unchanged(filter);
    const total = Math.min(changed.length + size, cap);
    const numbers: number[] = [];
    for (let place = offset; place < Math.min(offset + limit, total); place += 1) {
      const fromFront = filter.ascending ? changed.length + size - 1 - place : place;
      numbers.push(fromFront < changed.length ? (changed[fromFront] as number) : at(fromFront - changed.length));
    }
    return { tickets: numbers.map((number) => this.ticket(number) as Ticket), total };
  }

  #touch(number: number, change: Change, now: number): void {
    change.modified = now;
    this.#changes.set(number, change);
    if (change.silo === 'trash') return;
    if (this.#recent.includes(number)) this.#recent = this.#recent.filter((other) => other !== number);
    this.#recent.push(number);
  }

  #matches(number: number, { since = -Infinity, before = Infinity, status, assigned, tagged }: TicketFilter): boolean {
    const ticket = this.ticket(number);
    if (ticket === undefined) return false;
    if (status !== undefined && ticket.status !== status) return false;
    if (assigned !== undefined && (ticket.assignee !== null) !== (assigned === '1')) return false;
    if (tagged !== undefined && ticket.tags.length > 0 !== (tagged === '1')) return false;
    return ticket.events.some(({ date }) => date >= since && date < before);
  }

  /** The unchanged tickets of a list, the latest change first: how many, and the number of the one at a place. */
  #unchanged(filter: TicketFilter): { size: number; at: (place: number) => number } {
    const { since = -Infinity, before = Infinity, status, assigned, tagged } = filter;
    const low = this.#firstFrom(since);
    const high = Math.max(low, this.#firstFrom(before));
    const isOriginal = (number: number) => !this.#changes.has(number);
    if (status !== undefined || assigned !== undefined || tagged !== undefined) {
      const all = this.#view(`${since} ${before} ${status} ${assigned} ${tagged}`, () =>
        [...this.#reaching(since, before, high), ...countDown(high, low)].filter((number) =>
          this.#hasTraits(number, filter),
        ),
      );
      const numbers = all.filter(isOriginal);
      return { size: numbers.length, at: (place) => numbers[place] as number };
    }
    const reaching = this.#view(`${since} ${before}`, () => this.#reaching(since, before, high)).filter(isOriginal);
    const gone = [...this.#changes.keys()].filter((number) => number >= low && number < high).sort((a, b) => b - a);
    return {
      size: reaching.length + high - low - gone.length,
      at: (place) => {
        if (place < reaching.length) return reaching[place] as number;
        let number = high - 1 - (place - reaching.length);
        for (const changed of gone) if (changed >= number) number -= 1;
        return this.#swapTies(number, low, high);
      },
    };
  }

  #hasTraits(number: number, { status, assigned, tagged }: TicketFilter): boolean {
    if (status !== undefined && statusOf(this.#facts, number) !== status) return false;
    if (tagged !== undefined && tagsOf(this.#facts, number).length > 0 !== (tagged === '1')) return false;
    return assigned === undefined || (assigneeOf(this.#facts, number) !== null) === (assigned === '1');
  }

  /** Tickets whose last change comes after the window but that had something happen in it. */
  #reaching(since: number, before: number, high: number): number[] {
    if (before === Infinity) return [];
    const found: number[] = [];
    for (let number = this.#firstFrom(before + LONGEST_LIFE_MS) - 1; number >= high; number -= 1) {
      if (creation(this.#facts, number) >= before) continue;
      if (eventTimes(this.#facts, number).some((date) => date >= since && date < before)) found.push(number);
    }
    return found;
  }

  #view(key: string, make: () => number[]): Int32Array {
    let view = this.#views.get(key);
    if (view === undefined) {
      view = Int32Array.from(make());
      // Readers walk one window at a time: a few are enough.
      if (this.#views.size > 8) this.#views.clear();
      this.#views.set(key, view);
    }
    return view;
  }

  /** The number of the first original ticket that last changed at `instant` or later. */
  #firstFrom(instant: number): number {
    return firstWhere(this.#facts.count, (number) => lastChange(this.#facts, number) >= instant);
  }

  /** Where ties are unstable, tickets of equal time stand in another order at every call. */
  #swapTies(number: number, low: number, high: number): number {
    const size = this.#facts.equalTimestamps;
    if (!this.#unstableTies || size === 1) return number;
    const start = Math.floor(number / size) * size;
    if (this.#tieOrder?.list !== this.#lists || this.#tieOrder.start !== start) {
      const members = Array.from({ length: size }, (_, place) => start + place).filter(
        (other) => other >= low && other < high && !this.#changes.has(other),
      );
      this.#tieOrder = { list: this.#lists, start, members, order: this.#shuffled(members) };
    }
    return this.#tieOrder.order[this.#tieOrder.members.indexOf(number)] as number;
  }

  /** Changed tickets, the one that changed last first; where ties are unstable, those of one instant in any order. */
  #swapRecent(numbers: number[]): number[] {
    if (!this.#unstableTies) return numbers;
    const modified = (number: number) => this.#changes.get(number)?.modified ?? 0;
    return this.#shuffled(numbers).sort((a, b) => modified(b) - modified(a));
  }

  /** In an order that belongs to the list at hand. */
  #shuffled(numbers: readonly number[]): number[] {
    const rank = (number: number) => noise(this.#facts.seed, this.#lists, number + 100);
    return [...numbers].sort((a, b) => rank(a) - rank(b));
  }
}

function* countDown(high: number, low: number): Generator<number> {
  for (let number = high - 1; number >= low; number -= 1) yield number;
}
