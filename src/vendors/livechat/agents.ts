import { loadStreamSchema } from '../../core/schema.ts';
import type { Stream } from '../../core/stream.ts';
import type { RestV2 } from './rest-v2.ts';
import { agentRow } from './rows.ts';

/** livechat_agents: all agents at every sync, one call. The API tells nothing about when an agent changed. */
export function createAgentsStream(connect: () => Promise<RestV2>): Stream {
  return {
    name: 'livechat_agents',
    schema: loadStreamSchema('livechat_agents'),
    primaryKey: ['login'],
    syncModes: ['full_refresh'],
    bookmarkVersion: 1,
    bookmarkFields: [],
    async *read({ signal, onWait, onCall }) {
      const api = await connect();
      const agents = await api.listAgents({ signal, onWait, onCall });
      yield { kind: 'estimate', rows: agents.length };
      yield { kind: 'rows', rows: agents.map(agentRow) };
    },
  };
}
