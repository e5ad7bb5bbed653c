import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './helpers/commands.ts';
import { docPages, pageText } from './helpers/doc-commands.ts';

/** A page without its blocks and bits of code, where what looks like a link is none. */
function prose(page: string): string {
  return pageText(page)
    .replace(/^ *```[\s\S]*?^ *```$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): string[] {
  const headings = [...pageText(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = '']) => text);
  return headings.map((text) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const links = docPages().flatMap((page) =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target })),
);

test('there are links to look at', () => expect(links.length).toBeGreaterThan(50));

test.each(docPages())('%s: links lead to files and headings that are there', (page) => {
  for (const { target } of links.filter((link) => link.page === page && !/^https?:/.test(link.target))) {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
    expect(existsSync(join(ROOT, file)), `${page} links to ${target}`).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file), `${page} links to ${target}`).toContain(anchor);
  }
});

test('every page is linked from README, from a page of its guide table or the like', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const { target } of links.filter((link) => link.page === page && !/^https?:/.test(link.target))) {
      const [path = ''] = target.split('#');
      const file = relative(ROOT, join(ROOT, dirname(page), path));
      if (path !== '' && file.endsWith('.md')) reached.add(file);
    }
  }
  expect([...reached].sort()).toEqual(docPages());
});

test('addresses of other sites are https', () => {
  for (const { page, target } of links) {
    expect(target.startsWith('http:'), `${page} links to ${target}`).toBe(false);
  }
});

test('pages are files of their own, not folders', () => {
  for (const page of docPages()) expect(statSync(join(ROOT, page)).isFile(), page).toBe(true);
});
