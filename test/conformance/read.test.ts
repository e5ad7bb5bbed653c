import { describe, expect, test } from 'vitest';
import { ticketId } from '../../src/sandbox/livechat/ticket-data.ts';
import { configured, type EntrypointOutput, sourceChat } from '../helpers/airbyte.ts';
import { rowValidator } from '../helpers/protocol.ts';
import { sandboxFor, UNLIMITED, upserted } from '../helpers/sandbox.ts';

const BOTH = ['livechat_agents', 'livechat_tickets'];

/** What a sync must have brought, by the sandbox's own account. */
function expectAll(output: EntrypointOutput, sandbox: Awaited<ReturnType<typeof sandboxFor>>): void {
  const tickets = upserted(output.rows('livechat_tickets'));
  const wanted = upserted(sandbox.oracle.tickets());
  expect(tickets.size).toBe(wanted.size);
  for (const [id, row] of wanted) expect(tickets.get(id)).toEqual(row);
  const agents = upserted(output.rows('livechat_agents'), 'login');
  expect([...agents.values()]).toEqual([...sandbox.oracle.agents()]);
}

describe('basic read', () => {
  test.each([
    ['assembled', 'list'],
    ['docs', 'list'],
    ['ms', 'list'],
    ['ms', 'array'],
    ['assembled', 'array'],
  ] as const)(
    'R1, R6: every record of the vendor, value by value (%s dates and groups, %s)',
    async (dialect, envelope) => {
      const sandbox = await sandboxFor({ tickets: 700, dialect, envelope });
      const output = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: configured() });
      expect(output.code).toBe(0);
      expectAll(output, sandbox);
      expect(output.records()).toHaveLength(712);
    },
  );

  test('R1: packed answers are unpacked', async () => {
    const sandbox = await sandboxFor({ tickets: 60, gzip: true });
    const output = await sourceChat('read', { config: sandbox.config(), catalog: configured() });
    expectAll(output, sandbox);
  });

  test('R2, R3, R4, R5: records fit their schema, strictly, have no other columns, and keys are not null', async () => {
    const sandbox = await sandboxFor({ tickets: 600, surprises: true });
    const [output, { catalog }] = await Promise.all([
      sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: configured() }),
      sourceChat('discover', { config: sandbox.config() }),
    ]);
    for (const stream of catalog.streams.filter(({ name }: { name: string }) => BOTH.includes(name))) {
      const validate = rowValidator(stream.json_schema);
      const columns = Object.keys(stream.json_schema.properties);
      const rows = output.rows(stream.name);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(validate(row), JSON.stringify(validate.errors)).toBe(true);
        expect(Object.keys(row)).toEqual(columns);
        for (const [key] of stream.source_defined_primary_key) expect(row[key]).toEqual(expect.stringMatching(/./));
      }
    }
    expectAll(output, sandbox);
  });

  test('an undeclared field goes to extra_fields, with one warning a field', async () => {
    const sandbox = await sandboxFor({ tickets: 600, surprises: true });
    const output = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: configured() });
    const extra = output.rows('livechat_tickets').filter((row) => row['extra_fields'] !== null);
    expect(extra.length).toBeGreaterThan(10);
    expect(extra[0]?.['extra_fields']).toEqual({ rate: 'good', ccs: ['boss@customer.example'] });
    const warnings = output.logs().filter((log) => log.level === 'WARN');
    expect(warnings.map((log) => /"(\w+)"/.exec(log.message)?.[1]).sort()).toEqual(['ccs', 'rate']);
  });

  test.each([{ tickets: 60 }, { tickets: 0 }])('R7: statuses in order, also without records: %j', async (options) => {
    const sandbox = await sandboxFor(options);
    const output = await sourceChat('read', { config: sandbox.config(), catalog: configured() });
    for (const stream of BOTH) expect(output.statuses(stream)).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    for (const stream of BOTH) {
      const about = output.messages.filter(
        (message) => JSON.stringify(message).includes(`"${stream}"`) && message.type !== 'LOG',
      );
      expect(about.at(0)?.trace.stream_status.status).toBe('STARTED');
      expect(about.at(-1)?.trace.stream_status.status).toBe('COMPLETE');
      expect(about.at(-2)?.type).toBe('STATE');
    }
  });

  test('R8, X1: STREAM states only, whose counts are exactly the records since the last one', async () => {
    const sandbox = await sandboxFor({ tickets: 600 });
    const output = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: configured() });
    for (const stream of BOTH) {
      let since = 0;
      let states = 0;
      for (const message of output.messages) {
        if (message.type === 'RECORD' && message.record.stream === stream) since += 1;
        if (message.type !== 'STATE' || message.state.stream.stream_descriptor.name !== stream) continue;
        expect(message.state.type).toBe('STREAM');
        expect(message.state.sourceStats.recordCount).toBe(since);
        since = 0;
        states += 1;
      }
      expect(since).toBe(0);
      expect(states).toBeGreaterThan(0);
    }
    expect(output.stdout).toMatch(/"sourceStats":\{"recordCount":25\.0\}/);
  });

  test('no state is written twice in a row', async () => {
    const sandbox = await sandboxFor({ tickets: 300 });
    const output = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: configured() });
    const states = output.states('livechat_tickets').map((state) => JSON.stringify(state.stream.stream_state));
    expect(new Set(states).size).toBe(states.length);
  });

  test('R9: an unknown stream with an unknown mode ends INCOMPLETE with an error; the others are read', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const catalog = configured();
    catalog.streams.splice(1, 0, {
      stream: {
        name: '__AIRBYTE__stream_that_does_not_exist',
        json_schema: {},
        supported_sync_modes: ['full_refresh'],
      },
      sync_mode: 'INVALID',
      destination_sync_mode: 'INVALID',
    });
    const output = await sourceChat('read', { config: sandbox.config(), catalog });
    expect(output.code).toBe(1);
    expect(output.errors()).toEqual([
      expect.objectContaining({
        failure_type: 'config_error',
        stream_descriptor: { name: '__AIRBYTE__stream_that_does_not_exist' },
        message: expect.stringContaining('It has: livechat_agents, livechat_tickets, livechat_chats.'),
      }),
    ]);
    expect(output.statuses('__AIRBYTE__stream_that_does_not_exist')).toEqual(['INCOMPLETE']);
    for (const stream of BOTH) expect(output.statuses(stream).at(-1)).toBe('COMPLETE');
    expectAll(output, sandbox);
  });

  test('ESTIMATE tells the total when the vendor does', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const output = await sourceChat('read', { config: sandbox.config(), catalog: configured() });
    const estimates = output.traces('ESTIMATE').map((trace) => trace.estimate);
    expect(estimates).toEqual([
      { name: 'livechat_agents', type: 'STREAM', row_estimate: 12 },
      { name: 'livechat_tickets', type: 'STREAM', row_estimate: 60 },
    ]);
  });

  test('the namespace of the catalog is echoed exactly; null and absent stay absent', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const named = await sourceChat('read', {
      config: sandbox.config(),
      catalog: configured(BOTH, 'incremental', 'sales'),
    });
    for (const record of named.records()) expect(record.namespace).toBe('sales');
    for (const state of named.states()) expect(state.stream.stream_descriptor.namespace).toBe('sales');
    for (const { stream_status } of named.traces('STREAM_STATUS')) {
      expect(stream_status.stream_descriptor.namespace).toBe('sales');
    }
    const unnamed = await sourceChat('read', {
      config: sandbox.config(),
      catalog: configured(BOTH, 'incremental', null),
    });
    expect(unnamed.stdout).not.toContain('namespace');
    // A state saved under one way of writing "no namespace" is found under the others.
    const state = JSON.parse(JSON.stringify(unnamed.lastStates()));
    for (const entry of state) entry.stream.stream_descriptor.namespace = null;
    const again = await sourceChat('read', {
      config: sandbox.config(),
      catalog: configured(BOTH, 'incremental', ''),
      state,
    });
    expect(again.records('livechat_tickets')).toHaveLength(0);
  });

  test('the last line sums up rows, calls and their price', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const config = sandbox.config({ price_per_1000_calls: 100 });
    const output = await sourceChat('read', { config, catalog: configured() });
    expect(sandbox.calls.count).toBe(5);
    expect(output.logs().at(-1)?.message).toBe(
      'Summary: livechat_agents 12 rows COMPLETE; livechat_tickets 60 rows COMPLETE; LiveChat: 5 calls (0.1 minutes at 100 calls a minute, about $0.5000 at $100 per 1,000).',
    );
  });
});

