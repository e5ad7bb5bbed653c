import type { StreamPlan } from '../../core/engine.ts';
import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/objects.ts';
import type { FieldSelection } from '../../core/row-shaper.ts';
import type { FieldSchema } from '../../core/schema.ts';
import type { Stream, SyncMode } from '../../core/stream.ts';
import { singerSchema } from './schema.ts';

interface MetadataEntry {
  readonly breadcrumb: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * What --discover prints. Every property has its metadata: Meltano invents "automatic" for those that have none, and then
 * nobody can deselect them (singer §0.15).
 */
export function describeCatalog(streams: readonly Stream[]): object {
  return {
    streams: streams.map((stream) => {
      const incremental = stream.cursorField !== undefined && stream.syncModes.includes('incremental');
      const method = incremental ? 'INCREMENTAL' : 'FULL_TABLE';
      return {
        tap_stream_id: stream.name,
        stream: stream.name,
        key_properties: stream.primaryKey,
        ...(incremental ? { replication_key: stream.cursorField } : {}),
        replication_method: method,
        schema: singerSchema(stream),
        metadata: [
          {
            breadcrumb: [],
            metadata: {
              inclusion: 'available',
              'selected-by-default': true,
              'table-key-properties': stream.primaryKey,
              ...(incremental
                ? { 'valid-replication-keys': [stream.cursorField] }
                : { 'forced-replication-method': method }),
            },
          },
          ...fieldMetadata(stream, stream.schema, []),
        ],
      };
    }),
  };
}

function fieldMetadata(stream: Stream, schema: FieldSchema, path: string[]): MetadataEntry[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const place = [...path, name];
    const metadata = isAutomatic(stream, place)
      ? { inclusion: 'automatic' }
      : { inclusion: 'available', 'selected-by-default': true };
    return [{ breadcrumb: breadcrumbOf(place), metadata }, ...fieldMetadata(stream, field, place)];
  });
}

/** Keys and the replication key are always there: without them a target can neither upsert nor order. */
function isAutomatic(stream: Stream, path: readonly string[]): boolean {
  const [column] = path;
  return path.length === 1 && (stream.primaryKey.includes(column as string) || stream.cursorField === column);
}

function breadcrumbOf(path: readonly string[]): string[] {
  return path.flatMap((name) => ['properties', name]);
}

/**
 * Pairs a user's catalog with the streams that there are and returns what is to be synced. No catalog means all streams;
 * in a catalog a stream counts as selected by `selected`, else by `selected-by-default`, else not (singer §0.16).
 * A selected stream that there is not stays in the plan, so that it fails while the others go on. `stateOf` finds a
 * bookmark. Throws a configuration error for what is no catalog.
 */
export function planStreams(
  catalog: unknown,
  streams: readonly Stream[],
  stateOf: (stream: string) => unknown,
): StreamPlan[] {
  if (catalog === undefined) {
    return streams.map((stream) => ({
      name: stream.name,
      target: { stream },
      mode: 'incremental',
      state: stateOf(stream.name),
    }));
  }
  const seen = new Set<string>();
  return entriesOf(catalog).flatMap((entry): StreamPlan[] => {
    const metadata = metadataOf(entry);
    if (!isSelected(metadata([]), entry['selected'])) return [];
    const name = String(entry['tap_stream_id'] ?? entry['stream']);
    // Read twice, it would be billed twice.
    if (seen.has(name)) throw notACatalog(`${name} is selected twice`);
    seen.add(name);
    const stream = streams.find((known) => known.name === name);
    const plan = { name, mode: modeOf(metadata([]), entry['replication_method']), state: stateOf(name) };
    if (stream === undefined) return [{ ...plan, target: { problem: unknownStream(name, streams) } }];
    return [{ ...plan, target: { stream }, selected: fieldSelection(stream, metadata) }];
  });
}

type MetadataLookup = (path: readonly string[]) => Readonly<Record<string, unknown>>;

function entriesOf(catalog: unknown): Record<string, unknown>[] {
  const streams = isObject(catalog) ? catalog['streams'] : undefined;
  if (!Array.isArray(streams)) throw notACatalog('it should be an object with "streams", as --discover prints it');
  return streams.map((entry: unknown, index) => {
    if (!isObject(entry)) throw notACatalog(`streams[${index}] is not an object`);
    if ((entry['tap_stream_id'] ?? entry['stream']) === undefined || isObject(entry['stream'])) {
      throw notACatalog(`streams[${index}] has no tap_stream_id. A configured catalog of Airbyte does not fit here`);
    }
    return entry;
  });
}

function metadataOf(entry: Record<string, unknown>): MetadataLookup {
  const found = new Map<string, Record<string, unknown>>();
  const list = entry['metadata'];
  for (const item of Array.isArray(list) ? list : []) {
    if (isObject(item) && Array.isArray(item['breadcrumb']) && isObject(item['metadata'])) {
      found.set(JSON.stringify(item['breadcrumb']), item['metadata']);
    }
  }
  return (path) => found.get(JSON.stringify(breadcrumbOf(path))) ?? {};
}

/** Old catalogs have `selected` beside the metadata; docs show it as text too. */
function isSelected(metadata: Readonly<Record<string, unknown>>, legacy?: unknown): boolean {
  if (metadata['inclusion'] === 'unsupported') return false;
  return asBoolean(metadata['selected']) ?? asBoolean(legacy) ?? asBoolean(metadata['selected-by-default']) ?? false;
}

/** Old catalogs have the method beside the metadata. */
function modeOf(metadata: Readonly<Record<string, unknown>>, legacy: unknown): SyncMode {
  const method = metadata['replication-method'] ?? legacy ?? metadata['forced-replication-method'];
  return method === 'FULL_TABLE' ? 'full_refresh' : 'incremental';
}

/** Which fields of a stream are wanted. A field without metadata is: catalogs made by hand often name streams only. */
function fieldSelection(stream: Stream, metadata: MetadataLookup): FieldSelection {
  return (path) => {
    if (isAutomatic(stream, path)) return true;
    const own = metadata(path);
    return Object.keys(own).length === 0 || isSelected({ 'selected-by-default': true, ...own });
  };
}

function asBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'True') return true;
  return value === 'false' || value === 'False' ? false : undefined;
}

function unknownStream(name: string, streams: readonly Stream[]): SyncError {
  const known = streams.map((stream) => stream.name).join(', ');
  return new SyncError(
    'config',
    `There is no such stream with this configuration. It has: ${known}. Run --discover again, or deselect ${name}.`,
  );
}

function notACatalog(what: string): SyncError {
  return new SyncError('config', `The catalog file is not a Singer catalog: ${what}.`);
}
