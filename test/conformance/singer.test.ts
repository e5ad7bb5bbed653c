import { describe, expect, test } from 'vitest';
import { SANDBOX_API_KEY, SANDBOX_LOGIN } from '../../src/sandbox/options.ts';
import { configured, sourceChat } from '../helpers/airbyte.ts';
import { file, run } from '../helpers/commands.ts';
import { RFC_3339 } from '../helpers/protocol.ts';
import { sandboxFor, UNLIMITED, upserted } from '../helpers/sandbox.ts';
import { discoverTap, tapArguments, tapChat } from '../helpers/singer.ts';

const STREAMS = ['livechat_agents', 'livechat_tickets', 'livechat_chats'];

// biome-ignore lint/suspicious/noExplicitAny: a catalog is any JSON
type Node = any;

/** Sets metadata in a discovered catalog, as Meltano and people do. */
function select(catalog: Node, stream: string, breadcrumb: string[], metadata: object): void {
  const { metadata: list } = catalog.streams.find((entry: Node) => entry.stream === stream);
  const entry = list.find((item: Node) => JSON.stringify(item.breadcrumb) === JSON.stringify(breadcrumb));
  Object.assign(entry.metadata, metadata);
}

describe('messages', () => {
  test('rows equal those of the Airbyte face', async () => {
    const sandbox = await sandboxFor({ tickets: 400, surprises: true });
    const [tap, source] = [
      await tapChat({ config: sandbox.config(UNLIMITED) }),
      await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: configured(STREAMS) }),
    ];
    for (const stream of STREAMS) expect(tap.rows(stream)).toEqual(source.rows(stream));
    expect(upserted(tap.rows('livechat_tickets'))).toEqual(upserted(sandbox.oracle.tickets()));
  });

  test('one SCHEMA a stream, before its records, in a form that every known target can read', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const output = await tapChat({ config: sandbox.config() });
    for (const stream of STREAMS) {
      expect(output.of('SCHEMA', stream)).toHaveLength(1);
      const first = output.messages.findIndex((message) => message.stream === stream);
      expect(output.messages[first]?.type).toBe('SCHEMA');
    }
    const [schema] = output.of('SCHEMA', 'livechat_tickets');
    expect(schema).toMatchObject({ key_properties: ['id'], bookmark_properties: ['modified'] });
    const check = (node: Node, path: string, isKey: boolean) => {
      const allowed = ['type', 'format', 'description', 'properties', 'items'];
      for (const keyword of Object.keys(node)) expect(allowed, `${path} ${keyword}`).toContain(keyword);
      expect(node.type, path).toEqual(isKey ? ['string'] : ['null', expect.any(String)]);
      if (node.format !== undefined) expect(node.format).toBe('date-time');
      for (const [name, child] of Object.entries(node.properties ?? {})) check(child, `${path}.${name}`, false);
      if (node.items !== undefined) check(node.items, `${path}[]`, false);
    };
    for (const [name, field] of Object.entries(schema?.schema.properties)) check(field, name, name === 'id');
  });

  test('a STATE equal to the starting one comes first, and one comes last; foreign content is kept', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const fresh = await tapChat({ config: sandbox.config() });
    expect(fresh.messages[0]).toEqual({ type: 'STATE', value: { bookmarks: {} } });
    expect(fresh.messages.at(-1)?.type).toBe('STATE');
    const state = structuredClone(fresh.lastState()) as Node;
    state.currently_syncing = null;
    state.bookmarks.another_stream = { id: 7 };
    const again = await tapChat({ config: sandbox.config(), state });
    expect(again.messages[0]).toEqual({ type: 'STATE', value: state });
    expect(again.lastState()).toMatchObject({ currently_syncing: null, bookmarks: { another_stream: { id: 7 } } });
    expect(again.rows('livechat_tickets')).toHaveLength(0);
    expect(again.code).toBe(0);
  });

  test('a state may be the whole message or the lines that a target printed', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const fresh = await tapChat({ config: sandbox.config() });
    const message = fresh.of('STATE').at(-1);
    const lines = fresh
      .of('STATE')
      .map((line) => JSON.stringify(line.value))
      .join('\n');
    for (const state of [message, `${lines}\n`]) {
      const again = await tapChat({ config: sandbox.config(), state });
      expect(again.rows('livechat_tickets')).toHaveLength(0);
    }
  });

  test('a failed stream does not stop the others: the end state has their bookmarks, the exit code is 1', async () => {
    const sandbox = await sandboxFor({ tickets: 60, forbidden: ['agents'] });
    const output = await tapChat({ config: sandbox.config() });
    expect(output.code).toBe(1);
    expect(output.rows('livechat_tickets')).toHaveLength(60);
    expect(output.stderr).toMatch(/^CRITICAL livechat_agents: LiveChat refuses listing agents/m);
    expect(output.lastState()).toMatchObject({ bookmarks: { livechat_tickets: { api: 'rest_v2' } } });
  });

  test('time_extracted is RFC 3339 with a zone and never falls', async () => {
    const sandbox = await sandboxFor({ tickets: 300 });
    const output = await tapChat({ config: sandbox.config(UNLIMITED) });
    const times = output.of('RECORD').map((message) => message.time_extracted);
    for (const time of times) expect(time).toMatch(RFC_3339);
    expect(times).toEqual([...times].sort());
  });
});