describe('full refresh', () => {
  test('F1, F2, X10: two reads bring the same data, the second with later times; a state changes nothing', async () => {
    const sandbox = await sandboxFor({ tickets: 130 });
    const catalog = configured(BOTH, 'full_refresh');
    const first = await sourceChat('read', { config: sandbox.config(), catalog });
    const second = await sourceChat('read', { config: sandbox.config(), catalog, state: first.lastStates() });
    expect(second.records().map((record) => record.data)).toEqual(first.records().map((record) => record.data));
    const latest = Math.max(...first.records().map((record) => record.emitted_at));
    for (const record of second.records()) expect(record.emitted_at).toBeGreaterThan(latest);
  });

  test('one that was cut off is continued, one that ended starts over', async () => {
    const sandbox = await sandboxFor({ tickets: 600 });
    const catalog = configured(['livechat_tickets'], 'full_refresh');
    const whole = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog });
    const middle = whole.states('livechat_tickets')[9];
    const rest = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog, state: [middle] });
    expect(rest.records().length).toBeGreaterThanOrEqual(600 - 250);
    expect(rest.records().length).toBeLessThan(600);
    const again = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog, state: rest.lastStates() });
    expect(again.records()).toHaveLength(600);
  });
});

describe('incremental', () => {
  test('I1: the second read has a state and brings only what changed, for a handful of calls', async () => {
    const sandbox = await sandboxFor({ tickets: 2000 });
    const catalog = configured(['livechat_tickets']);
    const first = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog });
    expect(first.records()).toHaveLength(2000);
    expect(first.states().length).toBeGreaterThan(0);

    sandbox.calls.clear();
    const quiet = await sourceChat('read', { config: sandbox.config(), catalog, state: first.lastStates() });
    expect(quiet.records()).toHaveLength(0);
    expect(quiet.states()).toHaveLength(1);
    expect(sandbox.calls.count).toBe(1);

    sandbox.tickets.modify(5, Date.now());
    sandbox.tickets.modify(1500, Date.now());
    sandbox.tickets.create(Date.now());
    const busy = await sourceChat('read', { config: sandbox.config(), catalog, state: quiet.lastStates() });
    expect(busy.rows('livechat_tickets').map((row) => row['id'])).toEqual(['NEW0', ticketId(1500), ticketId(5)]);
    const merged = upserted([...first.rows('livechat_tickets'), ...busy.rows('livechat_tickets')]);
    expect(merged).toEqual(upserted(sandbox.oracle.tickets()));
  });

  test('I2: from every state on, the rest is read and nothing is lost', async () => {
    const sandbox = await sandboxFor({ tickets: 800, equalTimestamps: 60 });
    const catalog = configured(['livechat_tickets']);
    const whole = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog });
    const states = whole.states();
    expect(states.length).toBeGreaterThan(20);
    const sampled = states.filter((_, index) => index % 5 === 0);
    await Promise.all(
      sampled.map(async (state) => {
        const before = whole.messages.slice(
          0,
          whole.messages.findIndex((message) => message.state === state),
        );
        const delivered = before.filter((message) => message.type === 'RECORD').map((message) => message.record.data);
        const rest = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog, state: [state] });
        const union = upserted([...delivered, ...rest.rows('livechat_tickets')]);
        expect(union).toEqual(upserted(sandbox.oracle.tickets()));
      }),
    );
  });

  test('I3: a state from the future brings no records, one state, and no error', async () => {
    const sandbox = await sandboxFor({ tickets: 100 });
    const state = [
      {
        type: 'STREAM',
        stream: {
          stream_descriptor: { name: 'livechat_tickets' },
          stream_state: { version: 1, modified: '2099-01-01T00:00:00.000Z' },
        },
      },
    ];
    const output = await sourceChat('read', {
      config: sandbox.config(),
      catalog: configured(['livechat_tickets']),
      state,
    });
    expect(output.code).toBe(0);
    expect(output.records()).toHaveLength(0);
    expect(output.states()).toHaveLength(1);
    expect(output.states()[0]?.stream.stream_state['modified']).toBe('2099-01-01T00:00:00.000Z');
  });

  test('start_date limits the first read to what changed since', async () => {
    const sandbox = await sandboxFor({ tickets: 1000 });
    const config = { ...sandbox.config(UNLIMITED), start_date: '2025-07-01T00:00:00Z' };
    const output = await sourceChat('read', { config, catalog: configured(['livechat_tickets']) });
    const wanted = [...sandbox.oracle.tickets()].filter((row) => String(row['modified']) >= '2025-07-01');
    expect(output.records()).toHaveLength(wanted.length);
    expect(upserted(output.rows('livechat_tickets'))).toEqual(upserted(wanted));
    expect(sandbox.calls.count).toBeLessThan(15);
  });
});

