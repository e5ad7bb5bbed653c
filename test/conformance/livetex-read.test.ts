import { describe, expect, test } from 'vitest';
import type { GivenSandboxOptions } from '../../src/sandbox/options.ts';
import { configured, sourceChat } from '../helpers/airbyte.ts';
import { expectAll, LIVETEX_STREAMS, livetexCatalog, table, wanted } from '../helpers/livetex.ts';
import { rowValidator } from '../helpers/protocol.ts';
import { sandboxFor } from '../helpers/sandbox.ts';
import { tapChat } from '../helpers/singer.ts';

type Livetex = NonNullable<GivenSandboxOptions['livetex']>;

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

describe('basic read of LiveTex', () => {
  test.each<[string, Livetex]>([
    ['as the reference has it', {}],
    ['with bare ids, scalars and fractions of a second', { dialect: 'bare' }],
    ['as API v2 was', { dialect: 'v2' }],
    ['for GET only', { methods: 'get' }],
    ['for POST only, with a token that is signed for in multipart', { methods: 'post', tokenEncoding: 'multipart' }],
    ['that reads no multipart and names the end of the token', { tokenEncoding: 'form', expiresIn: 'instant' }],
    ['with the token at the root and its end in ms', { tokenEnvelope: 'root', expiresIn: 'ms' }],
    ['that does not tell how long a token lives', { expiresIn: 'missing' }],
    ['that knows no nested fields', { fields: 'flat-only' }],
    ['that knows no fields at all', { fields: 'refused', dialect: 'bare' }],
    ['that takes no field that it does not have', { fields: 'strict', dialect: 'v2' }],
    ['with pages of 50, whatever is asked for', { ignoreLimit: true }],
    ['that refuses pages of 100', { limitTooHigh: 'refuse', pageLimit: 50 }],
    ['that gives the last chat first', { ignoreSort: true, order: 'desc' }],
    ['that gives any order', { ignoreSort: true, order: 'random' }],
    ['that tells no totals', { total: 'missing' }],
    ['that tells totals as text', { total: 'text' }],
    ['whose upper bound is not in the window', { bounds: 'exclusive-upper' }],
    ['whose rows share their times', { equalTimestamps: 120, unstableTies: true }],
    ['whose clock is a day ahead', { clockSkewMs: 24 * HOUR_MS }],
    ['whose clock is a day behind', { clockSkewMs: -24 * HOUR_MS }],
  ])('R1, R6: every row, value by value, of a server %s', async (_what, livetex) => {
    const sandbox = await sandboxFor({ livetex });
    const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog() });
    expect(output.errors()).toEqual([]);
    expect(output.code).toBe(0);
    expectAll(sandbox, output);
  });

  test('R1: a history of fifteen years, with all that Moscow did to its clocks', async () => {
    const livetex = { chats: 900, from: Date.UTC(2010, 0), to: Date.UTC(2025, 0) };
    const sandbox = await sandboxFor({ livetex });
    const config = { ...sandbox.livetexConfig(), start_date: '2010-01-01T00:00:00Z' };
    const output = await sourceChat('read', { config, catalog: livetexCatalog() });
    expectAll(sandbox, output);
  });

  test('R1: another time zone', async () => {
    const sandbox = await sandboxFor({ livetex: { timeZone: 'Asia/Vladivostok' } });
    const config = sandbox.livetexConfig({ time_zone: 'Asia/Vladivostok' });
    expectAll(sandbox, await sourceChat('read', { config, catalog: livetexCatalog() }));
  });

  test('R2, R3, R4, R5: rows fit their schema, strictly, have no other columns, and keys are not null', async () => {
    const sandbox = await sandboxFor({ livetex: { surprises: true } });
    const config = sandbox.livetexConfig();
    const [output, { catalog }] = await Promise.all([
      sourceChat('read', { config, catalog: livetexCatalog() }),
      sourceChat('discover', { config }),
    ]);
    expect(catalog.streams).toHaveLength(2);
    for (const stream of catalog.streams) {
      const validate = rowValidator(stream.json_schema);
      const rows = output.rows(stream.name);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(validate(row), JSON.stringify(validate.errors)).toBe(true);
        expect(Object.keys(row)).toEqual(Object.keys(stream.json_schema.properties));
        for (const [key] of stream.source_defined_primary_key) expect(row[key]).toEqual(expect.stringMatching(/./));
      }
    }
    expectAll(sandbox, output);
    const warnings = output.logs().filter((log) => log.level === 'WARN');
    expect(warnings.map((log) => /"([\w.]+)"/.exec(log.message)?.[1]).sort()).toEqual(['csat', 'site.alias']);
  });

  test.each([300, 0])('R7: statuses in order, also without records (%i chats)', async (chats) => {
    const sandbox = await sandboxFor({ livetex: { chats, leads: chats } });
    const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog() });
    for (const stream of LIVETEX_STREAMS) {
      expect(output.statuses(stream)).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
      expect(output.states(stream).length).toBeGreaterThan(0);
    }
  });

  test('R8, X1: counts in states are exactly the records since the last one; no state comes twice in a row', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 700 } });
    const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog() });
    for (const stream of LIVETEX_STREAMS) {
      const states = output.states(stream);
      const counted = states.reduce((sum, state) => sum + state.sourceStats.recordCount, 0);
      expect(counted).toBe(output.records(stream).length);
      expect(new Set(states.map((state) => JSON.stringify(state.stream.stream_state))).size).toBe(states.length);
    }
  });

  test('both vendors side by side, and a catalog that names a vendor that is not configured', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const catalog = configured(['livechat_agents', 'livechat_tickets', ...LIVETEX_STREAMS]);
    const both = await sourceChat('read', { config: sandbox.fullConfig(), catalog });
    expect(both.code).toBe(0);
    expect(both.records('livechat_tickets')).toHaveLength(60);
    expectAll(sandbox, both);
    expect(both.logs().at(-1)?.message).toMatch(
      /LiveChat: 5 calls \(.* minutes at .*, about \$[\d.]+ at .*\); LiveTex: \d+ calls \(.*\)\.$/,
    );

    const one = await sourceChat('read', { config: sandbox.livetexConfig(), catalog });
    expect(one.code).toBe(1);
    expect(one.errors().map((error) => error.stream_descriptor?.name)).toEqual(['livechat_agents', 'livechat_tickets']);
    expectAll(sandbox, one);
  });

  test('rows of the Singer face equal those of the Airbyte face', async () => {
    const sandbox = await sandboxFor({ livetex: { surprises: true } });
    const [tap, source] = [
      await tapChat({ config: sandbox.livetexConfig() }),
      await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog() }),
    ];
    for (const stream of LIVETEX_STREAMS) expect(tap.rows(stream)).toEqual(source.rows(stream));
    expect(tap.of('SCHEMA', 'livetex_chats')[0]).toMatchObject({
      key_properties: ['chat_id'],
      bookmark_properties: ['created_at'],
    });
    expectAll(sandbox, tap);
  });

  test('a login without the right to texts: null columns and one warning a stream, no failure', async () => {
    const sandbox = await sandboxFor({ livetex: { role: 'operator' } });
    const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog() });
    expect(output.code).toBe(0);
    for (const row of output.rows('livetex_chats')) expect(row['messages']).toBeNull();
    const warnings = output.logs().filter((log) => log.level === 'WARN');
    expect(warnings.map((log) => log.message)).toEqual([
      expect.stringMatching(/^livetex_chats: LiveTex sent no "messages" .*administrator's login/),
      expect.stringMatching(/^livetex_leads: LiveTex sent no "text" and "answer_text" /),
    ]);
    expectAll(sandbox, output);
  });
});