describe('discovery', () => {
  test('needs no configuration and no network, takes --state, is fast to read: no line over 64 KiB', async () => {
    const nothing = await run('tap-chat', ['--discover']);
    expect(nothing.code).toBe(0);
    const empty = await run('tap-chat', [...tapArguments({ config: {}, state: { bookmarks: {} } }), '--discover']);
    expect(empty.stdout).toBe(nothing.stdout);
    expect(empty.stderr).toBe('');
    for (const line of nothing.stdout.split('\n')) expect(line.length).toBeLessThan(1000);
  });

  test('every property has metadata; keys and the replication key are automatic', async () => {
    const catalog = await discoverTap();
    expect(catalog.streams.map((stream: Node) => stream.tap_stream_id)).toEqual([
      ...STREAMS,
      'livechat_events',
      'livetex_chats',
      'livetex_leads',
      'livetex_conversations',
    ]);
    for (const stream of catalog.streams) {
      expect(stream.tap_stream_id).toBe(stream.stream);
      const found = new Map(stream.metadata.map((entry: Node) => [JSON.stringify(entry.breadcrumb), entry.metadata]));
      const walk = (schema: Node, breadcrumb: string[]) => {
        for (const [name, field] of Object.entries(schema.properties ?? {})) {
          expect(found.get(JSON.stringify([...breadcrumb, 'properties', name]))).toHaveProperty('inclusion');
          walk(field, [...breadcrumb, 'properties', name]);
        }
      };
      walk(stream.schema, []);
      const automatic = [...found].filter(([, metadata]) => (metadata as Node).inclusion === 'automatic');
      const expected = {
        livechat_agents: ['login'],
        livechat_tickets: ['id', 'modified'],
        livechat_chats: ['id', 'started_timestamp'],
        livetex_chats: ['chat_id', 'created_at'],
        livetex_leads: ['lead_id', 'created_at'],
        livechat_events: ['event_id', 'inbox_seq'],
        livetex_conversations: ['conversation_id', 'inbox_seq'],
      }[stream.stream as string];
      expect(automatic.map(([breadcrumb]) => JSON.parse(breadcrumb as string)[1])).toEqual(expected);
    }
    const [agents, tickets] = catalog.streams;
    expect(agents).toMatchObject({ key_properties: ['login'], replication_method: 'FULL_TABLE' });
    expect(tickets).toMatchObject({
      key_properties: ['id'],
      replication_method: 'INCREMENTAL',
      replication_key: 'modified',
    });
    expect(tickets.metadata[0].metadata['valid-replication-keys']).toEqual(['modified']);
  });
});

