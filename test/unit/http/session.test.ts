import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../src/core/errors.ts';
import { createSession, type Token } from '../../../src/http/session.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const call = { signal: new AbortController().signal };

/** A session whose sign-ins can be counted; each gives another token, for a minute. */
function sessionOf(give: (n: number) => Promise<Partial<Token>> = async () => ({})) {
  const clock = new FakeClock();
  let signIns = 0;
  const session = createSession(async () => {
    signIns += 1;
    const n = signIns;
    return { authorization: `Bearer ${n}`, expiresAt: clock.now() + 60_000, ...(await give(n)) };
  }, clock);
  return { session, clock, signIns: () => signIns };
}

describe('a session', () => {
  test('signs in once for calls that come together, and again when the token is over', async () => {
    const { session, clock, signIns } = sessionOf();
    const headers = await Promise.all([1, 2, 3].map(() => session.authorization(call)));
    expect(headers).toEqual(['Bearer 1', 'Bearer 1', 'Bearer 1']);
    await clock.advance(59_999);
    expect(await session.authorization(call)).toBe('Bearer 1');
    await clock.advance(1);
    expect(await session.authorization(call)).toBe('Bearer 2');
    expect(signIns()).toBe(2);
  });

  test('calls in flight that are refused together share one new sign-in', async () => {
    const { session, signIns } = sessionOf();
    const old = await session.authorization(call);
    session.refused(old);
    const fresh = await session.authorization(call);
    // The second of them hears of the refusal when there is a new token already.
    session.refused(old);
    expect(await session.authorization(call)).toBe(fresh);
    expect(signIns()).toBe(2);
  });

  test('a sign-in that failed for good is not repeated; one that failed by chance is', async () => {
    const wrong = sessionOf(() => Promise.reject(new SyncError('config', 'wrong password')));
    for (let n = 0; n < 3; n += 1) await expect(wrong.session.authorization(call)).rejects.toThrow('wrong password');
    expect(wrong.signIns()).toBe(1);
    const flaky = sessionOf((n) =>
      n === 1 ? Promise.reject(new SyncError('transient', 'down')) : Promise.resolve({}),
    );
    await expect(flaky.session.authorization(call)).rejects.toThrow('down');
    expect(await flaky.session.authorization(call)).toBe('Bearer 2');
  });
});
