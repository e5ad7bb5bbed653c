const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})(\d{3})([+-]\d\d:\d\d)$/;

/** Times of the current API: RFC 3339 UTC with microseconds. Takes microseconds since 1970. */
export function microsText(micros: number): string {
  const ms = Math.floor(micros / 1000);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros - ms * 1000).padStart(3, '0')}Z`;
}

/** Reads a time as list_archives takes it, `2026-01-31T12:00:00.000000+00:00` (livechat-api §3.5); undefined for any other form. */
export function readMicros(text: unknown): number | undefined {
  const [, upToMs, rest, offset] = FORM.exec(String(text)) ?? [];
  const ms = Date.parse(`${upToMs}${offset}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(rest);
}
