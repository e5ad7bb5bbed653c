import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUT_MARK, fitRecord } from '../../../src/core/record-size.ts';

const LIMIT = 20_000;

describe('fitRecord', () => {
  test('a record that fits is not touched', () => {
    const row = { id: 'a', text: 'x'.repeat(19_000) };
    expect(fitRecord(row, ['id'], LIMIT)).toEqual({ json: JSON.stringify(row), changes: undefined });
  });

  test('the longest texts are cut first, wherever they stand', () => {
    const row = { id: 'a', subject: 'short', events: [{ message: 'ы'.repeat(30_000) }, { message: 'ok' }] };
    const { json, changes } = fitRecord(row, ['id'], LIMIT);
    const fitted = JSON.parse(json);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(LIMIT);
    expect(fitted.subject).toBe('short');
    expect(fitted.events[1]).toEqual({ message: 'ok' });
    expect(fitted.events[0].message).toMatch(/^ы+… \[cut by source-chat\]$/);
    expect(changes).toEqual([{ field: 'events', change: 'TRUNCATED', reason: 'SOURCE_RECORD_SIZE_LIMITATION' }]);
  });

  test('a character is never cut in half', () => {
    for (let pad = 0; pad < 3; pad += 1) {
      const { json } = fitRecord({ id: 'a', text: 'x'.repeat(pad) + '😀'.repeat(20_000) }, ['id'], LIMIT);
      expect(json).not.toMatch(/\\ud/);
      expect(JSON.parse(json).text).toContain(CUT_MARK);
    }
  });

  test('lists of many small things lose their end', () => {
    const row = { id: 'a', events: Array.from({ length: 5000 }, (_, n) => ({ type: 'tag', n })), tags: ['a'] };
    const { json, changes } = fitRecord(row, ['id'], LIMIT);
    const fitted = JSON.parse(json);
    expect(fitted.events.length).toBeGreaterThan(100);
    expect(fitted.events[0]).toEqual({ type: 'tag', n: 0 });
    expect(fitted.tags).toEqual(['a']);
    expect(changes?.map((change) => change.field)).toEqual(['events']);
  });

  test('an object of very many fields becomes null', () => {
    const extra = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`field_${n}`, n]));
    const { json, changes } = fitRecord({ id: 'a', subject: 'kept', extra_fields: extra }, ['id'], LIMIT);
    expect(JSON.parse(json)).toEqual({ id: 'a', subject: 'kept', extra_fields: null });
    expect(changes).toEqual([{ field: 'extra_fields', change: 'NULLED', reason: 'SOURCE_RECORD_SIZE_LIMITATION' }]);
  });

  test('whatever the record, it fits afterwards, keeps its key and its columns', () => {
    const row = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }),
    );
    fc.assert(
      fc.property(row, fc.string({ minLength: 1, maxLength: 10 }), (columns, id) => {
        const given = { id, ...columns } as Record<string, unknown>;
        const { json } = fitRecord(given, ['id'], 200);
        const fitted = JSON.parse(json);
        expect(fitted.id).toBe(id);
        expect(Object.keys(fitted)).toEqual(Object.keys(given));
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(200);
      }),
    );
  });
});
