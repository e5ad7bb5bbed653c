const fs: typeof import('node:fs') = require('node:fs');
const path: typeof import('node:path') = require('node:path');

// In words that every Node.js since 10 can read: an old one is to say what it lacks, not to die of our syntax.
module.exports = function launch(name: string, load: () => Promise<{ main: (argv: string[]) => Promise<void> }>) {
  const version = process.versions.node.split('.').map(Number) as [number, number];
  if (version[0] < 22 || (version[0] === 22 && version[1] < 20)) {
    process.stderr.write(`${name} needs Node.js 22.20 or newer; this is ${process.version}. ${remedy()}\n`);
    process.exitCode = 2;
    return;
  }
  load().then((module) => module.main(process.argv.slice(2)));
};

/** What to do about it: npm puts a newer Node.js into the folder of source-chat, not into that of an installed package. */
function remedy(): string {
  const folder = path.resolve(__dirname, '../../node_modules/.bin');
  if (!fs.existsSync(path.join(folder, 'node'))) return 'Install a newer one, or put it first on the PATH.';
  return `Put the one that npm has brought first on the PATH: export PATH="${folder}:$PATH"`;
}
