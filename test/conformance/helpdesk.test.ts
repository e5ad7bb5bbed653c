import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SANDBOX_ACCESS_TOKEN, SANDBOX_ACCOUNT_ID } from '../../src/sandbox/options.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { type AirbyteState, argumentsOf, configured, EntrypointOutput, sourceChat } from '../helpers/airbyte.ts';
import { run } from '../helpers/commands.ts';
import { rowValidator } from '../helpers/protocol.ts';
import { sandboxFor, UNLIMITED, upserted } from '../helpers/sandbox.ts';
import { tapChat } from '../helpers/singer.ts';

const NAME = 'livechat_tickets';
const TICKETS = configured([NAME]);
const DEFAULT_SILOS = ['tickets', 'archive'] as const;
const ALL_SILOS = ['tickets', 'archive', 'spam', 'trash'] as const;
type Silos = readonly (typeof ALL_SILOS)[number][];

interface ReadOptions {
  readonly settings?: object;
  readonly catalog?: unknown;
  readonly state?: unknown;
}

/** Reads tickets with a personal access token. */
function read(sandbox: Sandbox, { settings = {}, catalog = TICKETS, state }: ReadOptions = {}) {
  return sourceChat('read', { config: sandbox.tokenConfig({ ...UNLIMITED, ...settings }), catalog, state });
}

function wanted(sandbox: Sandbox, silos: Silos = DEFAULT_SILOS): Map<string, Record<string, unknown>> {
  return upserted(sandbox.oracle.tickets('helpdesk', silos));
}

/** The tickets that came last, of those that these silos still have. */
function expectPresent(sandbox: Sandbox, outputs: readonly EntrypointOutput[]): void {
  const found = upserted(outputs.flatMap((output) => output.rows(NAME)));
  const there = wanted(sandbox);
  expect(there.size).toBeGreaterThan(0);
  for (const [id, row] of there) expect(found.get(id)).toEqual(row);
}

const ticketCalls = (sandbox: Sandbox) => sandbox.calls.calls.filter(({ path }) => /\/tickets\?/.test(path));

