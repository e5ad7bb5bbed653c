import { expect, test } from 'vitest';
import { blocksOf, isCommand, runBlocks, shownBelow } from '../helpers/doc-commands.ts';
import { CANNOT_RUN, isListed, NEEDS_PYTHON } from '../helpers/doc-lists.ts';
import { HAS_GIT, visibleFiles } from '../helpers/visible-files.ts';
import { docReader, readHere } from './helpers/doc-reader.ts';

const pages = [...new Set(NEEDS_PYTHON.map(([page]) => page))];

test.each(pages)(
  '%s: every block runs with the true clients, one after the other',
  { timeout: 600_000 },
  async (page) => {
    const blocks = blocksOf(page).filter((block) => !isListed(CANNOT_RUN, block));
    const reader = docReader();
    const visible = HAS_GIT ? visibleFiles(reader.folder) : [];
    const ran = await runBlocks(blocks.map(readHere), reader);
    for (const { block, code, output } of ran) {
      expect(code, `${page}:${block.line}\n${block.text}\n${output}`).toBe(0);
      for (const line of shownBelow(block)) expect(output, `below ${page}:${block.line}`).toMatch(line);
    }
    expect(ran.map(({ block }) => block.line)).toEqual(blocks.filter(isCommand).map(({ line }) => line));
    if (HAS_GIT) expect(visibleFiles(reader.folder), `${page} writes what .gitignore does not name`).toEqual(visible);
  },
);
