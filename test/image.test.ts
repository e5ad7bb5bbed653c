import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './helpers/commands.ts';

const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const version = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

/** What stands behind an instruction, the first time that a line matches. */
function found(pattern: RegExp): string {
  const [, text] = pattern.exec(dockerfile) ?? [];
  if (text === undefined) throw new Error(`the Dockerfile has nothing like ${pattern}`);
  return text;
}

test('S17: the image is labelled with the release that it holds', () => {
  expect(found(/io\.airbyte\.name=(\S+)/)).toBe('source-chat');
  expect(found(/io\.airbyte\.version=(\S+)/)).toBe(version);
});

test('S17: the platform starts the same as people do', () => {
  const entrypoint: string[] = JSON.parse(found(/^ENTRYPOINT (.+)$/m));
  expect(found(/^ENV AIRBYTE_ENTRYPOINT="(.+)"$/m)).toBe(entrypoint.join(' '));
  const program = entrypoint.at(-1) as string;
  const folder = found(/^WORKDIR (\/airbyte\S+)$/m);
  expect(program.startsWith(`${folder}/`)).toBe(true);
  expect(existsSync(join(ROOT, program.slice(folder.length)))).toBe(true);
});

test('the image runs as nobody special, and what is copied into it is there', () => {
  expect(found(/^USER (\S+)$/m)).toBe('1000:1000');
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  for (const [, names = ''] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
    for (const name of names.split(' ')) {
      expect(existsSync(join(ROOT, name)), name).toBe(true);
      expect(ignored, name).toContain(`!${name}`);
    }
  }
});