describe('basic read', () => {
  test.each([
    ['with all that HelpDesk may leave out or add', { surprises: true, livechat: { siloSaid: false } }],
    ['packed, without totals', { gzip: true, livechat: { totalsSaid: false } }],
    ['with a place that is read inclusively', { equalTimestamps: 3, livechat: { inclusiveKeyset: true } }],
    ['with a filter that is ignored', { livechat: { ignoreUpdatedDateFrom: true } }],
  ])('R1, R6: every ticket of the default silos, value by value, once: %s', async (_what, options) => {
    const sandbox = await sandboxFor({ tickets: 400, ...options });
    const output = await read(sandbox);
    expect(output.code).toBe(0);
    expect(output.errors()).toEqual([]);
    const there = wanted(sandbox);
    expect(upserted(output.rows(NAME))).toEqual(there);
    expect(output.records()).toHaveLength(there.size);
    expect(new Set(output.rows(NAME).map((row) => row['silo']))).toEqual(new Set(DEFAULT_SILOS));
  });

  test('R1, R6: every ticket of all four silos, and of one', async () => {
    const sandbox = await sandboxFor({ tickets: 400 });
    const [all, spam] = await Promise.all([
      read(sandbox, { settings: { silos: ALL_SILOS } }),
      read(sandbox, { settings: { silos: ['spam'] } }),
    ]);
    expect(upserted(all.rows(NAME))).toEqual(wanted(sandbox, ALL_SILOS));
    expect(new Set(all.rows(NAME).map((row) => row['silo']))).toEqual(new Set(ALL_SILOS));
    expect(upserted(spam.rows(NAME))).toEqual(wanted(sandbox, ['spam']));
    expect([all.code, spam.code]).toEqual([0, 0]);
  });

  test('R2, R3, R4, R5: tickets fit their schema, strictly, have no other columns, and keys are not null', async () => {
    const sandbox = await sandboxFor({ tickets: 300, surprises: true });
    const [output, { catalog }] = await Promise.all([
      read(sandbox, { settings: { silos: ALL_SILOS } }),
      sourceChat('discover', { config: sandbox.tokenConfig() }),
    ]);
    const stream = catalog.streams.find(({ name }: { name: string }) => name === NAME);
    expect(stream.source_defined_primary_key).toEqual([['id']]);
    const validate = rowValidator(stream.json_schema);
    expect(output.rows(NAME).length).toBeGreaterThan(300);
    for (const row of output.rows(NAME)) {
      expect(validate(row), JSON.stringify(validate.errors)).toBe(true);
      expect(Object.keys(row)).toEqual(Object.keys(stream.json_schema.properties));
      expect(row['id']).toEqual(expect.stringMatching(/./));
    }
  });

  test('an undeclared field goes to extra_fields, with one warning a field', async () => {
    const sandbox = await sandboxFor({ tickets: 300, surprises: true });
    const output = await read(sandbox);
    const extra = output.rows(NAME).filter((row) => row['extra_fields'] !== null);
    expect(extra.length).toBeGreaterThan(5);
    const warnings = output.logs().filter((log) => log.level === 'WARN');
    expect(warnings.map((log) => /"(\w+)"/.exec(log.message)?.[1]).sort()).toEqual(['attachments', 'sla']);
  });

  test.each([300, 0])('R7, R8, X1: statuses in order, states whose counts add up, of %i tickets', async (tickets) => {
    const sandbox = await sandboxFor({ tickets });
    const output = await read(sandbox);
    expect(output.statuses(NAME)).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    let since = 0;
    for (const message of output.messages) {
      if (message.type === 'RECORD') since += 1;
      if (message.type !== 'STATE') continue;
      expect(message.state).toMatchObject({ type: 'STREAM', sourceStats: { recordCount: since } });
      since = 0;
    }
    expect(since).toBe(0);
    // One for each page that had tickets, one for the end.
    const pages = new Set(output.rows(NAME).map((row) => row['silo']));
    expect(output.states(NAME).length).toBeGreaterThanOrEqual(pages.size + 1);
    const written = output.states(NAME).map((state) => JSON.stringify(state.stream.stream_state));
    expect(new Set(written).size).toBe(written.length);
  });

  test('both faces give the same rows, OAuth the same as a token', async () => {
    const sandbox = await sandboxFor({ tickets: 300, surprises: true });
    const [airbyte, oauth, singer] = await Promise.all([
      read(sandbox),
      sourceChat('read', { config: sandbox.oauthConfig(UNLIMITED), catalog: TICKETS }),
      tapChat({ config: sandbox.tokenConfig(UNLIMITED) }),
    ]);
    expect(singer.code).toBe(0);
    expect(oauth.rows(NAME)).toEqual(airbyte.rows(NAME));
    expect(upserted(singer.rows(NAME))).toEqual(wanted(sandbox));
    expect(singer.rows(NAME)).toHaveLength(airbyte.records().length);
    const { bookmarks } = singer.lastState() as { bookmarks: Record<string, object> };
    expect(bookmarks[NAME]).toMatchObject({ version: 1, api: 'helpdesk' });
    // A state is the same under both: each goes on from the other's.
    const crossed = await tapChat({
      config: sandbox.tokenConfig(UNLIMITED),
      state: { bookmarks: { [NAME]: airbyte.lastStates()[0]?.stream.stream_state } },
    });
    expect(crossed.rows(NAME)).toEqual([]);
  });
});

