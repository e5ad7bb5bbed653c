import type { DocBlock } from './doc-commands.ts';

/** Blocks of commands, by page and by how they begin. */
type Entry = readonly [page: string, begins: string, reason: string];

/** Blocks that a test cannot run, and why. */
export const CANNOT_RUN: readonly Entry[] = [
  ['README.md', 'npm ci && npm run demo', 'installs; .ci/run runs it'],
  ['README.md', 'npm ci && npm test', 'is what runs this'],
  ['README.md', 'npm ci && npm run build', 'installs; the tests run what it builds'],
  ['CONTRIBUTING.md', 'npm ci\nnpm run build', 'installs; .ci/run runs it'],
  ['docs/ru/livetex.md', 'npm ci && npm run build', 'installs; the tests run what it builds'],
  ['docs/meltano.md', 'npm ci && npm run build', 'installs; the tests run what it builds'],
  ['docs/airbyte.md', 'docker build', 'needs Docker'],
  ['docs/airbyte.md', 'docker tag', 'needs Docker and a registry'],
  ['docs/airbyte.md', 'kind load', "needs Airbyte's cluster"],
  ['docs/docker.md', '', 'needs Docker'],
];

/** Blocks that need a client in Python: `npm run test:interop` runs them, with all else of their pages. */
export const NEEDS_PYTHON: readonly Entry[] = [
  ['docs/meltano.md', '', 'needs Meltano'],
  ['docs/airbyte.md', 'pip install airbyte', 'needs PyAirbyte'],
  ['docs/airbyte.md', 'import json\nimport airbyte', 'needs PyAirbyte'],
  ['docs/airbyte.md', 'rm -r .cache', 'removes what PyAirbyte has written'],
  ['docs/singer.md', 'pip install target-jsonl', 'needs target-jsonl'],
];

/** True for a block that a list names. */
export function isListed(list: readonly Entry[], { page, text }: DocBlock): boolean {
  return list.some(([listed, begins]) => page === listed && text.startsWith(begins));
}