describe('selection', () => {
  test('deselected streams and fields are in neither SCHEMA nor RECORD; keys stay', async () => {
    const sandbox = await sandboxFor({ tickets: 60, surprises: true });
    const catalog = await discoverTap();
    select(catalog, 'livechat_agents', [], { selected: false });
    select(catalog, 'livechat_chats', [], { selected: false });
    select(catalog, 'livechat_tickets', [], { selected: true });
    for (const name of ['id', 'modified', 'events', 'extra_fields']) {
      select(catalog, 'livechat_tickets', ['properties', name], { selected: false });
    }
    select(catalog, 'livechat_tickets', ['properties', 'requester', 'properties', 'ip'], { selected: 'false' });
    const output = await tapChat({ config: sandbox.config(), catalog });
    expect(output.of('SCHEMA').map((message) => message.stream)).toEqual(['livechat_tickets']);
    const columns = Object.keys(output.of('SCHEMA')[0]?.schema.properties);
    expect(columns).toEqual(expect.arrayContaining(['id', 'modified', 'subject']));
    expect(columns).not.toContain('events');
    expect(columns).not.toContain('extra_fields');
    expect(Object.keys(output.of('SCHEMA')[0]?.schema.properties.requester.properties)).toEqual(['mail', 'name']);
    for (const row of output.rows('livechat_tickets')) {
      expect(Object.keys(row)).toEqual(columns);
      expect(row['requester']).not.toHaveProperty('ip');
    }
  });

  test.each(['catalog', 'properties'] as const)('--%s without any selection selects by default only', async (flag) => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const catalog = await discoverTap();
    select(catalog, 'livechat_agents', [], { 'selected-by-default': false });
    select(catalog, 'livechat_chats', [], { 'selected-by-default': false });
    const output = await tapChat({ config: sandbox.config(), [flag]: catalog });
    expect(output.of('SCHEMA').map((message) => message.stream)).toEqual(['livechat_tickets']);
  });

  test('nothing selected: a warning, a state, exit code 0', async () => {
    const sandbox = await sandboxFor();
    const catalog = await discoverTap(sandbox.config());
    for (const stream of STREAMS) select(catalog, stream, [], { selected: false });
    const output = await tapChat({ config: sandbox.config(), catalog });
    expect(output.code).toBe(0);
    expect(output.messages).toEqual([{ type: 'STATE', value: { bookmarks: {} } }]);
    expect(output.stderr).toContain('WARNING No stream is selected');
  });

  test.each(['metadata', 'entry'])('FULL_TABLE in the %s reads everything again, whatever the state', async (where) => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const first = await tapChat({ config: sandbox.config() });
    const catalog = await discoverTap();
    const inMetadata = where === 'metadata' ? { 'replication-method': 'FULL_TABLE' } : {};
    select(catalog, 'livechat_tickets', [], { selected: true, ...inMetadata });
    if (where === 'entry') catalog.streams[1].replication_method = 'FULL_TABLE';
    const output = await tapChat({ config: sandbox.config(), catalog, state: first.lastState() });
    expect(output.rows('livechat_tickets')).toHaveLength(60);
  });

  test('a stream that is selected twice is an error: it would be billed twice', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const catalog = await discoverTap();
    for (const { stream } of catalog.streams) select(catalog, stream, [], { selected: true });
    catalog.streams.push(catalog.streams[0]);
    const output = await tapChat({ config: sandbox.config(), catalog });
    expect(output.code).toBe(1);
    expect(output.stderr).toContain('is not a Singer catalog: livechat_agents is selected twice');
    expect(sandbox.calls.count).toBe(0);
  });

  test('an unknown selected stream fails, the others are synced', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const catalog = await discoverTap();
    catalog.streams.push({
      tap_stream_id: 'users',
      stream: 'users',
      schema: {},
      metadata: [{ breadcrumb: [], metadata: { selected: true } }],
    });
    const output = await tapChat({ config: sandbox.config(), catalog });
    expect(output.code).toBe(1);
    expect(output.rows('livechat_tickets')).toHaveLength(30);
    expect(output.stderr).toContain('CRITICAL users: There is no such stream');
  });
});

describe('configuration', () => {
  test('several files, the later one wins; variables win over files', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const { livechat, ...rest } = sandbox.config() as Node;
    const wrong = { ...rest, livechat: { ...livechat, base_url: 'https://no-such-host.invalid' } };
    const right = { livechat: { base_url: sandbox.url } };
    const merged = await tapChat({ config: wrong }, ['--config', file(right)]);
    expect(merged.rows('livechat_tickets')).toHaveLength(30);
    const { livechat: _none, ...start } = rest;
    const fromEnvironment = await tapChat({ config: start }, ['--config', 'ENV'], {
      env: {
        TAP_CHAT_LIVECHAT_CREDENTIALS_AUTH_TYPE: 'api_key',
        TAP_CHAT_LIVECHAT_CREDENTIALS_LOGIN: SANDBOX_LOGIN,
        TAP_CHAT_LIVECHAT_CREDENTIALS_API_KEY: SANDBOX_API_KEY,
        TAP_CHAT_LIVECHAT_BASE_URL: sandbox.url,
        TAP_CHAT_LIVECHAT_CALLS_PER_MINUTE: '1000',
      },
    });
    expect(fromEnvironment.rows('livechat_tickets')).toHaveLength(30);
    const wrongNumber = await tapChat({ config: rest }, ['--config=ENV'], {
      env: { TAP_CHAT_LIVECHAT_CALLS_PER_MINUTE: 'many' },
    });
    expect(wrongNumber.stderr).toContain('livechat.calls_per_minute must be a whole number, not "many"');
  });

  test('words that make no sense: one line what, exit code 2', async () => {
    for (const args of [
      ['--confg', 'x'],
      ['--catalog'],
      ['--test=all'],
      ['--catalog', 'a', '--properties', 'b'],
      ['--state', 'a', '--state', 'b'],
      ['extra'],
    ]) {
      const finished = await run('tap-chat', args);
      expect(finished.code, args.join(' ')).toBe(2);
      expect(finished.stdout).toBe('');
      expect(finished.stderr).toMatch(/^.+\nTry --help\.\n$/s);
    }
    for (const args of [
      [],
      ['reed'],
      ['read', '--config', 'x'],
      ['check', '--config', 'x', '--bogus'],
      ['spec', 'spec'],
    ]) {
      const finished = await run('source-chat', args);
      expect(finished.code, args.join(' ')).toBe(2);
      expect(finished.stdout).toBe('');
    }
    for (const command of ['source-chat', 'tap-chat'] as const) {
      const help = await run(command, command === 'tap-chat' ? ['--help'] : ['read', '--help']);
      expect(help.code).toBe(0);
      expect(help.stdout).toContain('--config');
    }
  });
});

