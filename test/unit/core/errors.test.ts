import { expect, test } from 'vitest';
import { SyncError, withDetail } from '../../../src/core/errors.ts';

test('a detail that the message has already is not said twice', () => {
  const tell = (message: string, detail?: string) =>
    withDetail(new SyncError('transient', message, detail === undefined ? {} : { detail }));
  expect(tell('It failed.')).toBe('It failed.');
  expect(tell('It failed.', 'ECONNREFUSED')).toBe('It failed. (ECONNREFUSED)');
  expect(tell('It failed (ECONNREFUSED). Try later.', 'ECONNREFUSED')).toBe('It failed (ECONNREFUSED). Try later.');
});
