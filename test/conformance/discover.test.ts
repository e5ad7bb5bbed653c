import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { sourceChat } from '../helpers/airbyte.ts';
import { ROOT } from '../helpers/commands.ts';
import { breakingCatalogChanges } from '../helpers/compatibility.ts';
import { protocolValidator } from '../helpers/protocol.ts';

// biome-ignore lint/suspicious/noExplicitAny: a catalog is any JSON
type Node = any;

/** No server stands behind this address: discover needs none. */
const CONFIG = {
  start_date: '2024-01-01T00:00:00Z',
  livechat: {
    credentials: { auth_type: 'api_key', login: 'a@company.example', api_key: 'a-key-of-nobody' },
    base_url: 'https://no-such-host.invalid',
  },
  livetex: { login: 'a@company.example', password: 'a-password-of-nobody', base_url: 'https://no-such-host.invalid' },
  inbox: { type: 'postgres', url: 'postgresql://nobody:a-password@no-such-host.invalid/inbox' },
};
const output = await sourceChat('discover', { config: CONFIG });
const streams: Node[] = output.catalog.streams;
const baseline = JSON.parse(readFileSync(join(ROOT, 'test/conformance/baseline/catalog.json'), 'utf8'));

/** Every field of a schema with its path. */
function* fields(schema: Node, path = ''): Generator<[string, Node]> {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    yield [`${path}${name}`, field];
    yield* fields(field, `${path}${name}.`);
  }
  if (schema.items !== undefined) {
    yield [`${path}[]`, schema.items];
    yield* fields(schema.items, `${path}[].`);
  }
}

