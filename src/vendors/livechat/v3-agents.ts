import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { LivechatAgent } from '../../generated/rows.ts';
import type { CallContext } from '../../http/client.ts';
import type { AgentSource } from './agents.ts';
import type { V3Api } from './v3-api.ts';

/** Agents of the Configuration API, with suspended ones and the names of their groups: a call each at most. */
export function v3Agents(api: V3Api, log: Log): AgentSource {
  return {
    calls: 3,
    async list(call) {
      const agents = await allAgents(api, call);
      const names = agents.some(({ groups }) => Array.isArray(groups) && groups.length > 0)
        ? await groupNames(api, call, log)
        : new Map<unknown, unknown>();
      return agents.map((agent) => v3AgentRow(agent, names));
    },
  };
}

/** Whether the list leaves out who is suspended nobody tells. Where it has none of them, they are asked for. */
async function allAgents(api: V3Api, call: CallContext): Promise<Row[]> {
  const agents = await api.listAgents(call);
  if (agents.some(({ suspended }) => suspended === true)) return agents;
  const known = new Set(agents.map(({ id }) => id));
  return [...agents, ...(await api.listAgents(call, 'suspended')).filter(({ id }) => !known.has(id))];
}

/** The names by number. Without the right to read them the agents come without: they are worth more. */
async function groupNames(api: V3Api, call: CallContext, log: Log): Promise<Map<unknown, unknown>> {
  try {
    const groups = await api.listGroups(call);
    return new Map(groups.map(({ id, name }) => [id, name]));
  } catch (error) {
    if (!(error instanceof SyncError) || error.status !== 403) throw error;
    log('warn', `${error.message} Groups of agents have no names.`);
    return new Map();
  }
}

/** Brings an agent of list_agents to livechat_agents, in place (livechat-api §3.4). Its documentation has two names for some fields. */
export function v3AgentRow(agent: Row, groupNames: ReadonlyMap<unknown, unknown>): Row {
  const { id, role, avatar, avatar_path, email_subscriptions, summaries, notifications, groups } = agent;
  const subscriptions = email_subscriptions ?? summaries;
  for (const name of ['id', 'role', 'avatar_path', 'summaries']) delete agent[name];
  const columns: Partial<Record<keyof LivechatAgent, unknown>> = agent;
  columns.login = id;
  columns.permission = role;
  columns.avatar = avatar ?? avatar_path;
  columns.email_subscriptions = subscriptions;
  if (Array.isArray(subscriptions)) columns.daily_summary = subscriptions.includes('daily_summary');
  // REST v2 has 1 and 0 by name; here only those that are on are named.
  if (Array.isArray(notifications)) columns.notifications = Object.fromEntries(notifications.map((name) => [name, 1]));
  if (Array.isArray(groups)) {
    columns.groups = (groups as unknown[])
      .filter(isObject)
      .map((group) => ({ id: group['id'], name: groupNames.get(group['id']) ?? null, ...group }));
  }
  return agent;
}
