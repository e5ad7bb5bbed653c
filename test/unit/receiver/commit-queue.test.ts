import { describe, expect, test } from 'vitest';
import { InboxError, type NewEvent } from '../../../src/inbox/inbox.ts';
import { CommitQueue, QueueFullError } from '../../../src/receiver/commit-queue.ts';

function event(body: string): NewEvent {
  return { vendor: 'livechat', kind: 'chat_started', subject: null, receivedAt: 0, hash: body, body };
}

interface Append {
  readonly bodies: string[];
  end(added?: number): void;
  fail(error: Error): void;
}

/** An inbox whose transactions end when a test says so. */
function slowInbox() {
  const appends: Append[] = [];
  let atOnce = 0;
  let most = 0;
  const append = async (events: readonly NewEvent[]) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const bodies = events.map(({ body }) => body);
    appends.push({ bodies, end: (added = bodies.length) => resolve(added), fail: reject });
    try {
      return await promise;
    } finally {
      atOnce -= 1;
    }
  };
  return { append, appends, mostAtOnce: () => most };
}

function queueOn(inbox: { append(events: readonly NewEvent[]): Promise<number> }, limits: object = {}) {
  const commits: [events: number, added: number][] = [];
  let failures = 0;
  const queue = new CommitQueue({
    inbox,
    maxEvents: 10_000,
    maxCharacters: 1e9,
    onCommit: (events, added, ms) => {
      expect(ms).toBeGreaterThanOrEqual(0);
      commits.push([events, added]);
    },
    onFailure() {
      failures += 1;
    },
    ...limits,
  });
  return { queue, commits, failures: () => failures };
}

/** Lets everything happen that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** How each promise has ended so far. */
async function outcomes(promises: readonly Promise<unknown>[]): Promise<string[]> {
  const open = Symbol('open');
  return Promise.all(
    promises.map((promise) =>
      Promise.race([promise, Promise.resolve(open)]).then(
        (value) => (value === open ? 'open' : 'stored'),
        (error) => error.constructor.name,
      ),
    ),
  );
}

