import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, shownIn } from '../helpers/doc-commands.ts';
import { KEYS } from './helpers/columns.ts';
import { differences } from './helpers/differences.ts';
import { createProject, jsonlLoader } from './helpers/meltano.ts';
import { startWorld } from './helpers/world.ts';
import { readJsonl, wantedInJsonl } from './targets/jsonl.ts';

test('Meltano: with a wrong key the test of the configuration says so in our words', async () => {
  const world = await startWorld();
  const { start_date, livechat } = world.config;
  const project = await createProject({ start_date, livechat });
  const key = { TAP_CHAT_LIVECHAT_CREDENTIALS_TOKEN: 'not-the-key-at-all' };
  const { code, stdout, stderr } = await project.meltano(['config', 'test', 'tap-chat'], key);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain('Plugin configuration is invalid');
  const shown = blocksOf('docs/troubleshooting.md').flatMap(shownIn);
  expect(shown.length).toBeGreaterThan(0);
  for (const line of shown) expect(stdout + stderr).toMatch(line);
  expect(stdout + stderr).not.toContain('not-the-key-at-all');
});

test('Meltano: a stream that fails is a failed run; its state stays, those of the others go on, the next run makes it good', async () => {
  const world = await startWorld();
  const project = await createProject(world.config);
  const output = join(project.folder, 'output');
  await project.addLoader(jsonlLoader(output));
  await project.ok('run', 'tap-chat', 'target-jsonl');
  const before = await project.bookmarks('target-jsonl');

  await world.change();
  const wrong = { TAP_CHAT_LIVETEX_PASSWORD: 'changed-meanwhile' };
  const failed = await project.meltano(['run', 'tap-chat', 'target-jsonl'], wrong);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('Extractor failed');
  expect(failed.stderr).toMatch(/critical .*livetex_chats: LiveTex does not accept/);
  expect(failed.stderr).toMatch(/Summary: .* First failure: livetex_\w+: LiveTex does not accept/);
  expect(failed.stderr).toContain('livechat_tickets 1');
  const after = await project.bookmarks('target-jsonl');
  expect([after['livetex_chats'], after['livetex_leads']]).toEqual([before['livetex_chats'], before['livetex_leads']]);
  expect(after['livechat_tickets']).not.toEqual(before['livechat_tickets']);

  await project.ok('run', 'tap-chat', 'target-jsonl');
  for (const [stream, rows] of await world.expected()) {
    const wanted = rows.map((row) => wantedInJsonl(stream, row));
    expect([stream, ...differences(KEYS[stream], wanted, readJsonl(output, stream))]).toEqual([stream]);
  }
});
