/** What JSON.parse tells a reviver of a value's source (in V8 since 11.4; the type library does not know it yet). */
type SourceReviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** Only so many digits in a row can be a number that JSON.parse would change. */
const LONG_NUMBER = /\d{16}/;

/**
 * Parses JSON without changing numbers: a whole number that a double cannot hold, such as a long id, becomes the text of
 * its digits. Throws SyntaxError for what is no JSON.
 */
export function parseExact(text: string): unknown {
  return LONG_NUMBER.test(text) ? parseWith(text, (source) => source) : JSON.parse(text);
}

/** Parses JSON so that JSON.stringify writes every number as it was. Throws SyntaxError for what is no JSON. */
export function parseForRewriting(text: string): unknown {
  const { rawJSON } = JSON as unknown as { rawJSON(source: string): unknown };
  return LONG_NUMBER.test(text) ? parseWith(text, rawJSON) : JSON.parse(text);
}

function parseWith(text: string, keep: (source: string) => unknown): unknown {
  const revive: SourceReviver = (_key, value, context) => {
    const source = context?.source;
    return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
      ? keep(source)
      : value;
  };
  return JSON.parse(text, revive);
}
