import type { Vendor } from '../../core/stream.ts';
import type { Config } from '../../generated/config.ts';
import { createCallBudget } from '../../http/call-budget.ts';
import { IMPATIENT_LIMITS } from '../../http/retry.ts';
import type { VendorDependencies } from '../dependencies.ts';
import { openCurrentAccount } from './current-account.ts';
import { openRestV2Account } from './rest-v2-account.ts';
import { LIVECHAT_DEFAULTS, type LivechatSettings } from './settings.ts';

const BUDGET_WINDOW_MS = 60_000;

/** What a check may call within a window: a sign-in and four proofs, each tried as often as IMPATIENT_LIMITS allows. */
const MOST_CHECK_CALLS = 5 * IMPATIENT_LIMITS.maxFailures;

/**
 * LiveChat as configured. The credentials choose the API: a login with an API key speaks REST v2, everything else v3.6 and
 * HelpDesk. `startDate` is in epoch ms. Nothing is connected before a stream is read.
 */
export function createLivechat(
  config: NonNullable<Config['livechat']>,
  startDate: number,
  dependencies: VendorDependencies,
): Vendor {
  const { clock, log } = dependencies;
  const settings = { ...LIVECHAT_DEFAULTS, ...config } as LivechatSettings;
  const { credentials, lookback_days: lookbackDays, open_days: openDays } = settings;
  const pace = (limit: number) => createCallBudget({ limit, windowMs: BUDGET_WINDOW_MS, clock, log });
  const budget = pace(settings.calls_per_minute);
  const context = { settings, chats: { startDate, lookbackDays, openDays }, budget, dependencies };
  const account =
    credentials.auth_type === 'api_key'
      ? openRestV2Account(credentials, context)
      : openCurrentAccount(credentials, context);

  return {
    title: 'LiveChat',
    streams: account.streams,
    // A person waits: these few calls do not queue for a minute because the user allows one a minute.
    check: ({ signal }) =>
      account.check({ signal, limits: IMPATIENT_LIMITS }, pace(Math.max(settings.calls_per_minute, MOST_CHECK_CALLS))),
    usage() {
      const counts = account.clients().map((client) => client.counts());
      return {
        calls: counts.reduce((sum, { calls }) => sum + calls, 0),
        billedCalls: counts.reduce((sum, { billedCalls }) => sum + billedCalls, 0),
        waitedMs: budget.waitedMs(),
        callsPerMinute: settings.calls_per_minute,
        pricePer1000: settings.price_per_1000_calls,
      };
    },
    async close() {
      await Promise.all(account.clients().map((client) => client.close()));
    },
  };
}
