import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SANDBOX_ACCOUNT_ID } from '../../src/sandbox/options.ts';
import { type Finished, file, temporaryFolder } from '../helpers/commands.ts';
import { program } from './helpers/clients.ts';
import { columnsOf, KEYS, type Row, STREAMS, type StreamName } from './helpers/columns.ts';
import { differences } from './helpers/differences.ts';
import { finish, userEnvironment } from './helpers/processes.ts';
import { startWorld, type World } from './helpers/world.ts';
import { DUCKDB_TYPES, readDuckDbRow, wantedInDuckDb } from './targets/pyairbyte.ts';

const SCRIPT = new URL('python/pyairbyte_sync.py', import.meta.url).pathname;

interface Synced {
  readonly streams: string[];
  readonly processed: number;
  readonly tables: Record<StreamName, { readonly types: Record<string, string>; readonly rows: Row[] }>;
}

/** Runs the script, with the name of the program as a user writes it. */
function pyairbyte(config: object, cache: string, steps = { check: true, read: true }): Promise<Finished> {
  const options = { executable: 'source-chat', config, cache, streams: STREAMS, ...steps };
  const cwd = temporaryFolder();
  // PyAirbyte writes logs and downloads beside these.
  const env = userEnvironment({ AIRBYTE_LOGGING_ROOT: cwd, AIRBYTE_PROJECT_DIR: cwd });
  return finish(program('pyairbyte', 'python'), [SCRIPT, file(options)], { cwd, env });
}

function resultOf({ code, stdout, stderr }: Finished): Synced {
  expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

async function expectAll(world: World, { tables }: Synced): Promise<void> {
  for (const [stream, rows] of await world.expected()) {
    const { types, rows: found } = tables[stream];
    const wanted = rows.map((row) => wantedInDuckDb(stream, row));
    const read = found.map((row) => readDuckDbRow(row, types));
    expect([stream, ...differences(KEYS[stream], wanted, read)]).toEqual([stream]);
    for (const [column, { kind }] of Object.entries(columnsOf(stream))) {
      expect(types[column.toLowerCase()], `${stream}.${column}`).toBe(DUCKDB_TYPES[kind]);
    }
  }
}

test('PyAirbyte: check, discover, a first read into its cache, and one after changes', async () => {
  const world = await startWorld();
  const cache = join(temporaryFolder(), 'cache.duckdb');
  const first = resultOf(await pyairbyte(world.config, cache));
  expect(first.streams).toEqual(STREAMS);
  await expectAll(world, first);
  await world.change();
  const second = resultOf(await pyairbyte(world.config, cache));
  expect(second.processed).toBeLessThan(first.processed);
  await expectAll(world, second);
});

test('PyAirbyte: a check that fails tells why in our words', async () => {
  const { config } = await startWorld();
  const account = { auth_type: 'personal_access_token', account_id: SANDBOX_ACCOUNT_ID };
  const credentials = { ...account, token: 'not-the-key-at-all' };
  const livechat = { ...(config['livechat'] as object), credentials };
  const { code, stdout, stderr } = await pyairbyte({ ...config, livechat }, '', { check: true, read: false });
  expect(code).toBe(1);
  expect(stderr).toContain('AirbyteConnectorCheckFailedError');
  expect(stderr).toMatch(/Failure Reason: .*LiveChat does not accept the credentials \(HTTP 401/);
  expect(stdout + stderr).not.toContain('not-the-key-at-all');
});

test('PyAirbyte: a read in which streams fail is a failure, and the next one makes it good', async () => {
  const world = await startWorld();
  const cache = join(temporaryFolder(), 'cache.duckdb');
  resultOf(await pyairbyte(world.config, cache));
  await world.change();
  const livetex = { ...(world.config['livetex'] as object), password: 'changed-meanwhile' };
  const failed = await pyairbyte({ ...world.config, livetex }, cache, { check: false, read: true });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('AirbyteConnectorFailedError');
  await expectAll(world, resultOf(await pyairbyte(world.config, cache)));
});
