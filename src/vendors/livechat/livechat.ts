import type { Stream, Vendor } from '../../core/stream.ts';
import { dayOf } from '../../core/timestamps.ts';
import type { Config } from '../../generated/config.ts';
import { type CallBudget, createCallBudget } from '../../http/call-budget.ts';
import type { HttpClient } from '../../http/client.ts';
import { IMPATIENT_LIMITS } from '../../http/retry.ts';
import type { VendorDependencies } from '../dependencies.ts';
import { proveAll } from '../proofs.ts';
import { createAgentsStream } from './agents.ts';
import { createRestV2, type RestV2 } from './rest-v2.ts';
import { createTicketsStream } from './tickets.ts';

/** Defaults of schemas/spec.json; a test holds the two together. */
export const LIVECHAT_DEFAULTS = {
  base_url: 'https://api.livechatinc.com',
  calls_per_minute: 100,
  price_per_1000_calls: 0.27,
  request_timeout_seconds: 60,
} as const;

const BUDGET_WINDOW_MS = 60_000;

/** What a check may call within a window, each of its two proofs tried as often as IMPATIENT_LIMITS allows. */
const MOST_CHECK_CALLS = 2 * IMPATIENT_LIMITS.maxFailures;

/** LiveChat's streams in catalog order. The small one that is never empty comes first: `meltano config test` ends there. */
export function livechatStreams(connect: () => Promise<RestV2>, startDate: number): Stream[] {
  return [createAgentsStream(connect), createTicketsStream(connect, startDate)];
}

/**
 * LiveChat as configured. The credential chooses the API: a login with an API key speaks REST v2. `startDate` is in epoch
 * ms. Nothing is connected before a stream is read.
 */
export function createLivechat(
  config: NonNullable<Config['livechat']>,
  startDate: number,
  { connectHttp, clock, log }: VendorDependencies,
): Vendor {
  const settings = { ...LIVECHAT_DEFAULTS, ...config };
  const { login, api_key: apiKey } = config.credentials;
  const budget = createCallBudget({ limit: settings.calls_per_minute, windowMs: BUDGET_WINDOW_MS, clock, log });
  let client: HttpClient | undefined;

  const open = (calls: CallBudget) =>
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
      timeoutMs: settings.request_timeout_seconds * 1000,
      budget: calls,
    });
  const connect = async (): Promise<RestV2> => {
    client ??= await open(budget);
    return createRestV2(client);
  };

  return {
    title: 'LiveChat',
    streams: livechatStreams(connect, startDate),
    async check({ signal }) {
      // A person waits: these few calls do not queue for a minute because the user allows one a minute.
      const limit = Math.max(settings.calls_per_minute, MOST_CHECK_CALLS);
      client ??= await open(createCallBudget({ limit, windowMs: BUDGET_WINDOW_MS, clock, log }));
      const api = createRestV2(client);
      // The list of today's tickets is the shortest that proves the right to read any.
      const today = { from: dayOf(clock.now()), to: null, filters: {}, page: 1 };
      const call = { signal, limits: IMPATIENT_LIMITS };
      await proveAll([
        ['livechat_agents', () => api.listAgents(call)],
        ['livechat_tickets', () => api.listTickets(today, call)],
      ]);
    },
    usage: () => ({
      ...(client?.counts() ?? { calls: 0, billedCalls: 0 }),
      waitedMs: budget.waitedMs(),
      pricePer1000: settings.price_per_1000_calls,
    }),
    close: async () => {
      await client?.close();
    },
  };
}
