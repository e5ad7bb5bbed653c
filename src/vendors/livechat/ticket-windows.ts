import { dayOf, startOfDay } from '../../core/timestamps.ts';

/**
 * A part of the ticket list that is read in one walk. REST v2 filters by whole days of the account's time zone, which it
 * does not tell, and a ticket is in every window in which it had any activity (livechat-api §2.2).
 */
export interface TicketWindow {
  /** First day, counted from 1970-01-01. */
  readonly from: number;
  /** Last day; null for the window that goes on until now. */
  readonly to: number | null;
  /** Further filters, for days that have more tickets than a list can show. */
  readonly filters: Readonly<Record<string, string>>;
  /** True when all tickets that last changed up to the day `to` have been read once this window has. */
  readonly settles: boolean;
}

/** Whether a window has only a part of the tickets of its days. */
export function isPart({ filters }: TicketWindow): boolean {
  return Object.keys(filters).length > 0;
}

/** A list shows its latest 25,000 entries (livechat-api §2.1, said of chats, assumed of tickets). */
export const LIST_CAP = 25_000;

/** From this share of the cap on a window is split: the list may grow while it is read. */
const FULL_SHARE = 0.96;

/** How long a list may be (in tickets) to be read in one walk, for what a list shows at most. */
export function longestWalk(cap: number): number {
  return Math.floor(cap * FULL_SHARE);
}

/** Days begin at most this much before (UTC+14) and after (UTC-12) they do in UTC. */
const EASTERNMOST_MS = 14 * 3_600_000;
const WESTERNMOST_MS = 12 * 3_600_000;

/** The window that holds every ticket that changed at `instant` (epoch ms) or later, whatever the account's zone. */
export function windowSince(instant: number): TicketWindow {
  return { from: dayOf(instant - WESTERNMOST_MS), to: null, filters: {}, settles: true };
}

/**
 * The two to four windows that hold the same tickets as `window` but fewer each, oldest first; undefined when there is no
 * way to split it. `today` is the vendor's day in UTC; the account may be a day ahead of it.
 */
export function splitWindow(window: TicketWindow, today: number): TicketWindow[] | undefined {
  const { from, to, filters, settles } = window;
  const last = to ?? today + 1;
  // A day that is not over in some zone is not closed: a ticket that changes on it would stay in the window, and move to its
  // front behind the reader's back.
  const latestEnd = to === null ? today - 2 : to - 1;
  if (from <= latestEnd) {
    const middle = Math.min(from + Math.floor((last - from - 1) / 2), latestEnd);
    return [
      { from, to: middle, filters, settles },
      { from: middle + 1, to, filters, settles },
    ];
  }
  const by = SPLITTING_FILTERS.find(({ name }) => !(name in filters));
  // A ticket that moves from one part to another while they are read has changed, and is found again at the end.
  return by?.values.map((value, index) => ({
    from,
    to,
    filters: { ...filters, [by.name]: value },
    settles: settles && index === by.values.length - 1,
  }));
}

/** Filters whose values divide all tickets among them (livechat-api §2.2); of the states there may be others. */
const SPLITTING_FILTERS = [
  { name: 'assigned', values: ['0', '1'] },
  { name: 'tagged', values: ['0', '1'] },
  { name: 'status', values: ['open', 'pending', 'solved', 'spam'] },
] as const;

/**
 * From which instant (epoch ms) on a ticket's last change lies after the window in every zone, so that a later window
 * gives it; undefined for the window that has no end.
 */
export function laterThan({ to }: TicketWindow): number | undefined {
  return to === null ? undefined : startOfDay(to + 1) + WESTERNMOST_MS;
}

/** Up to which instant (epoch ms) all changes lie in windows that end by the day `to`, in every zone. */
export function settledUntil(to: number): number {
  return startOfDay(to + 1) - EASTERNMOST_MS;
}
