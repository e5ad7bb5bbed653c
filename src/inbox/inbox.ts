import { SyncError } from '../core/errors.ts';

/** Whose events the inbox keeps: one URL of the receiver each. */
export const INBOX_VENDORS = ['livechat', 'livetex'] as const;
export type InboxVendor = (typeof INBOX_VENDORS)[number];

/** An event on its way into the inbox. */
export interface NewEvent {
  readonly vendor: InboxVendor;
  /** What happened, in the vendor's words or ours: `closed`, `chat_started`. */
  readonly kind: string;
  /** What it happened to, where events belong together: the id of a LiveTex conversation. */
  readonly subject: string | null;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Of vendor and body, as hexadecimal digits: what was stored under it is not stored again. */
  readonly hash: string;
  /** The event as it was sent, JSON text, without the credentials that came in it. */
  readonly body: string;
}

/** An event in the inbox. `seq` is its place: events get visible in the order of their places, also where several receivers write. */
export interface StoredEvent extends NewEvent {
  readonly seq: number;
}

/** A stretch of the inbox, (after, upTo]. */
export interface InboxRange {
  /** Events of all vendors when absent. */
  readonly vendor?: InboxVendor;
  readonly after: number;
  readonly upTo: number;
}

/** Counts of the events of one vendor and kind. Times in epoch ms, size in bytes of the bodies. */
export interface KindStats {
  readonly vendor: InboxVendor;
  readonly kind: string;
  readonly events: number;
  readonly bytes: number;
  readonly oldest: number;
  readonly newest: number;
}

/**
 * The durable store of webhooks. Receivers and readers are separate processes. Every method throws InboxError when the store
 * cannot do its work.
 */
export interface Inbox {
  /** Identifies this store among others: a bookmark of one means nothing to another. */
  readonly id: string;
  /** Keeps events in one transaction, in their order. Resolves when they are on disk, with how many were not there before. */
  append(events: readonly NewEvent[]): Promise<number>;
  /** The place of the latest event that was ever stored; 0 when there was none. All up to it are visible now. */
  head(): Promise<number>;
  /** The first events of a range by place, at most MAX_PAGE_EVENTS, and about MAX_PAGE_BYTES of them; none when there are none. */
  read(range: InboxRange): Promise<StoredEvent[]>;
  /** For each of these subjects the place of its latest event up to a place. */
  latest(vendor: InboxVendor, subjects: readonly string[], upTo: number): Promise<Map<string, number>>;
  /** The first events of these subjects in a range, like `read`. */
  readSubjects(
    vendor: InboxVendor,
    subjects: readonly string[],
    range: Omit<InboxRange, 'vendor'>,
  ): Promise<StoredEvent[]>;
  stats(): Promise<KindStats[]>;
  /**
   * Removes a vendor's events that were received before an instant (epoch ms) and whose place is not after `upTo`. Events that
   * belong together stay together: those of a subject go when all of them can go. Resolves with how many went (or would go).
   */
  prune(vendor: InboxVendor, before: number, upTo: number, dryRun: boolean): Promise<number>;
  close(): Promise<void>;
}

/** Rows that one statement reads: a long one keeps SQLite from tidying up its log (style: read a page, end the statement). */
export const MAX_PAGE_EVENTS = 1000;
/** A page ends with the event that makes it as big as this, so that memory does not depend on how big events are. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** So many rows are removed at once, for others want to write meanwhile. */
export const PRUNE_EVENTS = 1000;
/** How long a receiver may wait for the store: its caller waits about ten seconds, and a batch may stand before this one. */
export const APPEND_LIMIT_MS = 4000;

/** The store cannot do its work now: it is down, full, locked or broken. */
export class InboxError extends SyncError {
  constructor(message: string, cause: unknown) {
    super('transient', message, { cause });
    this.name = 'InboxError';
  }
}
