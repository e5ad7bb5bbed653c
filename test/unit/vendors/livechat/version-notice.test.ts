import { expect, test } from 'vitest';
import { watchVersion } from '../../../../src/vendors/livechat/version-notice.ts';

/** What is told of answers with these headers, one after the other. */
function toldOf(...answers: Record<string, string | string[]>[]): string[] {
  const told: string[] = [];
  const watch = watchVersion((level, message) => void told.push(`${level}: ${message}`));
  for (const headers of answers) watch(headers);
  return told;
}

test('a version that is about to end is told of once, with the day', () => {
  const told = toldOf({ legacy: '2027-02-01' }, {}, { legacy: '2027-02-01' }, { legacy: '2027-02-02' });
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^warn: .*few repairs until 2027-02-01: update source-chat/);
});

test('the word for the last stage is another one, and told of beside the first', () => {
  const told = toldOf({ legacy: '2027-02-01' }, { deprecation: '2027-05-01' }, { deprecation: '2027-05-01' });
  expect(told).toHaveLength(2);
  expect(told[1]).toMatch(/^warn: .*works until 2027-05-01: update source-chat/);
});

test('what is no day is not repeated to anybody', () => {
  for (const day of ['true', 'soon <b>', '2027-02-01\n2027', '@1700000000']) {
    const [told] = toldOf({ deprecation: day });
    expect(told).toContain('works for a limited time: update');
    expect(told).not.toContain(day);
  }
});

test('no word, no warning', () => {
  expect(toldOf({}, { date: 'Thu, 15 Jan 2026 12:00:00 GMT' }, { legacy: ['2027-02-01'] })).toEqual([]);
});
