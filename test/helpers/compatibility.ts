// biome-ignore lint/suspicious/noExplicitAny: a schema is any JSON
type Node = any;

/** What a new connection form would do to configurations of the old one; empty when they all still work. */
export function breakingConfigChanges(before: Node, after: Node, path = ''): string[] {
  const found: string[] = [];
  const typesBefore = [before.type].flat();
  const typesAfter = [after.type].flat();
  if (
    !typesBefore.every((type) => typesAfter.includes(type) || (type === 'integer' && typesAfter.includes('number')))
  ) {
    found.push(`${path} changed its type`);
  }
  for (const name of after.required ?? []) {
    if (!(before.required ?? []).includes(name)) found.push(`${path}/${name} became required`);
  }
  const enumBefore = before.enum ?? (before.const === undefined ? undefined : [before.const]);
  const enumAfter = after.enum ?? (after.const === undefined ? undefined : [after.const]);
  if (
    enumAfter !== undefined &&
    !(enumBefore ?? [Symbol('any')]).every((value: unknown) => enumAfter.includes(value))
  ) {
    found.push(`${path} allows fewer values`);
  }
  for (const [name, child] of Object.entries(before.properties ?? {})) {
    const next = after.properties?.[name];
    if (next === undefined) found.push(`${path}/${name} is gone`);
    else found.push(...breakingConfigChanges(child, next, `${path}/${name}`));
  }
  for (const variant of before.oneOf ?? []) {
    const constants = (node: Node) =>
      JSON.stringify(
        Object.values(node.properties ?? {})
          .map((child) => (child as Node).const ?? null)
          .filter(Boolean),
      );
    const next = (after.oneOf ?? []).find((other: Node) => constants(other) === constants(variant));
    if (next === undefined) found.push(`${path} lost the variant ${constants(variant)}`);
    else found.push(...breakingConfigChanges(variant, next, `${path}${constants(variant)}`));
  }
  return found;
}

/** What a new catalog would do to tables made from the old one; empty when nothing breaks. */
export function breakingCatalogChanges(before: Node, after: Node): string[] {
  const found: string[] = [];
  for (const stream of before.streams) {
    const next = after.streams.find((other: Node) => other.name === stream.name);
    if (next === undefined) {
      found.push(`${stream.name} is gone`);
      continue;
    }
    for (const field of ['source_defined_primary_key', 'default_cursor_field', 'source_defined_cursor']) {
      if (JSON.stringify(stream[field]) !== JSON.stringify(next[field]))
        found.push(`${stream.name} changed its ${field}`);
    }
    for (const mode of stream.supported_sync_modes) {
      if (!next.supported_sync_modes.includes(mode)) found.push(`${stream.name} lost the mode ${mode}`);
    }
    found.push(...breakingFieldChanges(stream.json_schema, next.json_schema, stream.name));
  }
  return found;
}

function breakingFieldChanges(before: Node, after: Node, path: string): string[] {
  const found: string[] = [];
  for (const keyword of ['type', 'format', 'airbyte_type']) {
    if (JSON.stringify(before[keyword]) !== JSON.stringify(after[keyword]))
      found.push(`${path} changed its ${keyword}`);
  }
  for (const [name, child] of Object.entries(before.properties ?? {})) {
    const next = after.properties?.[name];
    if (next === undefined) found.push(`${path}.${name} is gone`);
    else found.push(...breakingFieldChanges(child, next, `${path}.${name}`));
  }
  if (before.items !== undefined) found.push(...breakingFieldChanges(before.items, after.items ?? {}, `${path}[]`));
  return found;
}
