import { describe, expect, test } from 'vitest';
import { argumentsOf, EntrypointOutput } from '../helpers/airbyte.ts';
import { run } from '../helpers/commands.ts';
import { CHATS, configOf, DAY_MS, expectAll, type Kind, lately, read, wantedOf } from '../helpers/livechat-chats.ts';
import { sandboxFor, upserted } from '../helpers/sandbox.ts';

describe('what changes between two runs', () => {
  test.each<[Kind, boolean]>([
    ['token', true],
    ['token', false],
    ['api_key', true],
  ])(
    'chats that begin, go on, end and are rated arrive with the next run (%s, archive shows what goes on: %s)',
    async (kind, archiveActive) => {
      const sandbox = await sandboxFor(lately(3, { livechat: { archiveActive } }));
      const { livechatChats: shelf } = sandbox;
      const outputs = [await read(sandbox, kind)];
      expectAll(sandbox, kind, ...outputs);
      for (let turn = 0; turn < 2; turn += 1) {
        const [longest, ...others] = [...shelf.active];
        if (longest !== undefined) shelf.end(longest, Date.now(), turn === 1 ? null : 'manual_archived_customer');
        for (const number of others) shelf.say(number, `still here ${turn}`, Date.now());
        const begun = shelf.start(Date.now(), turn === 1 ? others[0] : undefined);
        shelf.say(begun, 'Anybody?', Date.now());
        for (const number of [3, 77, 200 + turn]) {
          shelf.rate(number, turn === 1 ? 0 : 1, 'rated late');
          shelf.tag(number, `late ${turn}`);
        }
        outputs.push(await read(sandbox, kind, outputs.at(-1)?.lastStates()));
        expectAll(sandbox, kind, ...outputs);
      }
    },
  );

  test.each<Kind>(['token', 'api_key'])(
    'with no lookback what is open is followed, and only that is read again (%s)',
    async (kind) => {
      const settings = { lookback_days: 0 };
      const sandbox = await sandboxFor(lately(20, { livechat: { archiveActive: false } }));
      const { livechatChats: shelf } = sandbox;
      const [open = 0] = shelf.active;
      for (const number of [...shelf.active]) if (number !== open) shelf.end(number, Date.now());
      const first = await read(sandbox, kind, undefined, settings);
      shelf.end(open, Date.now());
      shelf.rate(open, 1, 'thank you');
      const begun = shelf.start(Date.now());
      const second = await read(sandbox, kind, first.lastStates(), settings);
      const found = upserted(second.rows('livechat_chats'));
      const wanted = wantedOf(sandbox, kind);
      for (const number of [open, begun]) {
        const { id } = shelf.thread(number);
        expect(found.get(id)).toEqual(wanted.get(id));
      }
      const third = await read(sandbox, kind, second.lastStates(), settings);
      // REST v2 reads whole days.
      const oldest = Math.min(
        ...third.rows('livechat_chats').map((row) => Date.parse(String(row['started_timestamp']))),
      );
      expect(oldest).toBeGreaterThan(Date.now() - (kind === 'token' ? 3_600_000 : DAY_MS + 3_600_000));
    },
  );
});

describe('what changes during a run', () => {
  test.each<[Kind, boolean, number]>([
    ['token', true, 3],
    ['token', false, 3],
    ['api_key', true, 2],
  ])(
    'nothing is missing, and the next run has the rest (%s, archive shows what goes on: %s, %i a page)',
    async (kind, archiveActive, churn) => {
      let busy = true;
      const sandbox = await sandboxFor(
        lately(2.5, { livechat: { archiveActive, chats: kind === 'token' ? 700 : 400 } }),
        {
          onCall() {
            for (let n = 0; busy && n < churn; n += 1)
              sandbox.livechatChats.happen(sandbox.calls.count * churn + n, Date.now());
          },
        },
      );
      const before = new Set(wantedOf(sandbox, kind).keys());
      const first = await read(sandbox, kind);
      expect(first.code, first.errors()[0]?.message).toBe(0);
      const found = upserted(first.rows('livechat_chats'));
      for (const id of before) expect([id, found.has(id)]).toEqual([id, true]);
      busy = false;
      expectAll(sandbox, kind, first, await read(sandbox, kind, first.lastStates()));
    },
  );
});

