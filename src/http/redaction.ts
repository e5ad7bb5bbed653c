/** Takes every known secret out of a text that people will see. */
export type Redact = (text: string) => string;

const MASK = '****';

/**
 * Shorter secrets are not masked: three characters occur everywhere, and a log of asterisks tells nobody anything.
 * No real credential is that short.
 */
const SHORTEST_SECRET = 4;

/**
 * Makes the redactor for `secrets`: each is found as given, URL-encoded (as in a path and as in a form), escaped as in
 * JSON, and inside base64 text (plain and URL-safe) at any of the three offsets at which base64 can hold it, as in an
 * Authorization header. Longer forms are masked first, so that a secret within a secret leaves no remainder.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    for (const form of formsOf(secret)) if (form.length >= SHORTEST_SECRET) forms.add(form);
  }
  if (forms.size === 0) return (text) => text;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g');
  return (text) => text.replace(pattern, MASK);
}

function formsOf(secret: string): string[] {
  const wellFormed = secret.toWellFormed();
  const url = encodeURIComponent(wellFormed);
  const form = new URLSearchParams([['', wellFormed]]).toString().slice(1);
  const base64 = [0, 1, 2].flatMap((offset) => base64Within(wellFormed, offset));
  return [secret, url, url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()), form, inJson(secret), ...base64];
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