describe('what LiveTex is asked', () => {
  test('an empty history of ten years costs about ten calls', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 0, leads: 0 } });
    const start = new Date(Date.now() - 10 * YEAR_MS).toISOString();
    const config = { ...sandbox.livetexConfig(), start_date: start };
    const output = await sourceChat('read', { config, catalog: configured(['livetex_chats']) });
    expect(output.code).toBe(0);
    expect(sandbox.calls.count).toBeLessThanOrEqual(12);
  });

  test('a dense one costs about as many as it has pages', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 20_000 } });
    const output = await sourceChat('read', {
      config: sandbox.livetexConfig(),
      catalog: configured(['livetex_chats']),
    });
    expect(output.records()).toHaveLength(20_000);
    expect(sandbox.calls.count).toBeLessThan(200 * 1.1);
  });

  test('a crowd of one second, many pages long, is read whole, and costs little more than its pages', async () => {
    const livetex = { chats: 12_000, equalTimestamps: 12_000 };
    const sandbox = await sandboxFor({ livetex });
    const output = await sourceChat('read', {
      config: sandbox.livetexConfig(),
      catalog: configured(['livetex_chats']),
    });
    expect(output.code).toBe(0);
    expect(table('livetex_chats', output).size).toBe(12_000);
    // The second is in two windows: bounds belong to both of their neighbours.
    expect(sandbox.calls.count).toBeLessThan(2 * 120 * 1.1 + 40);
  });
});

