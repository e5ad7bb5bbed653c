/** Whether the brackets of a JSON text, outside of its strings, are nested deeper than a receiver takes. */
export function isDeep(text: string): boolean {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.replace(/"(?:[^"\\]|\\.)*"/gs, '""').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest > 64;
}

const isCredential = (name: string) =>
  ['token', 'secretkey', 'webhookkey'].includes(name.replace(/[_-]/g, '').toLowerCase());

/** The text under which an event that was sent as `text` has to be in the inbox; undefined for what is none. */
export function keyText(text: string): string | undefined {
  let exact: unknown;
  const keep = (_name: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number'
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(context?.source ?? '')
      : value;
  try {
    exact = JSON.parse(text.trim(), keep);
  } catch {
    return undefined;
  }
  if (!/^[{[]/.test(text.trim())) return undefined;
  const objects = ((Array.isArray(exact) ? exact : [exact]) as Record<string, unknown>[]).filter(
    (one) => typeof one === 'object' && one !== null && !Array.isArray(one),
  );
  const names = objects.flatMap((object) =>
    Object.keys(object)
      .filter(isCredential)
      .map((name) => ({ object, name })),
  );
  for (const { object, name } of names) delete object[name];
  return (names.length === 0 ? text.trim() : JSON.stringify(exact)).replaceAll(/[\r\n]+/g, ' ');
}

/**
 * The content of an event, given as its text in the inbox, as what is written to standard output can tell it: without
 * NUL, and with U+FFFD for half a character, for no database takes those.
 */
export function contentOf(text: string): string {
  const clean = (value: string) => value.replaceAll('\0', '').toWellFormed();
  const cleaned = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return value.map(cleaned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), cleaned(inner)]));
  };
  const exact = JSON.parse(text, ((_name: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? `number ${context?.source}` : value) as (name: string, value: unknown) => unknown);
  return JSON.stringify(cleaned(exact));
}
