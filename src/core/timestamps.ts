import type { TimeZone } from './time-zone.ts';

/** First and last instant that RFC 3339 can write with a four-digit year, in epoch milliseconds. */
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 253_402_300_799_999;

export const MS_PER_DAY = 86_400_000;

/** Numbers above this are milliseconds: as seconds they would lie in the year 5138 (livechat-api: "ms if > 1e11"). */
const SECONDS_LIMIT = 1e11;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;
const NUMERIC = /^-?\d{1,14}(?:\.\d+)?$/;

/** "00" … "99", so that a date is written without padding calls. */
const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
const THREE_DIGITS = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

/**
 * Writes an instant as RFC 3339 UTC with milliseconds, `2024-01-31T23:59:59.000Z`; the same as `Date#toISOString`, at a
 * fifth of its cost, because every row has several. Throws RangeError outside the years 1 to 9999.
 */
export function formatInstant(ms: number): string {
  if (!(ms >= EARLIEST_MS && ms <= LATEST_MS)) throw new RangeError(`not an instant that can be written: ${ms}`);
  const whole = Math.floor(ms);
  const days = Math.floor(whole / MS_PER_DAY);
  const rest = whole - days * MS_PER_DAY;
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${formatDay(days)}T${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}.${THREE_DIGITS[rest % 1000]}Z`;
}

/** Writes a day, counted from 1970-01-01, as `YYYY-MM-DD` (proleptic Gregorian calendar, eras of 400 years). */
export function formatDay(day: number): string {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${TWO_DIGITS[Math.floor(year / 100)]}${TWO_DIGITS[year % 100]}-${TWO_DIGITS[month]}-${TWO_DIGITS[dayOfMonth]}`;
}

/** The day, counted from 1970-01-01, of a date: the reverse of formatDay. Date.UTC takes the year 99 for 1999. */
function dayOfDate(year: number, month: number, date: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The day, counted from 1970-01-01 UTC, on which an instant (epoch milliseconds) falls. */
export function dayOf(ms: number): number {
  return Math.floor(ms / MS_PER_DAY);
}

/** The first instant of a UTC day, in epoch milliseconds. */
export function startOfDay(day: number): number {
  return day * MS_PER_DAY;
}

/**
 * Reads an instant in any of the forms that the vendors use: Unix seconds, Unix milliseconds, either of them as text, or
 * ISO 8601 with `Z`, an offset with or without colon, a space for the `T`, or no zone at all, which is taken as `zone`, or as
 * UTC where none is given. Returns epoch milliseconds, null for "no time" (null, undefined, ""), and undefined for what is no time.
 */
export function parseInstant(value: unknown, zone?: TimeZone): number | null | undefined {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  const match = ISO.exec(value.trim());
  if (match === null) return NUMERIC.test(value.trim()) ? fromNumber(Number(value)) : undefined;
  const [, year, month, date, hour = '00', minute = '00', second = '00', fraction = '', offsetText] = match;
  const day = dayOfDate(Number(year), Number(month), Number(date));
  // A date that does not exist comes back as another one: 31 February as 2 or 3 March.
  if (Number(year) < 1 || formatDay(day) !== `${year}-${month}-${date}`) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const time = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + ms;
  const local = startOfDay(day) + time;
  if (offsetText === undefined) return inRange(zone === undefined ? local : zone.instantOf(local));
  const offset = offsetOf(offsetText);
  return Math.abs(offset) > MAX_OFFSET_MS ? undefined : inRange(local - offset);
}

/**
 * Brings a time to the one form that every row uses: RFC 3339 UTC with milliseconds.
 * Returns null for "no time" and undefined for what is no time, like {@link parseInstant}.
 */
export function toTimestamp(value: unknown, zone?: TimeZone): string | null | undefined {
  if (typeof value === 'string' && isCanonical(value)) return value;
  const local = zone !== undefined && typeof value === 'string' ? plainLocal(value) : undefined;
  // The first hours of the year 1, which some programs write for "never", are before it in UTC.
  const ms = local === undefined || zone === undefined ? parseInstant(value, zone) : inRange(zone.instantOf(local));
  return typeof ms === 'number' ? formatInstant(ms) : ms;
}

/** Recognises our own form, with plausible digits, without a Date object: most times arrive in it already. */
function isCanonical(text: string): boolean {
  return text.length === 24 && CANONICAL.test(text);
}
const CANONICAL = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * Reads `2024-03-01T12:30:05`, the form in which whole lists of local times come, as if it were UTC, at a third of the cost of the
 * expression that knows all forms. Undefined for whatever else; the last days of a month are left to the other, which knows
 * how many it has.
 */
function plainLocal(text: string): number | undefined {
  if (text.length !== 19 || !PLAIN.test(text)) return undefined;
  const two = (at: number) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - TWO_ZEROS;
  const day = dayOfDate(two(0) * 100 + two(2), two(5), two(8));
  return startOfDay(day) + ((two(11) * 60 + two(14)) * 60 + two(17)) * 1000;
}
const PLAIN = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
/** What "00" adds up to where digits are taken for their codes. */
const TWO_ZEROS = 48 * 11;

function fromNumber(value: number): number | undefined {
  return inRange(Math.abs(value) > SECONDS_LIMIT ? Math.trunc(value) : Math.round(value * 1000));
}

function inRange(ms: number): number | undefined {
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : undefined;
}

/** No zone is further from UTC than this; some once were by nearly 16 hours. */
const MAX_OFFSET_MS = 16 * 3_600_000;

/** Milliseconds by which a zone is ahead of UTC: `Z`, `+03:00`, `+0300`, `+03`. */
function offsetOf(text: string): number {
  if (text === 'Z' || text === 'z') return 0;
  const digits = text.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
}
