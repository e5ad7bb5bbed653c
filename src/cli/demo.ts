import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type Sandbox, startSandbox } from '../sandbox/server.ts';

/**
 * `npm run demo`: a whole life of the connector against the sandbox, without an account. Every step is the built command,
 * as a platform runs it. Leaves its files in out/ and fails when the rows there are not those of the sandbox.
 */

const TICKETS = 1000;
const CHATS = 400;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FOLDER = 'out';
const COMMAND = fileURLToPath(new URL('./bin-source-chat.cjs', import.meta.url));
const CATALOGS = new URL('../../catalog/', import.meta.url);
const CATALOG = fileURLToPath(new URL('airbyte.json', CATALOGS));
const WEBHOOK_CATALOG = fileURLToPath(new URL('airbyte-webhooks.json', CATALOGS));
const SECRETS = {
  livetex_secret: 'a-long-random-word-for-livetex',
  livechat_secret: 'a-long-random-word-for-livechat',
};
const KEYS: Record<string, string> = {
  livechat_agents: 'login',
  livechat_events: 'event_id',
  livetex_conversations: 'conversation_id',
  livechat_tickets: 'id',
  livechat_chats: 'id',
  livetex_chats: 'chat_id',
  livetex_leads: 'lead_id',
};

type Row = Readonly<Record<string, unknown>>;
type Tables = Map<string, Map<string, Row>>;

interface Message {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: messages of every kind, read where they are printed
  readonly [payload: string]: any;
}

const say = (text = '') => console.log(text);

async function main(): Promise<void> {
  // Wherever it is started: what is called out/ elsewhere is not ours to replace.
  process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  // All of it is of the last weeks: chats that are open now end while the demo runs. Those of LiveTex go on into the future.
  const from = Date.now() - 25 * DAY_MS;
  const livetex = { chats: CHATS, from, to: Date.now() + DAY_MS, frozen: true };
  const livechat = { chats: CHATS };
  const sandbox = await startSandbox({ tickets: TICKETS, from, to: Date.now() - HOUR_MS, livechat, livetex });
  say(`A sandbox of LiveChat and LiveTex listens on ${sandbox.url}. All in it is invented.`);
  const config = join(FOLDER, 'config.json');
  const inbox = { type: 'sqlite', path: join(FOLDER, 'inbox.sqlite') };
  const vendors = { ...sandbox.livetexConfig(), ...sandbox.tokenConfig() };
  writeFileSync(config, JSON.stringify({ ...vendors, inbox, webhooks: SECRETS }, null, 2));
  // It makes the inbox, which the check looks for, and is there for what the vendors send from now on.
  const receiver = await listen(config, sandbox);

  await run(['spec'], ({ spec }) => {
    const settings = Object.keys(spec.connectionSpecification.properties).join(', ');
    say(`  the form that a user fills in: ${settings}`);
  });
  await run(['check', '--config', config], ({ type, connectionStatus }) => {
    if (type === 'CONNECTION_STATUS') say(`  ${connectionStatus.status}`);
  });
  await run(['discover', '--config', config], ({ type, catalog }) => {
    if (type !== 'CATALOG') return;
    for (const { name, json_schema: schema, supported_sync_modes: modes } of catalog.streams) {
      say(`  ${name}: ${Object.keys(schema.properties).length} columns, ${modes.join(' or ')}`);
    }
  });

  const files = ['--config', config, '--catalog', CATALOG];
  await runFor(['plan', ...files], (line) => say(`  ${line}`));

  const tables: Tables = new Map();
  const read = ['read', ...files];
  const first = await sync('first', read, tables, sandbox);

  sandbox.tickets.modify(7, Date.now());
  sandbox.tickets.modify(700, Date.now());
  const fresh = sandbox.tickets.create(Date.now());
  say(`\nIn HelpDesk two tickets get an answer and a new one, ${sandbox.tickets.ticket(fresh)?.id}, comes in.`);
  const { livechatChats } = sandbox;
  for (const chat of livechatChats.active) {
    livechatChats.end(chat, Date.now(), 'manual_archived_agent');
    livechatChats.rate(chat, 1, 'Спасибо!');
  }
  livechatChats.start(Date.now());
  say('At LiveChat the chats that were open end and are rated, and another one begins.');
  sandbox.advance(8 * HOUR_MS);
  say('At LiveTex eight hours go by: chats come in, are answered, closed and rated.');

  const second = await sync('second', [...read, '--state', join(FOLDER, 'state-first.jsonl')], tables, sandbox);

  say('\nMeanwhile the vendors have posted webhooks, and LiveChat posts some more: chats that start and end, tickets.');
  await sandbox.webhooks.post(20);
  await sandbox.webhooks.settled();
  say(`  ${sandbox.webhooks.counters.delivered} events were answered with 200, which says that they are on disk`);
  await receiver.end();
  const third = await sync('third', ['read', '--config', config, '--catalog', WEBHOOK_CATALOG], tables, sandbox);

  say('\nWhat came out:\n');
  const header = ['stream', 'first sync', 'second sync', 'rows in the table'];
  const lines = [...tables].map(([stream, table]) => [
    stream,
    first.get(stream) ?? third.get(stream) ?? 0,
    second.get(stream) ?? 0,
    table.size,
  ]);
  printTable([header, ...lines]);
  say();
  printNewest(tables, 'livechat_tickets', ['modified', 'id', 'status', 'subject', 'requester']);
  say();
  printNewest(tables, 'livechat_chats', ['started_timestamp', 'id', 'active', 'rate', 'agents']);
  say();
  printNewest(tables, 'livetex_chats', ['created_at', 'visitor_name', 'is_closed', 'rating_value', 'employee_email']);
  say();
  printNewest(tables, 'livetex_conversations', [
    'received_at',
    'conversation_id',
    'event_kinds',
    'rating_value',
    'discourser_info',
  ]);

  for (const [stream, table] of tables) {
    const text = [...table.values()].map((row) => `${JSON.stringify(row)}\n`).join('');
    writeFileSync(join(FOLDER, `${stream}.jsonl`), text);
  }
  const wrong = differences(tables, sandbox);
  await sandbox.close();
  say(`\nThe rows are in ${FOLDER}/, one .jsonl file a stream; messages-*.jsonl is what a platform reads.`);
  if (wrong.length > 0) {
    say(`They are NOT what the sandbox has: ${wrong.slice(0, 3).join(', ')}.`);
    process.exitCode = 1;
    return;
  }
  say('Held against the sandbox, every row is there and every value is right.');
}

