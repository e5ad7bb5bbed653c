import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallBudget, createCallBudget } from '../../../src/http/call-budget.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';

const never = new AbortController().signal;
const quiet = () => {};

function budget(limit: number, clock: FakeClock, windowMs = 60_000): CallBudget {
  return createCallBudget({ limit, windowMs, clock, log: quiet });
}

/** Makes calls that take no time until the clock is moved; returns the starts, relative to now. */
async function starts(calls: number, limit: number, advanceMs: number): Promise<number[]> {
  const clock = new FakeClock();
  const began = clock.now();
  const own = budget(limit, clock);
  const at: number[] = [];
  for (let n = 0; n < calls; n += 1) {
    void own.acquire(never, quiet).then((permit) => {
      at.push(clock.now() - began);
      permit.done();
    });
  }
  await clock.advance(advanceMs);
  return at;
}

describe('the window', () => {
  test('is used fully: as many calls as allowed start at once, the next as soon as the window lets them', async () => {
    expect(await starts(7, 3, 200_000)).toEqual([0, 0, 0, 60_000, 60_000, 60_000, 120_000]);
  });

  test('a call takes its place until a window after its answer, so that slow calls cannot arrive together', async () => {
    const clock = new FakeClock();
    const own = budget(1, clock);
    const first = await own.acquire(never, quiet);
    await clock.advance(50_000);
    first.done();
    let second: number | undefined;
    void own.acquire(never, quiet).then(() => {
      second = clock.now();
    });
    const answered = clock.now();
    await clock.advance(59_999);
    expect(second).toBeUndefined();
    await clock.advance(1);
    expect(second).toBe(answered + 60_000);
  });

  test('never holds more calls than allowed, however long each takes and whenever it arrives', async () => {
    const call = fc.record({
      before: fc.integer({ min: 0, max: 900 }),
      out: fc.integer({ min: 0, max: 800 }),
      back: fc.integer({ min: 0, max: 800 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(call, { maxLength: 25 }), async (limit, calls) => {
        const clock = new FakeClock();
        const own = budget(limit, clock, 1000);
        const arrivals: number[] = [];
        const work = calls.map(async ({ before, out, back }) => {
          await clock.sleep(before);
          const permit = await own.acquire(never, quiet);
          await clock.sleep(out);
          arrivals.push(clock.now());
          await clock.sleep(back);
          permit.done();
        });
        await clock.advance(120_000);
        await Promise.all(work);
        arrivals.sort((a, b) => a - b);
        for (const [index, arrival] of arrivals.entries()) {
          const previous = arrivals[index - limit];
          if (previous !== undefined) expect(arrival - previous).toBeGreaterThanOrEqual(1000);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a vendor that asks for less', () => {
  test('stops every call for the pause, and the budget shrinks once a window', async () => {
    const clock = new FakeClock();
    const own = budget(100, clock);
    own.throttled(5000);
    own.throttled(5000);
    const began = clock.now();
    const at: number[] = [];
    for (let n = 0; n < 80; n += 1) {
      void own.acquire(never, quiet).then((permit) => {
        at.push(clock.now() - began);
        permit.done();
      });
    }
    await clock.advance(4999);
    expect(at).toEqual([]);
    await clock.advance(1);
    expect(at).toHaveLength(75);
    await clock.advance(60_000);
    expect(at).toHaveLength(80);
  });

  test('gets its calls back slowly', async () => {
    const clock = new FakeClock();
    const own = budget(100, clock);
    own.throttled(0);
    const most = async () => {
      let started = 0;
      const controller = new AbortController();
      for (let n = 0; n < 101; n += 1) {
        own.acquire(controller.signal, quiet).then(
          (permit) => {
            started += 1;
            permit.done();
          },
          () => {},
        );
      }
      await settle();
      controller.abort();
      await clock.advance(60_000);
      return started;
    };
    const windows: number[] = [];
    for (let window = 0; window < 8; window += 1) windows.push(await most());
    expect(windows).toEqual([75, 80, 85, 90, 95, 100, 100, 100]);
  });

  test('never leaves less than one call', async () => {
    const clock = new FakeClock();
    const own = budget(2, clock);
    for (let n = 0; n < 5; n += 1) {
      own.throttled(0);
      await clock.advance(60_000);
      own.throttled(0);
    }
    const permit = await own.acquire(never, quiet);
    permit.done();
  });
});

describe('waiting', () => {
  test('is told when it is worth telling, until when, and when it is over; the time is added up', async () => {
    const clock = new FakeClock();
    const own = budget(1, clock);
    (await own.acquire(never, quiet)).done();
    const told: (number | null)[] = [];
    const second = own.acquire(never, (until) => told.push(until));
    await settle();
    expect(told).toEqual([clock.now() + 60_000]);
    await clock.advance(60_000);
    (await second).done();
    expect(told.at(-1)).toBeNull();
    expect(own.waitedMs()).toBe(60_000);

    own.throttled(300);
    const third = own.acquire(never, (until) => told.push(until));
    await clock.advance(60_000);
    await third;
    expect(told).toHaveLength(4);
  });

  test('a pause shorter than a second is not told', async () => {
    const clock = new FakeClock();
    const own = budget(5, clock);
    own.throttled(300);
    const told: unknown[] = [];
    const call = own.acquire(never, (until) => told.push(until));
    await clock.advance(300);
    await call;
    expect(told).toEqual([]);
  });

  test('ends at once when the run does, and gives its turn away', async () => {
    const clock = new FakeClock();
    const own = budget(1, clock);
    const first = await own.acquire(never, quiet);
    const controller = new AbortController();
    const second = own.acquire(controller.signal, quiet);
    const third = own.acquire(never, quiet);
    controller.abort(new Error('ended'));
    await expect(second).rejects.toThrow('ended');
    first.done();
    await clock.advance(60_000);
    await third;
  });
});
