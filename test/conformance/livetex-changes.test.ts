import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { argumentsOf, configured, EntrypointOutput, sourceChat } from '../helpers/airbyte.ts';
import { run } from '../helpers/commands.ts';
import { expectAll, LIVETEX_STREAMS, livetexCatalog, table, wanted } from '../helpers/livetex.ts';
import { sandboxFor } from '../helpers/sandbox.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An account in the middle of its life: some chats are open, more are to come, when its time is moved. */
const alive = (daysBehind: number, daysAhead: number) => ({
  from: Date.now() - daysBehind * DAY_MS,
  to: Date.now() + daysAhead * DAY_MS,
  frozen: true,
});

const read = (sandbox: Sandbox, state?: unknown, settings: object = {}) =>
  sourceChat('read', { config: sandbox.livetexConfig(settings), catalog: livetexCatalog(), state });

describe('what changes between two runs', () => {
  test('chats and leads that are closed, rated or written into arrive updated, and new ones arrive', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 900, leads: 300, ...alive(10, 16) } });
    const outputs = [await read(sandbox)];
    let closed = 0;
    expectAll(sandbox, ...outputs);
    for (const hours of [1, 7, 30, 90, 200]) {
      const before = Object.fromEntries(table('livetex_chats', ...outputs));
      sandbox.advance(hours * HOUR_MS);
      const output = await read(sandbox, outputs.at(-1)?.lastStates());
      expect(output.code).toBe(0);
      outputs.push(output);
      expectAll(sandbox, ...outputs);
      closed += [...table('livetex_chats', output).values()].filter(
        (row) => before[String(row['chat_id'])]?.['is_closed'] === false && row['is_closed'] === true,
      ).length;
    }
    // Otherwise this would prove little: some that were open were closed, some that were closed were rated.
    expect(closed).toBeGreaterThan(0);
    const rated = [...table('livetex_chats', ...outputs)].filter(([id, row]) => {
      const first = table('livetex_chats', ...outputs.slice(0, 1)).get(id);
      return first?.['is_closed'] === true && first['rating_value'] === null && row['rating_value'] !== null;
    });
    expect(rated.length).toBeGreaterThan(0);
  });

  test('with a lookback of no days, what is open is followed, and what is new arrives', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 600, leads: 0, ...alive(10, 4) } });
    const first = await read(sandbox, undefined, { lookback_days: 0 });
    sandbox.advance(2 * DAY_MS);
    const second = await read(sandbox, first.lastStates(), { lookback_days: 0 });
    const found = table('livetex_chats', first, second);
    for (const [id, row] of wanted(sandbox, 'livetex_chats')) {
      const was = table('livetex_chats', first).get(id);
      if (was === undefined || was['is_closed'] === false) expect(found.get(id)).toEqual(row);
    }
  });

  test('a quiet second run costs the sign-in and one call a stream for the lookback', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 3000 } });
    const first = await read(sandbox);
    sandbox.calls.clear();
    const second = await read(sandbox, first.lastStates());
    expect(second.code).toBe(0);
    expect(sandbox.calls.count).toBe(3);
  });

  test('a busy one costs the pages of the lookback', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 9000, leads: 0, ...alive(90, 0) } });
    const first = await read(sandbox);
    const open = String(first.lastStates()[0]?.stream.stream_state['open_since']);
    const again = first.rows('livetex_chats').filter((row) => String(row['created_at']) >= open).length;
    sandbox.calls.clear();
    const second = await read(sandbox, first.lastStates());
    expect(second.rows('livetex_chats').length).toBeGreaterThanOrEqual(again);
    expect(sandbox.calls.count).toBeLessThan((again / 100) * 1.1 + 5);
  });

  test('an open chat that is too old to be followed is named once', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 900, leads: 0, ...alive(300, 0) } });
    const first = await read(sandbox, undefined, { open_days: 20 });
    const said = (output: EntrypointOutput) =>
      output.logs().filter((log) => log.message.includes('older than 20 days are not followed'));
    expect(said(first)).toHaveLength(1);
    expect(said(first)[0]?.message).toMatch(/: [\da-f-]+:\d+ of \d{4}-\d\d-\d\d.*livetex\.open_days/);
    const second = await read(sandbox, first.lastStates(), { open_days: 20 });
    expect(said(second)).toEqual([]);
    const since = String(first.lastStates()[0]?.stream.stream_state['open_since']);
    expect(Date.parse(since)).toBeGreaterThan(Date.now() - 21 * DAY_MS);
  });
});

