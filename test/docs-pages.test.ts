import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseArguments } from '../src/cli/source-chat-arguments.ts';
import { parseArguments as parseTapArguments } from '../src/cli/tap-chat-arguments.ts';
import { describeAllStreams } from '../src/vendors/index.ts';
import { ROOT } from './helpers/commands.ts';
import { docPages, pageText } from './helpers/doc-commands.ts';

interface Form {
  readonly title?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Form>>;
  readonly oneOf?: readonly Form[];
}

const form: Form = JSON.parse(readFileSync(join(ROOT, 'schemas/spec.json'), 'utf8')).connectionSpecification;
const version: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
const streams = describeAllStreams();

/** The section of a page under a heading, up to the next one of the same or a higher level. */
function section(page: string, heading: string): string {
  const text = pageText(page);
  const begin = text.indexOf(`${heading}\n`);
  if (begin < 0) throw new Error(`${page} has no ${heading}`);
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const rest = text.slice(begin + heading.length);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** What stands in the code of the first cells of a text's tables. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  );
}

describe('messages that pages quote', () => {
  // As they are built: strings as the program has them, without the escapes of their quotes, and without comments.
  const folder = join(ROOT, 'dist/cli');
  const program = readdirSync(folder)
    .filter((name) => /\.c?js$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8').replace(/\\(["'`])/g, '$1'))
    .flatMap((text) => text.split('\n').filter((line) => !/^\s*(?:\*|\/[/*])/.test(line)))
    .join('\n');
  /** Where pages quote them: in the tables by message, or between curly quotes. */
  const quotes = [
    ...firstCells(pageText('docs/troubleshooting.md')),
    ...firstCells(section('docs/ru/livetex.md', '## Если не получается')),
    ...[...section('docs/webhooks.md', '## When something is wrong').matchAll(/“([^”]+)”/g)].map(
      ([, text = '']) => text,
    ),
    ...[...pageText('docs/credentials.md').matchAll(/“LiveTex ([^”]+)”/g)].map(([, text = '']) =>
      text.replace(/\s+/g, ' '),
    ),
  ];

  test('there are many', () => expect(quotes.length).toBeGreaterThan(70));

  test.each(quotes)('“%s” is in the program', (quote) => {
    const pieces = quote.split('…').map((piece) => piece.trim());
    expect(pieces.join('').length, 'too short to say anything').toBeGreaterThanOrEqual(10);
    const escaped = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    // Not toMatch, which would show the whole program.
    expect(new RegExp(escaped.join('[^\\n]{0,300}?')).test(program), quote).toBe(true);
  });
});

describe("Airbyte's page", () => {
  test('has the headings that Airbyte asks for, in its order', () => {
    const found = [...pageText('docs/airbyte.md').matchAll(/^#{1,3} .+$/gm)].map(([heading]) => heading);
    expect(found).toEqual([
      '# LiveChat and LiveTex',
      '## Prerequisites',
      '## Setup guide',
      '## Set up LiveChat and LiveTex',
      '### For Airbyte Cloud:',
      '### For Airbyte Open Source:',
      '## Supported sync modes',
      '## Supported Streams',
      '### Performance considerations',
      '## Data type map',
      '### Limitations & Troubleshooting',
      '### Tutorials',
      '## Changelog',
    ]);
  });

  test('names every setting of the form that is required among the prerequisites', () => {
    const prerequisites = section('docs/airbyte.md', '## Prerequisites');
    const titles = requiredTitles(form);
    expect(titles.length).toBeGreaterThan(4);
    for (const title of titles) expect(prerequisites).toContain(`**${title}**`);
  });

  test('has this version in the changelog, and images with its number', () => {
    expect(section('docs/airbyte.md', '## Changelog')).toMatch(
      new RegExp(`^\\| ${version.replaceAll('.', '\\.')} \\|`, 'm'),
    );
    for (const page of docPages()) {
      for (const [, tag] of pageText(page).matchAll(/source-chat:(\d+\.\d+\.\d+)/g)) expect(tag, page).toBe(version);
    }
  });
});

/** Titles of the settings that a form demands, also within sections; what is the same for all is not asked for. */
function requiredTitles({ required = [], properties = {}, oneOf = [] }: Form): string[] {
  const own = required.flatMap((name) => {
    const setting = properties[name];
    return setting?.title === undefined || setting.const !== undefined ? [] : [setting.title];
  });
  return [...own, ...[...Object.values(properties), ...oneOf].flatMap(requiredTitles)];
}

describe('README', () => {
  test('is short', () => expect(pageText('README.md').split('\n').length).toBeLessThanOrEqual(170));

  test('begins with the two commands', () => {
    const commands = [...pageText('README.md').matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].map(([, text]) => text);
    expect(commands.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  });

  test.each(streams)('describes $name as it is', ({ name, primaryKey, cursorField }) => {
    const row = pageText('README.md')
      .split('\n')
      .find((line) => line.startsWith(`| [\`${name}\`](docs/streams.md#${name}) |`));
    expect(row).toContain(`| \`${primaryKey.join()}\` |`);
    expect(row).toContain(
      cursorField === undefined ? '| full refresh |' : `| incremental by \`${cursorField}\`, or full refresh |`,
    );
  });
});

