import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSystemClock } from '../../src/core/clock.ts';
import type { NewEvent } from '../../src/inbox/inbox.ts';
import { openInbox } from '../../src/inbox/open-inbox.ts';
import { configured, sourceChat } from '../helpers/airbyte.ts';
import { type Finished, file, run, temporaryFolder } from '../helpers/commands.ts';
import { inboxConfig, type ListenProcess, listen, post } from '../helpers/receiver.ts';

interface Setting {
  readonly config: Record<string, unknown>;
  readonly receiver: ListenProcess;
  inbox(action: string, ...args: string[]): Promise<Finished>;
  /** What the inbox has, as it is exported. */
  bodies(): Promise<unknown[]>;
}

async function setting(): Promise<Setting> {
  const config = inboxConfig({ type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') });
  const receiver = await listen(config);
  const inbox = (action: string, ...args: string[]) =>
    run('source-chat', ['inbox', action, '--config', file(config), ...args]);
  const bodies = async () => lines((await inbox('export')).stdout).map((line) => line['body']);
  return { config, receiver, inbox, bodies };
}

function lines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function states(config: unknown, stream: string): Promise<unknown[]> {
  const output = await sourceChat('read', { config, catalog: configured([stream]) });
  return output.lastStates();
}

const FUTURE = '2100-01-01';

test('stats: counts, age and size by vendor and kind', async () => {
  const { receiver, inbox } = await setting();
  await post(receiver.livetex, { conversation: { id: 'Ж' }, employee: [{ id: 1 }] });
  await post(receiver.livetex, { conversation: { id: 'Ж', closedTime: 1 } });
  await post(receiver.livechat, { event_type: 'chat_started', chat: { id: 'A' } });
  const { code, stdout } = await inbox('stats');
  expect(code).toBe(0);
  const time = expect.stringMatching(/^20\d\d-.*Z$/);
  expect(lines(stdout)).toEqual([
    { vendor: 'livechat', kind: 'chat_started', events: 1, bytes: 47, oldest: time, newest: time },
    { vendor: 'livetex', kind: 'assigned', events: 1, bytes: 50, oldest: time, newest: time },
    { vendor: 'livetex', kind: 'closed', events: 1, bytes: 43, oldest: time, newest: time },
    { total: { events: 3, bytes: 140 }, inbox_seq: 3, inbox: expect.any(String) },
  ]);
});

test('export: every event as it was sent, in order, from a place on', async () => {
  const { receiver, inbox } = await setting();
  const sent = '{"conversation": {"id": 12345678901234567890,\n "rate": 1.5}, "text": "\\ud83d\\uDE00"}';
  await post(receiver.livetex, sent);
  await post(receiver.livechat, { event_type: 'x', token: 'credential-0123' });
  const { stdout } = await inbox('export');
  expect(stdout).toContain('"body":{"conversation":{"id":12345678901234567890,"rate":1.5},"text":"😀"}');
  expect(stdout).not.toContain('credential');
  expect(lines(stdout)).toMatchObject([
    { inbox_seq: 1, vendor: 'livetex', subject: '12345678901234567890' },
    { inbox_seq: 2, vendor: 'livechat', kind: 'x', body: { event_type: 'x' } },
  ]);
  expect(lines((await inbox('export', '--after', '1')).stdout)).toHaveLength(1);
});

test('prune: what was received before a date', async () => {
  const { receiver, inbox, bodies } = await setting();
  await post(receiver.livechat, { event_type: 'chat_started', n: 1 });
  expect(lines((await inbox('prune', '--before', '2000-01-01')).stdout)).toEqual([
    { removed: { livechat: 0, livetex: 0 } },
  ]);
  const dry = await inbox('prune', '--before', FUTURE, '--dry-run');
  expect(lines(dry.stdout)).toEqual([{ would_remove: { livechat: 1, livetex: 0 } }]);
  expect(await bodies()).toHaveLength(1);
  expect(lines((await inbox('prune', '--before', FUTURE)).stdout)).toEqual([{ removed: { livechat: 1, livetex: 0 } }]);
  expect(await bodies()).toEqual([]);
  // The next event does not take a place that was given before: a reader that is past it would miss it.
  await post(receiver.livechat, { event_type: 'chat_started', n: 2 });
  expect(lines((await inbox('export')).stdout)).toMatchObject([{ inbox_seq: 2 }]);
});

test('prune: never what a given state has not passed, of any of several', async () => {
  const { config, receiver, inbox, bodies } = await setting();
  const send = (n: number) => post(receiver.livechat, { event_type: 'chat_started', n });
  await send(1);
  const early = file(await states(config, 'livechat_events'));
  await send(2);
  const late = file(await states(config, 'livechat_events'));
  await send(3);
  await post(receiver.livetex, { conversation: { id: 'A' } });
  const both = await inbox('prune', '--before', FUTURE, '--state', early, '--state', late);
  expect(lines(both.stdout)).toEqual([{ removed: { livechat: 1, livetex: 0 } }]);
  expect(both.stderr).toContain('Not every state has passed events of livetex_conversations: they all stay.');
  expect(await bodies()).toHaveLength(3);
  await inbox('prune', '--before', FUTURE, '--state', late);
  expect(await bodies()).toEqual([{ event_type: 'chat_started', n: 3 }, { conversation: { id: 'A' } }]);
});

test('prune: takes the state of a Singer target, too', async () => {
  const { config, receiver, inbox, bodies } = await setting();
  await post(receiver.livechat, { event_type: 'chat_started', n: 1 });
  const { stdout } = await run('tap-chat', ['--config', file(config)]);
  const state = lines(stdout).findLast((line) => line['type'] === 'STATE')?.['value'];
  await post(receiver.livechat, { event_type: 'chat_started', n: 2 });
  expect((await inbox('prune', '--before', FUTURE, '--state', file(state))).code).toBe(0);
  expect(await bodies()).toEqual([{ event_type: 'chat_started', n: 2 }]);
});

test('prune: a conversation stays whole while one of its events has to stay', async () => {
  const { config, receiver, inbox, bodies } = await setting();
  const send = (id: string, n: number) => post(receiver.livetex, { conversation: { id }, n });
  await send('A', 1);
  await send('B', 1);
  const state = file(await states(config, 'livetex_conversations'));
  await send('A', 2);
  await inbox('prune', '--before', FUTURE, '--state', state);
  expect(await bodies()).toEqual([
    { conversation: { id: 'A' }, n: 1 },
    { conversation: { id: 'A' }, n: 2 },
  ]);
});

test('prune: an event that comes while it runs keeps its conversation', async () => {
  const path = join(temporaryFolder(), 'inbox.sqlite');
  const inbox = await openInbox({ type: 'sqlite', path }, 'receiver', createSystemClock());
  onTestFinished(() => inbox.close());
  const event = (n: number, subject: string): NewEvent => ({
    vendor: 'livetex',
    kind: 'closed',
    subject,
    receivedAt: n,
    hash: n.toString(16).padStart(64, '0'),
    body: `{"n":${n}}`,
  });
  // Several parts of a thousand, and the conversation in the last.
  await inbox.append(Array.from({ length: 3000 }, (_, n) => event(n + 1, n < 2998 ? `a${n}` : 'z')));
  const pruning = inbox.prune('livetex', 5000, await inbox.head(), false);
  await inbox.append([event(9999, 'z')]);
  expect(await pruning).toBe(2998);
  const left = await inbox.read({ after: 0, upTo: await inbox.head() });
  expect(left.map(({ subject }) => subject)).toEqual(['z', 'z', 'z']);
});

test('what cannot be done is said in a sentence, and nothing is removed', async () => {
  const { receiver, inbox, bodies, config } = await setting();
  await post(receiver.livechat, { event_type: 'chat_started', n: 1 });
  const other = await setting();
  await post(other.receiver.livechat, { event_type: 'chat_started', n: 1 });
  const foreign = file(await states(other.config, 'livechat_events'));
  const attempts: [string[], RegExp, number][] = [
    [['prune', '--before', 'soon'], /--before must be a date such as 2026-01-31/, 1],
    [['prune'], /Missing required argument: before/, 2],
    [['prune', '--before', FUTURE, '--state', foreign], /belongs to another inbox .* Nothing was removed/, 1],
    [['prune', '--before', FUTURE, '--state', file([1, 2])], /is no state, neither of Airbyte nor of Singer/, 1],
    [['prune', '--before', FUTURE, '--state', '/no/such/file'], /there is no such file/, 1],
    [['export', '--after', '-1'], /--after must be a whole number/, 2],
    [['empty'], /Unknown arguments: .*empty/, 2],
  ];
  for (const [args, words, code] of attempts) {
    const finished = await inbox(args[0] as string, ...args.slice(1));
    expect(finished.stderr, args.join(' ')).toMatch(words);
    expect(finished.code, args.join(' ')).toBe(code);
  }
  expect(await bodies()).toHaveLength(1);
  const { inbox: _inbox, ...without } = config;
  const livetex = { login: 'a@company.example', password: 'a-password' };
  const finished = await run('source-chat', ['inbox', 'stats', '--config', file({ ...without, livetex })]);
  expect(finished.stderr).toContain('The configuration has no inbox.');
  expect(finished.code).toBe(1);
});
