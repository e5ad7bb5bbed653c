import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { LivechatAgent, LivechatTicket } from '../../generated/rows.ts';

/** Some columns of a row, not yet of their declared types. */
type Columns<Declared> = Partial<Record<keyof Declared, unknown>>;

/**
 * Brings a ticket of REST v2 to the names and shapes of livechat_tickets, in place: a copy of every row would cost more
 * than all else here. Times and scalars are converted by the engine from the schema; here is only what a schema cannot
 * say. Fields that nobody declared stay, for `extra_fields`.
 */
export function ticketRow(ticket: Row): Row {
  const columns: Columns<LivechatTicket> = ticket;
  namedGroups(columns.groups);
  columns.currentGroup = namedGroup(columns.currentGroup);
  columns.assignee = person(columns.assignee);
  if (Array.isArray(columns.events)) {
    for (const event of columns.events as unknown[]) {
      if (isObject(event) && 'to' in event) event['to'] = person(event['to']);
    }
  }
  return ticket;
}

/** Brings an agent of REST v2 to livechat_agents, in place. */
export function agentRow(agent: Row): Row {
  // A credential that v2 showed to its owner until 2022 (livechat-api §2.3): it has no business in a warehouse.
  delete agent['api_key'];
  const columns: Columns<LivechatAgent> = agent;
  namedGroups(columns.groups);
  // 0 says "never"; as a time it would be 1970.
  if (columns.last_logout === 0 || columns.last_logout === '0') columns.last_logout = null;
  return agent;
}

/** Groups come as numbers (docs) or as objects (Microsoft's connector, webhooks): they all become objects, in place. */
function namedGroups(groups: unknown): void {
  if (!Array.isArray(groups)) return;
  for (let index = 0; index < groups.length; index += 1) groups[index] = namedGroup(groups[index]);
}

function namedGroup(group: unknown): unknown {
  return typeof group === 'number' || typeof group === 'string' ? { id: group, name: null } : group;
}

/** A person is an object with id and name; where an older form gives only one text, it is the id: a login. */
function person(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value === '' ? null : { id: value, name: null };
}