describe('what it costs', () => {
  test('a hundred tickets a call and a handful, in the log of calls and in the summary; a quiet run one a silo', async () => {
    const sandbox = await sandboxFor({ tickets: 1000 });
    const settings = { price_per_1000_calls: 100 };
    const first = await read(sandbox, { settings });
    const count = (silo: (typeof DEFAULT_SILOS)[number]) => wanted(sandbox, [silo]).size;
    const pages = DEFAULT_SILOS.reduce((sum, silo) => sum + Math.floor(count(silo) / 100) + 1, 0);
    // Names of agents, teams and tags, and a look at what moved meanwhile.
    expect(ticketCalls(sandbox)).toHaveLength(pages + 1);
    expect(sandbox.calls.count).toBe(pages + 1 + 3);
    const cost = (sandbox.calls.count / 10).toFixed(4);
    const summary = first.logs().at(-1)?.message;
    expect(summary).toContain(`livechat_tickets ${first.records().length} rows COMPLETE`);
    expect(summary).toMatch(new RegExp(`LiveChat: ${sandbox.calls.count} calls \\(.*about \\$${cost} at \\$100 per`));
    const estimates = first.traces('ESTIMATE').map((trace) => trace.estimate.row_estimate);
    expect(estimates).toEqual([count('tickets'), first.records().length]);

    sandbox.calls.clear();
    const quiet = await read(sandbox, { settings, state: first.lastStates() });
    expect(quiet.records()).toEqual([]);
    expect(quiet.states()).toHaveLength(1);
    expect(sandbox.calls.count).toBe(2);
    expect(quiet.logs().at(-1)?.message).toContain('LiveChat: 2 calls');
  });

  test('who calls says by which name: nobody is blocked, in a read or a check', async () => {
    const sandbox = await sandboxFor({ tickets: 30, livechat: { blocksUnnamed: true } });
    const [output, check] = await Promise.all([read(sandbox), sourceChat('check', { config: sandbox.tokenConfig() })]);
    expect(output.code).toBe(0);
    expect(check.connectionStatus).toEqual({ status: 'SUCCEEDED' });
    expect(sandbox.calls.outcomes['403']).toBeUndefined();
  });
});

