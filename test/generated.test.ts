import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generate } from '../schemas/generate.ts';
import { streamsPage } from '../scripts/streams-page.ts';
import { ROOT } from './helpers/commands.ts';

test('src/generated is what `npm run generate` makes of schemas/', async () => {
  const folder = join(ROOT, 'src/generated');
  const made = await generate();
  expect(readdirSync(folder).sort()).toEqual([...made.keys()].sort());
  for (const [name, content] of made) {
    expect(readFileSync(join(folder, name), 'utf8') === content, `${name} is stale: run npm run generate`).toBe(true);
  }
});

test('docs/streams.md is what `npm run generate` makes of schemas/', () => {
  const page = readFileSync(join(ROOT, 'docs/streams.md'), 'utf8');
  expect(page === streamsPage(), 'docs/streams.md is stale: run npm run generate').toBe(true);
});
