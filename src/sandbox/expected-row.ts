/** A row as it has to arrive in a warehouse, by column. */
export type ExpectedRow = Readonly<Record<string, unknown>>;

/** A time as it has to arrive: RFC 3339 UTC with milliseconds. */
export function utc(instant: number): string {
  return new Date(instant).toISOString();
}
