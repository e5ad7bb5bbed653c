import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT, temporaryFolder } from './helpers/commands.ts';

const exec = promisify(execFile);

const { files, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const tarball = `source-chat-${version}.tgz`;

/** A copy of the folder, packed as `npm publish` does it but for the build, which the tests have had. */
let folder: string;
let packed: string[];

beforeAll(async () => {
  folder = temporaryFolder();
  for (const name of [
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'catalog',
    'dist',
    'schemas',
    'scripts',
    'src',
  ]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  await exec('node', ['scripts/npm-manifest.ts', 'strip'], { cwd: folder });
  await exec('npm', ['pack', '--ignore-scripts'], { cwd: folder });
  const { stdout } = await exec('tar', ['-tzf', tarball], { cwd: folder });
  packed = stdout
    .trim()
    .split('\n')
    .map((path) => path.replace('package/', ''));
});

describe('the npm package', () => {
  test('holds what is needed, and nothing else', () => {
    const allowed =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|catalog\/.+\.(json|yml)|schemas\/\w+\.json|dist\/cli\/.+)$/;
    expect(packed.filter((path) => !allowed.test(path))).toEqual([]);
    expect(packed).toContain('dist/cli/licences.txt');
    for (const schema of readdirSync(join(ROOT, 'schemas')).filter((name) => name.endsWith('.json'))) {
      expect(packed).toContain(`schemas/${schema}`);
    }
    for (const path of packed.filter((name) => name.endsWith('.js'))) expect(path).not.toMatch(/demo/);
    expect(files).toContain('dist');
  });

  test('installs nothing beside itself, and both programs run', async () => {
    const place = temporaryFolder();
    await exec('npm', ['install', '--offline', '--no-audit', '--no-fund', '--prefix', place, join(folder, tarball)]);
    const installed = readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['source-chat']);
    const bin = (name: string, ...args: string[]) => exec(join(place, 'node_modules/.bin', name), args, { cwd: place });
    expect(JSON.parse((await bin('source-chat', 'spec')).stdout).type).toBe('SPEC');
    expect((await bin('tap-chat', '--version')).stdout).toContain(version);
    const { streams } = JSON.parse((await bin('tap-chat', '--discover')).stdout);
    expect(streams.length).toBeGreaterThan(0);
  });

  test('publint finds nothing to mend', async () => {
    const { messages } = await publint({ pkgDir: folder, level: 'suggestion' });
    expect(messages).toEqual([]);
  });

  test('afterwards package.json is the whole one again', async () => {
    await exec('node', ['scripts/npm-manifest.ts', 'restore'], { cwd: folder });
    const whole = (path: string) => readFileSync(join(path, 'package.json'), 'utf8');
    expect(whole(folder)).toBe(whole(ROOT));
    expect(existsSync(join(folder, 'package.json.whole'))).toBe(false);
  });
});
