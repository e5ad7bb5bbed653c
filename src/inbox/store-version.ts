import { SyncError } from '../core/errors.ts';

/** The error for a store that a newer release has changed. `place` begins a sentence: `The inbox … (inbox.path)`. */
export function newerStore(place: string, version: number, known: number): SyncError {
  return new SyncError(
    'config',
    `${place} was made by a newer source-chat (its version is ${version}; this one knows up to ${known}). Update source-chat.`,
  );
}

/** The error for a store that a reader finds empty or old: receivers make stores, readers do not change them. */
export function olderStore(place: string): SyncError {
  return new SyncError(
    'config',
    `${place} has not been set up by this release. Start “source-chat listen” of this release with it once: that makes it, and brings it up to date.`,
  );
}
