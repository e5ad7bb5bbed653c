import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/commands.ts';
import { tapChat } from '../helpers/singer.ts';
import { program } from './helpers/clients.ts';
import { KEYS, type Row, STREAMS, type StreamName } from './helpers/columns.ts';
import { differences } from './helpers/differences.ts';
import { createPipe, type Pipe, type Target } from './helpers/pipes.ts';
import { startWorld, type World } from './helpers/world.ts';
import { readCsv, wantedInCsv } from './targets/csv.ts';
import { readSqlite, wantedInSqlite } from './targets/sqlite.ts';

const OLD_NAMES = new URL('python/old-names', import.meta.url).pathname;

async function expectRun(pipe: Pipe, world: World, target: Target): Promise<void> {
  const { code, stderr } = await pipe.run(world.config, target);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
}

async function expectAll(
  world: World,
  wantedIn: (stream: StreamName, row: Row) => Row,
  read: (stream: StreamName) => Promise<Row[]>,
): Promise<void> {
  for (const [stream, rows] of await world.expected()) {
    const wanted = rows.map((row) => wantedIn(stream, row));
    expect([stream, ...differences(KEYS[stream], wanted, await read(stream))]).toEqual([stream]);
  }
}

test('singer-check-tap finds no fault, in a first run and in one after changes', async () => {
  const world = await startWorld();
  const checker = { program: program('singer-tools', 'singer-check-tap') };
  const check = async (state?: unknown) => {
    const { code, stdout, stderr } = await createPipe(state).run(world.config, checker);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(stdout).toContain('The output is valid.');
    return stdout;
  };
  const first = await check();
  for (const stream of STREAMS) expect(first).toMatch(new RegExp(`${stream}\\s*\\|\\s*[1-9]`));
  const state = (await tapChat({ config: world.config })).lastState();
  await world.change();
  expect(await check(state)).toMatch(/livechat_tickets\s*\|\s*1?\d\s*\|/);
});

test('target-sqlite: tables equal to the oracle, after changes and with the state that it printed', async () => {
  const world = await startWorld();
  const database = join(temporaryFolder(), 'warehouse');
  const target: Target = {
    program: program('target-sqlite', 'target-sqlite'),
    config: { database },
    env: { PYTHONPATH: OLD_NAMES, PYTHONDONTWRITEBYTECODE: '1' },
  };
  // It adds the ending itself.
  const read = (stream: StreamName) => readSqlite(`${database}.db`, stream);
  const pipe = createPipe();
  await expectRun(pipe, world, target);
  await expectAll(world, wantedInSqlite, read);
  await world.change();
  await expectRun(pipe, world, target);
  await expectAll(world, wantedInSqlite, read);
});

test('target-csv: files equal to the oracle, after changes and with the state that it printed', async () => {
  const world = await startWorld();
  const folders = [temporaryFolder(), temporaryFolder()];
  const pipe = createPipe();
  /** It begins its files anew at each run: what it has is the rows of all runs, of which the last of each key counts. */
  const read = async (stream: StreamName) => {
    const runs = await Promise.all(folders.slice(0, done).map((folder) => readCsv(folder, stream)));
    return [...new Map(runs.flat().map((row) => [row[KEYS[stream]], row])).values()];
  };
  let done = 0;
  for (const output_path of folders) {
    if (done > 0) await world.change();
    const config = { output_path, file_naming_scheme: '{stream_name}.csv' };
    await expectRun(pipe, world, { program: program('target-csv', 'target-csv'), config });
    done += 1;
    await expectAll(world, wantedInCsv, read);
  }
});
