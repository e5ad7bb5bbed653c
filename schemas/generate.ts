/**
 * Makes src/generated/ from this folder: the types of the configuration and of every stream's rows, and the validator of
 * the configuration, compiled ahead so that no start has to.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

const SCHEMAS = new URL('./', import.meta.url);
const BANNER = '// Made from schemas/ by `npm run generate`. Do not edit.\n';

/** The generated files by name, with their contents. */
export async function generate(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, SCHEMAS), 'utf8'));
  const config = read('spec').connectionSpecification;
  files.set('config.ts', BANNER + (await types(config, 'Config')));
  files.set('validate-config.ts', `// @ts-nocheck\n${BANNER}${validator(config)}`);
  const streams = readdirSync(SCHEMAS)
    .filter((file) => file.endsWith('.json') && file !== 'spec.json')
    .map((file) => file.replace('.json', ''))
    .sort();
  const rows: string[] = [];
  for (const name of streams) {
    const schema = read(name);
    // In a row of ours every declared column is there and no other.
    const exact = { ...schema, required: Object.keys(schema.properties), additionalProperties: false };
    rows.push(await types(exact, schema.title));
  }
  files.set('rows.ts', BANNER + rows.join('\n'));
  return files;
}

function types(schema: JSONSchema, name: string): Promise<string> {
  // Titles are for people; as type names they would collide.
  const { title: _title, ...untitled } = schema;
  return compile(withoutTitles(untitled) as JSONSchema, name, {
    bannerComment: '',
    format: true,
    style: { singleQuote: true, printWidth: 120 },
  });
}

function withoutTitles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTitles);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => key !== 'title' || typeof inner !== 'string');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutTitles(inner)]));
}

function validator(schema: object): string {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    // Code without imports: ajv itself is not needed at run time.
    unicodeRegExp: false,
    code: { source: true, esm: true, lines: true },
    // The pattern beside each format says more exactly what is accepted.
    formats: { 'date-time': true },
    keywords: ['airbyte_secret', 'airbyte_hidden', 'order', 'group', 'groups', 'pattern_descriptor'],
  });
  return (standaloneCode.default ?? standaloneCode)(ajv, ajv.compile(schema));
}
