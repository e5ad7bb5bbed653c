import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { checkFailure, configured, sourceChat } from '../helpers/airbyte.ts';
import { file, run, temporaryFolder } from '../helpers/commands.ts';
import { inboxConfig, type ListenProcess, listen, post } from '../helpers/receiver.ts';

const STREAMS = ['livechat_events', 'livetex_conversations'];

/** A receiver with a few events, and the configuration of both. */
async function filled(count = 3): Promise<{ config: Record<string, unknown>; path: string; receiver: ListenProcess }> {
  const path = join(temporaryFolder(), 'inbox.sqlite');
  const config = inboxConfig({ type: 'sqlite', path });
  const receiver = await listen(config);
  for (let n = 0; n < count; n += 1) await send(receiver, n);
  return { config, path, receiver };
}

async function send({ livechat, livetex }: ListenProcess, n: number): Promise<void> {
  expect(await post(livechat, { event_type: 'chat_started', token: 't', chat: { id: `chat ${n}` } })).toBe(200);
  expect(await post(livetex, { conversation: { id: `conversation ${n}` }, rating: n })).toBe(200);
}

function read(config: unknown, state?: unknown, mode: 'incremental' | 'full_refresh' = 'incremental') {
  return sourceChat('read', { config, catalog: configured(STREAMS, mode), ...(state === undefined ? {} : { state }) });
}

/** States with other content than those of a run. */
// biome-ignore lint/suspicious/noExplicitAny: a state is any JSON
function changed(states: readonly unknown[], change: (content: any) => void): unknown {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const copies = structuredClone(states) as any[];
  for (const copy of copies) change(copy.stream.stream_state);
  return copies;
}

describe('I: incremental by the sequence of the inbox', () => {
  test('I1, I2: a second run gives nothing, a third what has come since; the cursor of every row is behind the state', async () => {
    const { config, receiver } = await filled();
    const first = await read(config);
    expect(first.code).toBe(0);
    expect(first.records()).toHaveLength(6);
    const second = await read(config, first.lastStates());
    expect(second.records()).toEqual([]);
    await send(receiver, 1);
    await send(receiver, 7);
    const third = await read(config, second.lastStates());
    expect(third.rows('livechat_events').map((row) => row['chat_id'])).toEqual(['chat 7']);
    expect(third.rows('livetex_conversations').map((row) => row['conversation_id'])).toEqual(['conversation 7']);
    for (const { stream } of third.lastStates()) {
      const { inbox_seq: place } = stream.stream_state;
      for (const row of third.rows(stream.stream_descriptor.name)) {
        expect(Number(row['inbox_seq'])).toBeLessThanOrEqual(Number(place));
      }
    }
  });

  test('I3: a state of the future gives no rows and no error, and a warning', async () => {
    const { config } = await filled();
    const future = changed((await read(config)).lastStates(), (state) => {
      state.inbox_seq += 1000;
    });
    const output = await read(config, future);
    expect(output.code).toBe(0);
    expect(output.records()).toEqual([]);
    expect(output.logs().map((log) => log.message)).toEqual(
      expect.arrayContaining([expect.stringContaining('The state is ahead of the inbox (1006, ')]),
    );
    expect(output.lastStates().map((state) => state.stream.stream_state['inbox_seq'])).toEqual([1006, 1006]);
  });

  test('a state of another inbox means that all is read', async () => {
    const { config } = await filled();
    const { config: other } = await filled(1);
    const output = await read(other, (await read(config)).lastStates());
    expect(output.code).toBe(0);
    expect(output.records()).toHaveLength(2);
    expect(output.logs().filter((log) => log.message.includes('belongs to another inbox'))).toHaveLength(2);
  });

  test.each([
    ['a place that is no number', { inbox_seq: 'x' }],
    ['no place', { inbox_seq: undefined }],
    ['a place below 0', { inbox_seq: -1 }],
  ])('a damaged state is an error: %s', async (_name, change) => {
    const { config } = await filled(1);
    const damaged = changed((await read(config)).lastStates(), (state) => Object.assign(state, change));
    const output = await read(config, damaged);
    expect(output.code).toBe(1);
    expect(output.errors()[0]).toMatchObject({ failure_type: 'config_error' });
    expect(output.errors()[0]?.message).toMatch(/The state of \w+ is damaged: its inbox_seq is/);
  });

  test.each(['incremental', 'full_refresh'] as const)(
    'a run that failed before its first bookmark leaves a state from which the next one (%s) starts',
    async (mode) => {
      const { config, path } = await filled();
      const lost = await read({ ...config, inbox: { type: 'sqlite', path: `${path}-elsewhere` } }, undefined, mode);
      expect(lost.code).toBe(1);
      expect(lost.lastStates()).toHaveLength(2);
      const next = await read(config, lost.lastStates(), mode);
      expect(next.code).toBe(0);
      expect(next.records()).toHaveLength(6);
    },
  );

  test('F: a full refresh gives all, whatever the state', async () => {
    const { config } = await filled();
    const first = await read(config);
    const full = await read(config, first.lastStates(), 'full_refresh');
    expect(full.records().map((record) => record.data)).toEqual(first.records().map((record) => record.data));
  });

  test('an empty inbox is nothing special', async () => {
    const { config, receiver } = await filled(0);
    const first = await read(config);
    expect(first.code).toBe(0);
    expect(first.lastStates().map((state) => state.stream.stream_state['inbox_seq'])).toEqual([0, 0]);
    await send(receiver, 0);
    expect((await read(config, first.lastStates())).records()).toHaveLength(2);
  });

  test('a conversation comes once a run, at the place of its latest event, with what all of them said', async () => {
    const { config, receiver } = await filled(0);
    for (let n = 0; n < 2300; n += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, m) =>
          post(receiver.livetex, { conversation: { id: `c${(n + m) % 700}` }, [`said ${(n + m) % 3}`]: n + m }),
        ),
      );
    }
    const rows = (await read(config)).rows('livetex_conversations');
    expect(rows).toHaveLength(700);
    expect(new Set(rows.map((row) => row['conversation_id'])).size).toBe(700);
    const places = rows.map((row) => Number(row['inbox_seq']));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const row of rows) expect(Object.keys(row['extra_fields'] as object)).toHaveLength(3);
  });

  test('tap-chat gives the same rows', async () => {
    const { config } = await filled();
    const airbyte = await read(config);
    const { code, stdout } = await run('tap-chat', ['--config', file(config)]);
    expect(code).toBe(0);
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages.filter(({ type }) => type === 'RECORD').map(({ record }) => record)).toEqual(
      airbyte.records().map((record) => record.data),
    );
    expect(messages.findLast(({ type }) => type === 'STATE').value.bookmarks).toMatchObject({
      livechat_events: { inbox_seq: 6 },
      livetex_conversations: { inbox_seq: 6 },
    });
  });
});

