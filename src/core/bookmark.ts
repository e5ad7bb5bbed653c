import { SyncError } from './errors.ts';
import type { Bookmark } from './sink.ts';
import type { BookmarkFields, Stream, SyncMode } from './stream.ts';

/** Marks the bookmarks of a full refresh that has not ended: only such a one may be continued by a full refresh. */
const UNFINISHED_REFRESH = 'full_refresh';

/** What a bookmark that we wrote may have. */
function namesOf({ bookmarkFields }: Stream): string[] {
  return ['version', UNFINISHED_REFRESH, ...bookmarkFields];
}

/** One stream's bookmark during one run: opened from the state, replaced by what the stream yields. */
export interface BookmarkHolder {
  /** What the stream starts from; undefined to read from the start. */
  readonly start: BookmarkFields | undefined;
  /** The envelope as it stands now, to be written to the state. */
  current(): Bookmark;
  /** Takes a bookmark that the stream yielded. */
  advance(fields: BookmarkFields): void;
  /** Takes the mark of an unfinished full refresh off. */
  finish(): void;
}

/**
 * Opens a stream's bookmark from the state that the platform handed in. `state` is null or undefined for "none".
 *
 * A full refresh starts over, except where the state is the bookmark of a full refresh that was cut off: that is how
 * Airbyte resumes one within a job (airbyte §1.7). Throws a configuration error for a bookmark that is no object or that
 * a newer release wrote.
 */
export function openBookmark(stream: Stream, mode: SyncMode, state: unknown): BookmarkHolder {
  const given = readEnvelope(stream, state);
  const resumes = mode === 'incremental' || given?.[UNFINISHED_REFRESH] === true;
  const known = resumes ? given : undefined;

  const ours = new Set(namesOf(stream));
  const foreign = Object.fromEntries(Object.entries(known ?? {}).filter(([name]) => !ours.has(name)));
  let fields = Object.fromEntries(Object.entries(known ?? {}).filter(([name]) => stream.bookmarkFields.includes(name)));
  let unfinished = mode === 'full_refresh' && stream.syncModes.includes('incremental');

  return {
    start: known === undefined ? undefined : fields,
    current: () => ({
      version: stream.bookmarkVersion,
      ...(unfinished ? { [UNFINISHED_REFRESH]: true } : {}),
      ...foreign,
      ...fields,
    }),
    advance(next) {
      fields = { ...next };
    },
    finish() {
      unfinished = false;
    },
  };
}

function readEnvelope(stream: Stream, state: unknown): Record<string, unknown> | undefined {
  if (state === null || state === undefined) return undefined;
  if (typeof state !== 'object' || Array.isArray(state)) {
    throw damaged(stream.name, `it should be an object and is ${describe(state)}`);
  }
  const bookmark = state as Record<string, unknown>;
  if (Object.keys(bookmark).length === 0) return undefined;
  const { version = 1 } = bookmark;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw damaged(stream.name, `its version is ${describe(version)}`);
  }
  const { version: _version, [UNFINISHED_REFRESH]: _mark, ...content } = bookmark;
  const isForeign =
    stream.bookmarkFields.length > 0 &&
    Object.keys(content).length > 0 &&
    !stream.bookmarkFields.some((name) => name in content);
  if (isForeign || !namesOf(stream).some((name) => name in bookmark)) {
    throw damaged(
      stream.name,
      `it has nothing that source-chat writes (${Object.keys(bookmark).slice(0, 5).join(', ')})`,
    );
  }
  if (version > stream.bookmarkVersion) {
    throw new SyncError(
      'config',
      `The state of ${stream.name} was written by a newer source-chat (bookmark version ${version}; this one knows up to ${stream.bookmarkVersion}). Update source-chat, or reset the stream to load it again.`,
    );
  }
  return bookmark;
}

/** The error for a bookmark that no release of source-chat can have written. */
export function damaged(streamName: string, what: string): SyncError {
  return new SyncError(
    'config',
    `The state of ${streamName} is damaged: ${what}. Restore the state of an earlier run, or reset the stream to load it again.`,
  );
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
