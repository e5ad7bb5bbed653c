import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../../src/core/errors.ts';
import type { Row } from '../../../../src/core/stream.ts';
import type { CallContext } from '../../../../src/http/client.ts';
import { v3AgentRow, v3Agents } from '../../../../src/vendors/livechat/v3-agents.ts';
import type { V3Api } from '../../../../src/vendors/livechat/v3-api.ts';

const CALL: CallContext = { signal: new AbortController().signal };

/** Agents over an API that gives these; `said` has the log. */
function agentsOf(agents: Row[], listGroups: () => Promise<Row[]>, suspended?: Row[]) {
  const calls: string[] = [];
  const said: string[] = [];
  const api = {
    listAgents: async (_call: CallContext, which = 'all') => {
      calls.push(which);
      return which === 'all' ? agents : (suspended ?? []);
    },
    listGroups: () => {
      calls.push('groups');
      return listGroups();
    },
  } as unknown as V3Api;
  const source = v3Agents(api, (level, message) => said.push(`${level}: ${message}`));
  return { source, calls, said };
}

describe('the row of an agent', () => {
  test('has its columns under the names of REST v2', () => {
    const row = v3AgentRow(
      {
        id: 'jane@company.example',
        account_id: 'u1',
        name: 'Jane',
        role: 'viceowner',
        avatar_path: 'cdn.example/a.png',
        notifications: ['new_visitor', 'incoming_chat'],
        email_subscriptions: ['weekly_summary', 'daily_summary'],
        groups: [{ id: 3, priority: 'first' }, null, { id: 99, priority: 'last' }],
        last_logout: '2026-01-01T00:00:00.123456Z',
        mood: 'sunny',
      },
      new Map([[3, 'Sales']]),
    );
    expect(row).toEqual({
      login: 'jane@company.example',
      account_id: 'u1',
      name: 'Jane',
      permission: 'viceowner',
      avatar: 'cdn.example/a.png',
      notifications: { new_visitor: 1, incoming_chat: 1 },
      email_subscriptions: ['weekly_summary', 'daily_summary'],
      daily_summary: true,
      groups: [
        { id: 3, name: 'Sales', priority: 'first' },
        { id: 99, name: null, priority: 'last' },
      ],
      last_logout: '2026-01-01T00:00:00.123456Z',
      mood: 'sunny',
    });
  });

  test('takes both names that the documentation has for the picture and for the subscriptions', () => {
    const names = new Map();
    expect(v3AgentRow({ id: 'a', avatar: 'x.png', avatar_path: 'y.png' }, names)['avatar']).toBe('x.png');
    const row = v3AgentRow({ id: 'a', summaries: ['weekly_summary'] }, names);
    expect(row).toMatchObject({ email_subscriptions: ['weekly_summary'], daily_summary: false });
    expect(row).not.toHaveProperty('summaries');
  });

  test('says nothing of what was not sent', () => {
    const row = v3AgentRow({ id: 'a', role: 'normal' }, new Map());
    for (const name of ['daily_summary', 'notifications', 'last_logout', 'groups', 'avatar']) {
      expect(row[name] ?? null).toBeNull();
    }
    expect(v3AgentRow({ id: 'a', notifications: [], email_subscriptions: [] }, new Map())).toMatchObject({
      notifications: {},
      daily_summary: false,
    });
  });
});

describe('suspended agents', () => {
  const groups = async () => [{ id: 0, name: 'All operators' }];

  test('are asked for where the list has none of them: it may leave them out', async () => {
    const { source, calls } = agentsOf([{ id: 'a', suspended: false }], groups, [
      { id: 'b', suspended: true, groups: [{ id: 0 }] },
    ]);
    const rows = await source.list(CALL);
    expect(rows.map(({ login }) => login)).toEqual(['a', 'b']);
    expect(rows[1]?.['groups']).toEqual([{ id: 0, name: 'All operators' }]);
    expect(calls).toEqual(['all', 'suspended', 'groups']);
  });

  test('come once, where the filter is not heeded', async () => {
    const all = [{ id: 'a', suspended: false }, { id: 'c' }];
    const { source } = agentsOf(all, groups, [...all]);
    expect((await source.list(CALL)).map(({ login }) => login)).toEqual(['a', 'c']);
  });
});

describe('names of groups', () => {
  const agents = () => [
    { id: 'a', groups: [{ id: 0, priority: 'normal' }], suspended: true },
    { id: 'b', groups: [] },
  ];

  test('take one call for all agents', async () => {
    const { source, calls } = agentsOf(agents(), async () => [{ id: 0, name: 'All operators' }]);
    const rows = await source.list(CALL);
    expect(rows.map(({ groups }) => groups)).toEqual([[{ id: 0, name: 'All operators', priority: 'normal' }], []]);
    expect(calls).toEqual(['all', 'groups']);
  });

  test('and none where nobody is in a group', async () => {
    const { source, calls } = agentsOf([{ id: 'b', groups: [] }, { id: 'c' }], async () => []);
    expect(await source.list(CALL)).toHaveLength(2);
    expect(calls).toEqual(['all', 'suspended']);
  });

  test('without the right to read them the agents come without, and the log says so', async () => {
    const { source, said } = agentsOf(agents(), () =>
      Promise.reject(new SyncError('config', 'LiveChat refuses listing groups.', { status: 403 })),
    );
    const rows = await source.list(CALL);
    expect(rows[0]?.['groups']).toEqual([{ id: 0, name: null, priority: 'normal' }]);
    expect(said).toEqual(['warn: LiveChat refuses listing groups. Groups of agents have no names.']);
  });

  test.each([
    ['another refusal', new SyncError('config', 'wrong key', { status: 401 })],
    ['a failure', new SyncError('transient', 'down', { status: 503 })],
    ['a bug', new TypeError('x')],
  ])('%s ends the stream: a later run may have them', async (_what, error) => {
    const { source, said } = agentsOf(agents(), () => Promise.reject(error));
    await expect(source.list(CALL)).rejects.toBe(error);
    expect(said).toEqual([]);
  });
});
