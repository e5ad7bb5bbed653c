import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTimeZone } from '../../../src/core/time-zone.ts';
import { parseInstant, toTimestamp } from '../../../src/core/timestamps.ts';

const HOUR = 3_600_000;
const moscow = openTimeZone('Europe/Moscow');

describe('a time zone', () => {
  test.each([
    ['in the winter of 2010, at +03:00', '2010-12-01T12:00:00', '2010-12-01T09:00:00.000Z'],
    ['in the summer of 2010, at +04:00', '2010-07-01T12:00:00', '2010-07-01T08:00:00.000Z'],
    ['just before the clocks went forward for good', '2011-03-27T01:59:59', '2011-03-26T22:59:59.000Z'],
    ['just after it', '2011-03-27T03:00:00', '2011-03-26T23:00:00.000Z'],
    ['in the hour that was skipped, as if the clocks stood still', '2011-03-27T02:30:00', '2011-03-26T23:30:00.000Z'],
    ['in the years of lasting summer time', '2012-01-15T12:00:00', '2012-01-15T08:00:00.000Z'],
    ['before they went back for good', '2014-10-26T00:59:59', '2014-10-25T20:59:59.000Z'],
    ['in the hour that came twice, the first time', '2014-10-26T01:30:00', '2014-10-25T21:30:00.000Z'],
    ['after it', '2014-10-26T02:00:00', '2014-10-25T23:00:00.000Z'],
    ['today', '2026-01-15T12:00:00.123456', '2026-01-15T09:00:00.123Z'],
    ['a date alone is its midnight', '2014-12-17', '2014-12-16T21:00:00.000Z'],
  ])('Moscow %s', (_when, local, instant) => {
    expect(toTimestamp(local, moscow)).toBe(instant);
  });

  test('says nothing about times that name their zone, and about numbers', () => {
    for (const text of [
      '2014-12-17T15:35:48Z',
      '2014-12-17T18:35:48+03:00',
      '2014-12-17T18:35:48+0300',
      '1418830548',
    ]) {
      expect(parseInstant(text, moscow)).toBe(Date.UTC(2014, 11, 17, 15, 35, 48));
    }
    expect(parseInstant('', moscow)).toBeNull();
  });

  test('has the offsets that Intl has, anywhere and at any time', () => {
    const zones = fc.constantFrom(
      'Europe/Moscow',
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
      'Pacific/Apia',
      'UTC',
    );
    const opened = new Map<string, ReturnType<typeof openTimeZone>>();
    fc.assert(
      fc.property(zones, fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2040, 0) }), (name, instant) => {
        const zone = opened.get(name) ?? openTimeZone(name);
        opened.set(name, zone);
        const text = new Intl.DateTimeFormat('sv-SE', {
          timeZone: name,
          dateStyle: 'short',
          timeStyle: 'medium',
        }).format(instant);
        const local = Date.parse(`${text.replace(' ', 'T')}Z`) + (instant % 1000);
        expect(instant + zone.offsetAt(instant)).toBe(local);
        // There and back, unless it lies in an hour that comes twice.
        const back = zone.instantOf(local);
        expect([0, -HOUR, -HOUR / 2, HOUR, -24 * HOUR]).toContain(back - instant);
        expect(back + zone.offsetAt(back)).toBe(local);
      }),
      { numRuns: 2000, seed: 17 },
    );
  });

  test('reads the plain form of a time as it reads all others', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2010, 0), max: Date.UTC(2016, 0) }), (instant) => {
        const text = new Date(instant).toISOString().slice(0, 19);
        for (const plain of [text, text.replace('T', ' ')]) {
          expect(toTimestamp(plain, moscow)).toBe(toTimestamp(`${plain}.000`, moscow));
        }
      }),
      { numRuns: 2000, seed: 18 },
    );
    for (const wrong of ['2014-13-17T15:35:48', '2014-02-30T15:35:48', '2014-12-17T24:35:48', '0000-12-17T15:35:48']) {
      expect(toTimestamp(wrong, moscow)).toBeUndefined();
    }
  });

  test('with a name that nobody knows is refused', () => {
    expect(() => openTimeZone('Europe/Moskau')).toThrow(RangeError);
  });
});
