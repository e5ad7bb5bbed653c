import { describe, expect, test } from 'vitest';
import { lifetimeOf } from '../../../../src/vendors/livetex/sign-in.ts';

describe('how long a token is used (livetex-api §2.2)', () => {
  const now = Date.UTC(2026, 0, 1);
  test.each([
    ['a lifetime', 3600, 3_540_000],
    ['a lifetime as text', '3600', 3_540_000],
    ['a short one: half of it', 30, 15_000],
    ['an instant in seconds', now / 1000 + 600, 540_000],
    ['an instant in ms', now + 600_000, 540_000],
    ['an instant that is over, by a clock that is wrong', now / 1000 - 600, 540_000],
    ['nothing', undefined, 540_000],
    ['null', null, 540_000],
    ['no number', 'soon', 540_000],
    ['0', 0, 540_000],
  ])('%s', (_what, expiresIn, ms) => {
    expect(lifetimeOf(expiresIn, now)).toBe(ms);
  });
});
