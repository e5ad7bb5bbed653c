import { expect, test } from 'vitest';
import { aboutMarkdown, aboutText, describeTap } from '../../../../src/faces/singer/about.ts';

const text = { type: 'string' };
const about = describeTap('1.2.3', {
  required: ['start', 'store'],
  properties: {
    start: { ...text, description: 'From when on.' },
    hidden: { ...text, airbyte_hidden: true },
    vendor: {
      required: ['login'],
      properties: {
        login: { ...text, title: 'Login' },
        limit: { type: 'integer', description: 'Calls | minute.', default: 100 },
        zone: { ...text, description: 'Zone.', default: 'UTC' },
      },
    },
    store: {
      description: 'Where rows are kept.',
      required: ['name'],
      properties: { name: { ...text, description: 'Its name.' } },
      oneOf: [
        {
          required: ['type', 'path'],
          properties: { type: { const: 'file', default: 'file' }, path: { title: 'Path' } },
        },
        {
          required: ['type', 'url'],
          properties: { type: { const: 'server', default: 'server' }, url: { title: 'URL' } },
        },
      ],
    },
  },
});

test('as text: each setting once, with its default; required is only what every configuration must have', () => {
  expect(aboutText(about).split('\n').slice(3, -2)).toEqual([
    '  start (required): From when on.',
    '  vendor.login: Login',
    '  vendor.limit (default 100): Calls | minute.',
    '  vendor.zone (default UTC): Zone.',
    '  store.name (required): Its name.',
    '  store.type: Where rows are kept. One of file, server.',
    '  store.path: Path',
    '  store.url: URL',
  ]);
});

test('as Markdown: the same, in a table', () => {
  expect(
    aboutMarkdown(about)
      .split('\n')
      .filter((line) => /^\| [a-z]/.test(line)),
  ).toEqual([
    '| start | True | None | From when on. |',
    '| vendor.login | False | None | Login |',
    '| vendor.limit | False | `100` | Calls \\| minute. |',
    '| vendor.zone | False | `"UTC"` | Zone. |',
    '| store.name | True | None | Its name. |',
    '| store.type | False | None | Where rows are kept. One of file, server. |',
    '| store.path | False | None | Path |',
    '| store.url | False | None | URL |',
  ]);
});
