import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SANDBOX_ACCESS_TOKEN, SANDBOX_API_KEY } from '../../src/sandbox/options.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { argumentsOf, configured, sourceChat } from '../helpers/airbyte.ts';
import { run, temporaryFolder } from '../helpers/commands.ts';
import { sandboxFor } from '../helpers/sandbox.ts';
import { expectNoSecret } from '../helpers/secret-forms.ts';

const LIVECHAT = ['livechat_agents', 'livechat_tickets', 'livechat_chats'];
const LIVETEX = ['livetex_chats', 'livetex_leads'];
const PRICED = { calls_per_minute: 600, price_per_1000_calls: 2.5 };

interface Files {
  readonly config: unknown;
  readonly catalog: unknown;
  readonly state?: unknown;
}

interface Line {
  readonly rows: string;
  readonly calls: string;
}

/** What a plan says of each stream, and the lines behind the table. */
async function plan(files: Files) {
  const { code, stdout, stderr } = await run('source-chat', argumentsOf('plan', files));
  const lines = stdout.split('\n').slice(0, -1);
  const end = lines.findIndex((line) => line.includes(': '));
  const [head, ...body] = lines.slice(0, end < 0 ? undefined : end).map((line) => line.trim().split(/ {2,}/));
  const streams = Object.fromEntries(body.map(([name, rows, calls]) => [name, { rows, calls } as Line]));
  return { code, stdout, stderr, head, streams, bills: end < 0 ? [] : lines.slice(end) };
}

const number = (text: string | undefined) => Number(text?.replaceAll(',', ''));

/** The parts of `LiveChat: about 26 calls (0.3 minutes at …, about $0.0070 at …)`, as in a plan and in a summary. */
function billIn(text: string, vendor: string) {
  const pattern = `${vendor}: (?:(about|at least) )?([\\d,]+) calls? \\((under 0\\.1|[\\d.]+) minutes at [\\d,]+ calls? a minute(?:, about \\$([\\d.]+) at \\$([\\d.]+) per 1,000)?\\)`;
  const [, vague, calls, minutes, dollars, price] = new RegExp(pattern).exec(text) ?? [];
  return { vague, calls: number(calls), minutes, dollars: number(dollars), price: number(price) };
}

const KINDS: [string, readonly string[], (sandbox: Sandbox) => Record<string, unknown>][] = [
  ['a token', LIVECHAT, (sandbox) => sandbox.tokenConfig(PRICED)],
  ['OAuth', LIVECHAT, (sandbox) => sandbox.oauthConfig(PRICED)],
  ['an API key, and LiveTex', [...LIVECHAT, ...LIVETEX], (sandbox) => sandbox.fullConfig(PRICED)],
];

