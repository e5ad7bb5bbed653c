import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { EntrypointOutput, sourceChat } from './helpers/airbyte.ts';
import { file, ROOT, run } from './helpers/commands.ts';
import { sandboxFor, UNLIMITED } from './helpers/sandbox.ts';

/** What Airbyte's acceptance tests do with the sections of the file, against the sandbox in place of an account. */
const { acceptance_tests: sections } = parse(readFileSync(join(ROOT, 'acceptance-test-config.yml'), 'utf8'));

const OWN_CONFIG = 'secrets/config.json';
const CONFIGS: ReadonlySet<string> = new Set([OWN_CONFIG, 'test/acceptance/invalid_config.json']);

function json(path: string) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** A catalog whose streams are all read in one mode, without those that lack it. */
function inMode(path: string, mode: string) {
  const streams = json(path).streams as { stream: { supported_sync_modes: string[] } }[];
  return {
    streams: streams
      .filter(({ stream }) => stream.supported_sync_modes.includes(mode))
      .map((stream) => ({ ...stream, sync_mode: mode })),
  };
}

async function sandboxConfig() {
  const sandbox = await sandboxFor({ tickets: 60, livetex: { chats: 60, leads: 60 } });
  return sandbox.fullConfig(UNLIMITED);
}

test('spec: what is printed is the file that is named', async () => {
  const [{ spec_path: path }] = sections.spec.tests;
  expect((await sourceChat('spec')).spec).toEqual(json(path));
});

test('connection: the good configuration succeeds, the bad one fails, as the file says', async () => {
  for (const { config_path: path, status } of sections.connection.tests) {
    expect(CONFIGS).toContain(path);
    const config = path === OWN_CONFIG ? file(await sandboxConfig()) : join(ROOT, path);
    const { connectionStatus } = new EntrypointOutput(await run('source-chat', ['check', '--config', config]));
    expect(connectionStatus.status).toBe(status === 'succeed' ? 'SUCCEEDED' : 'FAILED');
  }
});

test('basic read: every stream of the catalog gives rows, with declared columns only', async () => {
  const [{ configured_catalog_path: path, empty_streams: empty = [] }] = sections.basic_read.tests;
  const config = await sandboxConfig();
  const { catalog } = await sourceChat('discover', { config });
  const output = await sourceChat('read', { config, catalog: json(path) });
  expect(output.code).toBe(0);
  for (const { stream } of json(path).streams) {
    const { json_schema: schema } = catalog.streams.find((found: { name: string }) => found.name === stream.name);
    const rows = output.rows(stream.name);
    if (!empty.includes(stream.name)) expect(rows.length, stream.name).toBeGreaterThan(0);
    const declared = new Set(Object.keys(schema.properties));
    for (const row of rows) expect(Object.keys(row).filter((column) => !declared.has(column))).toEqual([]);
  }
});

test('incremental: a state of the future gives no rows, and a state for each stream', async () => {
  const [{ configured_catalog_path: path, future_state: future }] = sections.incremental.tests;
  const catalog = inMode(path, 'incremental');
  const state = json(future.future_state_path);
  const output = await sourceChat('read', { config: await sandboxConfig(), catalog, state });
  expect(output.code).toBe(0);
  expect(output.records()).toEqual([]);
  expect(output.lastStates()).toHaveLength(catalog.streams.length);
  expect(state).toHaveLength(catalog.streams.length);
});

test('full refresh: the second read brings every row of the first', async () => {
  const [{ configured_catalog_path: path }] = sections.full_refresh.tests;
  const config = await sandboxConfig();
  const catalog = inMode(path, 'full_refresh');
  const [first, second] = [
    await sourceChat('read', { config, catalog }),
    await sourceChat('read', { config, catalog }),
  ];
  const seen = new Set(second.records().map(({ data }) => JSON.stringify(data)));
  expect(first.records().filter(({ data }) => !seen.has(JSON.stringify(data)))).toEqual([]);
  expect(first.records().length).toBeGreaterThan(100);
});
