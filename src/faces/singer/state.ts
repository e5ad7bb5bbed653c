import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/objects.ts';
import type { Bookmark } from '../../core/sink.ts';

/** A Singer state: one bookmark a stream, and whatever else somebody keeps in it. */
export interface SingerState {
  readonly bookmarks: Record<string, Bookmark>;
  readonly rest: Record<string, unknown>;
}

/** What states and messages of Airbyte have and states of Singer do not: taken for an empty state, they would load all again. */
const FOREIGN_NAMES = ['type', 'state', 'stream', 'stream_descriptor', 'global'];

/**
 * Reads the file given with --state: the value of a STATE message, the message itself, or lines of either, of which the
 * last counts, as targets print them. Takes the parsed values of the file. Throws a configuration error for anything else.
 */
export function readState(values: readonly unknown[]): SingerState {
  const last = values.findLast((value) => value !== null && value !== undefined);
  if (last === undefined) return { bookmarks: {}, rest: {} };
  if (!isObject(last)) throw notAState(`it should be an object with "bookmarks", not ${describe(last)}`);
  const state = last['type'] === 'STATE' && isObject(last['value']) ? last['value'] : last;
  if (FOREIGN_NAMES.some((name) => name in state)) {
    throw notAState("it is one of Airbyte's, whose bookmarks lie elsewhere");
  }
  const { bookmarks = {}, ...rest } = state;
  if (!('bookmarks' in state) && Object.keys(rest).some((name) => name !== 'currently_syncing')) {
    throw notAState('"bookmarks" is missing');
  }
  if (!isObject(bookmarks)) throw notAState('"bookmarks" should be an object');
  return { bookmarks: { ...bookmarks } as Record<string, Bookmark>, rest };
}

function notAState(what: string): SyncError {
  return new SyncError(
    'config',
    `The state file is not a Singer state: ${what}. Give the last line that the target of an earlier run printed, or leave --state out to start over.`,
  );
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
