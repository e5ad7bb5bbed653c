/** What JSON.parse tells a reviver of a value's source (in V8 since 11.4; the type library does not know it yet). */
type SourceReviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** Only so many digits in a row can be a whole number that JSON.parse would change. */
const LONG_NUMBER = /\d{16}/;
/** What else may be written again in another way: fractions, exponents, and -0. */
const UNSTEADY_NUMBER = /\d{16}|\d[.eE]|-0/;

/**
 * Parses JSON without changing whole numbers: one that a double cannot hold, such as a long id, becomes the text of its
 * digits. Throws SyntaxError for what is no JSON.
 */
export function parseExact(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return parseWith(text, (value, source) => (!Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value));
}

/** Parses JSON so that JSON.stringify writes every number as it was. Throws SyntaxError for what is no JSON. */
export function parseForRewriting(text: string): unknown {
  if (!UNSTEADY_NUMBER.test(text)) return JSON.parse(text);
  const { rawJSON } = JSON as unknown as { rawJSON(source: string): unknown };
  return parseWith(text, (value, source) => (String(value) === source ? value : rawJSON(source)));
}

function parseWith(text: string, convert: (value: number, source: string) => unknown): unknown {
  const revive: SourceReviver = (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined ? convert(value, context.source) : value;
  return JSON.parse(text, revive);
}
