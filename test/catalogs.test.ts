import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogs } from '../scripts/catalogs.ts';
import { createSystemClock } from '../src/core/clock.ts';
import { openInbox } from '../src/inbox/open-inbox.ts';
import { sourceChat } from './helpers/airbyte.ts';
import { file, ROOT, run, temporaryFolder } from './helpers/commands.ts';
import { protocolValidator } from './helpers/protocol.ts';
import { sandboxFor, UNLIMITED } from './helpers/sandbox.ts';

const FOLDER = join(ROOT, 'catalog');
const read = (name: string) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const AIRBYTE = names.filter((name) => name.startsWith('airbyte'));

/** A configuration that has every stream, with an inbox that no webhook has reached yet. */
async function everything() {
  const path = join(temporaryFolder(), 'inbox.sqlite');
  const inbox = await openInbox({ type: 'sqlite', path }, 'receiver', createSystemClock());
  await inbox.close();
  const sandbox = await sandboxFor({ tickets: 30, livetex: { chats: 30, leads: 30 } });
  return { ...sandbox.fullConfig(UNLIMITED), inbox: { type: 'sqlite', path } };
}

test('catalog/ is what `npm run generate` makes', () => {
  const made = catalogs();
  expect([...made.keys()].sort()).toEqual(names.sort());
  for (const [name, content] of made) {
    expect(readFileSync(join(FOLDER, name), 'utf8') === content, `${name} is stale: run npm run generate`).toBe(true);
  }
});

describe('the catalogs for Airbyte', () => {
  test.each(AIRBYTE)('%s is a configured catalog of the protocol', (name) => {
    const validate = protocolValidator('ConfiguredAirbyteCatalog');
    expect(validate(read(name)) ? [] : validate.errors).toEqual([]);
  });

  test('say of each stream what discover says of it', async () => {
    const { catalog } = await sourceChat('discover', { config: await everything() });
    const found = new Map(catalog.streams.map((stream: { name: string }) => [stream.name, stream]));
    for (const name of AIRBYTE) {
      for (const { stream } of read(name).streams) {
        const { json_schema: _columns, ...said } = stream;
        expect(found.get(stream.name), `${stream.name} in ${name}`).toMatchObject(said);
      }
    }
    expect(read('airbyte-all.json').streams.map((entry: { stream: { name: string } }) => entry.stream.name)).toEqual([
      ...found.keys(),
    ]);
  });

  test('can be read', async () => {
    const config = await everything();
    for (const name of AIRBYTE) {
      const output = await sourceChat('read', { config, catalog: read(name) });
      expect(output.code, `${name}: ${output.stderr}`).toBe(0);
      for (const { stream } of read(name).streams) expect(output.statuses(stream.name).at(-1)).toBe('COMPLETE');
    }
  });
});

test('singer.json is what tap-chat discovers, with its streams selected, and can be synced', async () => {
  const config = file(await everything());
  const { stdout } = await run('tap-chat', ['--config', config, '--discover']);
  const found = new Map(JSON.parse(stdout).streams.map((stream: { stream: string }) => [stream.stream, stream]));
  for (const { metadata, ...stream } of read('singer.json').streams) {
    expect(found.get(stream.stream)).toMatchObject(stream);
    expect(metadata[0].metadata.selected).toBe(true);
  }
  const { code, stdout: messages } = await run('tap-chat', [
    '--config',
    config,
    '--catalog',
    join(FOLDER, 'singer.json'),
  ]);
  expect(code).toBe(0);
  for (const { stream } of read('singer.json').streams) expect(messages).toContain(`"RECORD","stream":"${stream}"`);
});
