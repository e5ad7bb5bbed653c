import { SyncError } from '../core/errors.ts';
import { isObject } from '../core/objects.ts';
import type { Row } from '../core/stream.ts';
import type { HttpClient } from '../http/client.ts';

/** Where a list came from, for messages. */
export interface ListOrigin {
  /** The vendor as people write it. */
  readonly vendor: string;
  /** What it lists: `tickets`. */
  readonly noun: string;
  /** The vendor's own words in the answer, where it is an error that came with the status of a success. Asked for only then. */
  readonly words: () => string | undefined;
  /** The setting with the API's address. */
  readonly setting: string;
}

/** The entries of a list that a vendor answered. Throws a system error for what is no list of objects: nothing is skipped. */
export function entriesOf(found: unknown, { vendor, noun, words, setting }: ListOrigin): Row[] {
  if (!Array.isArray(found)) {
    const said = words();
    throw new SyncError(
      'system',
      `${vendor} answered the call for listing ${noun} with something that is not a list${said === undefined ? '' : ` (“${said}”)`}. Check the API address (${setting}); if it is right, please report this.`,
      { detail: `expected a list, got ${found === null ? 'null' : typeof found}` },
    );
  }
  const strange = found.findIndex((entry) => !isObject(entry));
  if (strange >= 0) {
    throw new SyncError(
      'system',
      `${vendor}'s list of ${noun} has an entry (number ${strange + 1}) that is not an object.`,
    );
  }
  return found as Row[];
}

/**
 * The entries of a list that came in an answer, by itself or in an envelope that calls it `inside`. Throws as {@link entriesOf}, with
 * the vendor's own words where the answer has some.
 */
export function listIn(
  http: Pick<HttpClient, 'words'>,
  data: unknown,
  { inside, ...origin }: Omit<ListOrigin, 'words'> & { readonly inside?: string },
): Row[] {
  const words = () => (isObject(data) ? http.words(data) : undefined);
  return entriesOf(inside !== undefined && isObject(data) ? data[inside] : data, { ...origin, words });
}

/** A number of things, also as text; undefined for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}
