import { describe, expect, test } from 'vitest';
import { type Attempts, type Decision, decide, type Outcome } from '../../../src/http/retry.ts';
import { parseRetryAfter } from '../../../src/http/retry-after.ts';

const FIRST: Attempts = { failures: 1, throttled: 0, triedMs: 0, throttledMs: 0 };
const highest = () => 0.999_999;
const status = (code: number, retryAfterMs?: number): Outcome => ({ kind: 'status', status: code, retryAfterMs });
const fault = (code: string): Outcome => ({ kind: 'fault', code });

describe('decide', () => {
  test.each([408, 500, 502, 503, 504, 520, 524, 599])('HTTP %i is tried again', (code) => {
    expect(decide(status(code), FIRST, highest).action).toBe('retry');
  });

  test.each([300, 301, 302, 400, 401, 402, 403, 404, 405, 409, 410, 413, 421, 422, 451, 501, 505])(
    'HTTP %i is not',
    (code) => {
      expect(decide(status(code), FIRST, highest).action).toBe('fail');
    },
  );

  test.each([
    'ECONNRESET',
    'ECONNREFUSED',
    'ETIMEDOUT',
    'EPIPE',
    'EAI_AGAIN',
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
    'UND_ERR_CONNECT_TIMEOUT',
    'ATTEMPT_TIMEOUT',
    'Z_DATA_ERROR',
  ])('%s is tried again', (code) => {
    expect(decide(fault(code), FIRST, highest).action).toBe('retry');
  });

  test.each(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_INVALID_URL'])('%s is not', (code) => {
    expect(decide(fault(code), FIRST, highest).action).toBe('fail');
  });

  test('waits grow, up to half a minute, with full jitter', () => {
    const wait = (failures: number, random: () => number) => {
      const decision: Decision = decide(status(503), { ...FIRST, failures }, random);
      return decision.action === 'retry' ? decision.afterMs : undefined;
    };
    expect([1, 2, 3, 4, 5].map((failures) => wait(failures, highest))).toEqual([999, 1999, 3999, 7999, 15_999]);
    expect(wait(3, () => 0)).toBe(0);
    expect(wait(3, () => 0.5)).toBe(2000);
    expect(wait(6, highest)).toBeUndefined();
  });

  test('names that do not resolve and bodies that are no JSON get two more attempts', () => {
    for (const outcome of [fault('ENOTFOUND'), { kind: 'bad_body' } as const]) {
      expect(decide(outcome, { ...FIRST, failures: 2 }, highest).action).toBe('retry');
      expect(decide(outcome, { ...FIRST, failures: 3 }, highest).action).toBe('fail');
    }
  });

  test('nothing is tried again after the deadline', () => {
    expect(decide(status(503), { ...FIRST, triedMs: 10 * 60_000 }, highest).action).toBe('fail');
  });

  test('429 waits as long as it is told to, whatever the count, within half an hour', () => {
    const attempts = { failures: 0, throttled: 500, triedMs: 0, throttledMs: 60_000 };
    expect(decide(status(429, 90_000), attempts, highest)).toEqual({
      action: 'retry',
      afterMs: 90_000,
      throttle: true,
    });
    expect(decide(status(429, 30 * 60_000), attempts, highest).action).toBe('fail');
    expect(decide(status(429), attempts, highest)).toEqual({ action: 'retry', afterMs: 59_999, throttle: true });
  });

  test.each([0, undefined])('429 with Retry-After %s is no leave to call at once, and each time less so', (asked) => {
    const wait = (throttled: number) => {
      const decision = decide(status(429, asked), { ...FIRST, failures: 0, throttled }, () => 0);
      return decision.action === 'retry' ? decision.afterMs : undefined;
    };
    expect([1, 2, 3, 8].map(wait)).toEqual([500, 1000, 2000, 30_000]);
  });

  test('a 503 that says when to come back is believed, within a minute', () => {
    expect(decide(status(503, 20_000), FIRST, highest)).toEqual({ action: 'retry', afterMs: 20_000, throttle: false });
    expect(decide(status(503, 3_600_000), FIRST, highest)).toEqual({
      action: 'retry',
      afterMs: 60_000,
      throttle: false,
    });
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 0, 1, 12);
  const date = new Date(now).toUTCString();

  test.each([
    ['30', 30_000],
    [' 2.5 ', 2500],
    ['0', 0],
    [String(now / 1000 + 90), 90_000],
    [String(now + 1234), 1234],
    [new Date(now + 45_000).toUTCString(), 45_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ])('%s', (header, expected) => {
    expect(parseRetryAfter(header, date, now)).toBe(expected);
  });

  test.each([undefined, '', 'soon', 'soon 5', '-5', '5 minutes'])('%s makes no sense', (header) => {
    expect(parseRetryAfter(header, date, now)).toBeUndefined();
  });

  test("instants are measured by the server's clock, and by ours where it does not say", () => {
    const wrongClock = now + 3_600_000;
    expect(parseRetryAfter(new Date(now + 5000).toUTCString(), date, wrongClock)).toBe(5000);
    expect(parseRetryAfter(new Date(now + 5000).toUTCString(), undefined, now)).toBe(5000);
    expect(parseRetryAfter(new Date(now + 5000).toUTCString(), 'nonsense', now)).toBe(5000);
  });
});
