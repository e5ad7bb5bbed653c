import { damaged } from '../../core/bookmark.ts';
import type { BookmarkFields, Row } from '../../core/stream.ts';
import { formatInstant, MS_PER_DAY, parseInstant } from '../../core/timestamps.ts';

/**
 * What livechat_chats remembers, whichever API it reads:
 * `{ "started_timestamp": "2026-01-31T12:00:00.000Z", "read_at": "…", "open_since": "…" }`. All in epoch ms here.
 */
export interface ChatBookmark {
  /** Every chat that began before this has been read at least once. */
  readonly startedBefore: number;
  /** When the run began that read the last of them, by the vendor's clock. */
  readonly readAt: number;
  /** When the oldest chat began that was going on when it was read. */
  readonly openSince?: number | undefined;
}

/** A chat may show up in a list this much later than it began, in ms. */
const SAFETY_LAG_MS = 5 * 60_000;

/** How far a run goes back. */
export interface ChatSettings {
  /** The first run reads the chats that began at this time (epoch ms) or later. */
  readonly startDate: number;
  /** A chat is read again until it is so many days old: it may end, be tagged or rated. */
  readonly lookbackDays: number;
  /** A chat that goes on is followed for so many days. */
  readonly openDays: number;
}

export const CHAT_BOOKMARK_FIELDS = ['started_timestamp', 'read_at', 'open_since'] as const;

/** Writes a bookmark as it goes into the state. */
export function writeChatBookmark({ startedBefore, readAt, openSince }: ChatBookmark): BookmarkFields {
  return {
    started_timestamp: formatInstant(startedBefore),
    read_at: formatInstant(readAt),
    ...(openSince === undefined ? {} : { open_since: formatInstant(openSince) }),
  };
}

/** Reads a bookmark from the state; undefined when there is none. Throws a configuration error for one without a time. */
export function readChatBookmark(fields: BookmarkFields | undefined, stream: string): ChatBookmark | undefined {
  if (fields === undefined || Object.keys(fields).length === 0) return undefined;
  const startedBefore = timeOf(fields, 'started_timestamp', stream);
  if (startedBefore === null) throw damaged(stream, '"started_timestamp" is missing');
  const readAt = timeOf(fields, 'read_at', stream) ?? startedBefore;
  return { startedBefore, readAt, openSince: timeOf(fields, 'open_since', stream) ?? undefined };
}

function timeOf(fields: BookmarkFields, name: (typeof CHAT_BOOKMARK_FIELDS)[number], stream: string): number | null {
  const time = parseInstant(fields[name]);
  if (time === undefined) throw damaged(stream, `"${name}" should be a time such as 2026-01-31T12:00:00.000Z`);
  return time;
}

/** When a chat began, in epoch ms; undefined where the row does not tell. */
export function startOf(row: Row): number | undefined {
  return parseInstant(row['started_timestamp']) ?? undefined;
}

/**
 * The oldest start (epoch ms) of chats that were going on when they were read; undefined without one that is young enough to be
 * followed.
 */
export function openSince(starts: Iterable<number>, readAt: number, { openDays }: ChatSettings): number | undefined {
  let oldest: number | undefined;
  for (const start of starts) {
    if (start >= readAt - openDays * MS_PER_DAY) oldest = Math.min(oldest ?? start, start);
  }
  return oldest;
}

/** How young (in ms) a chat has to be when it is read to be read again. */
export function lookbackMs({ lookbackDays }: ChatSettings): number {
  return Math.max(lookbackDays * MS_PER_DAY, SAFETY_LAG_MS);
}

/**
 * From when on (epoch ms) a run reads. A chat that was younger than the lookback when it was read last is read again, and so is
 * what was going on then; no API tells what has changed since (livechat-api §3.5).
 */
export function startOfChats(known: ChatBookmark | undefined, settings: ChatSettings): number {
  const { startDate, openDays } = settings;
  if (known === undefined) return startDate;
  const { startedBefore, readAt, openSince = Number.POSITIVE_INFINITY } = known;
  const lookback = lookbackMs(settings);
  const followed = Math.max(openSince, readAt - Math.max(openDays * MS_PER_DAY, lookback));
  return Math.max(startDate, Math.min(startedBefore, readAt - lookback, followed));
}
