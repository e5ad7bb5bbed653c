import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import type { GivenSandboxOptions } from '../../src/sandbox/options.ts';
import { sourceChat } from '../helpers/airbyte.ts';
import { CHATS, configOf, expectAll, type Kind, lately, read, wantedOf } from '../helpers/livechat-chats.ts';
import { rowValidator } from '../helpers/protocol.ts';
import { sandboxFor, upserted } from '../helpers/sandbox.ts';
import { tapChat } from '../helpers/singer.ts';

describe('basic read', () => {
  test.each<[Kind, string, GivenSandboxOptions]>([
    ['oauth', 'as it is', {}],
    ['token', 'with fields that nobody knows, long texts and packed', { surprises: true, bigText: 50_000, gzip: true }],
    [
      'api_key',
      'with fields that nobody knows, long texts and packed',
      { surprises: true, bigText: 50_000, gzip: true },
    ],
    ['token', 'with many at one instant', { equalTimestamps: 130 }],
    ['token', 'with an archive of what has ended', { livechat: { archiveActive: false } }],
    ['token', 'whose threads do not say if they go on', { livechat: { sparseThreads: true } }],
    ['token', 'with numbers that are too high', { livechat: { foundChatsOff: 50 } }],
    ['token', 'in another region', { livechat: { region: 'fra', errorsAsOk: true } }],
    ['api_key', 'in another zone', { timeZone: 'Pacific/Kiritimati' }],
    ['api_key', 'with bare lists', { envelope: 'array' }],
  ])('R1, R6: every chat of the vendor, value by value (%s, %s)', async (kind, _what, options) => {
    const sandbox = await sandboxFor({ tickets: 0, ...options });
    const output = await read(sandbox, kind);
    expectAll(sandbox, kind, output);
    // Nothing comes twice where nothing moves.
    expect(output.records()).toHaveLength(400);
  });

  test.each<Kind>(['token', 'api_key'])(
    'R2, R3, R4, R5: rows fit their schema, strictly, have no other columns, and ids are not null (%s)',
    async (kind) => {
      const sandbox = await sandboxFor({ tickets: 0, surprises: true });
      const [output, { catalog }] = await Promise.all([
        read(sandbox, kind),
        sourceChat('discover', { config: configOf(sandbox, kind) }),
      ]);
      const stream = catalog.streams.find(({ name }: { name: string }) => name === 'livechat_chats');
      const validate = rowValidator(stream.json_schema);
      const columns = Object.keys(stream.json_schema.properties);
      for (const row of output.rows('livechat_chats')) {
        expect(validate(row), JSON.stringify(validate.errors)).toBe(true);
        expect(Object.keys(row)).toEqual(columns);
        expect(row['id']).toEqual(expect.stringMatching(/./));
      }
      expect(output.records().length).toBe(400);
    },
  );

  test.each<Kind>(['token', 'api_key'])(
    'R8, X1: states count exactly the rows since the last one (%s)',
    async (kind) => {
      const sandbox = await sandboxFor({ tickets: 0, livechat: { chats: 1000 } });
      const output = await read(sandbox, kind);
      let since = 0;
      for (const message of output.messages) {
        if (message.type === 'RECORD') since += 1;
        if (message.type !== 'STATE') continue;
        expect(message['state'].sourceStats.recordCount).toBe(since);
        since = 0;
      }
      expect(since).toBe(0);
      if (kind === 'token') expect(output.states().length).toBeGreaterThanOrEqual(10);
    },
  );

  test('the chats that v3.6 calls threads and those of REST v2 are the same, as far as both tell', async () => {
    const sandbox = await sandboxFor(lately(200));
    const [today, before] = await Promise.all([read(sandbox, 'token'), read(sandbox, 'api_key')]);
    const current = upserted(today.rows('livechat_chats'));
    const old = upserted(before.rows('livechat_chats'));
    expect([...current.keys()].sort()).toEqual([...old.keys()].sort());
    const second = (time: unknown) => (time === null ? null : String(time).slice(0, 19));
    const texts = (row: Record<string, unknown>) =>
      (row['messages'] as { text: string }[] | null)?.map(({ text }) => text);
    const logins = (row: Record<string, unknown>) =>
      (row['agents'] as { login: string }[]).map(({ login }) => login).sort();
    let compared = 0;
    for (const [id, row] of current) {
      const other = old.get(id) as Record<string, unknown>;
      expect(second(row['started_timestamp'])).toBe(second(other['started_timestamp']));
      expect(row['active']).toBe(other['active']);
      expect(row['groups']).toEqual(other['groups']);
      if (other['type'] === 'missed_chat') continue;
      expect(row['rate']).toBe(other['rate']);
      expect(logins(row)).toEqual(logins(other));
      expect(row['url']).toBe(other['url']);
      if (row['restricted_access'] !== null) continue;
      expect(texts(row)).toEqual(texts(other));
      // Where no message says so, v3.6 knows the last event only, and a form may be behind the last that was said.
      if (
        (row['events'] as { system_message_type?: string }[]).some((event) =>
          /archived|banned/.test(event.system_message_type ?? ''),
        )
      ) {
        expect(second(row['ended_timestamp'])).toBe(second(other['ended_timestamp']));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  test('those that are restricted and those that go on are among them', async () => {
    const sandbox = await sandboxFor(lately(20, { livechat: { archiveActive: false } }));
    const rows = (await read(sandbox, 'token')).rows('livechat_chats');
    const restricted = rows.filter((row) => row['restricted_access'] !== null);
    expect(restricted.length).toBeGreaterThan(5);
    for (const row of restricted) expect([row['messages'], row['events']]).toEqual([null, null]);
    const active = rows.filter((row) => row['active'] === true);
    expect(active).toHaveLength(sandbox.livechatChats.active.size);
    expect(active.length).toBeGreaterThan(1);
    for (const row of active) expect([row['ended_timestamp'], row['messages']]).toEqual([null, null]);
  });

  test('start_date leaves out what began before it', async () => {
    const sandbox = await sandboxFor({ tickets: 0 });
    for (const kind of ['token', 'api_key'] as const) {
      const start_date = '2025-06-15T12:00:00Z';
      const output = await sourceChat('read', { config: { ...configOf(sandbox, kind), start_date }, catalog: CHATS });
      const wanted = [...wantedOf(sandbox, kind)].filter(([, row]) => String(row['started_timestamp']) >= start_date);
      expect([...upserted(output.rows('livechat_chats'))].sort()).toEqual(wanted.sort());
      expect(wanted.length).toBeGreaterThan(50);
    }
  });

  test('both faces give the same rows', async () => {
    const sandbox = await sandboxFor(lately(100, { surprises: true }));
    for (const kind of ['token', 'api_key'] as const) {
      const [airbyte, tap] = await Promise.all([read(sandbox, kind), tapChat({ config: configOf(sandbox, kind) })]);
      expect(airbyte.records()).toHaveLength(400);
      expect(tap.rows('livechat_chats')).toEqual(airbyte.rows('livechat_chats'));
    }
  });
});

describe('the calls of v3.6', () => {
  test('a page_id is sent with nothing else; the first call has filters, order and size in the form that is documented', async () => {
    const sandbox = await sandboxFor(lately(60, { livechat: { chats: 950 } }));
    const first = await read(sandbox, 'token');
    const second = await read(sandbox, 'token', first.lastStates());
    expect(second.code).toBe(0);
    const bodies = sandbox.calls.calls.map(({ path, body }) => ({ path, body: JSON.parse(body ?? 'null') }));
    const archives = bodies.filter(({ path }) => path === '/v3.6/agent/action/list_archives');
    const chats = bodies.filter(({ path }) => path === '/v3.6/agent/action/list_chats');
    expect(archives.length + chats.length).toBe(bodies.length);
    expect(archives.filter(({ body }) => 'page_id' in body).length).toBeGreaterThan(8);
    for (const { body } of bodies) {
      if ('page_id' in body) expect(Object.keys(body)).toEqual(['page_id']);
    }
    for (const { body } of archives.filter(({ body }) => !('page_id' in body))) {
      expect(body).toEqual({
        filters: { from: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/) },
        sort_order: 'asc',
        limit: 100,
      });
    }
    for (const { body } of chats) {
      expect(body).toEqual({ filters: { active: true, include_chats_without_threads: false }, limit: 100 });
    }
  });

  test.each([0, 301])('a first load of %i chats costs a call a hundred, and one', async (count) => {
    const sandbox = await sandboxFor({ tickets: 0, livechat: { chats: count } });
    const output = await read(sandbox, 'token');
    expect(output.records()).toHaveLength(count);
    expect(sandbox.calls.count).toBe(Math.max(1, Math.ceil(count / 100)) + 1);
  });

  test.each<Kind>(['token', 'api_key'])('a quiet run costs one (%s)', async (kind) => {
    const sandbox = await sandboxFor({ tickets: 0 });
    for (const number of [...sandbox.livechatChats.active]) sandbox.livechatChats.end(number, Date.now());
    const first = await read(sandbox, kind);
    sandbox.calls.clear();
    const second = await read(sandbox, kind, first.lastStates());
    expect([second.code, second.records().length, sandbox.calls.count]).toEqual([0, 0, 1]);
  });
});

describe('a vendor that has a bad day', () => {
  test.each<[Kind, FaultKind, boolean]>([
    ['token', '429-none', true],
    ['token', '503', true],
    ['token', 'truncated', false],
    ['token', 'empty-page', false],
    ['api_key', 'empty-page', false],
  ])('%s: %s now and then costs time, not rows (errors with status 200: %s)', async (kind, fault, errorsAsOk) => {
    const sandbox = await sandboxFor({
      ...lately(30),
      faults: [fault],
      faultEvery: 4,
      livechat: { chats: 550, errorsAsOk },
    });
    const output = await read(sandbox, kind);
    expectAll(sandbox, kind, output);
    expect(sandbox.calls.outcomes[fault]).toBeGreaterThan(0);
  });

  test.each([
    ['authentication', 'does not accept the credentials', false],
    ['authorization', 'chats--all:ro', true],
    ['license_expired', 'license_expired', true],
    ['unsupported_version', 'update source-chat', true],
  ] as const)('an error of type %s ends the stream: %s (with status 200: %s)', async (type, words, errorsAsOk) => {
    const sandbox = await sandboxFor(lately(30, { livechat: { errorsAsOk, errorV3: type } }));
    const output = await read(sandbox, 'token');
    expect([output.code, output.records().length]).toEqual([1, 0]);
    expect(output.errors()).toEqual([expect.objectContaining({ message: expect.stringContaining(words) })]);
    // It is not tried again: each call is billed.
    expect(sandbox.calls.count).toBe(1);
  });

  test('a failure in the middle keeps what came before, with its state, and is resumed from there', async () => {
    const sandbox = await sandboxFor(
      { ...lately(200), livechat: { chats: 950 } },
      {
        onCall() {
          if (sandbox.calls.count === 5)
            sandbox.livechatErrors.add({ type: 'validation', message: 'page_id has expired' });
        },
      },
    );
    const first = await read(sandbox, 'token');
    expect(first.code).toBe(1);
    expect(first.errors()[0]?.message).toContain('page_id has expired');
    expect(first.records()).toHaveLength(400);
    const counted = first.states().reduce((sum, state) => sum + state.sourceStats.recordCount, 0);
    expect(counted).toBe(400);
    const second = await read(sandbox, 'token', first.lastStates());
    expect(second.code).toBe(0);
    expect(upserted([...first.rows('livechat_chats'), ...second.rows('livechat_chats')])).toEqual(
      wantedOf(sandbox, 'token'),
    );
  });
});