describe('a call', () => {
  test('says who calls: name, version and address; and who it is for', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer(({ headers }, response) => {
      seen.push(headers);
      response.setHeader('content-type', 'application/json');
      response.end('[]');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const sandbox = await sandboxFor({ tickets: 0 });
    const output = await read(sandbox, { settings: { helpdesk_url: `http://127.0.0.1:${port}/v1` } });
    expect(output.code).toBe(0);
    // Each silo twice: that there is nothing is doubted once.
    expect(seen).toHaveLength(4);
    const credentials = Buffer.from(`${SANDBOX_ACCOUNT_ID}:${SANDBOX_ACCESS_TOKEN}`).toString('base64');
    for (const headers of seen) {
      expect(headers['user-agent']).toMatch(/^source-chat\/\d+\.\d+\.\d+\S* \(\+https:\/\/\S+\)$/);
      expect(headers.authorization).toBe(`Basic ${credentials}`);
    }
  });
});

describe('full refresh', () => {
  const REFRESH = configured([NAME], 'full_refresh');

  test('F1, F2, X10: two reads bring the same data, the second with later times; a state changes nothing', async () => {
    const sandbox = await sandboxFor({ tickets: 250 });
    const first = await read(sandbox, { catalog: REFRESH });
    const second = await read(sandbox, { catalog: REFRESH, state: first.lastStates() });
    expect(first.records().length).toBeGreaterThan(150);
    expect(second.rows(NAME)).toEqual(first.rows(NAME));
    const latest = Math.max(...first.records().map((record) => record.emitted_at));
    for (const record of second.records()) expect(record.emitted_at).toBeGreaterThan(latest);
  });

  test('one that was cut off is continued, one that ended starts over', async () => {
    const sandbox = await sandboxFor({ tickets: 700 });
    const whole = await read(sandbox, { catalog: REFRESH });
    const middle = whole.states(NAME)[2];
    const rest = await read(sandbox, { catalog: REFRESH, state: [middle] });
    expect(rest.records()).toHaveLength(whole.records().length - 300);
    const again = await read(sandbox, { catalog: REFRESH, state: rest.lastStates() });
    expect(again.records()).toHaveLength(whole.records().length);
  });
});

describe('incremental', () => {
  test('I1: the second read brings only what changed; a ticket that goes to another silo is a change', async () => {
    const sandbox = await sandboxFor({ tickets: 500 });
    const first = await read(sandbox);
    const open = Array.from({ length: 500 }, (_, n) => n).filter((n) => sandbox.tickets.siloOf(n) === 'tickets');
    const [changed = 0, moved = 0, thrown = 0, spam = 0] = open;
    const idsBefore = new Map(first.rows(NAME).map((row) => [row['short_id'], row['id']]));
    sandbox.tickets.modify(changed, Date.now());
    sandbox.tickets.moveToSilo(moved, 'archive', Date.now());
    sandbox.tickets.moveToSilo(spam, 'spam', Date.now());
    sandbox.tickets.trash(thrown, Date.now());
    sandbox.tickets.create(Date.now());
    const second = await read(sandbox, { state: first.lastStates() });
    const rows = second.rows(NAME).map((row) => [row['short_id'], row['silo']]);
    const shortId = (number: number) => sandbox.tickets.shelved(number)?.ticket.id;
    expect(rows.sort()).toEqual(
      [
        ['NEW0', 'tickets'],
        [shortId(changed), 'tickets'],
        [shortId(moved), 'archive'],
      ].sort(),
    );
    // It is the same ticket there.
    const archived = second.rows(NAME).find((row) => row['silo'] === 'archive');
    expect(archived?.['id']).toBe(idsBefore.get(archived?.['short_id']));
    expectPresent(sandbox, [first, second]);
    // With the trash asked for as well, what was thrown away is seen to be there.
    const silos = ['tickets', 'archive', 'trash'];
    const third = await read(sandbox, { state: second.lastStates(), settings: { silos } });
    const binned = third.rows(NAME).find((row) => row['short_id'] === shortId(thrown));
    expect(binned).toMatchObject({ silo: 'trash', id: idsBefore.get(shortId(thrown)) });
  });

  test.each([
    ['tickets of one instant', { equalTimestamps: 130 }],
    ['tickets of one instant, read inclusively', { equalTimestamps: 100, livechat: { inclusiveKeyset: true } }],
  ])('I2, X8: from every state on, the rest is read and nothing is lost: %s', async (_what, options) => {
    const sandbox = await sandboxFor({ tickets: 500, ...options });
    const whole = await read(sandbox);
    expect(whole.records()).toHaveLength(wanted(sandbox).size);
    const states = whole.states();
    expect(states.length).toBeGreaterThan(5);
    const sampled = states.filter((_, n) => n % 2 === 1);
    const later = await Promise.all(
      sampled.map(async (state: AirbyteState) => {
        const end = whole.messages.findIndex((message) => message.state === state);
        const before = whole.messages.slice(0, end).filter((message) => message.type === 'RECORD');
        const rest = await read(sandbox, { state: [state] });
        const union = upserted([...before.map((message) => message.record.data), ...rest.rows(NAME)]);
        expect(union).toEqual(wanted(sandbox));
        return rest.records().length;
      }),
    );
    // Each goes on where it was: no page comes twice.
    const inclusive = 'livechat' in options ? 2 : 0;
    for (const [n, count] of later.entries()) {
      const counted = states.slice(0, 2 * n + 2).reduce((sum, { sourceStats }) => sum + sourceStats.recordCount, 0);
      expect(count).toBeLessThanOrEqual(whole.records().length - counted + inclusive);
    }
  });

  test('I3: a state from the future brings no records, one state, and no error', async () => {
    const sandbox = await sandboxFor({ tickets: 100 });
    const bookmark = { version: 1, api: 'helpdesk', modified: '2099-01-01T00:00:00.000Z' };
    const state = [{ type: 'STREAM', stream: { stream_descriptor: { name: NAME }, stream_state: bookmark } }];
    const output = await read(sandbox, { state });
    expect(output.code).toBe(0);
    expect(output.records()).toEqual([]);
    expect(output.states()).toHaveLength(1);
    expect(output.states()[0]?.stream.stream_state['modified']).toBe(bookmark.modified);
  });

  test('start_date limits the first read to what changed since', async () => {
    const sandbox = await sandboxFor({ tickets: 600 });
    const config = { ...sandbox.tokenConfig(UNLIMITED), start_date: '2025-07-01T00:00:00Z' };
    const output = await sourceChat('read', { config, catalog: TICKETS });
    const later = [...wanted(sandbox).values()].filter((row) => String(row['modified']) >= '2025-07-01');
    expect(later.length).toBeGreaterThan(50);
    expect(upserted(output.rows(NAME))).toEqual(upserted(later));
    expect(output.records()).toHaveLength(later.length);
  });
});

describe('what happens while it is read', () => {
  test('tickets change, come, and go from silo to silo at every call: each is there, and the next run has the rest', async () => {
    let busy = true;
    let turn = 0;
    const sandbox = await sandboxFor(
      { tickets: 900, equalTimestamps: 20 },
      {
        onCall(path) {
          if (!busy || !path.includes('/tickets')) return;
          turn += 1;
          sandbox.tickets.create(Date.now());
          sandbox.tickets.modify((turn * 311) % 900, Date.now());
          for (let n = 0; n < 3; n += 1) {
            // Each ticket moves once: what goes back and forth between two calls is left to the next run.
            const number = turn * 20 + n * 7;
            const other = sandbox.tickets.siloOf(number) === 'archive' ? 'tickets' : 'archive';
            sandbox.tickets.moveToSilo(number, other, Date.now());
          }
          sandbox.tickets.trash(turn * 20 + 3, Date.now());
          // Some leave the silo that is read last, before it is read, for one that has been.
          if (!path.includes('silo=archive')) return;
          const archived = Array.from({ length: 900 }, (_, n) => n).filter(
            (n) => sandbox.tickets.siloOf(n) === 'archive',
          );
          for (const number of archived.filter((n) => n % 20 === 1)) {
            sandbox.tickets.moveToSilo(number, 'tickets', Date.now());
          }
        },
      },
    );
    const before = wanted(sandbox);
    const first = await read(sandbox);
    expect(first.code).toBe(0);
    const there = wanted(sandbox);
    const delivered = upserted(first.rows(NAME));
    const missing = [...before.keys()].filter((id) => there.has(id) && !delivered.has(id));
    expect(missing).toEqual([]);
    expect(turn).toBeGreaterThan(7);
    const second = await read(sandbox, { state: first.lastStates() });
    busy = false;
    const third = await read(sandbox, { state: second.lastStates() });
    expectPresent(sandbox, [first, second, third]);
  });

  test('X2: kill -9 at five random moments, each time going on from the last state: the union is everything', async () => {
    let child: { kill(signal: NodeJS.Signals): boolean } | undefined;
    let left = 0;
    const sandbox = await sandboxFor(
      { tickets: 1500, churn: 1, latencyMs: 4 },
      {
        onCall() {
          left -= 1;
          if (left === 0) setTimeout(() => child?.kill('SIGKILL'), Math.random() * 15);
        },
      },
    );
    const outputs: EntrypointOutput[] = [];
    let state: unknown;
    let kills = 0;
    while (true) {
      left = kills < 5 ? 2 + Math.floor(Math.random() * 5) : 0;
      const args = argumentsOf('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: TICKETS, state });
      const finished = await run('source-chat', args, {
        onStart: (started) => {
          child = started;
        },
      });
      const output = EntrypointOutput.ofKilled(finished);
      outputs.push(output);
      state = output.lastStates().length > 0 ? output.lastStates() : state;
      if (finished.signal !== 'SIGKILL') {
        expect(finished.code).toBe(0);
        break;
      }
      kills += 1;
    }
    expect(kills).toBeGreaterThan(2);
    // Changes that came with the last pages are read by the next run.
    outputs.push(await read(sandbox, { state }));
    const versions = upserted(outputs.flatMap((output) => output.rows(NAME)));
    expect(versions.size).toBe(wanted(sandbox).size);
    const settled = outputs.at(-2)?.lastStates()[0]?.stream.stream_state['modified'];
    for (const [id, row] of wanted(sandbox)) {
      if (String(row['modified']) < String(settled)) expect(versions.get(id)).toEqual(row);
      else expect(versions.has(id)).toBe(true);
    }
  });
});
