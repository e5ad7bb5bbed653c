import type { ExpectedRow } from '../../expected-row.ts';
import { GROUPS } from '../../people.ts';
import type { LivechatAccount } from '../account.ts';
import { type AgentShape, agentShapes } from './configuration.ts';
import { toMillis } from './expected-time.ts';

/** Every agent as they have to arrive over the Configuration API v3.6. */
export function* expectedV3Agents({ options }: LivechatAccount): Generator<ExpectedRow> {
  for (const agent of agentShapes(options)) yield expectedV3Agent(agent);
}

function expectedV3Agent(agent: AgentShape): ExpectedRow {
  const subscriptions = agent.email_subscriptions ?? agent.summaries ?? [];
  return {
    login: agent.id,
    name: agent.name,
    permission: agent.role,
    avatar: agent.avatar ?? agent.avatar_path ?? null,
    status: null,
    login_status: agent.login_status,
    job_title: agent.job_title,
    max_chats_count: agent.max_chats_count,
    groups: agent.groups.map(({ id, priority }) => ({
      id,
      name: GROUPS.find((group) => group.id === id)?.name ?? null,
      priority,
    })),
    daily_summary: subscriptions.includes('daily_summary'),
    notifications: Object.fromEntries(agent.notifications.map((name) => [name, 1])),
    last_logout: agent.last_logout === undefined ? null : toMillis(agent.last_logout),
    work_scheduler: agent.work_scheduler,
    account_id: agent.account_id,
    mobile: agent.mobile ?? null,
    suspended: agent.suspended,
    awaiting_approval: agent.awaiting_approval,
    email_subscriptions: subscriptions,
    extra_fields: null,
  };
}