describe('states', () => {
  test.each<Kind>(['token', 'api_key'])(
    'I2: from every state the rest is read, and no more than the state leaves (%s)',
    async (kind) => {
      const count = kind === 'token' ? 350 : 2600;
      const sandbox = await sandboxFor({ tickets: 0, livechat: { chats: count, archiveActive: false } });
      const whole = await read(sandbox, kind);
      const wanted = wantedOf(sandbox, kind);
      const states = whole.messages.flatMap((message, place) => (message.type === 'STATE' ? [{ message, place }] : []));
      expect(states.length).toBeGreaterThanOrEqual(2);
      for (const { message, place } of states.slice(0, -1)) {
        const rest = await read(sandbox, kind, [message['state']]);
        expect(rest.code).toBe(0);
        const earlier = whole.messages.slice(0, place).filter(({ type }) => type === 'RECORD');
        const union = upserted([...earlier.map((one) => one['record'].data), ...rest.rows('livechat_chats')]);
        expect(union).toEqual(wanted);
        // Those that go on come again, and for REST v2 the day of the edge.
        expect(rest.records().length).toBeLessThanOrEqual(
          count - earlier.length + sandbox.livechatChats.active.size + 10,
        );
      }
    },
  );

  test.each<Kind>(['token', 'api_key'])('I3: one from the future brings no rows and a state (%s)', async (kind) => {
    const sandbox = await sandboxFor({ tickets: 0 });
    const stream_state = { version: 1, started_timestamp: '2999-01-01T00:00:00.000Z' };
    const state = [{ type: 'STREAM', stream: { stream_descriptor: { name: 'livechat_chats' }, stream_state } }];
    const output = await read(sandbox, kind, state);
    expect([output.code, output.records().length]).toEqual([0, 0]);
    expect(output.states().at(-1)?.stream.stream_state).toMatchObject({
      started_timestamp: '2999-01-01T00:00:00.000Z',
    });
    expect(sandbox.calls.count).toBe(1);
  });

  test.each([
    ['no time', { version: 1, started_timestamp: 'yesterday' }, '"started_timestamp" should be a time'],
    ['another stream', { version: 1, modified: '2025-01-01T00:00:00Z' }, 'nothing that source-chat writes'],
    [
      'a newer version',
      { version: 9, started_timestamp: '2025-01-01T00:00:00Z' },
      'was written by a newer source-chat',
    ],
  ])(
    'one of %s is refused with a configuration error, before anything is called',
    async (_what, stream_state, words) => {
      const sandbox = await sandboxFor({ tickets: 0 });
      const state = [{ type: 'STREAM', stream: { stream_descriptor: { name: 'livechat_chats' }, stream_state } }];
      const output = await read(sandbox, 'token', state);
      expect(output.code).toBe(1);
      expect(output.errors()).toEqual([
        expect.objectContaining({ failure_type: 'config_error', message: expect.stringContaining(words) }),
      ]);
      expect(sandbox.calls.count).toBe(0);
    },
  );

  test.each<Kind>(['token', 'api_key'])(
    'X2: killed at any moment and resumed, again and again, nothing is missing (%s)',
    async (kind) => {
      const sandbox = await sandboxFor({
        ...lately(kind === 'token' ? 40 : 400),
        latencyMs: 3,
        livechat: { chats: 4000, archiveActive: false },
      });
      const rows: Record<string, unknown>[] = [];
      let state: unknown;
      let kills = 0;
      for (;;) {
        const at = sandbox.calls.count + (kind === 'token' ? 9 : 45);
        let isOver = false;
        const finished = await run(
          'source-chat',
          argumentsOf('read', { config: configOf(sandbox, kind), catalog: CHATS, state }),
          {
            onStart(child) {
              const timer = setInterval(() => {
                if (sandbox.calls.count < at) return;
                clearInterval(timer);
                if (kills < 3) child.kill('SIGKILL');
              }, 1);
              child.on('exit', () => clearInterval(timer));
            },
          },
        );
        isOver = finished.signal === null;
        const output = EntrypointOutput.ofKilled(finished);
        rows.push(...output.rows('livechat_chats'));
        if (output.lastStates().length > 0) state = output.lastStates();
        if (isOver) {
          expect(output.code).toBe(0);
          break;
        }
        kills += 1;
        // Whatever goes on ends while nobody looks.
        for (const number of [...sandbox.livechatChats.active].slice(0, 3))
          sandbox.livechatChats.end(number, Date.now());
      }
      expect(kills).toBe(3);
      const found = upserted(rows);
      const wanted = wantedOf(sandbox, kind);
      expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
      for (const [id, row] of wanted) expect(found.get(id)).toEqual(row);
    },
  );

  test.each<[Kind, Kind]>([
    ['api_key', 'token'],
    ['token', 'api_key'],
    ['token', 'oauth'],
  ])(
    'a connection that changes from %s to %s goes on: same ids, nothing missing, nothing loaded anew',
    async (from, to) => {
      const sandbox = await sandboxFor(lately(90));
      const first = await read(sandbox, from);
      const ids = new Set(upserted(first.rows('livechat_chats')).keys());
      const { livechatChats: shelf } = sandbox;
      const [open = 0] = shelf.active;
      shelf.end(open, Date.now());
      const begun = shelf.start(Date.now());
      sandbox.calls.clear();
      const second = await read(sandbox, to, first.lastStates());
      const found = upserted(second.rows('livechat_chats'));
      const wanted = wantedOf(sandbox, to);
      for (const number of [open, begun]) {
        const { id } = shelf.thread(number);
        expect(found.get(id)).toEqual(wanted.get(id));
      }
      expect([...found.keys()].filter((id) => !ids.has(id))).toEqual([shelf.thread(begun).id]);
      expect(found.size).toBeLessThan(200);
      expect(new Set([...ids, ...found.keys()]).size).toBe(wanted.size);
    },
  );
});
