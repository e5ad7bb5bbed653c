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
