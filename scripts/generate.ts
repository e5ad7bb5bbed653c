/** `npm run generate`: writes all that is made from schemas/. A test fails when it was forgotten. */
import { writeFileSync } from 'node:fs';
import { generate } from '../schemas/generate.ts';
import { catalogs } from './catalogs.ts';
import { streamsPage } from './streams-page.ts';

const write = (folder: string, files: ReadonlyMap<string, string>) => {
  for (const [name, content] of files) writeFileSync(new URL(`../${folder}/${name}`, import.meta.url), content);
};

write('src/generated', await generate());
write('catalog', catalogs());
write('docs', new Map([['streams.md', streamsPage()]]));
