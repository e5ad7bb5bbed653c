import { expect, test } from 'vitest';
import { parseExact, parseForRewriting } from '../../../src/core/exact-json.ts';

test('a whole number that a double cannot hold becomes the text of its digits', () => {
  const text = '{"id":12345678901234567890,"small":-7,"rate":0.1234567890123456789,"in":[9007199254740993]}';
  expect(parseExact(text)).toEqual({
    id: '12345678901234567890',
    small: -7,
    rate: 0.12345678901234568,
    in: ['9007199254740993'],
  });
});

test('texts with many digits stay what they are', () => {
  expect(parseExact('{"id":"12345678901234567890","n":1}')).toEqual({ id: '12345678901234567890', n: 1 });
});

test('what is parsed for rewriting is written with the same numbers', () => {
  const text =
    '{"id":12345678901234567890,"list":[1,{"x":-9007199254740993}],"y":[1e400,1.50,-0,0.1234567890123456789]}';
  expect(JSON.stringify(parseForRewriting(text))).toBe(text);
});

test.each([parseExact, parseForRewriting])('%o throws for what is no JSON', (parse) => {
  expect(() => parse('{"id":12345678901234567890')).toThrow(SyntaxError);
  expect(() => parse('')).toThrow(SyntaxError);
});
