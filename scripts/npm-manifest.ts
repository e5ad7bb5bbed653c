/**
 * Keeps out of the published package.json what only this folder needs: the Node.js releases that npm brings along to work
 * with (whoever installs the package has one) and all that builds and tests. `npm pack` and `npm publish` run `strip`
 * before and `restore` after; what a pack that was cut off left behind, the next one puts right.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const MANIFEST = new URL('../package.json', import.meta.url);
const KEPT = new URL('../package.json.whole', import.meta.url);
const ONLY_HERE = ['optionalDependencies', 'devDependencies', 'scripts'];

function strip() {
  restore();
  copyFileSync(MANIFEST, KEPT);
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  for (const name of ONLY_HERE) delete manifest[name];
  writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
}

function restore() {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}

if (process.argv[2] === 'strip') strip();
else restore();
