import { join } from 'node:path';
import { expect } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/server.ts';
import { configured, sourceChat } from '../../helpers/airbyte.ts';
import { temporaryFolder } from '../../helpers/commands.ts';
import { inboxConfig, listen } from '../../helpers/receiver.ts';
import { sandboxFor, UNLIMITED } from '../../helpers/sandbox.ts';
import { KEYS, type Row, type StreamName } from './columns.ts';
import { differences } from './differences.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const SILOS = ['tickets', 'archive', 'spam', 'trash'] as const;

/** Both vendors, with a receiver that keeps their webhooks. */
export interface World {
  readonly sandbox: Sandbox;
  /** Settings that read all of it. */
  readonly config: Record<string, unknown>;
  /** Lets things happen: tickets change and come in, chats begin and end, eight hours go by at LiveTex, webhooks are posted. */
  change(): Promise<void>;
  /** Every row that a table has to hold now, with every value. */
  expected(): Promise<Map<StreamName, Row[]>>;
}

/**
 * Starts a world that is unkind to readers: half an emoji, NUL and strange line ends (the ticket with index 7), a text of
 * half a million characters (index 9), fields that nobody knows, chats that are open and will go on. It ends with the test.
 */
export async function startWorld(inbox?: object): Promise<World> {
  const store = inbox ?? { type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') };
  const from = Date.now() - 25 * DAY_MS;
  const livetex = { chats: 130, leads: 40, from, to: Date.now() + DAY_MS, frozen: true };
  const sandbox = await sandboxFor({
    tickets: 120,
    from,
    to: Date.now() - HOUR_MS,
    livechat: { chats: 90 },
    surprises: true,
    bigText: 500_000,
    livetex: { ...livetex, surprises: true },
    webhookRetryMs: 5,
  });
  // Whatever happens to a chat comes: all of them are read again at each sync.
  const livechat = { ...UNLIMITED, silos: SILOS, lookback_days: 30 };
  const config = { ...inboxConfig(store), ...sandbox.livetexConfig(), ...sandbox.tokenConfig(livechat) };
  const receiver = await listen(config, { args: ['--rate-limit', '0'] });
  sandbox.webhooks.setTargets({ livetex: receiver.livetex, livechat: receiver.livechat });
  const post = async () => {
    await sandbox.webhooks.post(60);
    await sandbox.webhooks.unforeseen();
    await sandbox.webhooks.settled();
    expect(sandbox.webhooks.counters.refused).toBe(0);
  };
  sandbox.advance(4 * HOUR_MS);
  await post();
  return {
    sandbox,
    config,
    async change() {
      for (const path of ['modify?count=9', 'create', 'chats?count=9', 'advance?hours=8']) {
        const response = await fetch(`${sandbox.url}/_sandbox/${path}`);
        expect(response.status).toBe(200);
        await response.arrayBuffer();
      }
      await post();
    },
    expected: async () =>
      new Map<StreamName, Row[]>([
        ['livechat_agents', plain(sandbox.oracle.agents('v3'))],
        ['livechat_tickets', plain(sandbox.oracle.tickets('helpdesk', SILOS))],
        ['livechat_chats', plain(sandbox.oracle.chats('v3'))],
        ['livetex_chats', plain(sandbox.oracle.livetexChats())],
        ['livetex_leads', plain(sandbox.oracle.livetexLeads())],
        ...(await inboxRows(sandbox, config)),
      ]),
  };
}

/**
 * The rows of the inbox. When an event came in, its place and sometimes its id only the receiver knows: they are taken
 * from what source-chat reads itself, all else from the oracle.
 */
async function inboxRows(sandbox: Sandbox, config: unknown): Promise<[StreamName, Row[]][]> {
  const streams = ['livechat_events', 'livetex_conversations'] as const;
  const read = await sourceChat('read', { config, catalog: configured(streams, 'full_refresh') });
  expect(read.code).toBe(0);
  const oracles = [plain(sandbox.oracle.livechatEvents()), plain(sandbox.oracle.livetexConversations())];
  return streams.map((stream, index) => {
    const rows = read.rows(stream);
    // Without what nobody can know two events may look alike: a number tells them apart.
    expect(differences('#', numbered(oracles[index] ?? []), numbered(rows))).toEqual([]);
    for (const row of rows) expect([row['inbox_seq'], row[KEYS[stream]]]).not.toContain(null);
    return [stream, rows];
  });
}

function numbered(rows: readonly Row[]): Row[] {
  const known = rows.map(({ received_at: _at, inbox_seq: _seq, event_id: _id, ...row }) => row);
  const sorted = known.map((row) => [canonical(row), row] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, row], index) => ({ '#': index, ...row }));
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** As JSON carries it: what is undefined is not there. */
function plain(rows: Iterable<Row>): Row[] {
  return JSON.parse(JSON.stringify([...rows]));
}
