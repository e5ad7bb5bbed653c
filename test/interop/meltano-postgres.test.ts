import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';
import { columnsOf, KEYS } from './helpers/columns.ts';
import { differences } from './helpers/differences.ts';
import { createProject, postgresLoader } from './helpers/meltano.ts';
import { startWorld, type World } from './helpers/world.ts';
import { POSTGRES_TYPES, readPostgres, wantedInPostgres } from './targets/postgres.ts';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

async function expectAll(world: World, address: string): Promise<void> {
  for (const [stream, rows] of await world.expected()) {
    const wanted = rows.map((row) => wantedInPostgres(stream, row));
    const { rows: found, types } = await readPostgres(address, stream);
    expect([stream, ...differences(KEYS[stream], wanted, found)]).toEqual([stream]);
    for (const [column, { kind }] of Object.entries(columnsOf(stream))) {
      expect(POSTGRES_TYPES[kind], `${stream}.${column}`).toContain(types.get(column));
    }
  }
}

test('Meltano with target-postgres, and an inbox in PostgreSQL: tables equal to the oracle, after changes too', async () => {
  const world = await startWorld({ type: 'postgres', url: await postgres.database() });
  const warehouse = await postgres.database();
  const project = await createProject(world.config);
  await project.addLoader(postgresLoader(warehouse));
  await project.ok('run', 'tap-chat', 'target-postgres');
  await expectAll(world, warehouse);
  await world.change();
  await project.ok('run', 'tap-chat', 'target-postgres');
  await expectAll(world, warehouse);
});