describe('settings that pages list', () => {
  const tables = [section('README.md', '## Settings'), section('docs/ru/livetex.md', '## Подключить свой кабинет')];
  const rows = tables.flatMap((text) => [...text.matchAll(/^\| (`.*?`) \| ([^|]*) \|/gm)]);

  test.each(rows.map(([, names = '', second = '']) => [names, second.replaceAll('`', '').trim()]))(
    '%s',
    (names, second) => {
      for (const [, path = ''] of names.matchAll(/`([^`]+)`/g)) {
        const setting = settingAt(form, path.split('.'));
        expect(setting, path).toBeDefined();
        if (/^[\d.]+$|\//.test(second)) expect(String(setting?.default), path).toBe(second);
      }
    },
  );

  test('there are some', () => expect(rows.length).toBeGreaterThan(12));
});

function settingAt(schema: Form | undefined, path: readonly string[]): Form | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  const place = [schema, ...(schema?.oneOf ?? [])].find((variant) => variant?.properties?.[name] !== undefined);
  return place === undefined ? undefined : settingAt(place.properties?.[name], rest);
}

describe('streams that pages describe', () => {
  test.each(streams.filter(({ name }) => name.startsWith('livetex')))(
    '$name: the Russian page has every column',
    (stream) => {
      const columns = Object.keys(stream.schema.properties).filter((name) => name !== 'extra_fields');
      expect(firstCells(section('docs/ru/livetex.md', `### ${stream.name}`)).sort()).toEqual(columns.sort());
    },
  );

  test.each(streams)('$name: how it is kept up to date is written down', ({ name }) => {
    const headings = [...pageText('docs/sync-behaviour.md').matchAll(/^## .+$/gm)].join(' ');
    expect(headings).toContain(name);
  });
});

describe('containers that pages start', () => {
  const started = docPages().flatMap((page) =>
    [...pageText(page).matchAll(/^ *docker run (.*?)(?<= )source-chat ([^\n>]+)/gm)].map(
      ([, flags = '', words = '']) => ({
        place: `${page}: ${words}`,
        parser: flags.includes('--entrypoint tap-chat') ? parseTapArguments : parseArguments,
        words: words.trim().split(' '),
      }),
    ),
  );

  test('there are some', () => expect(started.length).toBeGreaterThan(4));

  test.each(started)('$place', async ({ parser, words }) => {
    expect(await parser(words)).toHaveProperty('arguments');
  });
});

describe('catalog/compose.yml', () => {
  const compose = parse(readFileSync(join(ROOT, 'catalog/compose.yml'), 'utf8'));
  const commands = Object.entries<{ command?: string[] }>(compose.services).filter(([, { command }]) => command);

  test('has a receiver that waits for its database, and a sync for when it is asked for', () => {
    expect(Object.keys(compose.services)).toEqual(['postgres', 'listen', 'read']);
    for (const name of ['listen', 'read']) {
      expect(compose.services[name].depends_on.postgres.condition).toBe('service_healthy');
    }
    expect(compose.services.postgres.healthcheck.test).toContain('pg_isready');
    expect(compose.services.read.profiles).toEqual(['read']);
  });

  test.each(commands)('%s: source-chat understands its command line', async (name, { command = [] }) => {
    // As Compose fills in variables that are not set.
    const words = command.map((word) => word.replace(/\$\{\w+:-([^}]*)\}/g, '$1'));
    const parsed = await parseArguments(words);
    expect(parsed).toMatchObject({ arguments: { command: name, config: '/run/secrets/config' } });
  });

  test('its receiver can be reached from outside its container, where the port leads', async () => {
    const { command, ports } = compose.services.listen;
    const parsed = await parseArguments(
      command.map((word: string) => word.replace(/^\$\{TRUST_PROXY:-\}$/, '172.16.0.0/12')),
    );
    expect(parsed).toMatchObject({
      arguments: { listen: { receiver: { host: '0.0.0.0', port: 8080, trustProxy: ['172.16.0.0/12'] } } },
    });
    expect(ports).toEqual(['127.0.0.1:8080:8080']);
  });

  test('no secret stands in it: each is a file', () => {
    for (const { file } of Object.values<{ file: string }>(compose.secrets)) expect(file).toMatch(/^\.\//);
    const { environment } = compose.services.postgres;
    expect(Object.keys(environment).filter((name) => /PASSWORD/.test(name))).toEqual(['POSTGRES_PASSWORD_FILE']);
  });

  test('the files that the image has are named as they lie in it', () => {
    const folder = '/airbyte/integration_code/';
    expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toContain(`WORKDIR ${folder.slice(0, -1)}\n`);
    const inImage = [pageText('docs/docker.md'), compose.services.read.command.join(' ')]
      .join(' ')
      .match(/\/airbyte\/\S+\.json/g);
    expect(inImage?.length).toBeGreaterThan(3);
    for (const path of inImage ?? []) {
      expect(readdirSync(join(ROOT, 'catalog')), path).toContain(path.slice(`${folder}catalog/`.length));
    }
  });
});
