import type { Stream } from '../src/core/stream.ts';
import { describeCatalog as describeForAirbyte } from '../src/faces/airbyte/catalog.ts';
import { describeCatalog as describeForSinger } from '../src/faces/singer/catalog.ts';
import { describeAllStreams } from '../src/vendors/index.ts';

/** The ready-made catalogs, by their names in catalog/, with their contents. */
export function catalogs(): Map<string, string> {
  const streams = describeAllStreams();
  const fromInbox = (stream: Stream) => stream.cursorField === 'inbox_seq';
  const fromApis = streams.filter((stream) => !fromInbox(stream));
  const of = (vendor: string) => fromApis.filter((stream) => stream.name.startsWith(`${vendor}_`));
  const files: [string, object][] = [
    ['airbyte.json', configured(fromApis)],
    ['airbyte-livechat.json', configured(of('livechat'))],
    ['airbyte-livetex.json', configured(of('livetex'))],
    ['airbyte-webhooks.json', configured(streams.filter(fromInbox))],
    ['airbyte-all.json', configured(streams)],
    ['airbyte-minimal.json', { streams: configured(fromApis.slice(0, 1)).streams.map(onlyTheNecessary) }],
    ['singer.json', selected(fromApis)],
  ];
  return new Map(files.map(([name, catalog]) => [name, `${JSON.stringify(catalog, null, 2)}\n`]));
}

interface AirbyteStream {
  readonly supported_sync_modes: readonly string[];
  readonly default_cursor_field?: readonly string[];
  readonly source_defined_primary_key: readonly string[][];
}

/** Each stream in the mode that costs least: incremental where it can. Without the columns, for which a source does not look. */
function configured(streams: readonly Stream[]) {
  const { streams: described } = describeForAirbyte(streams) as { streams: AirbyteStream[] };
  return {
    streams: described.map((stream) => {
      const isIncremental = stream.supported_sync_modes.includes('incremental');
      return {
        stream: { ...stream, json_schema: {} },
        sync_mode: isIncremental ? 'incremental' : 'full_refresh',
        destination_sync_mode: isIncremental ? 'append_dedup' : 'overwrite',
        ...(stream.default_cursor_field === undefined ? {} : { cursor_field: stream.default_cursor_field }),
        primary_key: stream.source_defined_primary_key,
      };
    }),
  };
}

/** The least that the protocol asks of an entry. */
function onlyTheNecessary({
  stream,
  sync_mode,
  destination_sync_mode,
}: ReturnType<typeof configured>['streams'][number]) {
  const { name, json_schema, supported_sync_modes } = stream as unknown as Record<string, unknown>;
  return { stream: { name, json_schema, supported_sync_modes }, sync_mode, destination_sync_mode };
}

/** The output of --discover with every stream selected, for tools that want to be told. */
function selected(streams: readonly Stream[]) {
  const catalog = describeForSinger(streams) as {
    streams: { metadata: { breadcrumb: string[]; metadata: object }[] }[];
  };
  return {
    streams: catalog.streams.map((stream) => ({
      ...stream,
      metadata: stream.metadata.map((entry) =>
        entry.breadcrumb.length === 0 ? { ...entry, metadata: { ...entry.metadata, selected: true } } : entry,
      ),
    })),
  };
}
