/**
 * Finds what JSON.stringify lets through and some reader chokes on. Lone surrogates come out of JSON.stringify as `\ud83d`
 * and NUL as `\u0000`, so all escapes are suspects; the three separators come out raw.
 */
const SUSPECT = /\\u(?:d[89a-f]|0000)|[\u0085\u2028\u2029]/;
const ESCAPES = /(?<!\\)((?:\\\\)*)\\u(?:(d[89a-f][0-9a-f]{2})|0000)/g;
const SEPARATORS = /[\u0085\u2028\u2029]/g;

/**
 * Makes JSON text safe for every known reader, without a change of meaning for those that can read all of it:
 * - half a surrogate pair (an emoji that somebody cut) becomes U+FFFD: orjson, pydantic and PostgreSQL refuse it;
 * - U+0000 is removed: PostgreSQL cannot store it (airbyte §1.10, singer §0.5);
 * - U+2028, U+2029 and U+0085 are escaped: Python's splitlines() ends a line there.
 *
 * Takes text made by JSON.stringify, one message or many lines of them; clean text costs one scan.
 */
export function cleanJson(json: string): string {
  if (!SUSPECT.test(json)) return json;
  return json
    .replace(ESCAPES, (_match, backslashes: string, surrogate?: string) =>
      surrogate === undefined ? backslashes : `${backslashes}\ufffd`,
    )
    .replace(SEPARATORS, (separator) => `\\u${separator.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
