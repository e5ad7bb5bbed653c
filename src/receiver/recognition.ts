import { foldedFields, isObject } from '../core/objects.ts';

/** What the receiver makes out about an event. The rest is for whoever reads it: an event is kept before it is understood. */
export interface Recognition {
  /** What happened: a word of ours for what is known, the vendor's own for the rest, `unknown` where there is none. */
  readonly kind: string;
  /** To what: the id of a LiveTex conversation; null where it cannot be told, or where events do not belong together. */
  readonly subject: string | null;
  /** Whether the reference describes such an event. */
  readonly isForeseen: boolean;
}

export const UNKNOWN_KIND = 'unknown';

/** The longest words and ids that are kept: PostgreSQL's indexes take 2,700 bytes, and no real one comes near. */
const LONGEST = 200;

/** A vendor's word or id as the inbox keeps it, without control characters: PostgreSQL takes no NUL. Null for none. */
export function plainWord(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const word = String(value)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .toWellFormed();
  return word === '' || word.length > LONGEST ? null : word;
}

/** What is under a folded name, where it is an object. */
export function objectAt(fields: ReadonlyMap<string, unknown>, name: string): Map<string, unknown> | undefined {
  const value = fields.get(name);
  return isObject(value) ? foldedFields(value) : undefined;
}