describe('what changes during a run', () => {
  test.each([
    ['as it should be', {}],
    [
      'in pages of a few, by its own order',
      { chats: 120, leads: 40, pageLimit: 7, ignoreSort: true, order: 'desc' as const },
    ],
    ['without totals', { total: 'missing' as const, pageLimit: 20 }],
  ])('rows come, go and change at every page boundary of a server %s', async (_what, more) => {
    const days = 6;
    const livetex = { chats: 400, leads: 120, ...alive(days, 1), ...more };
    let turn = 0;
    let isBusy = true;
    const removed = new Set<string>();
    const sandbox = await sandboxFor(
      { livetex },
      {
        onCall(path) {
          if (!isBusy || !path.includes('/list')) return;
          turn += 1;
          const { chats, leads } = sandbox.livetex;
          sandbox.advance(60_000);
          for (const shelf of [chats, leads]) shelf.insert(livetex.from + ((turn * 37) % 97) * ((days * DAY_MS) / 100));
          const victim = (turn * 53) % livetex.chats;
          removed.add(String(chats.row(victim)?.id));
          chats.remove(victim);
        },
      },
    );
    const before = new Map(LIVETEX_STREAMS.map((stream) => [stream, [...wanted(sandbox, stream).keys()]]));
    const first = await read(sandbox);
    expect(first.code).toBe(0);
    for (const stream of LIVETEX_STREAMS) {
      const found = table(stream, first);
      const missing = before.get(stream)?.filter((id) => !found.has(id) && !removed.has(id));
      expect(missing).toEqual([]);
    }
    // The next run, at rest, brings what came late, and the last word on what changed.
    isBusy = false;
    const second = await read(sandbox, first.lastStates());
    for (const stream of LIVETEX_STREAMS) {
      const found = table(stream, first, second);
      for (const [id, row] of wanted(sandbox, stream)) expect(found.get(id)).toEqual(row);
    }
  });

  test('rows turn up late and go away in the very window that is read, after each page', async () => {
    const drifting = { chats: 900, leads: 200, ...alive(6, 0), drift: 2, driftDeletes: 1, pageLimit: 50 };
    const sandbox = await sandboxFor({ livetex: drifting });
    const before = new Map(LIVETEX_STREAMS.map((stream) => [stream, [...wanted(sandbox, stream).keys()]]));
    const output = await read(sandbox);
    expect(output.code).toBe(0);
    for (const stream of LIVETEX_STREAMS) {
      const [found, now] = [table(stream, output), wanted(sandbox, stream)];
      const missing = before.get(stream)?.filter((id) => now.has(id) && !found.has(id));
      expect(missing).toEqual([]);
    }
  });

  test('a token that is refused in mid-run: one sign-in, and the reading goes on', async () => {
    let lists = 0;
    const sandbox = await sandboxFor(
      // It says nothing of its end, so nobody can know before.
      { livetex: { chats: 3000, expiresIn: 'missing', tokenLifetimeSeconds: 600 } },
      {
        onCall(path) {
          if (!path.includes('/list')) return;
          lists += 1;
          if (lists % 10 === 0) sandbox.advance(HOUR_MS);
        },
      },
    );
    const output = await read(sandbox);
    expect(output.code).toBe(0);
    expectAll(sandbox, output);
    const refused = sandbox.calls.outcomes['401'] ?? 0;
    expect(refused).toBeGreaterThan(2);
    expect(sandbox.calls.calls.filter((call) => call.path === '/oauth2/token')).toHaveLength(refused + 1);
  });
});

describe('X2: killed and resumed', () => {
  test('kill -9 at ten random moments, each time going on from the last state: the union is everything', async () => {
    const sandbox = await sandboxFor({ latencyMs: 8, livetex: { chats: 20_000, leads: 0, ...alive(400, 0) } });
    const config = sandbox.livetexConfig();
    const catalog = configured(['livetex_chats']);
    const delivered: EntrypointOutput[] = [];
    let state: unknown;
    let kills = 0;
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const finished = await run('source-chat', argumentsOf('read', { config, catalog, state }), {
        onStart: (child) => {
          if (kills < 10) setTimeout(() => child.kill('SIGKILL'), 400 + Math.random() * 1500);
        },
      });
      const output = EntrypointOutput.ofKilled(finished);
      delivered.push(output);
      state = output.lastStates().length > 0 ? output.lastStates() : state;
      if (finished.signal !== 'SIGKILL') {
        expect(finished.code).toBe(0);
        break;
      }
      kills += 1;
    }
    expect(kills).toBeGreaterThan(2);
    expectAllChats(sandbox, delivered);
  }, 120_000);
});

function expectAllChats(sandbox: Sandbox, outputs: readonly EntrypointOutput[]): void {
  const found = table('livetex_chats', ...outputs);
  for (const [id, row] of wanted(sandbox, 'livetex_chats')) expect(found.get(id)).toEqual(row);
}
