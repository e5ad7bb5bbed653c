import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { checkConfig } from '../src/cli/config.ts';
import { temporaryFolder } from './helpers/commands.ts';
import {
  blocksOf,
  type DocBlock,
  docFolder,
  docPages,
  isCommand,
  isFile,
  pageText,
  runBlocks,
  shownBelow,
} from './helpers/doc-commands.ts';
import { CANNOT_RUN, isListed, NEEDS_PYTHON } from './helpers/doc-lists.ts';
import { HAS_GIT, visibleFiles } from './helpers/visible-files.ts';

const runsHere = (block: DocBlock) => !isListed(CANNOT_RUN, block) && !isListed(NEEDS_PYTHON, block);

const pages = docPages();
const commandsOf = (page: string) => blocksOf(page).filter((block) => isCommand(block) && runsHere(block));

/** Programs that pages use and a machine may lack. */
const missing = ['curl', 'openssl'].filter((name) => spawnSync('bash', ['-c', `command -v ${name}`]).status !== 0);
const lacks = (page: string) => missing.some((name) => commandsOf(page).some(({ text }) => text.includes(`${name} `)));
const runnable = pages.filter((page) => commandsOf(page).length > 0);

describe('the commands of the pages', () => {
  test.concurrent.each(runnable.filter((page) => !lacks(page)))(
    '%s: every block runs, one after the other',
    { timeout: 120_000 },
    async (page) => {
      const blocks = blocksOf(page).filter((block) => !isCommand(block) || runsHere(block));
      const reader = docFolder();
      const visible = HAS_GIT ? visibleFiles(reader.folder) : [];
      const ran = await runBlocks(blocks, { ...reader, home: temporaryFolder() });
      for (const { block, code, output } of ran) {
        expect(code, `${page}:${block.line}\n${block.text}\n${output}`).toBe(0);
        for (const line of shownBelow(block)) expect(output, `below ${page}:${block.line}`).toMatch(line);
      }
      expect(ran.length).toBe(blocks.filter(isCommand).length);
      // What the page has the reader write holds credentials and people's data.
      if (HAS_GIT) expect(visibleFiles(reader.folder), `${page} writes what .gitignore does not name`).toEqual(visible);
    },
  );

  if (!HAS_GIT) test.skip('whether .gitignore names what the pages write cannot be seen without git', () => {});

  test('no page has the reader write a file that another page means something else by', () => {
    const written = new Map<string, DocBlock>();
    for (const block of pages.flatMap(blocksOf).filter(isFile)) {
      const other = written.get(block.name) ?? block;
      expect(block.text, `${block.name}: ${block.page}:${block.line}, ${other.page}:${other.line}`).toBe(other.text);
      written.set(block.name, other);
    }
    expect(written.size).toBeGreaterThan(3);
  });

  test('whoever runs the blocks of a page notices one that fails, and does not go on', async () => {
    const made = { page: 'made.md', line: 1, name: '' };
    const blocks = [
      { ...made, language: 'sh', text: 'mkdir inner && cd inner\n' },
      { ...made, language: 'json', name: 'there.json', text: '{}\n' },
      { ...made, language: 'sh', text: 'cat there.json\n' },
      { ...made, language: 'sh', text: 'false | cat\ntrue\n' },
      { ...made, language: 'sh', text: 'true\n' },
    ];
    const ran = await runBlocks(blocks, { ...docFolder(), home: temporaryFolder() });
    expect(ran.map(({ code, output }) => [code, output])).toEqual([
      [0, ''],
      [0, '{}\n'],
      [1, ''],
    ]);
  });

  test.skip.each(runnable.filter(lacks))(`%s: cannot run without ${missing.join(' and ')}`, () => {});

  test('the lists of what does not run have nothing that is not on the pages', () => {
    const commands = pages.flatMap(blocksOf).filter(isCommand);
    for (const entry of [...CANNOT_RUN, ...NEEDS_PYTHON]) {
      const found = commands.filter((block) => isListed([entry], block));
      expect(found.length, entry.join(': ')).toBeGreaterThan(0);
    }
  });

  test('no page has commands that are neither run nor listed', () => {
    // A block without a language, or with another name for the shell, would be passed over.
    for (const block of pages.flatMap(blocksOf)) {
      expect(['sh', 'json', 'yaml', 'text', 'python'], `${block.page}:${block.line}`).toContain(block.language);
    }
    // Indented instead of fenced they would be, too.
    for (const page of pages) {
      const prose = pageText(page).replace(/^ *```[\s\S]*?^ *```$/gm, '');
      expect(prose, page).not.toMatch(/^ {4}(?:npx|npm|source-chat|tap-chat|meltano|docker|pip|curl|grep) /m);
    }
  });
});

describe('the configurations of the pages', () => {
  const configs = pages
    .flatMap(blocksOf)
    // The one without a password gets it from a variable, and is checked by being used.
    .filter(({ text, name }) => /^\{\n *"start_date"/.test(text) && name !== 'no-password.json');

  test('there are some', () => expect(configs.length).toBeGreaterThan(5));

  test.each(configs.map((block) => [`${block.page}:${block.line}`, block] as const))('%s is valid', (_place, block) => {
    const { warnings } = checkConfig(JSON.parse(block.text), {});
    expect(warnings).toEqual([]);
  });
});
