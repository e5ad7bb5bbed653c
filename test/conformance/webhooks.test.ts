import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GivenSandboxOptions } from '../../src/sandbox/options.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { configured, type EntrypointOutput, sourceChat } from '../helpers/airbyte.ts';
import { temporaryFolder } from '../helpers/commands.ts';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';
import { inboxConfig, type ListenProcess, listen, post } from '../helpers/receiver.ts';
import { sandboxFor, upserted } from '../helpers/sandbox.ts';

type Row = Record<string, unknown>;

const STREAMS = ['livechat_events', 'livetex_conversations'];
const DAY_MS = 86_400_000;

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

const STORES: [name: string, store: () => Promise<object>][] = [
  ['SQLite', async () => ({ type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') })],
  ['PostgreSQL', async () => ({ type: 'postgres', url: await postgres.database() })],
];

/** A sandbox whose webhooks go to a receiver. */
async function connect(config: unknown, options: GivenSandboxOptions = {}): Promise<[Sandbox, ListenProcess]> {
  const receiver = await listen(config, { args: ['--rate-limit', '0'] });
  const sandbox = await sandboxFor({ webhookRetryMs: 5, ...options });
  sandbox.webhooks.setTargets({ livetex: receiver.livetex, livechat: receiver.livechat });
  return [sandbox, receiver];
}

function read(config: unknown, state?: unknown, mode: 'incremental' | 'full_refresh' = 'incremental') {
  return sourceChat('read', { config, catalog: configured(STREAMS, mode), ...(state === undefined ? {} : { state }) });
}

/** A row without what depends on the receiver. */
function comparable(row: Row | undefined, withId: boolean): Row | undefined {
  if (row === undefined) return undefined;
  const { received_at: _at, inbox_seq: _seq, ...rest } = row;
  if (withId) return rest;
  const { event_id: _id, ...content } = rest;
  return content;
}

function sortedTexts(rows: Iterable<Row | undefined>): string[] {
  const sorted = (value: unknown): string =>
    JSON.stringify(value, (_key, inner) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    );
  return [...rows].map(sorted).sort();
}

/** Holds rows against those that must be there, each value; says of the first few which are not. */
function expectSame(found: Iterable<Row | undefined>, wanted: Iterable<Row>): void {
  const [is, should] = [sortedTexts(found), sortedTexts(wanted)];
  const [known, needed] = [new Set(is), new Set(should)];
  const extra = is.filter((text) => !needed.has(text)).slice(0, 2);
  const missing = should.filter((text) => !known.has(text)).slice(0, 2);
  expect({ extra, missing, count: is.length }).toEqual({ extra: [], missing: [], count: should.length });
}

/** Holds the rows of both streams against what was delivered. */
function expectAll(sandbox: Sandbox, rows: { events: Iterable<Row>; conversations: Iterable<Row> }): void {
  const { livechatEvents, livetexConversations } = sandbox.oracle;
  expectSame(
    [...rows.events].map((row) => comparable(row, row['event_unique_id'] !== null)),
    livechatEvents() as Iterable<Row>,
  );
  expectSame(
    [...rows.conversations].map((row) => comparable(row, true)),
    livetexConversations() as Iterable<Row>,
  );
}

function rowsOf(output: EntrypointOutput): { events: Row[]; conversations: Row[] } {
  return { events: output.rows('livechat_events'), conversations: output.rows('livetex_conversations') };
}

describe.each(STORES)('webhooks, kept in %s', (_name, store) => {
  test('every event that was acknowledged is read, with every value right, once', async () => {
    const config = inboxConfig(await store());
    // The chats of the next days: their events are posted as that time goes by.
    const livetex = { chats: 300, surprises: true, frozen: true, from: Date.now(), to: Date.now() + 20 * DAY_MS };
    const [sandbox] = await connect(config, { tickets: 50, surprises: true, livetex });
    sandbox.advance(12 * DAY_MS);
    await sandbox.webhooks.post(400);
    await sandbox.webhooks.unforeseen();
    await sandbox.webhooks.again(100);
    await sandbox.webhooks.settled();
    expect(sandbox.webhooks.counters.refused).toBe(0);

    const first = await read(config);
    expect(first.code).toBe(0);
    expect(rowsOf(first).conversations.length).toBeGreaterThan(50);
    expectAll(sandbox, rowsOf(first));

    // What comes now changes some rows, and only those come.
    sandbox.advance(4 * DAY_MS);
    await sandbox.webhooks.post(30);
    await sandbox.webhooks.settled();
    const second = await read(config, first.lastStates());
    const [before, more] = [rowsOf(first), rowsOf(second)];
    expect(more.events.length).toBeLessThanOrEqual(30);
    expect(more.conversations.length).toBeLessThan(sandbox.webhooks.counters.delivered);
    expectAll(sandbox, {
      events: upserted([...before.events, ...more.events], 'event_id').values(),
      conversations: upserted([...before.conversations, ...more.conversations], 'conversation_id').values(),
    });

    const third = await read(config, second.lastStates());
    expect(third.records()).toEqual([]);
    const full = await read(config, second.lastStates(), 'full_refresh');
    expectAll(sandbox, rowsOf(full));
  });

  test('a re-delivery is stored once', async () => {
    const config = inboxConfig(await store());
    const { livechat, livetex } = await listen(config);
    for (const token of ['one', 'two']) {
      expect(await post(livechat, { event_type: 'chat_started', token, chat: { id: 'A' } })).toBe(200);
      expect(await post(livetex, { conversation: { id: 'A' } })).toBe(200);
    }
    const { events, conversations } = rowsOf(await read(config));
    expect(events).toMatchObject([{ chat_id: 'A', inbox_seq: 1 }]);
    expect(conversations).toMatchObject([{ conversation_id: 'A', inbox_seq: 2 }]);
  });
});