/** Starts the receiver, and tells the sandbox its addresses as a user tells them to the vendors. */
async function listen(config: string, sandbox: Sandbox): Promise<{ end(): Promise<unknown> }> {
  const args = ['listen', '--config', config, '--port', '0'];
  say(`\n$ source-chat ${args.join(' ')}`);
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), ended.then(() => [undefined])]);
  if (typeof line !== 'string') throw new Error('the receiver ended before it listened');
  const { listening } = JSON.parse(line);
  sandbox.webhooks.setTargets({
    livetex: `${listening}/livetex/${SECRETS.livetex_secret}`,
    livechat: `${listening}/livechat/${SECRETS.livechat_secret}`,
  });
  return {
    async end() {
      child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`the receiver ended with exit code ${code}`);
    },
  };
}

/** Reads into the tables as a destination does, and keeps the messages and the state in files. Returns rows by stream. */
async function sync(name: string, args: string[], tables: Tables, sandbox: Sandbox): Promise<Map<string, number>> {
  const rows = new Map<string, number>();
  const states = new Map<string, Message>();
  const messages = createWriteStream(join(FOLDER, `messages-${name}.jsonl`));
  sandbox.calls.clear();
  const began = Date.now();
  await run(args, (message, line) => {
    messages.write(`${line}\n`);
    if (message.type === 'STATE') states.set(message['state'].stream.stream_descriptor.name, message);
    if (message.type !== 'RECORD') return;
    const { stream, data } = message['record'];
    rows.set(stream, (rows.get(stream) ?? 0) + 1);
    const table = tables.get(stream) ?? new Map<string, Row>();
    tables.set(stream, table.set(String(data[KEYS[stream] ?? 'id']), data));
  });
  await finished(messages.end());
  writeFileSync(
    join(FOLDER, `state-${name}.jsonl`),
    [...states.values()].map((state) => `${JSON.stringify(state)}\n`).join(''),
  );
  const total = [...rows.values()].reduce((sum, count) => sum + count, 0);
  say(`  ${total} rows with ${sandbox.calls.count} API calls in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return rows;
}

/** Runs source-chat as its own process and hands on each message. Ends the demo when it fails. */
function run(args: string[], onMessage: (message: Message, line: string) => void): Promise<void> {
  return runFor(args, (line) => onMessage(JSON.parse(line), line));
}

/** The same for a command that writes lines for people. */
async function runFor(args: string[], onLine: (line: string) => void): Promise<void> {
  const inFolder = (arg: string) => arg.replace(fileURLToPath(CATALOGS), 'catalog/');
  say(`\n$ source-chat ${args.map(inFolder).join(' ')}`);
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) onLine(line);
  const code = await ended;
  if (code !== 0) throw new Error(`source-chat ${args[0]} ended with exit code ${code}`);
}

function differences(tables: Tables, { oracle }: Sandbox): string[] {
  const wanted: [string, Iterable<Row>][] = [
    ['livechat_agents', oracle.agents('v3')],
    ['livechat_tickets', oracle.tickets('helpdesk', ['tickets', 'archive'])],
    ['livechat_chats', oracle.chats('v3')],
    ['livetex_chats', oracle.livetexChats()],
    ['livetex_leads', oracle.livetexLeads()],
    ['livechat_events', oracle.livechatEvents()],
    ['livetex_conversations', oracle.livetexConversations()],
  ];
  return wanted.flatMap(([stream, rows]) => {
    const found = new Set([...(tables.get(stream)?.values() ?? [])].map(known));
    const missing = [...rows].filter((row) => !found.has(known(row)));
    return missing.map((row) => `${stream} ${row[KEYS[stream] ?? 'id'] ?? JSON.stringify(row)}`);
  });
}

/** A row as text, without what nobody but the receiver can know. */
function known({ received_at: _at, inbox_seq: _place, event_id: _checksum, ...row }: Row): string {
  return sorted(row);
}

/** JSON with sorted keys, so that only values are compared. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The rows with the latest times, which stand in the first of the columns. */
function printNewest(tables: Tables, stream: string, columns: readonly string[]): void {
  const [time = ''] = columns;
  const newest = [...(tables.get(stream)?.values() ?? [])]
    .sort((a, b) => String(b[time]).localeCompare(String(a[time])))
    .slice(0, 5);
  printTable([columns, ...newest.map((row) => columns.map((column) => cell(row[column])))]);
}

function cell(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > 44 ? `${text.slice(0, 43)}…` : text;
}

function printTable(rows: readonly (readonly unknown[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const [index, row] of rows.entries()) {
    say(
      `  ${row
        .map((value, column) => String(value).padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
    if (index === 0) say(`  ${widths.map((width) => '-'.repeat(width)).join('  ')}`);
  }
}

await main();
