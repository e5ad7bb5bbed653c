import { utc } from '../../expected-row.ts';
import { agent, GROUPS } from '../../people.ts';
import { noise, pick } from '../../random.ts';
import { TAGS } from '../ticket-data.ts';
import { LICENSE_ID } from '../webhooks/livechat-event.ts';
import { accountIdOf, helpdeskAgent, helpdeskTagId, helpdeskTeam } from './ids.ts';

/** Agents, teams and tags of HelpDesk on the wire (livechat-api §4.3). All began at `from` (epoch ms). */
export interface HelpdeskPeople {
  readonly seed: number;
  readonly agents: number;
  readonly from: number;
}

/** An agent on the wire: as much as others refer to. */
export interface HelpdeskAgentShape {
  readonly ID: string;
  readonly email: string;
  readonly name: string | null;
  readonly [more: string]: unknown;
}

/** Of the last of several the name is not known: they have not accepted the invitation yet. */
export function helpdeskAgents({ seed, agents, from }: HelpdeskPeople): HelpdeskAgentShape[] {
  return Array.from({ length: agents }, (_, index) => {
    const { name, mail } = agent(seed, index);
    const isInvited = index > 0 && index === agents - 1;
    return {
      ...begun(from, seed),
      ID: helpdeskAgent(seed, index).ID,
      accountID: accountIdOf(seed, index),
      email: mail,
      name: isInvited ? null : name,
      roles: index === 0 ? ['owner', 'normal'] : [index % 4 === 3 ? 'viewer' : 'normal'],
      status: isInvited ? 'invited' : 'active',
      teamIDs: [helpdeskTeam(0).ID, helpdeskTeam(pick(GROUPS, seed, index, 940).id).ID],
      autoassignment: noise(seed, index, 941) % 2 === 0,
      autoassignmentTeamIDs: [],
      avatar: index % 3 === 0 ? null : `https://cdn.example/avatars/${index}.png`,
      jobTitle: index % 2 === 0 ? null : 'Support Agent',
      settings: { emailNotificationsActive: true, theme: 'light', timeZone: 'Europe/Warsaw' },
    };
  });
}

/** The teams are the groups of LiveChat. */
export function helpdeskTeams({ seed, from }: HelpdeskPeople): object[] {
  return GROUPS.map(({ id }) => ({ ...begun(from, seed), ...helpdeskTeam(id), settings: {}, integrations: {} }));
}

export function helpdeskTags({ seed, from }: HelpdeskPeople): object[] {
  return TAGS.map((name, n) => ({
    ...begun(from, seed),
    ID: helpdeskTagId(name),
    name,
    teamID: n % 2 === 0 ? null : helpdeskTeam(0).ID,
    count: noise(seed, n, 942) % 100,
  }));
}

function begun(from: number, seed: number): object {
  const by = helpdeskAgent(seed, 0).ID;
  const at = utc(from);
  return { licenseID: LICENSE_ID, createdAt: at, createdBy: by, createdByType: 'agent', updatedAt: at, updatedBy: by };
}