describe('discover', () => {
  test('D1: exactly one CATALOG with streams of distinct names, in the order of the design', () => {
    expect(output.code).toBe(0);
    expect(output.messages.map((message) => message.type)).toEqual(['CATALOG']);
    const validate = protocolValidator('AirbyteCatalog');
    expect(validate(output.catalog), JSON.stringify(validate.errors)).toBe(true);
    expect(streams.map((stream) => stream.name)).toEqual([
      'livechat_agents',
      'livechat_tickets',
      'livechat_chats',
      'livechat_events',
      'livetex_chats',
      'livetex_leads',
      'livetex_conversations',
    ]);
  });

  test('D2: schemas are valid draft-07', () => {
    const ajv = new Ajv({ strict: false });
    for (const stream of streams) expect(ajv.validateSchema(stream.json_schema), stream.name).toBe(true);
  });

  test('D3: cursors and keys are top-level fields of the schema', () => {
    for (const stream of streams) {
      for (const path of [...stream.source_defined_primary_key, stream.default_cursor_field ?? []]) {
        if (path.length === 0) continue;
        expect(path).toHaveLength(1);
        expect(stream.json_schema.properties).toHaveProperty(path);
      }
    }
  });

  test('D4: no $ref, allOf or not', () => {
    expect(JSON.stringify(streams)).not.toMatch(/"(?:\$ref|allOf|not|anyOf|oneOf)":/);
  });

  test('D5: sync modes are declared; what can be incremental has a cursor and can be resumed', () => {
    for (const stream of streams) {
      expect(stream.supported_sync_modes).toContain('full_refresh');
      const incremental = stream.supported_sync_modes.includes('incremental');
      expect(stream.is_resumable).toBe(incremental);
      expect(stream.source_defined_cursor).toBe(incremental ? true : undefined);
    }
  });

  test('D6, D8: additional properties are allowed, and types are of those that destinations know', () => {
    const known = /^(?:(?:null,)?(?:string|integer|number|boolean|object|array)|string)$/;
    for (const stream of streams) {
      expect(stream.json_schema.additionalProperties).toBe(true);
      for (const [path, field] of fields(stream.json_schema)) {
        expect([field.type].flat().join(','), path).toMatch(known);
        expect(field.additionalProperties ?? true, path).toBe(true);
        if (field.format !== undefined) {
          expect(field.format, path).toBe('date-time');
          expect(field.airbyte_type, path).toBe('timestamp_with_timezone');
        }
        if ([field.type].flat().includes('array')) expect(field.items?.type, path).toBeDefined();
        if (field.properties !== undefined) expect(Object.keys(field.properties).length, path).toBeGreaterThan(0);
      }
    }
  });

  test('D7: keys are scalars that are never null', () => {
    for (const stream of streams) {
      for (const [key] of stream.source_defined_primary_key) {
        expect(stream.json_schema.properties[key].type).toBe('string');
      }
    }
  });

  test('D9: no table made from the published catalog breaks', () => {
    expect(breakingCatalogChanges(baseline, output.catalog)).toEqual([]);
  });

  test('D9: the comparison finds what would break', () => {
    const changed = structuredClone(output.catalog);
    changed.streams[0].source_defined_primary_key = [['name']];
    changed.streams[1].json_schema.properties.modified.format = undefined;
    delete changed.streams[1].json_schema.properties.requester.properties.ip;
    expect(breakingCatalogChanges(output.catalog, changed)).toHaveLength(3);
  });

  test('A1: every stream has a primary key', () => {
    for (const stream of streams) expect(stream.source_defined_primary_key.length).toBeGreaterThan(0);
  });

  test('X9: the same at every call, with and without a configuration', async () => {
    expect((await sourceChat('discover', { config: CONFIG })).stdout).toBe(output.stdout);
    expect((await sourceChat('discover')).stdout).toBe(output.stdout);
  });

  test('only the streams of the vendors that are configured', async () => {
    const { livechat: _livechat, inbox, ...livetex } = CONFIG;
    const namesOf = async (config: object) =>
      (await sourceChat('discover', { config })).catalog.streams.map((stream: Node) => stream.name);
    expect(await namesOf(livetex)).toEqual(['livetex_chats', 'livetex_leads']);
    // What exists as webhooks only needs the inbox, and nothing else.
    const { start_date } = CONFIG;
    expect(await namesOf({ start_date, inbox })).toEqual(['livechat_events', 'livetex_conversations']);
  });

  test('names fit every target: no two alike in lower case, at most 59 characters of letters, digits and _', () => {
    for (const stream of streams) {
      const names = Object.keys(stream.json_schema.properties);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
      for (const name of [stream.name, ...names]) expect(name).toMatch(/^\w{1,59}$/);
    }
  });

  test('every field is described, in sentences', () => {
    for (const stream of streams) {
      for (const [path, field] of fields(stream.json_schema)) {
        if (!path.endsWith('[]')) expect(field.description, `${stream.name}.${path}`).toMatch(/^\S.*\.$/);
      }
    }
  });

  test('the columns of the two connectors that this one replaces are all there', () => {
    const columns = (name: string) =>
      Object.keys(streams.find((stream) => stream.name === name).json_schema.properties);
    expect(columns('livechat_agents')).toEqual(
      expect.arrayContaining(
        'avatar groups job_title login login_status max_chats_count name permission status'.split(' '),
      ),
    );
    expect(columns('livechat_tickets')).toEqual(
      expect.arrayContaining(
        'currentGroup date events groups id modified requester source status subject tags assignee'.split(' '),
      ),
    );
    const conversation =
      'conversation_int_referer conversation_result conversation_visitor_id conversation_id conversation_created_at';
    expect(columns('livetex_chats')).toEqual(
      expect.arrayContaining(
        `chat_id created_at is_closed closed_at site_id site_url duration rating_value answer_time_avg ${conversation} prechats_hidden employee_id employee_first_name employee_last_name employee_email result communication_type rating_type prechats_chat visitor_id visitor_name employee_remark_id employee_remark_text message_count first_answer_time first_message_id first_message_text first_message_created_at first_message_creator messages`.split(
          ' ',
        ),
      ),
    );
    expect(columns('livetex_leads')).toEqual(
      expect.arrayContaining(
        `lead_id name email phone site_id site_url lead_type assigned_to completed_by text result created_at closed_at employee_remark_id employee_remark_text is_managed ${conversation} utm_source utm_campaign utm_content utm_medium utm_term`.split(
          ' ',
        ),
      ),
    );
  });

  test('an invalid configuration is an error of the whole run', async () => {
    const failed = await sourceChat('discover', { config: { livechat: {} } });
    expect(failed.code).toBe(1);
    expect(failed.errors()).toEqual([expect.objectContaining({ failure_type: 'config_error' })]);
  });

  test.each([
    ['airbyte.json', '', false],
    ['airbyte-livechat.json', 'livechat_', false],
    ['airbyte-livetex.json', 'livetex_', false],
    ['airbyte-webhooks.json', '', true],
  ])('the ready-made catalog %s names the streams that there are', (name, prefix, fromInbox) => {
    const ready = JSON.parse(readFileSync(join(ROOT, 'catalog', name), 'utf8'));
    const validate = protocolValidator('ConfiguredAirbyteCatalog');
    expect(validate(ready), JSON.stringify(validate.errors)).toBe(true);
    const wanted = streams
      .filter((stream) => (stream.default_cursor_field?.[0] === 'inbox_seq') === fromInbox)
      .map((stream) => stream.name)
      .filter((stream) => stream.startsWith(prefix));
    expect(ready.streams.map((entry: Node) => entry.stream.name)).toEqual(wanted);
    for (const entry of ready.streams) {
      const stream = streams.find(({ name }) => name === entry.stream.name);
      expect(stream.supported_sync_modes).toContain(entry.sync_mode);
      expect(entry.stream.supported_sync_modes).toEqual(stream.supported_sync_modes);
    }
  });
});
