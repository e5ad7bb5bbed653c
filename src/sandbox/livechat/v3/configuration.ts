import { agent, GROUPS } from '../../people.ts';
import { noise, pick } from '../../random.ts';
import type { Reply } from '../../replies.ts';
import type { LivechatAccount } from '../account.ts';
import { microsText } from '../chats/micros.ts';
import { accountIdOf } from '../helpdesk/ids.ts';
import { v3Error } from './errors.ts';
import { listIn, objectIn, unknownName, type V3Request } from './requests.ts';

/** Fields of agents that come only when they are named (livechat-api §3.4). */
export const OPTIONAL_AGENT_FIELDS = [
  'groups',
  'work_scheduler',
  'email_subscriptions',
  'notifications',
  'job_title',
  'mobile',
  'max_chats_count',
  'suspended',
  'awaiting_approval',
  'last_logout',
] as const;

/** An agent with everything that may be asked for. */
export interface AgentShape {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  readonly role: string;
  readonly login_status: string;
  readonly avatar?: string;
  readonly avatar_path?: string;
  readonly groups: readonly { readonly id: number; readonly priority: string }[];
  readonly work_scheduler: object;
  readonly email_subscriptions?: readonly string[];
  readonly summaries?: readonly string[];
  readonly notifications: readonly string[];
  readonly job_title: string;
  readonly mobile?: string;
  readonly max_chats_count: number;
  readonly suspended: boolean;
  readonly awaiting_approval: boolean;
  readonly last_logout?: string;
}

const NOTIFICATIONS = ['new_visitor', 'returning_visitor', 'incoming_chat', 'queued_visitor', 'visitor_is_typing'];
const PRIORITIES = ['first', 'normal', 'last', 'supervisor'];
/** A group that list_groups does not name any more. */
const GONE_GROUP = 99;

/** `list_channels`: needs no scope, so it shows whether the credentials are good. */
export function listChannels(): Reply {
  return {
    status: 200,
    body: [{ channel_type: 'code', channel_subtype: '', first_activity_timestamp: '2023-01-01T00:00:00Z' }],
  };
}

/** `list_agents`: all of them at once. */
export function listAgents(request: V3Request, { options }: LivechatAccount): Reply {
  const { errorsAsOk, hideSuspended, subscriptionsName } = options.livechat;
  const refuse = (message: string) => v3Error('validation', message, errorsAsOk);
  const unknown = unknownName(request, ['filters', 'fields']);
  if (unknown !== undefined) return refuse(`unknown field \`${unknown}\``);
  const filters = objectIn(request, 'filters');
  if (filters === undefined) return refuse('`filters` must be an object');
  const { fields = [] } = request;
  const known: readonly unknown[] = OPTIONAL_AGENT_FIELDS;
  if (!Array.isArray(fields) || fields.some((field) => !known.includes(field))) {
    return refuse(`\`fields\` must be some of: ${OPTIONAL_AGENT_FIELDS.join(', ')}`);
  }
  const unknownFilter = unknownName(filters, ['suspended', 'group_ids']);
  if (unknownFilter !== undefined) return refuse(`unknown field \`filters.${unknownFilter}\``);
  const { suspended = hideSuspended ? false : undefined } = filters;
  if (suspended !== undefined && typeof suspended !== 'boolean') return refuse('`filters.suspended` must be a boolean');
  const groupIds = listIn<number>(filters, 'group_ids', 'number', 200);
  if (typeof groupIds === 'string') return refuse(groupIds);
  const hidden = new Set(
    OPTIONAL_AGENT_FIELDS.filter((field) => !fields.includes(field)).map((field) =>
      field === 'email_subscriptions' ? subscriptionsName : field,
    ),
  );
  const body = agentShapes(options)
    .filter((one) => suspended === undefined || one.suspended === suspended)
    .filter((one) => groupIds === undefined || one.groups.some(({ id }) => groupIds.includes(id)))
    .map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => !hidden.has(name as 'groups'))));
  return { status: 200, body };
}

/** `list_groups`: all of them at once, with who is in them when that is asked for. */
export function listGroups(request: V3Request, { options }: LivechatAccount): Reply {
  const { fields = [] } = request;
  const known: readonly unknown[] = ['agent_priorities', 'routing_status'];
  if (
    unknownName(request, ['fields']) !== undefined ||
    !Array.isArray(fields) ||
    fields.some((one) => !known.includes(one))
  ) {
    return v3Error(
      'validation',
      '`fields` must be some of: agent_priorities, routing_status',
      options.livechat.errorsAsOk,
    );
  }
  const agents = agentShapes(options);
  const body = GROUPS.map((group) => {
    const priorities = agents.flatMap(({ id, groups }) => {
      const own = groups.find((one) => one.id === group.id);
      return own === undefined ? [] : [[id, own.priority]];
    });
    return {
      ...group,
      language_code: 'en',
      ...(fields.includes('agent_priorities') ? { agent_priorities: Object.fromEntries(priorities) } : {}),
      ...(fields.includes('routing_status') ? { routing_status: 'offline' } : {}),
    };
  });
  return { status: 200, body };
}

/** Every agent with everything: the owner, a deputy, one who is not approved yet, and some who are suspended. */
export function agentShapes({ seed, agents, to, livechat }: LivechatAccount['options']): AgentShape[] {
  return Array.from({ length: agents }, (_, index) => agentShape(index, seed, to, livechat));
}

function agentShape(
  index: number,
  seed: number,
  to: number,
  livechat: LivechatAccount['options']['livechat'],
): AgentShape {
  const { name, mail } = agent(seed, index);
  const chance = (salt: number, of: number) => noise(seed, index, salt) % of === 0;
  const second = pick(GROUPS, seed, index, 940).id;
  const priority = (salt: number) => pick(PRIORITIES, seed, index, salt);
  const subscriptions = chance(950, 3) ? [] : chance(951, 2) ? ['daily_summary', 'weekly_summary'] : ['weekly_summary'];
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
  return {
    id: mail,
    account_id: accountIdOf(seed, index),
    name,
    role: ['owner', 'viceowner', 'administrator'][index] ?? 'normal',
    login_status: chance(952, 3) ? 'not accepting chats' : 'accepting chats',
    [livechat.avatarName]: `cdn.example/avatars/${index}.png`,
    groups: [
      { id: 0, priority: 'normal' },
      ...(second === 0 ? [] : [{ id: second, priority: priority(953) }]),
      ...(index === 5 ? [{ id: GONE_GROUP, priority: 'last' }] : []),
    ],
    work_scheduler: {
      timezone: 'Europe/Warsaw',
      schedule: days.map((day) => ({ day, enabled: day !== 'friday', start: '08:00', end: '16:00' })),
    },
    [livechat.subscriptionsName]: subscriptions,
    notifications: NOTIFICATIONS.filter((_, n) => chance(954 + n, 2)),
    job_title: index % 3 === 0 ? 'Специалист' : 'Support Agent',
    ...(index % 4 === 1 ? { mobile: '+48 000 000 001' } : {}),
    max_chats_count: 1 + (noise(seed, index, 960) % 20),
    suspended: index % 5 === 4,
    awaiting_approval: index === 6,
    ...(index === 3 ? {} : { last_logout: microsText((to - index * 3_600_000) * 1000 + 123_456 + index) }),
  };
}
