// In words that every Node.js since 10 can read: an old one is to say what it lacks, not to die of our syntax.
module.exports = function launch(name: string, load: () => Promise<{ main: (argv: string[]) => Promise<void> }>) {
  const version = process.versions.node.split('.').map(Number) as [number, number];
  if (version[0] < 22 || (version[0] === 22 && version[1] < 20)) {
    process.stderr.write(`${name} needs Node.js 22.20 or newer; this is ${process.version}.\n`);
    process.exitCode = 2;
    return;
  }
  load().then((module) => module.main(process.argv.slice(2)));
};
