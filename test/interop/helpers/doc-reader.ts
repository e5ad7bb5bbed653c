import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { file, ROOT, temporaryFolder } from '../../helpers/commands.ts';
import { blocksOf, type DocBlock, docFolder, type RunBlocksOptions } from '../../helpers/doc-commands.ts';
import { type Client, program } from './clients.ts';
import { userEnvironment } from './processes.ts';

/** What pages install with pip: in whose pins it has to be, and the program that it brings, under which name. */
const PACKAGES: Readonly<Record<string, readonly [client: Client, program: string]>> = {
  airbyte: ['pyairbyte', 'python'],
  meltano: ['meltano', 'meltano'],
  'target-jsonl': ['target-jsonl', 'target-jsonl'],
};

/**
 * What somebody has who goes through a page with Python: a folder and a home of their own, a `pip`, a Node.js. Neither
 * tap-chat nor source-chat is on the PATH, and none of the clients before the page has it installed.
 */
export function docReader(): RunBlocksOptions {
  const home = temporaryFolder();
  const logs = temporaryFolder();
  const env = userEnvironment({
    PATH: process.env['PATH'] ?? '',
    // Instead of a folder that all users of a machine share.
    AIRBYTE_LOGGING_ROOT: logs,
    // A page that came to need Meltano's list of plugins would fail here, with a network as well as without.
    MELTANO_HUB_API_ROOT: 'http://127.0.0.1:1',
  });
  return {
    folder: docFolder().folder,
    home,
    env,
    path: [fakePip(), dirname(process.execPath)],
    // A block starts Meltano up to seven times.
    timeoutMs: 240_000,
  };
}

/**
 * A folder with a `pip` that puts the programs of the environments, which are installed already, beside itself. The true
 * one would need a package index and would take the latest release, so that the pages were right today and wrong
 * tomorrow. What is not pinned it refuses: nobody has tried it.
 */
function fakePip(): string {
  const folder = temporaryFolder();
  for (const [name, [client, command]] of Object.entries(PACKAGES)) {
    const pins = readFileSync(new URL(`../requirements/${client}.txt`, import.meta.url), 'utf8');
    if (!pins.split('\n').some((line) => line.startsWith(`${name}==`)))
      throw new Error(`${client} does not pin ${name}`);
    // Not links: Python finds its environment by the path with which it is started.
    script(join(folder, 'pinned', name, command), `exec '${program(client, command)}' "$@"`);
  }
  script(
    join(folder, 'pip'),
    `cd '${folder}'
[ "$1" = install ] || { echo "pip $*: not foreseen" >&2; exit 1; }
for name in "\${@:2}"; do
  [ -d "pinned/$name" ] || { echo "pip: $name is not pinned for the tests" >&2; exit 1; }
  cp "pinned/$name"/* .
done`,
  );
  return folder;
}

function script(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(path, 0o755);
}

/** A block as a reader on this machine would have it. */
export function readHere(block: DocBlock): DocBlock {
  const text = block.text
    .replaceAll('/path/to/source-chat', ROOT.replace(/\/$/, ''))
    // Without Meltano's Hub, as the page says for whom a firewall keeps it away.
    .replace(/^meltano add target-jsonl$/m, () => {
      const shown = blocksOf('docs/meltano.md').find(({ name }) => name === 'target-jsonl.yml')?.text ?? '';
      const installed = shown.replace(/^pip_url: .*$/m, `executable: ${program('target-jsonl', 'target-jsonl')}`);
      const definition = file(installed, 'target-jsonl.yml');
      return `meltano add --plugin-type loader --from-ref ${definition} target-jsonl`;
    });
  if (block.language !== 'python') return { ...block, text };
  return { ...block, language: 'sh', text: `python - <<'END'\n${text}END\n` };
}
