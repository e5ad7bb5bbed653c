import { Agent } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configured, linesOf, sourceChat } from '../helpers/airbyte.ts';
import { file, run, temporaryFolder } from '../helpers/commands.ts';
import { contentOf, keyText } from '../helpers/event-text.ts';
import { EXCHANGE, type Exchange } from '../helpers/fuzz-requests.ts';
import { expectNoSecret, SECRET_KEY, TOKEN } from '../helpers/fuzz-secrets.ts';
import { bytesOf, overHttp, overSocket, statusesIn } from '../helpers/fuzz-senders.ts';
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts';
import { inboxConfig, type ListenProcess, listen } from '../helpers/receiver.ts';

/** The same requests on every machine; to look into others: `WORLDS_SEED=7 WORLDS_RUNS=5000 npx vitest run …`. */
const { WORLDS_SEED = '1', WORLDS_RUNS } = process.env;
const STREAMS = ['livechat_events', 'livetex_conversations'];

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

const STORES: [name: string, runs: number, store: () => Promise<object>][] = [
  ['SQLite', 200, async () => ({ type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') })],
  ['PostgreSQL', 50, async () => ({ type: 'postgres', url: await postgres.database() })],
];

const agent = new Agent({ keepAlive: true, maxSockets: 4 });
afterAll(() => agent.destroy());

interface Outcome {
  /** What the request may have brought into the inbox. */
  readonly sent: readonly string[];
  /** What was answered with 200. */
  readonly acknowledged: readonly string[];
}

/** Sends one request, holds the answer against the rules, and resolves with what has to be, and what may be, in the inbox. */
async function exchange(receiver: ListenProcess, { sent, isFlawless, viaHttp }: Exchange): Promise<Outcome> {
  const { method, target, payload, framing, parts } = sent;
  const answer = await (viaHttp
    ? overHttp(receiver.url, agent, sent)
    : overSocket(receiver.url, bytesOf(sent), parts, isFlawless));
  expectNoSecret(answer);
  const statuses = statusesIn(answer);
  // The store works and there is room: nothing is worth another try.
  for (const status of statuses) expect(status === 200 || (status >= 400 && status < 500), answer).toBe(true);
  const [first] = statuses;
  if (isFlawless) {
    // Who refuses before all has come cannot be heard by all.
    if (payload.isSound) expect(statuses, answer).toEqual([200]);
    else if (payload.event === undefined) expect([400, 415, undefined], answer).toContain(first);
  }
  if (!method.endsWith('POST')) return { sent: [], acknowledged: [] };
  // Half of a body may be an event of its own.
  const half = payload.bytes.subarray(0, Math.floor(payload.bytes.length / 2)).toString();
  const event = framing === 'short' ? keyText(half) : payload.event;
  const keys = target.vendor === undefined || event === undefined ? [] : [`${target.vendor} ${event}`];
  if (first !== 200 || method !== 'POST') return { sent: keys, acknowledged: [] };
  expect(keys, `${target.path} took what is no event`).toHaveLength(1);
  return { sent: keys, acknowledged: keys };
}

describe.each(STORES)('whatever anybody sends, with events kept in %s', (_name, runs, store) => {
  test('the receiver lives, tells no secret, and what it acknowledged is read once', { timeout: 600_000 }, async () => {
    const config = inboxConfig(await store(), { livechat_token: TOKEN, livechat_secret_key: SECRET_KEY });
    const receiver = await listen(config, { args: ['--rate-limit', '0', '--debug'] });
    const acknowledged = new Set<string>();
    const sent = new Set<string>();

    const property = fc.asyncProperty(fc.array(EXCHANGE, { minLength: 1, maxLength: 10 }), async (exchanges) => {
      for (const outcome of await Promise.all(exchanges.map((one) => exchange(receiver, one)))) {
        for (const key of outcome.sent) sent.add(key);
        for (const key of outcome.acknowledged) acknowledged.add(key);
      }
      const health = await fetch(`${receiver.url}/healthz`);
      expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
    });
    await fc.assert(property, { seed: Number(WORLDS_SEED), numRuns: Number(WORLDS_RUNS ?? runs), endOnFailure: true });

    expect(receiver.child.exitCode).toBeNull();
    expectNoSecret(receiver.output().replace(/^ {2}.*$/gm, ''));
    expect(receiver.output()).not.toContain('went wrong inside');
    // Each line is ours: nobody writes lines of his own into the log.
    for (const line of receiver
      .output()
      .split('\n')
      .filter((text) => text !== ''))
      expect(line).toMatch(/^(?:\d{4}-|\{| {2})/);
    const metrics = await (await fetch(`${receiver.url}/metrics`)).text();
    expect(metrics).toContain('source_chat_received_bytes_held 0\n');
    expect(await receiver.end()).toBe(0);

    const exported = await run('source-chat', ['inbox', 'export', '--config', file(config, 'config.json')]);
    expect([exported.code, exported.stderr]).toEqual([0, '']);
    const events = linesOf(exported.stdout).map((line) => ({
      ...JSON.parse(line),
      text: line.slice(line.indexOf(',"body":') + 8, -1),
    }));
    expect(new Set(events.map(({ hash }) => hash)).size).toBe(events.length);
    expect(acknowledged.size).toBeGreaterThan(runs);
    const counted = (keys: Iterable<string>) => {
      const counts = new Map<string, number>();
      for (const key of keys) {
        const place = key.indexOf(' ');
        const content = `${key.slice(0, place)} ${contentOf(key.slice(place + 1))}`;
        counts.set(content, (counts.get(content) ?? 0) + 1);
      }
      return counts;
    };
    // Texts that differ in what is no content, such as spaces, are events of their own.
    const [kept, least, most] = [events.map(({ vendor, text }) => `${vendor} ${text}`), acknowledged, sent].map(
      counted,
    );
    const isMissing = ([content, count]: [string, number]) => (kept?.get(content) ?? 0) < count;
    expect([...(least ?? [])].filter(isMissing)).toEqual([]);
    const isExtra = ([content, count]: [string, number]) => count > (most?.get(content) ?? 0);
    expect([...(kept ?? [])].filter(isExtra)).toEqual([]);
    for (const secret of [TOKEN, SECRET_KEY]) expect(exported.stdout).not.toContain(secret);

    for (const mode of ['incremental', 'full_refresh'] as const) {
      const output = await sourceChat('read', { config, catalog: configured(STREAMS, mode) });
      expect(output.errors()).toEqual([]);
      expect(output.code).toBe(0);
      const placesOf = (rows: Record<string, unknown>[]) => rows.map((row) => row['inbox_seq']);
      const livechat = events.filter(({ vendor }) => vendor === 'livechat');
      expect(placesOf(output.rows('livechat_events'))).toEqual(livechat.map((event) => event.inbox_seq));
      const subjects = new Set(events.filter(({ vendor }) => vendor === 'livetex').map(({ subject }) => subject));
      subjects.delete(null);
      expect(
        output
          .rows('livetex_conversations')
          .map((row) => row['conversation_id'])
          .sort(),
      ).toEqual([...subjects].sort());
    }
  });
});
