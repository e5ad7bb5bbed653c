import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './commands.ts';

/** True where git can be asked. */
export const HAS_GIT = spawnSync('git', ['--version']).status === 0;

/**
 * The files in a folder that would be visible in the project's repository, because its .gitignore does not leave them out. Biome
 * sees the same ones. Makes a repository of the folder. Throws what git says when it fails.
 */
export function visibleFiles(folder: string): string[] {
  copyFileSync(join(ROOT, '.gitignore'), join(folder, '.gitignore'));
  git(folder, 'init', '--quiet');
  // Without what the person who runs the tests ignores everywhere.
  return git(folder, '-c', 'core.excludesFile=/dev/null', 'ls-files', '--others', '--exclude-standard')
    .trim()
    .split('\n');
}

function git(folder: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}
