import type { Bookmark } from '../../core/sink.ts';

/** How one Singer message (spec 0.3.0) is written. Every function gives one line of JSON. */

export function schemaMessage(
  stream: string,
  schema: unknown,
  keyProperties: readonly string[],
  bookmarkProperties: readonly string[],
): string {
  const message = { type: 'SCHEMA', stream, schema, key_properties: keyProperties };
  return JSON.stringify(
    bookmarkProperties.length === 0 ? message : { ...message, bookmark_properties: bookmarkProperties },
  );
}

/** Makes the writer of a stream's RECORDs. `timeExtracted` is RFC 3339 with a zone: targets refuse one without. */
export function recordWriter(stream: string): (json: string, timeExtracted: string) => string {
  const prefix = `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":`;
  return (json, timeExtracted) => `${prefix}${json},"time_extracted":"${timeExtracted}"}`;
}

/** The whole state: targets replace what they have with it. Never the empty object, which they take for none. */
export function stateMessage(
  bookmarks: Readonly<Record<string, Bookmark>>,
  rest: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({ type: 'STATE', value: { ...rest, bookmarks } });
}
