import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { isObject } from '../../core/objects.ts';
import type { CallContext } from '../../http/client.ts';
import type { HelpdeskApi, NamedKind } from './helpdesk-api.ts';

/** What the ids in tickets stand for. An id that nobody knows has no entry. */
export interface Directory {
  agent(id: string): { readonly login: string | null; readonly name: string | null } | undefined;
  teamName(id: string): string | undefined;
  tagName(id: string): string | undefined;
}

/** Loads parts of the directory when the first ticket needs them, once a run: a sync without tickets pays for none. */
export interface DirectoryLoader extends Directory {
  /** Sees to it that what these tickets name can be looked up. */
  prepare(tickets: readonly Readonly<Record<string, unknown>>[], call: CallContext): Promise<void>;
}

type Entry = Readonly<Record<string, unknown>>;

/** Makes the loader for one run. What may not be read stays without names, with a warning: the tickets are worth more. */
export function createDirectory(api: HelpdeskApi, log: Log): DirectoryLoader {
  const known = new Map<NamedKind, ReadonlyMap<string, Entry>>();

  const load = async (kind: NamedKind, call: CallContext) => {
    if (known.has(kind)) return;
    try {
      const rows = await api.listNames(kind, call);
      known.set(kind, new Map(rows.map((row) => [String(row['ID']), row])));
    } catch (error) {
      if (!(error instanceof SyncError) || (error.status !== 403 && error.status !== 404)) throw error;
      log('warn', `${error.message} Tickets have ids in place of the names of ${kind}.`);
      known.set(kind, new Map());
    }
  };
  const entry = (kind: NamedKind, id: string) => known.get(kind)?.get(id);

  return {
    async prepare(tickets, call) {
      if (tickets.some(namesAgent)) await load('agents', call);
      if (tickets.some(namesTeam)) await load('teams', call);
      if (tickets.some((ticket) => isFilled(ticket['tagIDs']))) await load('tags', call);
    },
    agent(id) {
      const found = entry('agents', id);
      return found === undefined ? undefined : { login: textOrNull(found['email']), name: textOrNull(found['name']) };
    },
    teamName: (id) => textOrNull(entry('teams', id)?.['name']) ?? undefined,
    tagName: (id) => textOrNull(entry('tags', id)?.['name']) ?? undefined,
  };
}

function namesAgent({ assignment, followers, events }: Entry): boolean {
  if (isFilled(followers) || (isObject(assignment) && isObject(assignment['agent']))) return true;
  // What an author lacks an agent has.
  return (
    Array.isArray(events) &&
    events.some((event) => isObject(event) && (isObject(event['assignment']) || isByAgent(event)))
  );
}

function isByAgent({ author }: Entry): boolean {
  if (!isObject(author)) return false;
  const { ID = null, email = null, name = null } = author;
  return ID !== null && (email === null || name === null);
}

/** The name of the team that has the ticket stands in it; the others are ids. */
function namesTeam({ teamIDs }: Entry): boolean {
  return isFilled(teamIDs);
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
