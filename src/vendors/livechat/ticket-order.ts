import type { Row } from '../../core/stream.ts';
import { parseInstant } from '../../core/timestamps.ts';
import { PAGE_SIZE, type TicketPage } from './rest-v2.ts';

/** When a ticket last changed, in epoch ms; null when LiveChat does not say. */
export function changeOf(ticket: Row): number | null {
  return parseInstant(ticket['modified']) ?? null;
}

/**
 * The latest change on a first page (epoch ms), by the vendor's clock; undefined when no ticket there has a time. A time in
 * the future would hide what changes now: it counts as now.
 */
export function newestChange({ tickets, serverTime }: TicketPage): number | undefined {
  const changes = tickets.map(changeOf).filter((change) => change !== null);
  return changes.length === 0 ? undefined : Math.min(Math.max(...changes), serverTime);
}

/** Whether every ticket has a time, by the `changes` of a page, and none is later than the one before it. */
export function isInOrder(changes: readonly (number | null)[]): boolean {
  return changes.every(
    (change, index) => change !== null && change <= (changes[index - 1] ?? Number.POSITIVE_INFINITY),
  );
}

/**
 * True when a page is in the order that it should have, by its `changes`, and its last tickets changed before `instant`: the
 * rest is older. One alone may be there by mistake.
 */
export function endsBelow(changes: readonly (number | null)[], instant: number): boolean {
  const last = changes.slice(-2);
  return last.length === 2 && isInOrder(changes) && last.every((change) => (change ?? instant) < instant);
}

/** True where the answer was a list without any number (livechat-api §2.2). */
export function isBare({ total, pages }: TicketPage): boolean {
  return total === undefined && pages === undefined;
}

/** How many pages a list has, by the greater of its numbers; undefined for a bare list. */
export function pageCount({ total, pages }: TicketPage): number | undefined {
  if (total === undefined) return pages;
  return Math.max(pages ?? 0, Math.ceil(total / PAGE_SIZE));
}

/** The page before `page`; where a list has become shorter than that, its last one. */
export function pageBefore(page: number, answer: TicketPage): number {
  const last = answer.tickets.length === 0 ? pageCount(answer) : undefined;
  return Math.max(1, Math.min(page - 1, last ?? page));
}

/** How many tickets page `page` has by the numbers of the list; undefined for a bare list. */
export function expectedOn(answer: TicketPage, page: number): number | undefined {
  const count = pageCount(answer);
  if (count === undefined) return undefined;
  if (page < count) return PAGE_SIZE;
  return page === count ? Math.max(0, (answer.total ?? 0) - (page - 1) * PAGE_SIZE) : 0;
}

/** Short and even empty pages occur in the middle of lists: where the answer says how many there are, that counts. */
export function isLastPage(answer: TicketPage, page: number): boolean {
  const { tickets, total } = answer;
  const count = pageCount(answer);
  // A bare list tells nothing but its end, by an empty page.
  if (count === undefined) return tickets.length === 0;
  // A full page that should be the last by a number of pages alone, or by a number that is that of the page, is worth one
  // more look.
  const isFull = tickets.length >= PAGE_SIZE;
  return page >= count && !(isFull && (total === undefined || page === 1));
}

/** Whether two pages have the same tickets in the same order. */
export function sameTickets(some: readonly Row[], others: readonly Row[]): boolean {
  return some.length === others.length && some.every((ticket, index) => ticket['id'] === others[index]?.['id']);
}