describe('logs', () => {
  test('plain lines as singer-python writes them, with metrics that add up', async () => {
    const sandbox = await sandboxFor({ tickets: 60 });
    const output = await tapChat({ config: sandbox.config() });
    for (const line of output.stderr.trimEnd().split('\n')) expect(line).toMatch(/^(?:INFO|WARNING|CRITICAL|DEBUG) \S/);
    const metrics = [...output.stderr.matchAll(/^INFO METRIC: (.*)$/gm)].map(([, json]) => JSON.parse(json as string));
    const counted = metrics.filter(
      (metric) => metric.metric === 'record_count' && metric.tags.stream === 'livechat_tickets',
    );
    expect(counted.reduce((sum, metric) => sum + metric.value, 0)).toBe(60);
    const calls = metrics.filter((metric) => metric.metric === 'http_request_count');
    expect(calls.reduce((sum, metric) => sum + metric.value, 0)).toBe(sandbox.calls.count);
    expect(
      metrics.filter((metric) => metric.metric === 'sync_duration' && metric.tags.status === 'succeeded'),
    ).toHaveLength(STREAMS.length);
  });

  test("structured lines, complete enough for Meltano's parser, when Meltano asks for them", async () => {
    const sandbox = await sandboxFor({ tickets: 30, forbidden: ['agents'] });
    const logConfig = file({ formatters: { singer_formatter: { '()': 'singer_sdk.logging.StructuredFormatter' } } });
    const env = { SINGER_SDK_LOG_CONFIG: logConfig };
    const output = await tapChat({ config: sandbox.config() }, [], { env });
    const lines = output.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const fields = ['level', 'pid', 'logger_name', 'ts', 'thread_name', 'app_name', 'stream_name', 'message'];
    for (const line of lines) expect(Object.keys(line)).toEqual(expect.arrayContaining(fields));
    expect(lines.some((line) => line.metric_info?.metric === 'record_count')).toBe(true);
    expect(lines.find((line) => line.level === 'critical')).toMatchObject({ stream_name: 'livechat_agents' });

    const bare = file({ formatters: { singer_formatter: { format: '%(message)s' } } });
    const plain = await tapChat({ config: sandbox.config() }, [], { env: { SINGER_SDK_LOG_CONFIG: bare } });
    expect(plain.stderr).not.toMatch(/^(?:INFO|CRITICAL) /m);
    const broken = await tapChat({ config: sandbox.config() }, [], { env: { SINGER_SDK_LOG_CONFIG: '/no/such/file' } });
    expect(broken.rows('livechat_tickets')).toHaveLength(30);
    expect(broken.stderr).toContain('WARNING The log configuration file');
  });

  test('the level is that of TAP_CHAT_LOGLEVEL; --debug shows every call, without credentials', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const silent = await tapChat({ config: sandbox.config() }, [], { env: { TAP_CHAT_LOGLEVEL: 'ERROR' } });
    expect(silent.stderr).toBe('');
    const loud = await tapChat({ config: sandbox.config() }, ['--debug']);
    expect(loud.stderr).toMatch(/^DEBUG GET \/agents -> 200, \d+ bytes, \d+ ms$/m);
    expect(loud.stderr).not.toContain('Basic');
  });
});
