/** The body of a call of API v3.6. */
export type V3Request = Readonly<Record<string, unknown>>;

/** Reads a body; undefined when it is no JSON object. */
export function readV3Request(body: string): V3Request | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as V3Request) : undefined;
  } catch {
    // Not JSON: the caller is told so.
    return undefined;
  }
}

/** The first name in an object that is not one of those known; undefined when all are. */
export function unknownName(value: V3Request, known: readonly string[]): string | undefined {
  return Object.keys(value).find((name) => !known.includes(name));
}

/** An object in the body; empty when it is not there, undefined when it is something else. */
export function objectIn(request: V3Request, name: string): V3Request | undefined {
  const value = request[name] ?? {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as V3Request) : undefined;
}

/** What is asked of a list that has pages, by default 10 rows of it (livechat-api §3.5). */
export interface PageAsked {
  readonly ascending: boolean;
  readonly limit: number;
}

/** Reads order and size of pages; a sentence when they are not taken. */
export function readPageAsked(request: V3Request): PageAsked | string {
  const { sort_order = 'desc', limit = 10 } = request;
  if (sort_order !== 'asc' && sort_order !== 'desc') return '`sort_order` must be one of: asc, desc';
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > 100) {
    return '`limit` must be a number from 1 to 100';
  }
  return { ascending: sort_order === 'asc', limit: limit as number };
}

/** A list of a certain kind of value, of so many at most; undefined when it is not there. Throws nothing: a sentence says what is wrong. */
export function listIn<T extends string | number>(
  filters: V3Request,
  name: string,
  type: 'string' | 'number',
  most: number,
): readonly T[] | undefined | string {
  const value = filters[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((one) => typeof one !== type))
    return `\`filters.${name}\` must be a list of ${type}s`;
  return value.length > most ? `\`filters.${name}\` must not have more than ${most} elements` : (value as T[]);
}
