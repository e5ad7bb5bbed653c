import { describe, expect, test } from 'vitest';
import { type StreamPlan, type StreamReport, type SyncOptions, sync } from '../../../src/core/engine.ts';
import { OutputClosedError, SyncError } from '../../../src/core/errors.ts';
import type { Sink } from '../../../src/core/sink.ts';
import type { ReadRequest, Stream, StreamItem } from '../../../src/core/stream.ts';
import { FakeClock, settle } from '../../helpers/fake-clock.ts';

type Read = (request: ReadRequest) => AsyncGenerator<StreamItem>;

function stream(name: string, read: Read, syncModes: Stream['syncModes'] = ['full_refresh', 'incremental']): Stream {
  return {
    name,
    schema: { type: 'object', properties: { id: { type: 'string' }, extra_fields: { type: ['null', 'object'] } } },
    primaryKey: ['id'],
    cursorField: 'at',
    syncModes,
    bookmarkVersion: 2,
    bookmarkFields: ['at', 'scan'],
    read,
  };
}

const plan = (target: Stream, more: Partial<StreamPlan> = {}): StreamPlan => ({
  name: target.name,
  target: { stream: target },
  mode: 'incremental',
  state: undefined,
  ...more,
});

/** A sink that writes down what it hears, in words. */
function listener(clock: FakeClock, room: () => Promise<void> | undefined = () => undefined) {
  const heard: string[] = [];
  const sink: Sink = {
    begin: () => heard.push('begin'),
    started: ({ name }) => heard.push(`${name} started`),
    running: ({ name }) => heard.push(`${name} running`),
    waiting: ({ name }, until) => heard.push(`${name} waiting ${until === null ? 'over' : until - clock.now()}`),
    estimate: ({ name }, rows) => heard.push(`${name} about ${rows}`),
    record: ({ name }, json) => heard.push(`${name} record ${json}`),
    bookmark: ({ name }, bookmark, count) => heard.push(`${name} state ${JSON.stringify(bookmark)} ${count}`),
    completed: ({ name }) => heard.push(`${name} completed`),
    failed: ({ name }, error) => heard.push(`${name} failed: ${error.message}`),
    end: () => heard.push('end'),
    room,
  };
  return { heard, sink };
}

async function run(groups: StreamPlan[][], more: Partial<SyncOptions> = {}) {
  const clock = new FakeClock();
  const { heard, sink } = listener(clock);
  const reports: StreamReport[] = [];
  const controller = new AbortController();
  const finished = sync(groups, { sink, clock, log: () => {}, signal: controller.signal, reports, ...more });
  return { clock, heard, reports, finished, controller };
}

const rows = (...ids: string[]): StreamItem => ({ kind: 'rows', rows: ids.map((id) => ({ id })) });
const bookmark = (at: string): StreamItem => ({ kind: 'bookmark', bookmark: { at } });
const json = (id: string) => JSON.stringify({ id, extra_fields: null });

describe('one stream', () => {
  test('records, states with exact counts, statuses', async () => {
    const target = stream('a', async function* () {
      yield { kind: 'estimate', rows: 3 };
      yield rows('1', '2');
      yield bookmark('x');
      yield rows('3');
    });
    const { heard, finished } = await run([[plan(target)]]);
    await finished;
    expect(heard).toEqual([
      'begin',
      'a started',
      'a running',
      'a about 3',
      `a record ${json('1')}`,
      `a record ${json('2')}`,
      'a state {"version":2,"at":"x"} 2',
      `a record ${json('3')}`,
      'a state {"version":2,"at":"x"} 1',
      'a completed',
      'end',
    ]);
  });

  test('without records it runs, too, and leaves a state', async () => {
    const { heard, finished } = await run([[plan(stream('a', async function* () {}))]]);
    await finished;
    expect(heard).toEqual(['begin', 'a started', 'a running', 'a state {"version":2} 0', 'a completed', 'end']);
  });

  test('that fails leaves a state with its counts, and the error bears its name', async () => {
    const target = stream('a', async function* () {
      yield rows('1');
      throw new SyncError('transient', 'LiveChat is down.');
    });
    const { heard, finished, reports } = await run([[plan(target)]]);
    await finished;
    expect(heard.slice(-3)).toEqual(['a state {"version":2} 1', 'a failed: a: LiveChat is down.', 'end']);
    expect(reports[0]).toMatchObject({ status: 'incomplete', rows: 1, error: { kind: 'transient', stream: 'a' } });
  });

  test('a bug of ours is told as one, without its words in the message', async () => {
    const target = stream('a', async function* () {
      yield rows('1');
      throw new TypeError('undefined is no function');
    });
    const { reports, finished } = await run([[plan(target)]]);
    await finished;
    expect(reports[0]?.error).toMatchObject({ kind: 'system', detail: 'TypeError: undefined is no function' });
    expect(reports[0]?.error?.message).not.toContain('undefined');
  });

  test('the bookmark that it gets is its own; foreign keys come back, stale ones do not', async () => {
    let got: unknown;
    const target = stream('a', async function* (request) {
      got = request.bookmark;
      yield bookmark('y');
    });
    const state = { version: 1, at: 'x', scan: { page: 3 }, foreign: 7 };
    const { heard, finished } = await run([[plan(target, { state })]]);
    await finished;
    expect(got).toEqual({ at: 'x', scan: { page: 3 } });
    expect(heard).toContain('a state {"version":2,"foreign":7,"at":"y"} 0');
  });

  test('stops after as many records as are wanted, and asks for no further page', async () => {
    let pages = 0;
    const target = stream('a', async function* () {
      for (;;) {
        pages += 1;
        yield rows(`${pages}a`, `${pages}b`);
      }
    });
    const { heard, finished } = await run([[plan(target)]], { maxRecords: 1 });
    await finished;
    expect(heard.filter((line) => line.includes('record'))).toHaveLength(1);
    expect(pages).toBe(1);
  });
});

