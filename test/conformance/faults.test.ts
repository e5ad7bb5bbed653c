import { describe, expect, test } from 'vitest';
import type { Fault, FaultKind } from '../../src/sandbox/faults.ts';
import { configured, sourceChat } from '../helpers/airbyte.ts';
import { sandboxFor, UNLIMITED, upserted } from '../helpers/sandbox.ts';
import { tapChat } from '../helpers/singer.ts';

const TICKETS = configured(['livechat_tickets']);

describe('a vendor that has a bad day', () => {
  test.each<[FaultKind]>([
    ['429-seconds'],
    ['429-epoch'],
    ['429-date'],
    ['429-none'],
    ['500'],
    ['503'],
    ['reset'],
    ['truncated'],
    ['html'],
    ['empty-page'],
  ])('%s now and then costs time, not records', async (fault) => {
    const sandbox = await sandboxFor({ tickets: 300, faults: [fault], faultEvery: 6 });
    const output = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS });
    expect(output.code).toBe(0);
    expect(sandbox.calls.outcomes[fault]).toBeGreaterThan(0);
    expect(upserted(output.rows('livechat_tickets'))).toEqual(upserted(sandbox.oracle.tickets()));
  });

  test('a server that hangs is left after the time-out and asked again', async () => {
    const sandbox = await sandboxFor({ tickets: 100 });
    sandbox.faults.queue('hang', 'hang');
    const config = sandbox.config({ request_timeout_seconds: 1 });
    const output = await sourceChat('read', { config, catalog: TICKETS });
    expect(output.code).toBe(0);
    expect(output.records()).toHaveLength(100);
    expect(sandbox.calls.outcomes['hang']).toBe(2);
  });

  test('while it waits for quota a stream says so, until when, and that it goes on', async () => {
    const sandbox = await sandboxFor({ tickets: 100 });
    sandbox.faults.queue('429-date', '429-epoch', '429-seconds');
    const began = Date.now();
    const output = await sourceChat('read', { config: sandbox.config(), catalog: TICKETS });
    expect(output.code).toBe(0);
    const statuses = output.traces('STREAM_STATUS').map((trace) => trace.stream_status);
    const limited = statuses.filter((status) => status.reasons !== undefined);
    expect(limited.length).toBeGreaterThan(0);
    for (const status of limited) {
      expect(status.status).toBe('RUNNING');
      expect(status.reasons).toEqual([{ type: 'RATE_LIMITED', rate_limited: { quota_reset: expect.any(Number) } }]);
      expect(status.reasons[0].rate_limited.quota_reset).toBeGreaterThan(began);
      expect(Number.isInteger(status.reasons[0].rate_limited.quota_reset)).toBe(true);
      // The message behind it clears it.
      expect(statuses[statuses.indexOf(status) + 1]?.reasons).toBeUndefined();
    }
    expect(output.logs().at(-1)?.message).toMatch(/\d s waited for quota/);
  });

  test('a storm of 429 is outlasted: it is limited by time, not by count', async () => {
    const sandbox = await sandboxFor({ tickets: 100 });
    sandbox.faults.queue(...Array.from({ length: 12 }, (): Fault => '429-seconds'));
    const output = await sourceChat('read', { config: sandbox.config(), catalog: TICKETS });
    expect(output.code).toBe(0);
    expect(output.records()).toHaveLength(100);
    // Nobody asks while the vendor said to wait: one call for each refusal, and the ones that brought something.
    expect(sandbox.calls.count).toBe(12 + 5);
  });

  test('one that stays down ends the stream INCOMPLETE with a transient error; what was read has its state', async () => {
    const down = await sandboxFor({ tickets: 300, faults: ['500'], faultEvery: 1 });
    const failed = await sourceChat('read', { config: down.config(UNLIMITED), catalog: configured() });
    expect(failed.code).toBe(1);
    expect(down.calls.count).toBe(12);
    expect(failed.errors()).toHaveLength(2);
    for (const error of failed.errors()) {
      expect(error.failure_type).toBe('transient_error');
      expect(error.message).toMatch(
        /LiveChat failed while listing \w+ after 6 attempts \(HTTP 500: “Internal server error”\)/,
      );
    }
    for (const stream of ['livechat_agents', 'livechat_tickets']) {
      expect(failed.statuses(stream)).toEqual(['STARTED', 'INCOMPLETE']);
      expect(failed.states(stream)).toHaveLength(1);
    }
  }, 120_000);

  test('403 on one stream: it ends INCOMPLETE with the missing right, the other is read', async () => {
    const sandbox = await sandboxFor({ tickets: 60, forbidden: ['agents'] });
    const output = await sourceChat('read', { config: sandbox.config(), catalog: configured() });
    expect(output.code).toBe(1);
    expect(output.errors()).toEqual([
      expect.objectContaining({
        failure_type: 'config_error',
        stream_descriptor: { name: 'livechat_agents' },
        message: expect.stringMatching(/^livechat_agents: LiveChat refuses listing agents \(HTTP 403.*agents--all:ro/),
      }),
    ]);
    expect(output.statuses('livechat_agents').at(-1)).toBe('INCOMPLETE');
    expect(output.statuses('livechat_tickets').at(-1)).toBe('COMPLETE');
    expect(output.records('livechat_tickets')).toHaveLength(60);
    // A 4xx is not tried again: each call is billed.
    expect(sandbox.calls.outcomes['403']).toBe(1);
  });

  test('a failure in the middle keeps what came before, with counts that add up, and is resumed from there', async () => {
    const sandbox = await sandboxFor({ tickets: 500 });
    let calls = 0;
    const breaking = await sandboxFor(
      { tickets: 500 },
      {
        onCall: () => {
          calls += 1;
          if (calls === 10) breaking.faults.queue(...Array.from({ length: 3 }, (): Fault => 'html'));
        },
      },
    );
    const first = await sourceChat('read', { config: breaking.config(UNLIMITED), catalog: TICKETS });
    expect(first.code).toBe(1);
    const counted = first.states().reduce((sum, state) => sum + state.sourceStats.recordCount, 0);
    expect(counted).toBe(first.records().length);
    expect(counted).toBeGreaterThan(200);
    const second = await sourceChat('read', {
      config: breaking.config(UNLIMITED),
      catalog: TICKETS,
      state: first.lastStates(),
    });
    expect(second.code).toBe(0);
    // The last page that was read comes again: tickets of equal times may lie across its edge.
    expect(second.records().length).toBeLessThan(325);
    const union = upserted([...first.rows('livechat_tickets'), ...second.rows('livechat_tickets')]);
    expect(union).toEqual(upserted(sandbox.oracle.tickets()));
  });
});

