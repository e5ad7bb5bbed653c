import { damaged } from '../core/bookmark.ts';
import { asSyncError, withDetail } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { BookmarkFields, ReadRequest, Row, StreamItem } from '../core/stream.ts';
import type { Inbox, InboxVendor, StoredEvent } from '../inbox/inbox.ts';

/** The fields of both inbox streams' bookmarks: the place of the last event that was delivered, and in which inbox. */
export const INBOX_BOOKMARK_FIELDS = ['inbox_seq', 'inbox'] as const;

/** Whose events a stream reads, and what it makes of them. */
export interface InboxReading {
  readonly stream: string;
  readonly vendor: InboxVendor;
  /** Makes rows of some events that follow each other. `upTo` is the place at which the run ends. */
  rowsOf(events: readonly StoredEvent[], inbox: Inbox, upTo: number): Row[] | Promise<Row[]>;
}

/**
 * Reads one vendor's events in the order of their places, from where the last run ended to what was there when this one began.
 * A bookmark of another inbox means nothing for this one: all is read again. Throws a configuration error for a bookmark
 * that is damaged.
 */
export async function* readInbox(
  inbox: Inbox,
  { stream, vendor, rowsOf }: InboxReading,
  { bookmark, signal, log }: ReadRequest,
): AsyncGenerator<StreamItem> {
  const upTo = await inbox.head();
  const start = startOf(bookmark, stream);
  let passed = start.place;
  if (start.inbox !== undefined && start.inbox !== inbox.id) {
    log('warn', 'The state belongs to another inbox than the one that is configured: all events of this one are read.');
    passed = 0;
  } else if (passed > upTo) {
    log(
      'warn',
      `The state is ahead of the inbox (${passed}, while the inbox has given out places up to ${upTo}): there is nothing to read. If the inbox was restored from a backup, reset the stream, or events that come from now on are missed.`,
    );
  }
  const bookmarkAt = (place: number): StreamItem => ({
    kind: 'bookmark',
    bookmark: { inbox_seq: place, inbox: inbox.id },
  });
  if (passed >= upTo) yield bookmarkAt(passed);
  while (passed < upTo) {
    signal.throwIfAborted();
    const events = await inbox.read({ vendor, after: passed, upTo });
    if (events.length > 0) yield { kind: 'rows', rows: await rowsOf(events, inbox, upTo) };
    // Without any left, the places up to the end of the run are another vendor's.
    passed = events.at(-1)?.seq ?? upTo;
    yield bookmarkAt(passed);
  }
}

/** Told of an event that a mapping cannot read. */
export type Unreadable = (event: StoredEvent, error: unknown) => void;

/** Says so once a run: an event that nobody foresaw must not keep all later ones from being read. */
export function reportUnreadable(log: Log): Unreadable {
  let isReported = false;
  return ({ seq }, error) => {
    if (isReported) return;
    isReported = true;
    log(
      'warn',
      `The event at place ${seq} of the inbox cannot be read and comes as it is; others may follow. Please report this: ${withDetail(asSyncError(error))}`,
    );
  };
}

function startOf(bookmark: BookmarkFields | undefined, stream: string): { place: number; inbox: unknown } {
  // A run that failed before its first bookmark leaves an empty one.
  if (bookmark === undefined || Object.keys(bookmark).length === 0) return { place: 0, inbox: undefined };
  const { inbox_seq: place, inbox } = bookmark;
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 0) {
    throw damaged(stream, `its inbox_seq is ${JSON.stringify(place) ?? 'missing'}`);
  }
  return { place, inbox };
}
