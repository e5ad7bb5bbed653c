import type { Redact } from './redaction.ts';

/** Longest quotation from an answer, in characters: an error text is read by a person. */
const LONGEST_QUOTE = 300;

/**
 * Where APIs put what went wrong. REST v2 sends `error` as text or as an object with `message` (livechat-api §2.1); the
 * rest is the list that Airbyte's CDK collected.
 */
const NAMES = [
  'message',
  'messages',
  // Beside it `error` is a code (RFC 6749 §5.2).
  'error_description',
  'error',
  'errors',
  'error_message',
  'detail',
  'details',
  'description',
  'reason',
  'msg',
  'type',
];

/**
 * Finds the vendor's own words in the body of an answer: the message in JSON, the title of a web page, or the beginning
 * of any other text. Returns undefined for an empty body. The result is one line, without secrets: they are taken out
 * before it is cut, for half of one would not be recognised.
 */
export function vendorWords(body: string, redact: Redact): string | undefined {
  const text = body.trim();
  if (text === '') return undefined;
  if (looksLikeHtml(text)) {
    const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim();
    return quote(title ? `a web page: ${title}` : 'a web page', redact);
  }
  let words: string | undefined;
  try {
    words = wordsIn(JSON.parse(text));
  } catch {
    // No JSON: whatever it is, it is what the server said.
  }
  return quote(words ?? text, redact);
}

/** The vendor's own words in an answer that was JSON; undefined where there are none. As {@link vendorWords} otherwise. */
export function wordsOf(data: unknown, redact: Redact): string | undefined {
  const words = wordsIn(data);
  return words === undefined ? undefined : quote(words, redact);
}

function quote(words: string, redact: Redact): string {
  const line = withoutSecrets(words, redact).replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE).toWellFormed()}…` : line;
}

/**
 * Takes secrets out of a text that a server wrote. It may quote what we sent in an encoding of its own, or in several: where a
 * secret shows only when they are undone, the text is shown undone.
 */
function withoutSecrets(words: string, redact: Redact): string {
  const masked = redact(words);
  let plain = masked;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    plain = decoded(plain);
    const found = redact(plain);
    if (found !== plain) return found;
  }
  return masked;
}

/** JSON in a JSON text in a web page: nobody quotes deeper. */
const MOST_LAYERS = 3;

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const ESCAPE =
  /\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\([/"'\\])|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(amp|lt|gt|quot|apos);/gi;

/** Undoes one layer of the escapes of JSON, of programming languages and of HTML. */
function decoded(text: string): string {
  return text.replace(ESCAPE, (whole, unit, byte, mark, hex, decimal, name) => {
    if (mark !== undefined) return mark;
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(unit ?? byte ?? hex, 16) : Number(decimal);
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The code that an answer gives its error (`invalid_grant`, RFC 6749 §5.2), for machines; undefined where there is none. */
export function errorCodeIn(body: string): string | undefined {
  return /"error"\s*:\s*"([a-z0-9_.-]{1,40})"/i.exec(body)?.[1];
}

/** True for an answer that is a web page, whatever its content type says. */
export function looksLikeHtml(body: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(body);
}

function wordsIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (Array.isArray(value)) {
    const words = value.map(wordsIn).filter((item) => item !== undefined);
    return words.length === 0 ? undefined : words.join('; ');
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const name of NAMES) {
    const words = wordsIn((value as Record<string, unknown>)[name]);
    if (words !== undefined) return words;
  }
  return undefined;
}
