import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'rolldown';

/**
 * Builds dist/: what the package and the image run. All that is needed is in there, so nothing has to be installed beside it,
 * and a start reads a few files instead of hundreds. Parts that a command does not need lie in files of their own, which it
 * does not read: in a single file, `spec` would pay for the web server. Not minified: that saves no time, and stack traces
 * would say nothing.
 */
export const BUNDLES: readonly BuildOptions[] = [
  {
    input: {
      'source-chat': 'src/cli/source-chat.ts',
      'tap-chat': 'src/cli/tap-chat.ts',
      demo: 'src/cli/demo.ts',
    },
    platform: 'node',
    // An addon that pg can use where somebody has installed it.
    external: ['pg-native'],
    output: {
      dir: 'dist/cli',
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'part-[name]-[hash].js',
    },
    plugins: [licences()],
  },
  ...['source-chat', 'tap-chat'].map((name) => ({
    input: { [`bin-${name}`]: `src/cli/bin-${name}.cts` },
    platform: 'node' as const,
    external: [/\.js$/],
    // An old Node.js is to say what it lacks: the launcher is in words that it can read.
    transform: { target: 'es2018' },
    output: { dir: 'dist/cli', format: 'cjs' as const, entryFileNames: '[name].cjs' },
  })),
];

/** Writes the licences of all packages that became part of the bundle beside it, as they ask for. */
function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      const packages = new Set<string>();
      for (const id of this.getModuleIds()) {
        const folder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
        if (folder !== undefined) packages.add(folder);
      }
      const texts = [...packages].sort().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
        const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8').trim();
        return `${name} ${version}\n\n${text}\n`;
      });
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}
