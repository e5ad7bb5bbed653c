import { SyncError } from '../../core/errors.ts';
import { formatInstant } from '../../core/timestamps.ts';
import type { CallBudget } from '../../http/call-budget.ts';
import type { CallContext, HttpClient, HttpClientOptions } from '../../http/client.ts';
import { createSession, type Session } from '../../http/session.ts';
import { proveAll } from '../proofs.ts';
import { type LivechatAccount, once } from './account.ts';
import { createAgentsStream } from './agents.ts';
import { createChatsStream } from './chats.ts';
import { accountsStatusIn, helpdeskStatusIn, regionIn, statusIn } from './error-types.ts';
import { createHelpdeskApi, LOWEST_ID } from './helpdesk-api.ts';
import { createHelpdeskTicketsStream } from './helpdesk-tickets.ts';
import { createTokenExchange, type OAuthCredentials } from './oauth.ts';
import { readPersonalToken } from './personal-token.ts';
import type { AccountContext } from './settings.ts';
import { v3Agents } from './v3-agents.ts';
import { createV3Api } from './v3-api.ts';
import { v3ChatReader } from './v3-chats.ts';
import { watchVersion } from './version-notice.ts';

/** How an account is opened that speaks today's APIs. */
export type CurrentCredentials =
  | { readonly auth_type: 'personal_access_token'; readonly account_id: string; readonly token: string }
  | ({ readonly auth_type: 'oauth2.0' } & OAuthCredentials);

/** What carries the credentials in a call, and what to say when they are refused. */
interface SignIn {
  readonly headers: Readonly<Record<string, string>>;
  readonly session?: Session;
  readonly onUnauthorized: string;
}

/** LiveChat with a personal access token or OAuth: agents and chats from the API v3.6, tickets from HelpDesk. */
export function openCurrentAccount(credentials: CurrentCredentials, context: AccountContext): LivechatAccount {
  const { settings, chats, budget, dependencies } = context;
  const { connectHttp, clock, log } = dependencies;
  const timeoutMs = settings.request_timeout_seconds * 1000;
  const accounts = once((calls) =>
    connectHttp({ ...client('LiveChat', settings.accounts_url), statusIn: accountsStatusIn, budget: calls }),
  );
  const client = (vendor: string, baseUrl: string): Omit<HttpClientOptions, 'budget' | 'clock' | 'log' | 'redact'> => ({
    vendor,
    baseUrl,
    headers: {},
    onUnauthorized: OAUTH_REFUSED,
    timeoutMs,
  });
  /** The budget of whoever called first: a check has its own. */
  let current = budget;
  const signIn = signInOf(credentials, context, () => accounts.get(current));
  const livechat = once((calls) =>
    connectHttp({
      ...client('LiveChat', settings.base_url),
      ...signIn,
      statusIn,
      headersIn: regionIn,
      onHeaders: watchVersion(log),
      budget: calls,
    }),
  );
  const helpdesk = once((calls) =>
    connectHttp({
      ...client('HelpDesk', settings.helpdesk_url),
      ...signIn,
      onUnauthorized: `${signIn.onUnauthorized} The account needs HelpDesk, too, and the token its scope accounts--my:ro.`,
      statusIn: helpdeskStatusIn,
      budget: calls,
    }),
  );
  const v3 = async (calls: CallBudget = budget) => createV3Api(await livechat.get(calls));
  const tickets = async (calls: CallBudget = budget) => createHelpdeskApi(await helpdesk.get(calls));

  /** Agents and chats are worth having without HelpDesk. */
  const proveTickets = async (call: CallContext, calls: CallBudget) => {
    const api = await tickets(calls);
    const after = { value: formatInstant(clock.now()), id: LOWEST_ID };
    try {
      await api.listTickets({ silo: settings.silos[0] ?? 'tickets', after, pageSize: 1 }, call);
    } catch (error) {
      if (!(error instanceof SyncError) || error.status !== 402) throw error;
      log('warn', `livechat_tickets: ${error.message} The other streams can be loaded: deselect this one.`);
    }
  };

  return {
    streams: [
      createAgentsStream(async () => v3Agents(await v3(), log)),
      createHelpdeskTicketsStream(tickets, chats.startDate, settings.silos),
      createChatsStream(async () => {
        const api = await v3();
        return v3ChatReader(api, chats);
      }),
    ],
    async check(call, calls) {
      current = calls;
      const api = await v3(calls);
      await api.probe(call);
      await proveAll([
        ['livechat_agents', () => api.listAgents(call)],
        ['livechat_tickets', () => proveTickets(call, calls)],
        ['livechat_chats', () => api.listArchives({ from: clock.now(), limit: 1 }, call)],
      ]);
    },
    clients: () => [livechat.opened(), helpdesk.opened(), accounts.opened()].filter((opened) => opened !== undefined),
  };
}

const OAUTH_REFUSED =
  'Check client_id, client_secret and refresh_token in livechat.credentials. A refresh token that was used elsewhere, or not for long, has expired: let the app in once more to get another one.';

function signInOf(
  credentials: CurrentCredentials,
  { dependencies }: AccountContext,
  accounts: () => Promise<HttpClient>,
): SignIn {
  const { clock, log, addSecret, keepSetting } = dependencies;
  if (credentials.auth_type === 'oauth2.0') {
    const keep = (token: string) => keepSetting(['livechat', 'credentials', 'refresh_token'], token);
    const exchange = createTokenExchange(accounts, credentials, keep, dependencies);
    return { headers: {}, session: createSession(exchange, clock), onUnauthorized: OAUTH_REFUSED };
  }
  const { accountId, token, wasEncoded } = readPersonalToken(credentials.account_id, credentials.token);
  // It is not as it was given: what is left of it is a secret, too.
  if (token !== credentials.token) addSecret(token);
  if (wasEncoded) {
    log(
      'info',
      'livechat.credentials.token is base64 of account id and token, ready for a header: the token is taken out of it.',
    );
  }
  return {
    headers: { authorization: `Basic ${Buffer.from(`${accountId}:${token}`).toString('base64')}` },
    onUnauthorized:
      'Check livechat.credentials: account_id is the id that the Developer Console shows beside the token, no e-mail address; a token that was revoked has to be replaced.',
  };
}
