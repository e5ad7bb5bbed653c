import { damaged } from '../../core/bookmark.ts';
import { isObject } from '../../core/objects.ts';
import type { BookmarkFields } from '../../core/stream.ts';
import { dayOf, formatDay, formatInstant, parseInstant } from '../../core/timestamps.ts';
import { PAGE_SIZE } from './rest-v2.ts';
import { refuseOtherApi, type TicketApi } from './ticket-api.ts';
import type { TicketWindow } from './ticket-windows.ts';

/** Where a walk through a window stands, so that an interrupted one goes on from its last page. */
export interface TicketScan {
  readonly window: TicketWindow;
  /** The next page to read. */
  readonly page: number;
  /** How many tickets the window had. */
  readonly total: number;
  /** The latest change when the walk began (epoch ms): tickets that changed later have moved to pages before this one. */
  readonly newest: number;
  /** Ties on the pages before this one that were left to be settled at the end of the walk. */
  readonly ties: readonly TieMark[];
}

/** Where a tie lies (see ticket-ties.ts), without what was met of it. */
export interface TieMark {
  /** The time that its tickets share, in epoch ms. */
  readonly time: number;
  /** The page on which the first of them was met. */
  readonly page: number;
}

/**
 * What livechat_tickets remembers:
 * `{ "api": "rest_v2", "modified": "2026-01-31T12:00:00.000Z", "scan": { "from": "2024-01-01", "to": null, "page": 7, … } }`.
 */
export interface TicketBookmark {
  /** Every ticket that last changed before this (epoch ms) has been read. */
  readonly modified: number;
  /** Only while a walk is under way. */
  readonly scan?: TicketScan;
}

/**
 * Most ties that are left to the end of a walk, where the list's number may show that none matters, or catch-up has passed.
 * Without a number they are settled sooner: the longer they wait, the further the list has moved on.
 */
export const MAX_OPEN_TIES = 200;
export const MAX_OPEN_TIES_UNCOUNTED = 20;

const API: TicketApi = 'rest_v2';

export const TICKET_BOOKMARK_FIELDS = ['api', 'modified', 'scan'] as const;

/** Writes a bookmark as it goes into the state. */
export function writeTicketBookmark({ modified, scan }: TicketBookmark): BookmarkFields {
  const fields = { api: API, modified: formatInstant(modified) };
  if (scan === undefined) return fields;
  const { window, page, total, newest, ties } = scan;
  return {
    ...fields,
    scan: {
      from: formatDay(window.from),
      to: window.to === null ? null : formatDay(window.to),
      page,
      total,
      newest: formatInstant(newest),
      ...(ties.length === 0
        ? {}
        : { ties: ties.map((tie) => ({ modified: formatInstant(tie.time), page: tie.page })) }),
    },
  };
}

/**
 * Reads a bookmark from the state; undefined when there is none. A scan that makes no sense is left out, since
 * `modified` alone is enough to lose nothing. Throws a configuration error when `modified` is missing or no time, or
 * when the bookmark belongs to another API.
 */
export function readTicketBookmark(fields: BookmarkFields | undefined, stream: string): TicketBookmark | undefined {
  if (fields === undefined || Object.keys(fields).length === 0) return undefined;
  const { api, modified: given, scan } = fields;
  refuseOtherApi(api, API, stream);
  const modified = parseInstant(given);
  if (typeof modified !== 'number')
    throw damaged(stream, '"modified" should be a time such as 2026-01-31T12:00:00.000Z');
  const resumed = readScan(scan);
  return resumed === undefined ? { modified } : { modified, scan: resumed };
}

function readScan(value: unknown): TicketScan | undefined {
  if (!isObject(value)) return undefined;
  const { from, to, page, total, newest, ties: givenTies = [] } = value;
  const first = parseInstant(from);
  const last = to === null ? null : parseInstant(to);
  const latest = parseInstant(newest);
  if (typeof first !== 'number' || (last === null) !== (to === null) || last === undefined) return undefined;
  if (typeof latest !== 'number' || !isCount(page) || !isCount(total) || page < 1) return undefined;
  const window = { from: dayOf(first), to: last === null ? null : dayOf(last), filters: {}, settles: true };
  // A page that the list never had: going back from there to the list would take a call each.
  if (page > total / PAGE_SIZE + 2) return undefined;
  const ties = Array.isArray(givenTies) ? givenTies.map(readTieMark) : [undefined];
  if (ties.length > MAX_OPEN_TIES || ties.some((tie) => tie === undefined || tie.page > page)) return undefined;
  return { window, page, total, newest: latest, ties: ties as TieMark[] };
}

function readTieMark(value: unknown): TieMark | undefined {
  if (!isObject(value)) return undefined;
  const time = parseInstant(value['modified']);
  const { page } = value;
  return typeof time === 'number' && isCount(page) && page > 0 ? { time, page } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
