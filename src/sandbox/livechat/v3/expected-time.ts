/** A time with microseconds as it has to arrive: of them a warehouse gets the milliseconds. */
export function toMillis(text: string): string {
  return text.replace(/(\.\d{3})\d{3}Z$/, '$1Z');
}
