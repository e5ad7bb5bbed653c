import { loadStreamSchema } from '../../core/schema.ts';
import type { Row, Stream } from '../../core/stream.ts';
import type { CallContext } from '../../http/client.ts';

/** Where agents come from. */
export interface AgentSource {
  /** All agents as rows of livechat_agents. */
  list(call: CallContext): Promise<Row[]>;
  /** How many calls that takes. */
  readonly calls: number;
}

/** livechat_agents: all agents at every sync. No API tells when an agent changed. */
export function createAgentsStream(connect: () => Promise<AgentSource>): Stream {
  return {
    name: 'livechat_agents',
    schema: loadStreamSchema('livechat_agents'),
    primaryKey: ['login'],
    syncModes: ['full_refresh'],
    bookmarkVersion: 1,
    bookmarkFields: [],
    async *read(request) {
      const source = await connect();
      const rows = await source.list(request);
      yield { kind: 'estimate', rows: rows.length };
      yield { kind: 'rows', rows };
    },
    forecast: async () => ({ rows: undefined, calls: (await connect()).calls }),
  };
}