describe('wrong input to read', () => {
  const state = (bookmark: unknown) => [
    { type: 'STREAM', stream: { stream_descriptor: { name: 'livechat_tickets' }, stream_state: bookmark } },
  ];

  test.each([
    ['a newer version', { version: 99, modified: '2025-01-01T00:00:00.000Z' }, 'was written by a newer source-chat'],
    [
      'another API',
      { version: 1, api: 'helpdesk', modified: '2025-01-01T00:00:00.000Z' },
      'tickets came from HelpDesk',
    ],
    ['no time', { version: 1, modified: 'yesterday' }, '"modified" should be a time'],
    ['a missing time', { version: 1, api: 'rest_v2' }, '"modified" should be a time'],
    ['a text', 'seven', 'it should be an object and is "seven"'],
    ['a version that is none', { version: 'one' }, 'its version is "one"'],
    ['another tap', { replication_key: 'modified', replication_key_value: 'x' }, 'nothing that source-chat writes'],
  ])(
    'a bookmark of %s: that stream ends INCOMPLETE with a config error, the other is read',
    async (_what, bookmark, words) => {
      const sandbox = await sandboxFor({ tickets: 30 });
      const output = await sourceChat('read', {
        config: sandbox.config(),
        catalog: configured(),
        state: state(bookmark),
      });
      expect(output.code).toBe(1);
      expect(output.errors()).toHaveLength(1);
      expect(output.errors()[0]?.failure_type).toBe('config_error');
      expect(output.errors()[0]?.message).toContain(words);
      expect(output.errors()[0]?.message).toContain('livechat_tickets');
      expect(output.statuses('livechat_tickets')).toEqual(['STARTED', 'INCOMPLETE']);
      expect(output.statuses('livechat_agents').at(-1)).toBe('COMPLETE');
      expect(sandbox.calls.count).toBe(1);
    },
  );

  test('a scan that makes no sense is left out; the rest of the bookmark is enough', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const output = await sourceChat('read', {
      config: sandbox.config(),
      catalog: TICKETS,
      state: state({ version: 1, modified: '2023-01-01T00:00:00Z', scan: { from: 'x', page: -1 } }),
    });
    expect(output.code).toBe(0);
    expect(output.records()).toHaveLength(60);
  });

  test.each([
    ['config', '{"start_date": "2024', 'The configuration file', 'is not valid JSON'],
    ['catalog', 'streams:', 'The catalog file', 'is not valid JSON'],
    ['catalog', '{}', 'is not a configured catalog', '"streams" is missing'],
    ['catalog', '[1]', 'is not a configured catalog', 'should be an object'],
    ['catalog', '{"streams": [{"sync_mode": "incremental"}]}', 'streams[0].stream.name is missing', ''],
    ['catalog', '{"type": "CATALOG", "catalog": {"streams": []}}', 'it is the output of discover', ''],
    [
      'catalog',
      JSON.stringify(configured(['livechat_agents', 'livechat_agents'])),
      'streams[1] is livechat_agents once more',
      '',
    ],
    ['catalog', '{"streams": [{"name": "livechat_agents", "json_schema": {}}]}', 'it is the output of discover', ''],
    ['catalog', '{"streams": [{"tap_stream_id": "a", "stream": "a"}]}', "it is one of Singer's, for tap-chat", ''],
    ['state', '[{"type": "STREAM", "stream": {"stream_descr', 'The state file', 'is not valid JSON'],
    ['state', '["livechat_tickets"]', 'is not an Airbyte state', ''],
    ['state', '[{"type": "STREAM", "stream": {"stream_descriptor": {}}}]', 'a stream_descriptor has no name', ''],
    [
      'state',
      '{"bookmarks": {"livechat_tickets": {"version": 1}}}',
      "is not an Airbyte state: it is one of Singer's",
      '',
    ],
    ['state', '{"type": "STATE", "value": {"bookmarks": {}}}', "is not an Airbyte state: it is one of Singer's", ''],
  ])('a %s file with %s: one error, exit code 1, no call', async (which, content, ...words) => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('read', { config: sandbox.config(), catalog: configured(), [which]: content });
    expect(output.code).toBe(1);
    expect(output.errors()).toHaveLength(1);
    expect(output.errors()[0]).toMatchObject({ failure_type: 'config_error' });
    expect(output.errors()[0]).not.toHaveProperty('stack_trace');
    for (const word of words) expect(output.errors()[0]?.message).toContain(word);
    expect(sandbox.calls.count).toBe(0);
  });

  test('the catalog of another connector: every stream INCOMPLETE, exit code 1', async () => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('read', { config: sandbox.config(), catalog: configured(['users', 'orders']) });
    expect(output.code).toBe(1);
    expect(output.errors()).toHaveLength(2);
    expect(sandbox.calls.count).toBe(0);
  });

  test('a catalog without streams: a warning, and nothing is done', async () => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('read', { config: sandbox.config(), catalog: { streams: [] } });
    expect(output.code).toBe(0);
    expect(output.logs()[0]).toMatchObject({ level: 'WARN' });
  });

  test('a wrong key: every stream INCOMPLETE with the same advice', async () => {
    const sandbox = await sandboxFor();
    const credentials = { auth_type: 'api_key', login: 'a@company.example', api_key: 'not-the-right-key' };
    const output = await sourceChat('read', { config: sandbox.config({ credentials }), catalog: configured() });
    expect(output.code).toBe(1);
    for (const error of output.errors()) {
      expect(error).toMatchObject({ failure_type: 'config_error' });
      expect(error.message).toContain('does not accept the credentials (HTTP 401');
    }
  });

  test.each([
    ['[{"type": "STREAM", "stream": {}}]', 'it should be an object with "bookmarks", not a list'],
    ['{"type": "STATE", "state": {"type": "STREAM"}}', "it is one of Airbyte's"],
    ['{"type": "STREAM", "stream": {"stream_descriptor": {"name": "livechat_tickets"}}}', "it is one of Airbyte's"],
    ['{"livechat_tickets": {"version": 1}}', '"bookmarks" is missing'],
    ['{"bookmarks": []}', '"bookmarks" should be an object'],
    ['"seven"', 'not a string'],
    ['{"bookmarks": {', 'is not valid JSON'],
  ])('tap-chat with the state %s: one error, exit code 1, no call', async (state, words) => {
    const sandbox = await sandboxFor();
    const output = await tapChat({ config: sandbox.config(), state });
    expect(output.code).toBe(1);
    expect(output.stderr).toMatch(/^CRITICAL The state file /);
    expect(output.stderr).toContain(words);
    expect(sandbox.calls.count).toBe(0);
  });

  test.each([
    ['of a newer version', { version: 99 }, 'was written by a newer source-chat'],
    ['that is damaged', { version: 1, modified: 'yesterday' }, '"modified" should be a time'],
    ['that is no object', 7, 'it should be an object and is 7'],
  ])('tap-chat with a bookmark %s: that stream fails, the other is read', async (_what, bookmark, words) => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const output = await tapChat({ config: sandbox.config(), state: { bookmarks: { livechat_tickets: bookmark } } });
    expect(output.code).toBe(1);
    expect(output.stderr).toContain(words);
    expect(output.rows('livechat_agents')).toHaveLength(12);
    expect(output.rows('livechat_tickets')).toHaveLength(0);
    // What cannot be read is kept for whoever can.
    expect(output.lastState()).toMatchObject({ bookmarks: { livechat_tickets: bookmark } });
  });

  test('tap-chat tells the same on standard error, CRITICAL, with exit code 1', async () => {
    const output = await tapChat({ config: { start_date: 'soon' } });
    expect(output.code).toBe(1);
    expect(output.messages).toEqual([]);
    expect(output.stderr).toMatch(/^CRITICAL The configuration is not valid: \n- start_date must have the form/);
    const missing = await tapChat({}, ['--config', '/no/such/file.json']);
    expect(missing.stderr).toMatch(
      /^CRITICAL The configuration file \/no\/such\/file\.json cannot be used: there is no such file/,
    );
    const none = await tapChat({});
    expect(none.stderr).toMatch(/^CRITICAL Say where the configuration is/);
    const catalog = await tapChat({ config: (await sandboxFor()).config(), catalog: configured() });
    expect(catalog.stderr).toContain('A configured catalog of Airbyte does not fit here');
  });
});
