/** Numbers above these are instants, not durations: 1e9 s is the year 2001, 1e12 ms too. */
const EPOCH_SECONDS_FROM = 1e9;
const EPOCH_MS_FROM = 1e12;

/**
 * Reads a Retry-After header (RFC 9110 §10.2.3) in every form met in the wild: seconds, fractions of them, Unix seconds,
 * Unix milliseconds, an HTTP date.
 *
 * Takes the header's text, the answer's Date header and our time (epoch ms); instants are compared with the server's own
 * clock where it says it, so that a wrong clock on either side does no harm. Returns how many milliseconds to wait, 0 for
 * an instant that has passed, and undefined when there is no header or no sense in it.
 */
export function parseRetryAfter(
  header: string | undefined,
  serverDate: string | undefined,
  now: number,
): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  const serverNow = Date.parse(serverDate ?? '');
  const since = Number.isNaN(serverNow) ? now : serverNow;
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number >= EPOCH_MS_FROM) return Math.max(0, number - since);
    if (number >= EPOCH_SECONDS_FROM) return Math.max(0, number * 1000 - since);
    return Math.ceil(number * 1000);
  }
  // Date.parse alone would read "soon 5" as a day in May 2001.
  if (!/^[A-Z][a-z]{2},? .*\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - since);
}
