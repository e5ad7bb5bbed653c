import { dayOf } from '../../core/timestamps.ts';
import type { CallBudget } from '../../http/call-budget.ts';
import { proveAll } from '../proofs.ts';
import { type LivechatAccount, once } from './account.ts';
import { createAgentsStream } from './agents.ts';
import { createChatsStream } from './chats.ts';
import { statusIn } from './error-types.ts';
import { createRestV2, type RestV2 } from './rest-v2.ts';
import { agentRow } from './rows.ts';
import type { AccountContext } from './settings.ts';
import { createTicketsStream } from './tickets.ts';
import { v2ChatReader } from './v2-chats.ts';

/** LiveChat with an agent's login and API key: REST v2 gives everything. */
export function openRestV2Account(
  { login, api_key: apiKey }: { readonly login: string; readonly api_key: string },
  { settings, chats, budget, dependencies }: AccountContext,
): LivechatAccount {
  const { connectHttp, clock } = dependencies;
  const client = once((calls) =>
    connectHttp({
      vendor: 'LiveChat',
      baseUrl: settings.base_url,
      headers: {
        // Basic with the agent's e-mail address, and the version in a header (livechat-api §2.1).
        authorization: `Basic ${Buffer.from(`${login}:${apiKey}`).toString('base64')}`,
        'x-api-version': '2',
      },
      onUnauthorized:
        'Check the login and the key; a key that was revoked or belongs to another account has to be replaced.',
      statusIn,
      timeoutMs: settings.request_timeout_seconds * 1000,
      budget: calls,
    }),
  );
  const connect = async (calls: CallBudget = budget): Promise<RestV2> => createRestV2(await client.get(calls));

  return {
    streams: [
      createAgentsStream(async () => {
        const api = await connect();
        return { calls: 1, list: async (call) => (await api.listAgents(call)).map(agentRow) };
      }),
      createTicketsStream(connect, chats.startDate),
      createChatsStream(async () => {
        const api = await connect();
        return v2ChatReader(api, chats, () => clock.now());
      }),
    ],
    async check(call, calls) {
      const api = await connect(calls);
      // The list of today is the shortest that proves the right to read any.
      const today = dayOf(clock.now());
      await proveAll([
        ['livechat_agents', () => api.listAgents(call)],
        ['livechat_tickets', () => api.listTickets({ from: today, to: null, filters: {}, page: 1 }, call)],
        ['livechat_chats', () => api.listChats({ from: today, to: today, page: 1 }, call)],
      ]);
    },
    clients: () => [client.opened()].filter((opened) => opened !== undefined),
  };
}
