/** True for a JSON object, as opposed to null, a list or a scalar. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An object's properties under names that do not depend on how an API spells them: `Conversation`, `conversationId` and
 * `conversation_id` are found as `conversation` and `conversationid`. Of two spellings of one name the first that is not
 * null counts.
 */
export function foldedFields(object: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(object)) {
    const folded = foldName(name);
    if ((fields.get(folded) ?? null) === null) fields.set(folded, value);
  }
  return fields;
}

/** A value as text, whatever it is: `String` throws for an object whose `toString` is something else. */
export function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** A name without its capitals, underscores and hyphens. */
export function foldName(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}
