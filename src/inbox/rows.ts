import type { InboxVendor, KindStats, StoredEvent } from './inbox.ts';

/** A row as a database gives it. Numbers may be texts (PostgreSQL's bigint); times are epoch ms, the hash hexadecimal digits. */
export type DatabaseRow = { readonly [column: string]: unknown };

/** An event out of a row with its columns. */
export function storedEvent(row: DatabaseRow): StoredEvent {
  const { seq, vendor, kind, subject, received_at: receivedAt, hash, body } = row;
  return {
    seq: Number(seq),
    vendor: vendor as InboxVendor,
    kind: String(kind),
    subject: subject === null ? null : String(subject),
    receivedAt: Math.round(Number(receivedAt)),
    hash: String(hash),
    body: String(body),
  };
}

export function kindStats(row: DatabaseRow): KindStats {
  const { vendor, kind, events, bytes, oldest, newest } = row;
  return {
    vendor: vendor as InboxVendor,
    kind: String(kind),
    events: Number(events),
    bytes: Number(bytes),
    oldest: Math.round(Number(oldest)),
    newest: Math.round(Number(newest)),
  };
}

/**
 * Divides what is to be removed, ordered by subject, into parts of about so many events, each of which has all of a subject: one
 * transaction removes a part.
 */
export function partsBySubject(rows: readonly DatabaseRow[], size: number): number[][] {
  const parts: number[][] = [];
  let before: unknown;
  for (const { seq, subject } of rows) {
    const part = parts.at(-1);
    if (part === undefined || (part.length >= size && (subject === null || subject !== before)))
      parts.push([Number(seq)]);
    else part.push(Number(seq));
    before = subject;
  }
  return parts;
}
