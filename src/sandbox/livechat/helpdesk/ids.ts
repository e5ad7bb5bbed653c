import { agent, GROUPS } from '../../people.ts';
import { uuid } from '../../random.ts';

/** A thing of HelpDesk with what people call it. */
export interface NamedId {
  readonly ID: string;
  readonly name: string;
}

/** HelpDesk's id of a ticket by its number on the shelf: its order has nothing to do with the number's. */
export function helpdeskTicketId(seed: number, number: number): string {
  return uuid(seed, number, 804);
}

/** HelpDesk's id of the person who wrote a ticket. */
export function helpdeskClientId(seed: number, number: number): string {
  return uuid(seed, number, 800);
}

/** HelpDesk knows agents by an id of its own and not by their address. Takes the address. */
export function helpdeskAgentId(mail: string): string {
  return `a9e47000-0000-4000-9000-${mail.replace(/\D/g, '').padStart(12, '0')}`;
}

export function helpdeskAgent(seed: number, index: number): NamedId {
  const { name, mail } = agent(seed, index);
  return { ID: helpdeskAgentId(mail), name };
}

/** The account that an agent has in all products of the vendor. */
export function accountIdOf(seed: number, index: number): string {
  return uuid(seed, index, 840);
}

/** The team that is the group with this number. */
export function helpdeskTeam(group: number): NamedId {
  const name = GROUPS.find(({ id }) => id === group)?.name ?? `Group ${group}`;
  return { ID: `b1f1a3d8-0000-4000-9000-${String(group).padStart(12, '0')}`, name };
}

/** HelpDesk's id of a tag by its name. */
export function helpdeskTagId(tag: string): string {
  return `7a900000-0000-4000-9000-${Buffer.from(tag).toString('hex').padStart(12, '0').slice(0, 12)}`;
}