describe('what platforms really send', () => {
  test('PyAirbyte: null-laden states, and "incremental" on a stream that has none', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const first = await sourceChat('read', { config: sandbox.config(), catalog: configured() });
    const state = first.lastStates().map(({ stream }) => ({
      type: 'STREAM',
      stream: {
        stream_descriptor: { ...stream.stream_descriptor, namespace: null },
        stream_state: stream.stream_state,
      },
      global: null,
      data: null,
      sourceStats: null,
      destinationStats: null,
    }));
    const second = await sourceChat('read', { config: sandbox.config(), catalog: configured(), state });
    expect(second.code).toBe(0);
    expect(second.records('livechat_agents')).toHaveLength(12);
    expect(second.records('livechat_tickets')).toHaveLength(0);
  });

  test.each([
    ['an empty list', []],
    ['an empty object', {}],
    [
      'a null state',
      [{ type: 'STREAM', stream: { stream_descriptor: { name: 'livechat_tickets' }, stream_state: null } }],
    ],
    [
      'an empty state',
      [{ type: 'STREAM', stream: { stream_descriptor: { name: 'livechat_tickets' }, stream_state: {} } }],
    ],
    ['a kind without content', [{ type: 'STREAM', stream: null, global: null }]],
    [
      'the state of another connector',
      [{ type: 'STREAM', stream: { stream_descriptor: { name: 'users' }, stream_state: { id: 7 } } }],
    ],
    ['an empty legacy state', { type: 'LEGACY', data: {} }],
  ])('%s is no state', async (_what, state) => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const output = await sourceChat('read', { config: sandbox.config(), catalog: configured(), state });
    expect(output.code).toBe(0);
    expect(output.records('livechat_tickets')).toHaveLength(30);
  });

  test('the saved output of a run, a single STATE line, a GLOBAL and a legacy state are states', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const catalog = configured(['livechat_tickets']);
    const first = await sourceChat('read', { config: sandbox.config(), catalog });
    const [last] = first.lastStates();
    const forms = [
      first.stdout,
      `${JSON.stringify({ type: 'STATE', state: last })}\n`,
      { type: 'GLOBAL', global: { shared_state: null, stream_states: [last?.stream] } },
      { livechat_tickets: last?.stream.stream_state },
    ];
    for (const state of forms) {
      const output = await sourceChat('read', { config: sandbox.config(), catalog, state });
      expect(output.records()).toHaveLength(0);
    }
  });

  test('unknown keys in a bookmark are kept', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const catalog = configured(['livechat_tickets']);
    const first = await sourceChat('read', { config: sandbox.config(), catalog });
    const state = structuredClone(first.lastStates());
    Object.assign(state[0]?.stream.stream_state ?? {}, { from_the_future: { kept: true } });
    const second = await sourceChat('read', { config: sandbox.config(), catalog, state });
    expect(second.lastStates()[0]?.stream.stream_state).toHaveProperty('from_the_future', { kept: true });
  });
});
