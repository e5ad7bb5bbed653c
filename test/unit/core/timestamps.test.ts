import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTimeZone } from '../../../src/core/time-zone.ts';
import {
  dayOf,
  formatDay,
  formatInstant,
  parseInstant,
  startOfDay,
  toTimestamp,
} from '../../../src/core/timestamps.ts';

const instants = fc.integer({ min: -62_135_596_800_000, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) });

describe('formatInstant', () => {
  test('is Date#toISOString', () => {
    fc.assert(
      fc.property(instants, (ms) => {
        expect(formatInstant(ms)).toBe(new Date(ms).toISOString());
      }),
    );
    for (const ms of [0, -1, Date.UTC(2000, 1, 29), Date.UTC(1900, 1, 28, 23, 59, 59, 999), Date.UTC(2100, 2, 1)]) {
      expect(formatInstant(ms)).toBe(new Date(ms).toISOString());
    }
  });

  test('refuses what has no four-digit year', () => {
    for (const ms of [Number.NaN, Infinity, 253_402_300_800_000, -62_135_596_800_001]) {
      expect(() => formatInstant(ms)).toThrow(RangeError);
    }
  });
});

test('days are counted from 1970 and written as dates', () => {
  fc.assert(
    fc.property(instants, (ms) => {
      expect(formatDay(dayOf(ms))).toBe(new Date(ms).toISOString().slice(0, 10));
      expect(startOfDay(dayOf(ms))).toBeLessThanOrEqual(ms);
      expect(startOfDay(dayOf(ms) + 1)).toBeGreaterThan(ms);
    }),
  );
});

describe('toTimestamp', () => {
  test.each([
    [1384790802, '2013-11-18T16:06:42.000Z'],
    ['1384790802', '2013-11-18T16:06:42.000Z'],
    [1384790802.25, '2013-11-18T16:06:42.250Z'],
    [1384790802123, '2013-11-18T16:06:42.123Z'],
    ['1384790802123', '2013-11-18T16:06:42.123Z'],
    ['2013-11-18T16:06:42.123Z', '2013-11-18T16:06:42.123Z'],
    ['2013-11-18T16:06:42Z', '2013-11-18T16:06:42.000Z'],
    ['2013-11-18T16:06:42', '2013-11-18T16:06:42.000Z'],
    ['2013-11-18 16:06:42', '2013-11-18T16:06:42.000Z'],
    ['2013-11-18T19:06:42+03:00', '2013-11-18T16:06:42.000Z'],
    ['2013-11-18T19:06:42+0300', '2013-11-18T16:06:42.000Z'],
    ['2013-11-18T19:06:42+03', '2013-11-18T16:06:42.000Z'],
    ['2013-11-18T12:36:42-03:30', '2013-11-18T16:06:42.000Z'],
    ['2013-11-18T16:06:42.123456789Z', '2013-11-18T16:06:42.123Z'],
    ['2013-11-18T16:06', '2013-11-18T16:06:00.000Z'],
    ['2013-11-18', '2013-11-18T00:00:00.000Z'],
    ['2024-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
    ['2013-12-31T23:30:00-01:00', '2014-01-01T00:30:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.000Z'],
  ])('%j is %s', (value, expected) => {
    expect(toTimestamp(value)).toBe(expected);
  });

  test.each([null, undefined, ''])('%j is no time', (value) => {
    expect(toTimestamp(value)).toBeNull();
  });

  test.each([
    'soon',
    '2013-13-01',
    '2013-02-29T00:00:00.000Z',
    '2023-02-30',
    '2013-01-01T25:00:00Z',
    '0000-01-01',
    1e18,
    {},
    [],
    true,
  ])('%j cannot be understood', (value) => {
    expect(toTimestamp(value)).toBeUndefined();
  });

  test('what a zone puts before the year 1 is no time, in whatever form', () => {
    for (const text of ['0001-01-01T00:00:00', '0001-01-01 00:00:00', '0001-01-01T00:00', '0001-01-01']) {
      expect(toTimestamp(text, openTimeZone('Europe/Moscow'))).toBeUndefined();
      expect(toTimestamp(text)).toBe('0001-01-01T00:00:00.000Z');
    }
  });

  test('whatever it returns, it returns again', () => {
    fc.assert(
      fc.property(instants, (ms) => {
        const text = toTimestamp(new Date(ms).toISOString());
        expect(text).toBe(formatInstant(ms));
        expect(parseInstant(text)).toBe(ms);
      }),
    );
  });
});
