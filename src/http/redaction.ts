/** Takes every known secret out of a text that people will see. */
export type Redact = (text: string) => string;

const MASK = '****';

/**
 * Shorter secrets are not masked: three characters occur everywhere, and a log of asterisks tells nobody anything.
 * No real credential is that short.
 */
const SHORTEST_SECRET = 4;

/** Of a form this long the first half is enough to know it by: a text that was cut in the middle of it shows no more. */
const LONG_FORM = 16;

/**
 * Makes the redactor for `secrets`: each is found as given, URL-encoded (as in a path and as in a form, once and twice),
 * escaped as in JSON and in HTML, as hexadecimal digits, and inside base64 text (plain and URL-safe) at any of the three
 * offsets at which base64 can hold it, as in an Authorization header; in capitals, small letters or both, and also when
 * the end of it is cut off. Longer forms are masked first, so that a secret within a secret leaves no remainder.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    for (const form of formsOf(secret)) if (form.length >= SHORTEST_SECRET) forms.add(form);
  }
  if (forms.size === 0) return (text) => text;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const halves = longestFirst.filter((form) => form.length >= LONG_FORM).map(firstHalf);
  const pattern = new RegExp([...longestFirst.map(escapeRegExp), ...halves].join('|'), 'gi');
  return (text) => text.replace(pattern, MASK);
}

function formsOf(secret: string): string[] {
  const wellFormed = secret.toWellFormed();
  const url = encodeURIComponent(wellFormed);
  const form = new URLSearchParams([['', wellFormed]]).toString().slice(1);
  const base64 = [0, 1, 2].flatMap((offset) => base64Within(wellFormed, offset));
  const hex = Buffer.from(wellFormed).toString('hex');
  return [secret, url, encodeURIComponent(url), form, inJson(secret), inHtml(secret), hex, ...base64];
}

/** Pattern of a form whose end is cut off. */
function firstHalf(form: string): string {
  return `${escapeRegExp(form.slice(0, Math.ceil(form.length / 2)))}[\\w+/=%.~-]*`;
}

function inHtml(secret: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return secret.replace(/[&<>"']/g, (character) => names[character] as string);
}

function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}

/** The characters of base64 text that depend on nothing but the secret, when it begins `offset` bytes into a group of three. */
function base64Within(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const whole = bytes.toString('base64').replaceAll('=', '');
  const from = [0, 2, 3][offset] as number;
  // The last group's characters depend on what follows, unless the secret fills it.
  const to = bytes.length % 3 === 0 ? whole.length : whole.length - 1;
  const inner = whole.slice(from, to);
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