test.each(KINDS)(
  'with %s: rows, calls, minutes and dollars are what the read that follows takes, at first and later',
  async (_what, names, configOf) => {
    const sandbox = await sandboxFor({ tickets: 900, livechat: { chats: 700 }, livetex: { chats: 900 } });
    const vendors = names.includes('livetex_chats') ? ['LiveChat', 'LiveTex'] : ['LiveChat'];
    const catalog = configured(names);
    let state: unknown;
    for (const when of ['at first', 'later'] as const) {
      if (when === 'later') {
        // A stream of some length that is not new: what changes now is what the next run gives.
        for (let ticket = 0; ticket < 250; ticket += 1) sandbox.tickets.modify(ticket * 3, Date.now() + ticket);
        for (let chat = 0; chat < 120; chat += 1) sandbox.livechatChats.start(Date.now() + chat);
      }
      sandbox.calls.clear();
      const planned = await plan({ config: configOf(sandbox), catalog, state });
      expect(planned.code, planned.stderr).toBe(0);
      const took = sandbox.calls.count;
      // A sign-in beside a call or two a stream.
      expect(took).toBeLessThanOrEqual(2 * names.length + 1);
      expect(planned.stdout).not.toMatch(/^\{/m);
      expect(planned.head).toEqual(['stream', 'rows', 'calls']);
      expect(Object.keys(planned.streams)).toEqual(names);

      const read = await sourceChat('read', { config: configOf(sandbox), catalog, state });
      expect(read.code).toBe(0);
      state = read.lastStates().map((one) => ({ type: 'STATE', state: one }));
      for (const name of names) {
        const { rows } = planned.streams[name] as Line;
        const got = read.records(name).length;
        // No list of agents tells how many there are.
        if (name === 'livechat_agents') expect(rows).toBe('?');
        // Chats that go on come again, and nobody counts them beforehand.
        else
          expect(Math.abs(number(rows) - got), `${when} ${name}: ${rows} rows, ${got} given`).toBeLessThanOrEqual(
            0.05 * got,
          );
      }
      const summary = read.logs().at(-1)?.message ?? '';
      const said = planned.bills.map((line) => number(/To find that out took ([\d,]+) calls?\.$/.exec(line)?.[1]));
      expect(said.reduce((sum, calls) => sum + calls, 0)).toBe(took);
      for (const vendor of vendors) {
        const [before, after] = [billIn(planned.bills.join('\n'), vendor), billIn(summary, vendor)];
        expect(before.vague).toBe('about');
        expect(
          Math.abs(before.calls - after.calls),
          `${when} ${vendor}: ${before.calls} planned, ${after.calls} made`,
        ).toBeLessThanOrEqual(Math.max(4, 0.05 * after.calls));
        for (const { calls, minutes, dollars, price } of [before, after]) {
          if (vendor === 'LiveTex') {
            expect(dollars).toBeNaN();
            continue;
          }
          expect(minutes).toBe(calls / 600 < 0.05 ? 'under 0.1' : (calls / 600).toFixed(1));
          expect(price).toBe(2.5);
          expect(dollars).toBeCloseTo((calls * 2.5) / 1000, 4);
        }
        expect(before.calls).toBe(
          names
            .filter((name) => name.startsWith(vendor.toLowerCase()))
            .reduce((sum, name) => sum + number(planned.streams[name]?.calls), 0),
        );
      }
      const made = vendors.reduce((sum, vendor) => sum + billIn(summary, vendor).calls, 0);
      expect(sandbox.calls.count - took).toBe(made);
    }
  },
);

describe('what cannot be told', () => {
  test('X6: a stream that fails, one that does not exist and one with a damaged state: the others are told, exit code 1', async () => {
    const sandbox = await sandboxFor({ tickets: 50, livechat: { chats: 5, forbiddenHelpdesk: ['tickets'] } });
    const damaged = {
      stream_descriptor: { name: 'livechat_chats' },
      stream_state: { version: 1, started_timestamp: 'x' },
    };
    const planned = await plan({
      config: sandbox.tokenConfig(),
      catalog: configured([...LIVECHAT, 'no_such']),
      state: [{ type: 'STATE', state: { type: 'STREAM', stream: damaged } }],
    });
    expect(planned.code).toBe(1);
    expect(planned.streams).toEqual({
      livechat_agents: { rows: '?', calls: '3' },
      livechat_tickets: { rows: 'failed', calls: '?' },
      livechat_chats: { rows: 'failed', calls: '?' },
      no_such: { rows: 'failed', calls: '?' },
    });
    expect(billIn(planned.stdout, 'LiveChat')).toMatchObject({ vague: 'at least', calls: 3 });
    const errors = planned.stderr.trim().split('\n');
    expect(errors).toEqual([
      expect.stringMatching(/^livechat_tickets: HelpDesk refuses listing tickets .*scope accounts--my:ro/),
      expect.stringMatching(/^livechat_chats: The state of livechat_chats is damaged/),
      expect.stringMatching(/^no_such: There is no such stream/),
    ]);
    expectNoSecret(planned.stdout + planned.stderr, [SANDBOX_ACCESS_TOKEN]);
  });

  test('a vendor that does not say how many there are', async () => {
    const sandbox = await sandboxFor({ tickets: 50, livechat: { chats: 5, totalsSaid: false } });
    const planned = await plan({ config: sandbox.tokenConfig(), catalog: configured(LIVECHAT) });
    expect(planned.code).toBe(0);
    expect(planned.streams['livechat_tickets']).toEqual({ rows: '?', calls: '?' });
    expect(billIn(planned.stdout, 'LiveChat')).toMatchObject({ vague: 'at least', calls: 5 });
  });

  test('an inbox stream calls nobody, and is not opened', async () => {
    const sandbox = await sandboxFor();
    const path = join(temporaryFolder(), 'inbox.sqlite');
    const config = { ...sandbox.tokenConfig(), inbox: { type: 'sqlite', path } };
    const planned = await plan({ config, catalog: configured(['livechat_events', 'livechat_agents']) });
    expect(planned.code).toBe(0);
    expect(planned.streams).toEqual({
      livechat_events: { rows: '?', calls: '0' },
      livechat_agents: { rows: '?', calls: '3' },
    });
    expect(planned.bills).toHaveLength(1);
    expect(sandbox.calls.count).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test('X6: what is wrong with the files is said in a sentence, without a table', async () => {
    const credentials = { auth_type: 'api_key', login: 'a@company.example', api_key: [SANDBOX_API_KEY] };
    const bad = await plan({ config: { start_date: '2024-01-01', livechat: { credentials } }, catalog: configured() });
    expect([bad.code, bad.stdout]).toEqual([1, '']);
    expect(bad.stderr).toMatch(/^The configuration is not valid: livechat\.credentials\.api_key must be text/);
    expectNoSecret(bad.stderr, [SANDBOX_API_KEY]);
    const { code, stdout, stderr } = await run('source-chat', ['plan']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('config, catalog');
  });
});

test('--help says what it does and takes', async () => {
  const { code, stdout } = await run('source-chat', ['plan', '--help']);
  expect(code).toBe(0);
  for (const word of ['rows, calls, minutes, dollars', '--config', '--catalog', '--state'])
    expect(stdout).toContain(word);
  expect((await run('source-chat', ['--help'])).stdout).toContain('source-chat plan');
});
