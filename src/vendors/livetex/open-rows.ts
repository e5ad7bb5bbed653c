import type { Row } from '../../core/stream.ts';
import { formatInstant, MS_PER_DAY, parseInstant } from '../../core/timestamps.ts';

/** Ids that a message names; the rest is a number. */
const NAMED = 5;

export interface OpenRowsOptions {
  /** What rows are, for messages: `chats`. */
  readonly noun: string;
  readonly keyColumn: string;
  /** Whether a row is closed; undefined where only closed_at tells. */
  readonly isClosed: (row: Row) => boolean | undefined;
  /** When the run began, in epoch ms. */
  readonly until: number;
  readonly lookbackDays: number;
  readonly openDays: number;
}

/**
 * Keeps track of the rows that may still change: those that are open, and those that were closed less than the lookback ago,
 * since a rating and a category come after that. LiveTex has no list of what changed, so the next run reads again from the
 * oldest of them on, unless it is too old.
 */
export interface OpenRows {
  see(row: Row): void;
  /** When the oldest one was created (epoch ms); undefined when there is none. */
  since(): number | undefined;
  /** What is open but too old to be followed, in words; undefined when there is none. */
  leftOut(): string | undefined;
}

export function createOpenRows({
  noun,
  keyColumn,
  isClosed,
  until,
  lookbackDays,
  openDays,
}: OpenRowsOptions): OpenRows {
  // Times in rows are RFC 3339 in UTC, all of one length: they are compared as texts.
  const followedDays = Math.max(openDays, lookbackDays);
  const tooOld = formatInstant(until - followedDays * MS_PER_DAY);
  const settled = formatInstant(until - lookbackDays * MS_PER_DAY);
  let oldest: string | undefined;
  let count = 0;
  const names: string[] = [];

  return {
    see(row) {
      const { created_at: createdAt, closed_at: closedAt } = row;
      if (!isTime(createdAt)) return;
      const closed = isClosed(row) ?? isTime(closedAt);
      if (closed && !(isTime(closedAt) && closedAt > settled)) return;
      if (createdAt >= tooOld) {
        if (oldest === undefined || createdAt < oldest) oldest = createdAt;
      } else if (!closed) {
        count += 1;
        if (names.length < NAMED) names.push(`${row[keyColumn]} of ${createdAt.slice(0, 10)}`);
      }
    },
    since: () => (oldest === undefined ? undefined : (parseInstant(oldest) ?? undefined)),
    leftOut() {
      if (count === 0) return undefined;
      const more = count > names.length ? ` and ${count - names.length} more` : '';
      return `Open ${noun} older than ${followedDays} days are not followed any more: ${names.join(', ')}${more}. If one is closed or rated later, only a full refresh brings that (or a larger livetex.open_days).`;
    },
  };
}

/** What could not be read as a time is still as it came. */
function isTime(value: unknown): value is string {
  return typeof value === 'string' && value.length === '2026-01-31T12:00:00.000Z'.length;
}
