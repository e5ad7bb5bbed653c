import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT, run } from '../helpers/commands.ts';

// biome-ignore lint/suspicious/noExplicitAny: a schema is any JSON
type Node = any;

interface Setting {
  readonly name: string;
  readonly kind: string;
  readonly [property: string]: unknown;
}

const { connectionSpecification: form } = JSON.parse(readFileSync(join(ROOT, 'schemas/spec.json'), 'utf8'));
const definition = parse(readFileSync(join(ROOT, 'catalog/meltano/tap-chat.yml'), 'utf8'));

/** Every setting of the form, by its path; one that several variants have comes once for each. */
function* leaves(node: Node, path: readonly string[] = []): Generator<[string, Node]> {
  for (const variant of [node, ...(node.oneOf ?? [])]) {
    for (const [name, child] of Object.entries<Node>(variant.properties ?? {})) {
      if (child.properties === undefined && child.oneOf === undefined) yield [[...path, name].join('.'), child];
      else yield* leaves(child, [...path, name]);
    }
  }
}

// The receiver's settings are none of a sync's.
const settings = new Map([...leaves(form)].filter(([path]) => !path.startsWith('webhooks.')));

test('Meltano: the definition has every setting of a sync, as the form describes it', () => {
  expect(definition.settings.map(({ name }: Setting) => name).sort()).toEqual([...settings.keys()].sort());
  for (const setting of definition.settings as Setting[]) {
    const field = settings.get(setting.name);
    const hasChoice = field.const !== undefined || field.enum !== undefined;
    const kind = { array: 'array', integer: 'integer', number: 'decimal', string: hasChoice ? 'options' : 'string' }[
      field.type as string
    ];
    expect(setting.kind, setting.name).toBe(setting.name === 'start_date' ? 'date_iso8601' : kind);
    expect(setting['label'], setting.name).toContain(field.title);
    expect(setting['description'], setting.name).toEqual(field.description ?? expect.any(String));
    expect(setting['sensitive'] ?? false, setting.name).toBe(field.airbyte_secret ?? false);
    expect(setting['hidden'] ?? false, setting.name).toBe(field.airbyte_hidden ?? false);
  }
});

test('Meltano: capabilities are those that the tap tells of; what must be set together exists', async () => {
  const { capabilities } = JSON.parse((await run('tap-chat', ['--about', '--format', 'json'])).stdout);
  // `properties` is the old name of `catalog`: Meltano would pass both.
  expect(definition.capabilities).toEqual(capabilities.filter((name: string) => name !== 'properties'));
  for (const name of definition.settings_group_validation.flat()) expect([...settings.keys()]).toContain(name);
});
