import { describe, expect, test } from 'vitest';
import type { GivenSandboxOptions } from '../../src/sandbox/options.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { configured, type EntrypointOutput, sourceChat } from '../helpers/airbyte.ts';
import { rowValidator } from '../helpers/protocol.ts';
import { sandboxFor, UNLIMITED, upserted } from '../helpers/sandbox.ts';
import { tapChat } from '../helpers/singer.ts';

const AGENTS = configured(['livechat_agents'], 'full_refresh');

const read = (config: unknown) => sourceChat('read', { config, catalog: AGENTS });

function expectAll(sandbox: Sandbox, output: EntrypointOutput): void {
  expect(output.code, output.errors()[0]?.message).toBe(0);
  expect(output.rows('livechat_agents')).toEqual([...sandbox.oracle.agents('v3')]);
}

const warnings = (output: EntrypointOutput) =>
  output
    .logs()
    .filter(({ level }) => level === 'WARN')
    .map(({ message }) => message);

describe('agents from the Configuration API', () => {
  test.each<[string, GivenSandboxOptions]>([
    ['as they are', {}],
    [
      'under the other names of the documentation',
      { livechat: { avatarName: 'avatar', subscriptionsName: 'summaries' } },
    ],
    ['from another region, with errors that have status 200', { livechat: { region: 'fra', errorsAsOk: true } }],
    ['none of whom is suspended', { agents: 3 }],
  ])('R1, R6: every agent, value by value: %s', async (_what, options) => {
    const sandbox = await sandboxFor({ tickets: 0, ...options });
    const outputs = await Promise.all([read(sandbox.tokenConfig(UNLIMITED)), read(sandbox.oauthConfig(UNLIMITED))]);
    for (const output of outputs) expectAll(sandbox, output);
  });

  test('suspended ones come, also where the list leaves them out', async () => {
    const sandbox = await sandboxFor({ tickets: 0, livechat: { hideSuspended: true } });
    const output = await read(sandbox.tokenConfig(UNLIMITED));
    expect(output.code).toBe(0);
    const suspended = output.rows('livechat_agents').filter((row) => row['suspended'] === true);
    expect(suspended).toHaveLength(2);
    expect(upserted(output.rows('livechat_agents'), 'login')).toEqual(upserted(sandbox.oracle.agents('v3'), 'login'));
    expect(sandbox.calls.count).toBe(3);
  });

  test('two calls, however many there are; every field that has to be asked for is', async () => {
    const sandbox = await sandboxFor({ tickets: 0, agents: 120 });
    expectAll(sandbox, await read(sandbox.tokenConfig(UNLIMITED)));
    const bodies = sandbox.calls.calls.map(({ path, body }) => [path.split('/').at(-1), JSON.parse(body ?? 'null')]);
    expect(bodies).toEqual([
      ['list_agents', { fields: expect.arrayContaining(['suspended', 'groups', 'last_logout', 'mobile']) }],
      ['list_groups', {}],
    ]);
    expect(bodies[0]?.[1].fields).toHaveLength(10);
  });

  test('R2, R4: rows fit their schema, strictly, and both faces give the same', async () => {
    const sandbox = await sandboxFor({ tickets: 0, livechat: { chats: 20 } });
    const config = sandbox.tokenConfig(UNLIMITED);
    const [airbyte, singer, { catalog }] = await Promise.all([
      read(config),
      tapChat({ config }),
      sourceChat('discover', { config }),
    ]);
    const stream = catalog.streams.find(({ name }: { name: string }) => name === 'livechat_agents');
    const validate = rowValidator(stream.json_schema);
    for (const row of airbyte.rows('livechat_agents')) {
      expect(validate(row), JSON.stringify(validate.errors)).toBe(true);
      expect(Object.keys(row)).toEqual(Object.keys(stream.json_schema.properties));
    }
    expect(singer.rows('livechat_agents')).toEqual(airbyte.rows('livechat_agents'));
    expect(airbyte.rows('livechat_agents')).toHaveLength(12);
  });

  test('they are the agents of REST v2: a connection that changes its credentials keeps its keys', async () => {
    const sandbox = await sandboxFor({ tickets: 0 });
    const [today, before] = await Promise.all([read(sandbox.tokenConfig(UNLIMITED)), read(sandbox.config(UNLIMITED))]);
    const named = (output: EntrypointOutput) =>
      output.rows('livechat_agents').map(({ login, name }) => ({ login, name }));
    expect(named(today)).toEqual(named(before));
    expect(named(today)).toHaveLength(12);
  });
});

describe('what is refused or announced', () => {
  test('groups that may not be read have no names, and a warning says so', async () => {
    const sandbox = await sandboxFor({ tickets: 0, livechat: { forbiddenV3: ['groups'], errorsAsOk: true } });
    const output = await read(sandbox.tokenConfig(UNLIMITED));
    expect(output.code).toBe(0);
    const unnamed = [...sandbox.oracle.agents('v3')].map((row) => ({
      ...row,
      groups: (row['groups'] as object[]).map((group) => ({ ...group, name: null })),
    }));
    expect(output.rows('livechat_agents')).toEqual(unnamed);
    expect(warnings(output)).toEqual([expect.stringMatching(/groups--all:ro.*Groups of agents have no names\.$/)]);
  });

  test('agents that may not be read end the stream with the missing scope', async () => {
    const sandbox = await sandboxFor({ tickets: 0, livechat: { forbiddenV3: ['agents'] } });
    const output = await read(sandbox.tokenConfig(UNLIMITED));
    expect([output.code, output.records().length, sandbox.calls.count]).toEqual([1, 0, 1]);
    expect(output.errors()).toEqual([
      expect.objectContaining({
        failure_type: 'config_error',
        stream_descriptor: { name: 'livechat_agents' },
        message: expect.stringContaining('agents--all:ro'),
      }),
    ]);
    expect(output.statuses('livechat_agents').at(-1)).toBe('INCOMPLETE');
  });

  test.each([
    [{ legacy: '2027-03-31' }, /kept with few repairs until 2027-03-31: update source-chat/],
    [{ deprecation: '2027-06-30' }, /works until 2027-06-30: update source-chat/],
  ])('the end of the version is one warning, however many answers tell of it: %j', async (livechat, words) => {
    const sandbox = await sandboxFor({ tickets: 0, livechat });
    const output = await read(sandbox.tokenConfig(UNLIMITED));
    expectAll(sandbox, output);
    expect(sandbox.calls.count).toBe(2);
    expect(warnings(output)).toEqual([expect.stringMatching(words)]);
  });
});
