import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SANDBOX_ACCESS_TOKEN, SANDBOX_LIVETEX_PASSWORD } from '../../src/sandbox/options.ts';
import { columnsOf, KEYS, type Row, STREAMS } from './helpers/columns.ts';
import { differences } from './helpers/differences.ts';
import { createProject, jsonlLoader, type MeltanoProject } from './helpers/meltano.ts';
import { startWorld, type World } from './helpers/world.ts';
import { readJsonl, wantedInJsonl } from './targets/jsonl.ts';

async function expectAll(world: World, folder: string): Promise<void> {
  for (const [stream, rows] of await world.expected()) {
    const wanted = rows.map((row) => wantedInJsonl(stream, row));
    expect([stream, ...differences(KEYS[stream], wanted, readJsonl(folder, stream))]).toEqual([stream]);
  }
}

/** The patterns that Meltano shows as selected, automatic or excluded, by property. */
async function listed(project: MeltanoProject): Promise<Map<string, string>> {
  const text = await project.ok('select', 'tap-chat', '--list', '--all');
  const entries = [...text.matchAll(/^\s*\[(\w+)\s*\] (\S+)$/gm)];
  return new Map(entries.map(([, state = '', property = '']) => [property, state]));
}

test('Meltano with target-jsonl: settings, selection, a first run and one after changes', async () => {
  const world = await startWorld();
  const project = await createProject(world.config);
  const output = join(project.folder, 'output');
  await project.addLoader(jsonlLoader(output));

  // A number that came as text would be refused by the tap.
  await project.ok('config', 'set', 'tap-chat', 'livechat.price_per_1000_calls', '0.5');
  const shown = await project.ok('config', 'print', 'tap-chat');
  expect(shown).toContain('"price_per_1000_calls": 0.5');
  expect(shown).not.toContain(SANDBOX_ACCESS_TOKEN);
  expect(shown).not.toContain(SANDBOX_LIVETEX_PASSWORD);
  const { stdout, code } = await project.meltano(['config', 'test', 'tap-chat']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('Plugin configuration is valid')]);

  // Meltano makes a time without a zone of it, and means UTC wherever it runs; the tap takes it so.
  const relative = { TAP_CHAT_START_DATE: '3 days ago', TZ: 'Asia/Tokyo' };
  const printed = await project.meltano(['config', 'print', 'tap-chat'], relative);
  const start = /"start_date": "([\d-]+T[\d:.]+)"/.exec(printed.stdout)?.[1];
  expect(Math.abs(Date.now() - 3 * 86_400_000 - Date.parse(`${start}Z`))).toBeLessThan(600_000);
  expect((await project.meltano(['config', 'test', 'tap-chat'], relative)).code).toBe(0);

  const properties = await listed(project);
  for (const stream of STREAMS) {
    for (const column of Object.keys(columnsOf(stream))) {
      const state = [KEYS[stream], 'modified', 'created_at', 'started_timestamp', 'inbox_seq'].includes(column)
        ? /automatic|selected/
        : /^selected$/;
      expect(properties.get(`${stream}.${column}`), `${stream}.${column}`).toMatch(state);
    }
    expect(properties.get(`${stream}.${KEYS[stream]}`)).toBe('automatic');
  }

  await project.ok('run', 'tap-chat', 'target-jsonl');
  await expectAll(world, output);
  const before = await project.bookmarks('target-jsonl');
  expect(Object.keys(before).sort()).toEqual([...STREAMS].sort());

  await world.change();
  const second = await project.meltano(['run', 'tap-chat', 'target-jsonl']);
  expect(second.code).toBe(0);
  // It went on from the state: the changed tickets alone came.
  expect(second.stderr).toMatch(/Summary: .*livechat_tickets 1\d rows COMPLETE/);
  await expectAll(world, output);
});

test('Meltano: only what is selected comes, with keys and cursors', async () => {
  const world = await startWorld();
  const project = await createProject(world.config);
  const output = join(project.folder, 'output');
  await project.addLoader(jsonlLoader(output));
  await project.ok('select', 'tap-chat', 'livechat_tickets', 'subject');
  // Of an object its parts are selected; alone it comes empty.
  await project.ok('select', 'tap-chat', 'livechat_tickets', 'requester*');
  await project.ok('select', 'tap-chat', 'livechat_tickets', 'assigned_team');
  await project.ok('select', 'tap-chat', 'livechat_tickets', 'source.type');
  await project.ok('select', 'tap-chat', 'livetex_leads', '*');
  await project.ok('select', 'tap-chat', '--exclude', 'livetex_leads', 'utm_*');
  const properties = await listed(project);
  expect(properties.get('livechat_tickets.subject')).toBe('selected');
  expect(properties.get('livechat_tickets.events')).toBe('excluded');
  const { stderr } = await project.meltano(['run', 'tap-chat', 'target-jsonl']);
  expect(stderr).toMatch(/Summary: livechat_tickets \d+ rows COMPLETE; livetex_leads \d+ rows COMPLETE;/);

  const expected = await world.expected();
  const tickets = expected
    .get('livechat_tickets')
    ?.map(({ id, modified, subject, requester, source, assigned_team }) => {
      const team = assigned_team === null ? null : {};
      // What nobody has declared cannot be left out.
      const { id: _id, url: _url, ...rest } = source as Row;
      return { id, modified, subject, requester, assigned_team: team, source: rest };
    });
  const leads = expected
    .get('livetex_leads')
    ?.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('utm_'))));
  expect(differences('id', tickets ?? [], readJsonl(output, 'livechat_tickets'))).toEqual([]);
  expect(differences('lead_id', leads ?? [], readJsonl(output, 'livetex_leads'))).toEqual([]);
  expect(() => readJsonl(output, 'livechat_agents')).toThrow('ENOENT');
});
