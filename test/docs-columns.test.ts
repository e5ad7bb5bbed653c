import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './helpers/commands.ts';

const page = readFileSync(join(ROOT, 'docs/livechat-columns.md'), 'utf8');

/** The columns that a section's first table names in its first cells. */
function columnsOn(stream: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${stream}\n`)) ?? '';
  const [table = ''] = section.split('\nIn `events`');
  const cells = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name as string));
}

test.each(['livechat_agents', 'livechat_tickets', 'livechat_chats'])(
  '%s: every column is on the page, once',
  (stream) => {
    const schema = JSON.parse(readFileSync(join(ROOT, `schemas/${stream}.json`), 'utf8'));
    const columns = Object.keys(schema.properties).filter((name) => name !== 'extra_fields');
    expect(columnsOn(stream).sort()).toEqual(columns.sort());
  },
);
