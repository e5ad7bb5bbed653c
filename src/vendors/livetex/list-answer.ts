import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import { entriesOf, wholeNumber } from '../answers.ts';

/**
 * The status that an answer means which came with HTTP 200: the ancestor of this API puts a `code` beside or in place of
 * `results` (livetex-api §3.4), and OAuth servers have words of their own. Rows that came are rows.
 */
export function statusIn(data: unknown, httpStatus: number): number | undefined {
  if (!isObject(data) || httpStatus > 299) return undefined;
  const { results, code, status, error } = data;
  if (Array.isArray(results) ? results.length > 0 : isObject(results)) return undefined;
  if (typeof error === 'string' && /^(?:invalid_grant|invalid_token|unauthorized)$/.test(error)) return 401;
  const number = Number(code ?? status);
  return Number.isInteger(number) && number >= 400 && number <= 599 ? number : undefined;
}

/** The rows of a list's answer. Throws a system error for what is none; `words` finds what the vendor says in it. */
export function itemsOf(data: unknown, noun: string, words: () => string | undefined): Row[] {
  const found: unknown = isObject(data) ? data['results'] : data;
  const origin = { vendor: 'LiveTex', noun, words, setting: 'livetex.base_url' };
  // An empty list may be left out, but one that stands beside an error is not empty.
  const isMissing = found === null || found === undefined;
  if (isMissing ? totalOf(data) !== 0 : !Array.isArray(found) || found.length > 0) return entriesOf(found, origin);
  const hasError = isObject(data) && ['error', 'errors'].some((name) => isSaying(data[name]));
  return hasError ? entriesOf(undefined, origin) : [];
}

/** How many rows the window has; undefined where the answer does not tell. */
export function totalOf(data: unknown): number | undefined {
  return isObject(data) ? wholeNumber(data['total']) : undefined;
}

/** Whether a place for errors has any. */
function isSaying(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return value !== null && value !== undefined && value !== false && value !== '' && value !== 0;
}
