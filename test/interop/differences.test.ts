import { describe, expect, test } from 'vitest';
import type { Row } from './helpers/columns.ts';
import { differences } from './helpers/differences.ts';

const ROWS = [
  { id: 'a', text: 'x', at: '2026-01-01T00:00:00.000Z', events: [{ type: 'message', date: null }] },
  { id: 'b', text: null, at: null, events: null },
];
const [A, B] = ROWS;

describe('the comparison that the other tests rest on', () => {
  test('equal tables in any order of rows and columns have no differences', () => {
    expect(differences('id', ROWS, [{ ...B }, { events: A?.events, at: A?.at, text: 'x', id: 'a' }])).toEqual([]);
  });

  test.each([
    ['a row that is missing', [A], ['b is missing']],
    ['a row too many', [A, B, { ...B, id: 'c' }], ['c is too many']],
    ['a row that is there twice', [A, B, B], ['b is there twice']],
    ['another text', [{ ...A, text: 'y' }, B], ['a: text is "y" and should be "x"']],
    ['an empty text for none', [A, { ...B, text: '' }], ['b: text is "" and should be null']],
    ['a millisecond', [{ ...A, at: '2026-01-01T00:00:00.001Z' }, B], [expect.stringContaining('a: at is')]],
    ['a value inside', [{ ...A, events: [{ type: 'message' }] }, B], [expect.stringContaining('a: events is')]],
    ['JSON as text', [{ ...A, events: JSON.stringify(A?.events) }, B], [expect.stringContaining('a: events is')]],
    ['a column that is missing', [A, { id: 'b', text: null, at: null }], ['b: no column events']],
    ['a column too many', [A, { ...B, more: null }], ['b: a column more that nobody asked for']],
  ])('%s is a difference', (_name, found, problems) => {
    expect(differences('id', ROWS, found as Row[])).toEqual(problems);
  });

  test('of long values it shows the place', () => {
    const long = (end: string) => [{ id: 'a', text: 'x'.repeat(100_000) + end }];
    const [problem = ''] = differences('id', long('one'), long('two'));
    expect(problem).toContain('xxtwo" and should be …xxx');
    expect(problem.length).toBeLessThan(200);
  });
});
