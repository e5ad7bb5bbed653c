import type { StreamPlan } from '../../core/engine.ts';
import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/objects.ts';
import type { Stream, SyncMode } from '../../core/stream.ts';

/** What discover prints: the streams in their order, the same at every call and without a look at the network. */
export function describeCatalog(streams: readonly Stream[]): object {
  return {
    streams: streams.map((stream) => {
      const incremental = stream.syncModes.includes('incremental');
      return {
        name: stream.name,
        json_schema: stream.schema,
        supported_sync_modes: stream.syncModes,
        ...(stream.cursorField === undefined
          ? {}
          : { source_defined_cursor: true, default_cursor_field: [stream.cursorField] }),
        source_defined_primary_key: stream.primaryKey.map((key) => [key]),
        // Lets the platform continue a full refresh that failed, within a job.
        is_resumable: incremental,
      };
    }),
  };
}

/** One entry of a configured catalog, as far as a source needs it. */
export interface ConfiguredStream {
  readonly name: string;
  readonly namespace?: string;
  readonly mode: SyncMode;
}

/**
 * Reads a configured catalog. Only names, namespaces and sync modes are looked at; whatever else it says is the
 * platform's business and may be newer than we are. Throws a configuration error for what is no configured catalog.
 */
export function readConfiguredCatalog(catalog: unknown): ConfiguredStream[] {
  if (!isObject(catalog)) throw notACatalog('it should be an object with "streams"');
  if (catalog['type'] === 'CATALOG' || (Array.isArray(catalog['streams']) && catalog['streams'].some(isDiscovered))) {
    throw notACatalog(
      'it is the output of discover. A configured catalog says for each stream how to sync it: {"streams": [{"stream": {…}, "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}]}',
    );
  }
  const { streams } = catalog;
  if (Array.isArray(streams) && streams.some((entry) => isObject(entry) && 'tap_stream_id' in entry)) {
    throw notACatalog("it is one of Singer's, for tap-chat");
  }
  if (!Array.isArray(streams)) throw notACatalog('"streams" is missing or not a list');
  const seen = new Set<string>();
  return streams.map((entry: unknown, index) => {
    const stream = isObject(entry) ? entry['stream'] : undefined;
    const name = isObject(stream) ? stream['name'] : undefined;
    if (!isObject(entry) || !isObject(stream) || typeof name !== 'string' || name === '') {
      throw notACatalog(`streams[${index}].stream.name is missing`);
    }
    const { namespace } = stream;
    const id = JSON.stringify([name, namespace ?? '']);
    // Read twice, it would be billed twice.
    if (seen.has(id)) throw notACatalog(`streams[${index}] is ${name} once more`);
    seen.add(id);
    return {
      name,
      ...(typeof namespace === 'string' ? { namespace } : {}),
      // Anything but "incremental" reads everything, which is never wrong: the conformance tests send "INVALID" here.
      mode: entry['sync_mode'] === 'incremental' ? 'incremental' : 'full_refresh',
    };
  });
}

/**
 * Pairs the configured streams with those that there are, in the catalog's order. A stream that there is not is kept, so
 * that it ends INCOMPLETE while the others go on. `stateOf` finds a stream's bookmark.
 */
export function planStreams(
  configured: readonly ConfiguredStream[],
  streams: readonly Stream[],
  stateOf: (stream: ConfiguredStream) => unknown,
): StreamPlan[] {
  return configured.map((entry) => {
    const stream = streams.find(({ name }) => name === entry.name);
    const target = stream === undefined ? { problem: unknownStream(entry.name, streams) } : { stream };
    return { ...entry, target, state: stateOf(entry) };
  });
}

function unknownStream(name: string, streams: readonly Stream[]): SyncError {
  const known = streams.map((stream) => stream.name).join(', ');
  return new SyncError(
    'config',
    `There is no such stream with this configuration. It has: ${known}. Refresh the schema of the connection, or take ${name} out of the catalog.`,
  );
}

function isDiscovered(entry: unknown): boolean {
  return isObject(entry) && !('stream' in entry) && 'json_schema' in entry;
}

function notACatalog(what: string): SyncError {
  return new SyncError('config', `The catalog file is not a configured catalog: ${what}.`);
}