describe('full refresh', () => {
  const echo = () => {
    const seen: unknown[] = [];
    const target = stream('a', async function* (request) {
      seen.push(request.bookmark);
      yield bookmark('x');
    });
    return { seen, target };
  };

  test('ignores a finished state, continues an unfinished one, and marks its own as unfinished until the end', async () => {
    const { seen, target } = echo();
    const finishedState = { version: 2, at: 'w' };
    const unfinished = { version: 2, full_refresh: true, at: 'v' };
    for (const state of [finishedState, unfinished]) {
      const { heard, finished } = await run([[plan(target, { mode: 'full_refresh', state })]]);
      await finished;
      expect(heard.filter((line) => line.includes('state'))).toEqual([
        'a state {"version":2,"full_refresh":true,"at":"x"} 0',
        'a state {"version":2,"at":"x"} 0',
      ]);
    }
    expect(seen).toEqual([undefined, { at: 'v' }]);
  });
});

describe('several streams', () => {
  const simple = (name: string) =>
    stream(name, async function* () {
      yield rows(`${name}1`);
    });

  test('one that fails does not stop the others, whatever its group', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything
    const broken = stream('b', async function* () {
      throw new SyncError('config', 'No rights.');
    });
    const problem: StreamPlan = {
      ...plan(simple('x')),
      target: { problem: new SyncError('config', 'No such stream.') },
    };
    const { heard, reports, finished } = await run([[plan(simple('a')), plan(broken), plan(simple('c'))], [problem]]);
    await finished;
    expect(reports.map((report) => [report.name, report.status])).toEqual([
      ['a', 'complete'],
      ['b', 'incomplete'],
      ['c', 'complete'],
      ['x', 'incomplete'],
    ]);
    expect(heard.at(-1)).toBe('end');
    expect(heard).not.toContain('x started');
  });

  test('groups run side by side, streams of a group one after the other', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = stream('slow', async function* () {
      await gate.promise;
      yield rows('1');
    });
    const { heard, finished } = await run([[plan(slow), plan(simple('after'))], [plan(simple('beside'))]]);
    await settle();
    expect(heard).toContain('beside completed');
    expect(heard).not.toContain('after started');
    gate.resolve();
    await finished;
    expect(heard.indexOf('after started')).toBeGreaterThan(heard.indexOf('slow completed'));
  });
});

