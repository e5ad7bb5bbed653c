import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { run } from '../helpers/commands.ts';
import { RFC_3339, rowValidator } from '../helpers/protocol.ts';
import { sandboxFor, UNLIMITED } from '../helpers/sandbox.ts';
import { discoverTap, tapChat } from '../helpers/singer.ts';

const STREAMS = ['livechat_agents', 'livechat_tickets', 'livechat_chats', 'livetex_chats', 'livetex_leads'];

/** Each vendor's two lists, and LiveTex's windows before the first one that has anything. */
const CALLS_OF_TEST = 7;

// biome-ignore lint/suspicious/noExplicitAny: a catalog is any JSON
type Node = any;

describe("the Meltano SDK's standard tap tests", () => {
  test('tap_cli_prints: version, about as text, JSON and Markdown', async () => {
    expect((await run('tap-chat', ['--version'])).stdout).toMatch(/^tap-chat v\d+\.\d+\.\d+\n$/);
    expect((await run('tap-chat', ['--about'])).stdout).toContain('\n  start_date (required): ');
    const json = JSON.parse((await run('tap-chat', ['--about', '--format', 'json'])).stdout);
    expect(Object.keys(json)).toEqual(
      'name description version sdk_version supported_python_versions capabilities settings'.split(' '),
    );
    expect(json.capabilities).toEqual(
      expect.arrayContaining(['catalog', 'discover', 'state', 'about', 'test', 'structured-logging']),
    );
    expect(json.settings.properties.start_date.title).toBe('Start Date');
    const markdown = (await run('tap-chat', ['--about', '--format=markdown'])).stdout;
    expect(markdown).toMatch(/^# `tap-chat`\n/);
    expect(markdown).toContain('| livechat.calls_per_minute | False | `100` |');
  });

  test('tap_discovery: a catalog that the tap itself accepts', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const catalog = await discoverTap(sandbox.fullConfig());
    const output = await tapChat({ config: sandbox.fullConfig(), catalog });
    expect(output.code).toBe(0);
    // Vendors run side by side.
    expect(
      output
        .of('SCHEMA')
        .map((message) => message.stream)
        .sort(),
    ).toEqual([...STREAMS].sort());
  });

  test('tap_stream_connections: --test brings one record of each stream, for one call each and a sign-in', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const output = await tapChat({ config: sandbox.fullConfig() }, ['--test']);
    expect(output.code).toBe(0);
    for (const stream of STREAMS) expect(output.rows(stream)).toHaveLength(1);
    expect(output.of('STATE')).toEqual([]);
    expect(sandbox.calls.count).toBe(CALLS_OF_TEST);
    const schemas = await tapChat({ config: sandbox.fullConfig() }, ['--test=schema']);
    expect(schemas.messages.map((message) => message.type)).toEqual(STREAMS.map(() => 'SCHEMA'));
    expect(sandbox.calls.count).toBe(CALLS_OF_TEST);
  });

  test('tap_valid_final_state: bookmarks without progress markers', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const output = await tapChat({ config: sandbox.fullConfig() });
    expect(output.messages.at(-1)?.type).toBe('STATE');
    expect(output.lastState()).toEqual({
      bookmarks: {
        livechat_agents: { version: 1 },
        livechat_tickets: { version: 1, api: 'rest_v2', modified: expect.stringMatching(RFC_3339) },
        livechat_chats: {
          version: 1,
          started_timestamp: expect.stringMatching(RFC_3339),
          read_at: expect.stringMatching(RFC_3339),
        },
        livetex_chats: { version: 1, created_at: expect.stringMatching(RFC_3339) },
        livetex_leads: { version: 1, created_at: expect.stringMatching(RFC_3339) },
      },
    });
  });

  test('stream_returns_record, stream_schema_is_valid, stream_record_matches_stream_schema, stream_record_schema_matches_transformed_catalog, stream_primary_keys', async () => {
    const sandbox = await sandboxFor({ tickets: 600, surprises: true });
    const output = await tapChat({ config: sandbox.fullConfig(UNLIMITED) });
    for (const stream of STREAMS) {
      const [schema] = output.of('SCHEMA', stream);
      expect(new Ajv({ strict: false }).validateSchema(schema?.schema)).toBe(true);
      const validate = rowValidator(schema?.schema);
      const columns = Object.keys(schema?.schema.properties);
      const rows = output.rows(stream);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(validate(row), JSON.stringify(validate.errors)).toBe(true);
        expect(Object.keys(row)).toEqual(columns);
      }
      const keys = rows.map((row) => schema?.key_properties.map((key: string) => row[key]).join());
      expect(keys).not.toContain('');
      expect(new Set(keys).size).toBe(rows.length);
    }
  });
});

/** What the SDK calls castable, by JSON type and format. */
const IS: Record<string, (value: unknown) => boolean> = {
  is_datetime: (value) => typeof value === 'string' && RFC_3339.test(value),
  is_boolean: (value) => typeof value === 'boolean',
  is_integer: (value) => Number.isSafeInteger(value),
  is_numeric: (value) => typeof value === 'number',
  is_object: (value) => typeof value === 'object' && !Array.isArray(value),
};

function attributeTestOf({ type, format }: Node): string | undefined {
  if (format === 'date-time') return 'is_datetime';
  const names = { boolean: 'is_boolean', integer: 'is_integer', number: 'is_numeric', object: 'is_object' };
  return Object.entries(names).find(([name]) => type.includes(name))?.[1];
}

test('attribute_is_datetime, is_boolean, is_integer, is_numeric, is_object, not_null', async () => {
  const sandbox = await sandboxFor({ tickets: 300, surprises: true });
  const output = await tapChat({ config: sandbox.fullConfig(UNLIMITED) });
  const seen = new Set<string>();
  const check = (node: Node, value: unknown, path: string) => {
    if (value === undefined) return;
    if (value === null) {
      expect(node.type, `${path} not_null`).toContain('null');
      return;
    }
    const name = attributeTestOf(node);
    if (name !== undefined) {
      seen.add(name);
      expect(IS[name]?.(value), `${path} ${name}`).toBe(true);
    }
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      check(child, (value as Record<string, unknown>)[key], `${path}.${key}`);
    }
    if (node.items !== undefined) for (const item of value as unknown[]) check(node.items, item, `${path}[]`);
  };
  for (const stream of STREAMS) {
    const schema = output.of('SCHEMA', stream)[0]?.schema;
    for (const row of output.rows(stream)) check(schema, row, stream);
  }
  expect([...seen].sort()).toEqual(['is_boolean', 'is_datetime', 'is_integer', 'is_numeric', 'is_object']);
});