describe('an inbox that cannot be read', () => {
  const inbox = (path: string) => ({ start_date: '2024-01-01', inbox: { type: 'sqlite', path } });

  test('is not there: nothing is made, and the words say what makes it', async () => {
    const path = join(temporaryFolder(), 'none.sqlite');
    const words = await checkFailure(inbox(path));
    expect(words).toContain(`There is no inbox at ${path} (inbox.path). It is made by “source-chat listen”`);
    expect((await read(inbox(path))).code).toBe(1);
  });

  test('is no database', async () => {
    expect(await checkFailure(inbox(file('this is no database, only a text of some length')))).toMatch(
      /The inbox \S+ \(inbox\.path\) cannot be used: file is not a database\./,
    );
  });

  test('is a database of another program', async () => {
    const path = join(temporaryFolder(), 'other.sqlite');
    const other = new DatabaseSync(path);
    other.exec('create table inbox (id text)');
    other.close();
    expect(await checkFailure(inbox(path))).toContain('is a database of another program');
    // A receiver does not touch it either.
    const started = await run('source-chat', [
      'listen',
      '--config',
      file(inboxConfig({ type: 'sqlite', path })),
      '--port',
      '0',
    ]);
    expect(started.code).toBe(1);
    expect(started.stderr).toContain('is a database of another program');
  });

  test('was made by a newer release', async () => {
    const { config, path, receiver } = await filled(1);
    await receiver.end();
    const database = new DatabaseSync(path);
    database.exec('pragma user_version = 99');
    database.close();
    expect(await checkFailure(config)).toContain(
      'was made by a newer source-chat (its version is 99; this one knows up to 1)',
    );
  });

  test('PostgreSQL that is not there: the words have no password', async () => {
    const url = 'postgresql://someone:top%40secret-password@127.0.0.1:1/inbox';
    const words = await checkFailure({ start_date: '2024-01-01', inbox: { type: 'postgres', url } });
    expect(words).toMatch(/The inbox in PostgreSQL \(inbox\.url\) cannot be used: .*ECONNREFUSED/);
    expect(words).not.toMatch(/secret/);
  });
});

describe('the settings', () => {
  test.each([
    [
      { inbox: { type: 'postgres', url: 'mysql://a@b/c' } },
      'inbox.url must have the form postgresql://user:password@host:5432/database',
    ],
    [{ inbox: { type: 'postgres', url: 'postgresql://a:b@[x/c' } }, 'inbox.url is not an address'],
    [{ inbox: { type: 'postgres', url: 'postgresql://a:Tr0ub@4dor/x@127.0.0.1/c' } }, 'inbox.url is not an address'],
    [{ inbox: { type: 'postgres', url: 'postgresql://a:1#2@127.0.0.1/c' } }, 'inbox.url is not an address'],
    [{ inbox: { type: 'sqlite', path: '~/inbox.sqlite' } }, 'inbox.path begins with ~'],
    [{ webhooks: { livetex_secret: 'a-long-random-word' } }, 'inbox is missing'],
    [
      { inbox: { type: 'redis', url: 'x' } },
      'inbox.type must be "postgres" (PostgreSQL) or "sqlite" (SQLite), not "redis"',
    ],
    [{ inbox: { type: 'sqlite' } }, 'inbox.path is missing'],
    [{ inbox: 'a.sqlite' }, 'inbox must be an object'],
    [
      { inbox: { type: 'sqlite', path: 'x' }, webhooks: { livetex_secret: 'short' } },
      'webhooks.livetex_secret must have the form',
    ],
    [{}, 'livechat and livetex are missing'],
  ])('%j', async (settings, words) => {
    expect(await checkFailure({ start_date: '2024-01-01', ...settings })).toContain(words);
  });

  test('a section that nobody filled in is left out', async () => {
    const { config } = await filled(1);
    const livetex = { login: '', password: '' };
    const output = await sourceChat('check', { config: { ...config, livetex, webhooks: { livetex_secret: '' } } });
    expect(output.connectionStatus.status).toBe('SUCCEEDED');
  });
});
