import { damaged } from '../../core/bookmark.ts';
import type { BookmarkFields } from '../../core/stream.ts';
import { formatInstant, parseInstant } from '../../core/timestamps.ts';

/** What the LiveTex streams remember: `{ "created_at": "2026-01-31T12:00:00.000Z", "open_since": "2026-01-20T08:15:00.000Z" }`. */
export interface HistoryBookmark {
  /** Every row that was created before this (epoch ms) has been read at least once. */
  readonly createdAt: number;
  /** When the oldest row was created that may still change, and that is not too old to be read again. */
  readonly openSince?: number;
}

export const HISTORY_BOOKMARK_FIELDS = ['created_at', 'open_since'] as const;

/** Writes a bookmark as it goes into the state. */
export function writeHistoryBookmark({ createdAt, openSince }: HistoryBookmark): BookmarkFields {
  return {
    created_at: formatInstant(createdAt),
    ...(openSince === undefined ? {} : { open_since: formatInstant(openSince) }),
  };
}

/** Reads a bookmark from the state; undefined when there is none. Throws a configuration error for one without a time. */
export function readHistoryBookmark(fields: BookmarkFields | undefined, stream: string): HistoryBookmark | undefined {
  if (fields === undefined || Object.keys(fields).length === 0) return undefined;
  const createdAt = parseInstant(fields['created_at']);
  const openSince = parseInstant(fields['open_since']);
  if (typeof createdAt !== 'number') {
    throw damaged(stream, '"created_at" should be a time such as 2026-01-31T12:00:00.000Z');
  }
  if (openSince === undefined) throw damaged(stream, '"open_since" should be a time such as 2026-01-31T12:00:00.000Z');
  return openSince === null ? { createdAt } : { createdAt, openSince };
}