describe('full refresh and state', () => {
  test('F1, F2: two reads bring the same rows; a state changes nothing', async () => {
    const sandbox = await sandboxFor();
    const config = sandbox.livetexConfig();
    const first = await sourceChat('read', { config, catalog: livetexCatalog('full_refresh') });
    const second = await sourceChat('read', {
      config,
      catalog: livetexCatalog('full_refresh'),
      state: first.lastStates(),
    });
    expect(second.records().map((record) => record.data)).toEqual(first.records().map((record) => record.data));
  });

  test('I2: from every state on, the rest is read and nothing is lost', async () => {
    const sandbox = await sandboxFor({ livetex: { chats: 30_000, leads: 0 } });
    const config = sandbox.livetexConfig();
    const catalog = configured(['livetex_chats']);
    const whole = await sourceChat('read', { config, catalog });
    const states = whole.states();
    expect(states.length).toBeGreaterThan(6);
    for (const state of states.filter((_, index) => index % 3 === 1)) {
      const place = whole.messages.findIndex((message) => message.state === state);
      const before = whole.messages.slice(0, place).filter((message) => message.type === 'RECORD');
      const rest = await sourceChat('read', { config, catalog, state: [state] });
      expect(rest.code).toBe(0);
      expect(rest.records().length).toBeLessThan(30_000 - before.length + 3000);
      const ids = new Set(
        [...before.map((message) => message.record), ...rest.records()].map((row) => row.data.chat_id),
      );
      expect(ids.size).toBe(30_000);
    }
  });

  test('I3: a state from the future brings no records, one state, and no error', async () => {
    const sandbox = await sandboxFor();
    const state = LIVETEX_STREAMS.map((name) => ({
      type: 'STREAM',
      stream: {
        stream_descriptor: { name },
        stream_state: { version: 1, created_at: '2099-01-01T00:00:00.000Z' },
      },
    }));
    const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog(), state });
    expect(output.code).toBe(0);
    expect(output.records()).toHaveLength(0);
    expect(output.states()).toHaveLength(2);
    for (const { stream } of output.states()) {
      expect(stream.stream_state['created_at']).toBe('2099-01-01T00:00:00.000Z');
    }
  });

  test('start_date limits what is read', async () => {
    const sandbox = await sandboxFor();
    const config = { ...sandbox.livetexConfig(), start_date: '2025-07-01T00:00:00Z' };
    const output = await sourceChat('read', { config, catalog: livetexCatalog() });
    for (const stream of LIVETEX_STREAMS) {
      const rows = [...wanted(sandbox, stream).values()].filter((row) => String(row['created_at']) >= '2025-07-01');
      expect(output.records(stream)).toHaveLength(rows.length);
    }
  });

  test.each([
    ['no time', { version: 1, created_at: 'yesterday' }, '"created_at" should be a time'],
    ['a missing time', { version: 1, open_since: '2026-01-01T00:00:00Z' }, '"created_at" should be a time'],
    ['a second time that is none', { version: 1, created_at: '2026-01-01', open_since: 'x' }, '"open_since" should be'],
    [
      'another stream',
      { version: 1, modified: '2026-01-01' },
      'it has nothing that source-chat writes (version, modified)',
    ],
    ['a newer version', { version: 9, created_at: '2026-01-01' }, 'was written by a newer source-chat'],
  ])('a bookmark of %s ends that stream with a config error, the other is read', async (_what, bookmark, words) => {
    const sandbox = await sandboxFor();
    const state = [
      { type: 'STREAM', stream: { stream_descriptor: { name: 'livetex_chats' }, stream_state: bookmark } },
    ];
    const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog(), state });
    expect(output.code).toBe(1);
    expect(output.errors()).toEqual([
      expect.objectContaining({ failure_type: 'config_error', message: expect.stringContaining(words) }),
    ]);
    expect(output.statuses('livetex_leads').at(-1)).toBe('COMPLETE');
  });
});
