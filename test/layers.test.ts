import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './helpers/commands.ts';

const SRC = join(ROOT, 'src');

/** Who may look into whom (docs/architecture.md). Every room may look into itself and into generated/. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  cli: ['core', 'faces', 'http', 'inbox', 'output', 'receiver', 'sandbox', 'vendors'],
  faces: ['core', 'output'],
  core: [],
  output: ['core'],
  http: ['core'],
  vendors: ['core', 'http', 'inbox'],
  inbox: ['core'],
  receiver: ['core', 'inbox'],
  sandbox: ['core'],
  generated: [],
};

/** Packages, each behind the door of one room. */
const MAY_USE: Record<string, readonly string[]> = {
  yargs: ['cli'],
  undici: ['http'],
  pg: ['inbox'],
  fastify: ['receiver'],
  '@fastify/rate-limit': ['receiver'],
  'prom-client': ['receiver'],
};

/** The sandbox must not share a mistake with what it tests: of core it knows no more than the clock. */
const SANDBOX_MAY_IMPORT = ['core/clock.ts', 'core/errors.ts'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.c?ts$/.test(name))
  .map((name) => join(SRC, name));

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*|\brequire\s*\(\s*)'([^']+)'/g)].map(
    (match) => match[1] as string,
  );
}

describe('layers', () => {
  test('the rooms are those that the rule knows', () => {
    const rooms = readdirSync(SRC).filter((name) => statSync(join(SRC, name)).isDirectory());
    for (const room of rooms) expect(Object.keys(MAY_IMPORT)).toContain(room);
  });

  test.each(files.map((file) => relative(SRC, file)))('%s looks only where its room may', (name) => {
    const file = join(SRC, name);
    const room = name.split('/')[0] as string;
    for (const target of importsOf(file)) {
      if (target.startsWith('node:')) continue;
      if (!target.startsWith('.')) {
        expect(MAY_USE[target] ?? [], `${name} uses ${target}`).toContain(room);
        continue;
      }
      const place = relative(SRC, resolve(join(file, '..'), target));
      const other = place.split('/')[0] as string;
      if (other === room || other === 'generated') continue;
      expect(MAY_IMPORT[room], `${name} imports ${place}`).toContain(other);
      if (room === 'sandbox') expect(SANDBOX_MAY_IMPORT, `${name} imports ${place}`).toContain(place);
    }
  });

  test('a vendor knows no other vendor, a face no other face', () => {
    for (const file of files) {
      const own = /^(?:vendors|faces)\/(\w+)\//.exec(relative(SRC, file))?.[1];
      if (own === undefined) continue;
      for (const target of importsOf(file)) {
        const place = relative(SRC, resolve(join(file, '..'), target));
        const other = /^(?:vendors|faces)\/(\w+)\//.exec(place)?.[1];
        if (target.startsWith('.') && other !== undefined) expect(other, relative(SRC, file)).toBe(own);
      }
    }
  });

  test('files fit on a few screens and are named in kebab-case', () => {
    for (const file of files.filter((name) => !name.includes('/generated/'))) {
      expect(readFileSync(file, 'utf8').split('\n').length, file).toBeLessThanOrEqual(400);
      expect(relative(SRC, file)).toMatch(/^[a-z0-9/-]+\.c?ts$/);
    }
  });
});