describe('X7: the heartbeat', () => {
  test('no gap between RECORD and STATE is longer than twice the interval, however long the stream is silent', async () => {
    const gate = Promise.withResolvers<void>();
    const target = stream('a', async function* () {
      yield rows('1');
      await gate.promise;
      yield rows('2');
    });
    const { clock, heard, finished } = await run([[plan(target, { state: { at: 'x' } })]], { heartbeatMs: 60_000 });
    await settle();
    const before = heard.length;
    for (let minute = 0; minute < 10; minute += 1) await clock.advance(60_000);
    const beats = heard.slice(before);
    expect(beats.length).toBeGreaterThanOrEqual(5);
    // The first one counts the record before it, the others none; the bookmark is the one the run started from.
    expect(beats[0]).toBe('a state {"version":2,"at":"x"} 1');
    expect(new Set(beats.slice(1))).toEqual(new Set(['a state {"version":2,"at":"x"} 0']));
    gate.resolve();
    await finished;
    await clock.advance(600_000);
    expect(heard.at(-1)).toBe('end');
  });

  test('a stream that gives records needs none', async () => {
    const clock = new FakeClock();
    const { heard, sink } = listener(clock);
    const target = stream('a', async function* () {
      for (let n = 0; n < 10; n += 1) {
        await clock.sleep(50_000);
        yield rows(String(n));
      }
    });
    const options = {
      sink,
      clock,
      log: () => {},
      signal: new AbortController().signal,
      reports: [],
      heartbeatMs: 60_000,
    };
    const finished = sync([[plan(target)]], options);
    await clock.advance(600_000);
    await finished;
    expect(heard.filter((line) => line.includes('state'))).toHaveLength(1);
  });
});

describe('while the reader is slow', () => {
  test('the next page is fetched, and none beyond it', async () => {
    const clock = new FakeClock();
    const gate = Promise.withResolvers<void>();
    const { heard, sink } = listener(clock, () => gate.promise);
    const asked: string[] = [];
    const target = stream('a', async function* () {
      for (const page of ['1', '2', '3', '4']) {
        asked.push(page);
        yield rows(page);
        yield bookmark(page);
      }
    });
    const signal = new AbortController().signal;
    const finished = sync([[plan(target)]], { sink, clock, log: () => {}, signal, reports: [], heartbeatMs: 1000 });
    await clock.advance(60_000);
    // The first page is being written, the second has been fetched. Nor does a heartbeat go where there is no room.
    expect(asked).toEqual(['1', '2']);
    expect(heard.filter((line) => line.includes('state'))).toEqual([]);
    gate.resolve();
    await finished;
    expect(asked).toEqual(['1', '2', '3', '4']);
  });
});

describe('waiting and ending', () => {
  test('waits for quota are told, once each', async () => {
    const target = stream('a', async function* ({ onWait, onCall }) {
      onWait(Date.UTC(2026, 0, 1, 0, 1));
      onWait(Date.UTC(2026, 0, 1, 0, 1));
      onWait(null);
      onWait(null);
      onCall();
      onCall();
      yield rows('1');
    });
    const { heard, finished, reports } = await run([[plan(target)]]);
    await finished;
    expect(reports[0]?.calls).toBe(2);
    expect(heard.slice(2, 4)).toEqual(['a waiting 60000', 'a waiting over']);
    expect(heard.filter((line) => line.includes('waiting'))).toHaveLength(2);
  });

  test('a slow reader is waited for', async () => {
    const clock = new FakeClock();
    let open = Promise.withResolvers<void>();
    const { heard, sink } = listener(clock, () => open.promise);
    const target = stream('a', async function* () {
      yield rows('1', '2', '3');
    });
    const finished = sync([[plan(target)]], {
      sink,
      clock,
      log: () => {},
      signal: new AbortController().signal,
      reports: [],
    });
    await settle();
    expect(heard.filter((line) => line.includes('record'))).toHaveLength(1);
    open.resolve();
    open = Promise.withResolvers<void>();
    open.resolve();
    await finished;
    expect(heard.filter((line) => line.includes('record'))).toHaveLength(3);
  });

  test('an abort ends it with its reason; nothing more is written', async () => {
    const target = stream('a', async function* ({ signal }) {
      yield rows('1');
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const { heard, finished, controller } = await run([[plan(target), plan(stream('b', async function* () {}))]]);
    await settle();
    controller.abort(new Error('ended'));
    await expect(finished).rejects.toThrow('ended');
    expect(heard.at(-1)).toBe(`a record ${json('1')}`);
  });

  test('when nobody reads any more, nothing goes on', async () => {
    const clock = new FakeClock();
    const { sink } = listener(clock);
    let pages = 0;
    const target = stream('a', async function* () {
      for (;;) {
        pages += 1;
        yield rows('1');
      }
    });
    const closed = {
      ...sink,
      record: () => {
        throw new OutputClosedError('EPIPE', undefined);
      },
    };
    const options = { sink: closed, clock, log: () => {}, signal: new AbortController().signal, reports: [] };
    await expect(sync([[plan(target)]], options)).rejects.toThrow(OutputClosedError);
    expect(pages).toBeLessThan(4);
  });
});