describe('a queue of events', () => {
  test('commits one that comes alone at once, and says so only when it is on disk', async () => {
    const inbox = slowInbox();
    const { queue, commits } = queueOn(inbox);
    const added = queue.add(event('a'));
    await turns();
    expect(inbox.appends.map(({ bodies }) => bodies)).toEqual([['a']]);
    expect(await outcomes([added])).toEqual(['open']);
    inbox.appends[0]?.end();
    await added;
    expect(commits).toEqual([[1, 1]]);
  });

  test('what comes in one turn shares a commit, and what comes meanwhile shares the next, in order', async () => {
    const inbox = slowInbox();
    const { queue, commits } = queueOn(inbox);
    const first = ['a', 'b', 'c'].map((body) => queue.add(event(body)));
    await turns();
    const next = ['d', 'e'].map((body) => queue.add(event(body)));
    await turns();
    next.push(queue.add(event('f')));
    await turns();
    expect(inbox.appends.map(({ bodies }) => bodies)).toEqual([['a', 'b', 'c']]);
    inbox.appends[0]?.end(2);
    await Promise.all(first);
    expect(await outcomes(next)).toEqual(['open', 'open', 'open']);
    await turns();
    expect(inbox.appends[1]?.bodies).toEqual(['d', 'e', 'f']);
    inbox.appends[1]?.end();
    await Promise.all(next);
    expect(commits).toEqual([
      [3, 2],
      [3, 3],
    ]);
    expect(inbox.mostAtOnce()).toBe(1);
  });

  test('divides what is too much for one commit, by number and by size, and leaves nothing out', async () => {
    const inbox = {
      appends: [] as string[][],
      append: async (events: readonly NewEvent[]) => inbox.appends.push(events.map(({ body }) => body)),
    };
    const { queue } = queueOn(inbox);
    const small = Array.from({ length: 600 }, (_, index) => String(index));
    const big = Array.from({ length: 5 }, (_, index) => String(index).repeat(3 * 1024 * 1024));
    const huge = 'x'.repeat(9 * 1024 * 1024);
    await Promise.all([...small, ...big, huge, 'last'].map((body) => queue.add(event(body))));
    expect(inbox.appends.flat()).toEqual([...small, ...big, huge, 'last']);
    for (const bodies of inbox.appends) {
      expect(bodies.length).toBeLessThanOrEqual(256);
      const characters = bodies.reduce((sum, body) => sum + body.length, 0);
      expect(bodies.length === 1 || characters <= 4 * 1024 * 1024).toBe(true);
    }
    expect(inbox.appends.slice(0, 2).map((bodies) => bodies.length)).toEqual([256, 256]);
  });

  test('refuses what is more than may wait, by number and by size, and takes more when there is room', async () => {
    const inbox = slowInbox();
    const { queue } = queueOn(inbox, { maxEvents: 3, maxCharacters: 10 });
    const running = queue.add(event('a'));
    await turns();
    const waiting = [queue.add(event('12345')), queue.add(event('1234'))];
    expect(queue.size).toBe(2);
    await expect(queue.add(event('12'))).rejects.toThrow(QueueFullError);
    waiting.push(queue.add(event('1')));
    await expect(queue.add(event(''))).rejects.toThrow(QueueFullError);
    inbox.appends[0]?.end();
    await running;
    await turns();
    const later = queue.add(event('1234567890'));
    inbox.appends[1]?.end();
    await Promise.all(waiting);
    await turns();
    inbox.appends[2]?.end();
    await later;
    expect(inbox.appends.map(({ bodies }) => bodies)).toEqual([['a'], ['12345', '1234', '1'], ['1234567890']]);
    expect(queue.size).toBe(0);
  });

  test('when the store fails all that wait are refused, and what comes later is tried anew', async () => {
    const inbox = slowInbox();
    const { queue, commits, failures } = queueOn(inbox, { maxCharacters: 10 });
    const batch = [queue.add(event('aaa')), queue.add(event('bbb'))];
    await turns();
    const waiting = [queue.add(event('12345')), queue.add(event('12345'))];
    const all = Promise.allSettled([...batch, ...waiting]);
    inbox.appends[0]?.fail(new InboxError('it is locked', undefined));
    await all;
    expect(await outcomes([...batch, ...waiting])).toEqual(['InboxError', 'InboxError', 'InboxError', 'InboxError']);
    expect([queue.size, inbox.appends.length, commits, failures()]).toEqual([0, 1, [], 1]);
    await turns();
    // Their size is not held against those that come now.
    const later = queue.add(event('1234567890'));
    await turns();
    inbox.appends[1]?.end();
    await later;
  });

  test('an error that is none of the store refuses its own batch only', async () => {
    const inbox = slowInbox();
    const { queue } = queueOn(inbox);
    const batch = queue.add(event('a'));
    await turns();
    const waiting = queue.add(event('b'));
    inbox.appends[0]?.fail(new TypeError('a mistake of ours'));
    await expect(batch).rejects.toThrow(TypeError);
    await turns();
    inbox.appends[1]?.end();
    await waiting;
  });

  test('an event whose batch failed is committed when it comes again', async () => {
    let failures = 3;
    const kept: string[] = [];
    const append = async (events: readonly NewEvent[]) => {
      failures -= 1;
      if (failures >= 0) throw new InboxError('it is down', undefined);
      return kept.push(...events.map(({ body }) => body));
    };
    const { queue } = queueOn({ append });
    for (let tries = 0; tries < 3; tries += 1) await expect(queue.add(event('a'))).rejects.toThrow('it is down');
    await queue.add(event('a'));
    expect(kept).toEqual(['a']);
  });

  test('is drained when nothing waits any more, also what came while it was', async () => {
    const inbox = slowInbox();
    const { queue } = queueOn(inbox);
    await queue.drain();
    const first = queue.add(event('a'));
    let isDrained = false;
    const drained = queue.drain().then(() => {
      isDrained = true;
    });
    await turns();
    const second = queue.add(event('b'));
    inbox.appends[0]?.end();
    await first;
    await turns();
    expect(isDrained).toBe(false);
    inbox.appends[1]?.end();
    await second;
    await drained;
  });

  test('a failure ends the draining too', async () => {
    const inbox = slowInbox();
    const { queue } = queueOn(inbox);
    const refused = expect(queue.add(event('a'))).rejects.toThrow(InboxError);
    const drained = queue.drain();
    await turns();
    inbox.appends[0]?.fail(new InboxError('it is down', undefined));
    await Promise.all([refused, drained]);
  });
});
