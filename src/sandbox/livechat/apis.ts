import type { ApiRequest, Reply } from '../replies.ts';
import type { LivechatAccount } from './account.ts';
import { listV2Chats } from './chats/v2-list.ts';
import { answerHelpdesk, isHelpdeskPath } from './helpdesk/helpdesk-api.ts';
import { V3_ERRORS, type V3ErrorType } from './options.ts';
import { agents, listTickets, refuseRestV2 } from './rest-v2.ts';
import { answerV3, isV3Path } from './v3/v3-api.ts';

const TOKEN_PATH = '/accounts/v2/token';

/** Whatever LiveChat and HelpDesk answer on their paths: each API has a prefix of its own on the sandbox's one port. */
export function answerLivechat(request: ApiRequest, account: LivechatAccount): Reply {
  const { path } = request;
  if (isHelpdeskPath(path)) return answerHelpdesk(request, account);
  if (isV3Path(path)) return answerV3(request, account);
  if (path.startsWith('/accounts/')) return answerAccounts(request, account);
  return answerRestV2(request, account);
}

/** How an API words an error that has nothing to do with what was asked, such as 429 or 503. */
export function unrelatedError(path: string, status: number, message: string, errorsAsOk: boolean): Reply {
  if (!isV3Path(path)) return { status, body: { error: message } };
  const types: Record<number, V3ErrorType> = { 429: 'too_many_requests', 503: 'service_unavailable' };
  const type = types[status] ?? 'internal';
  return { status: errorsAsOk ? 200 : V3_ERRORS[type], body: { error: { type, message } } };
}

/** Whether a path renews tokens: what goes wrong before it is answered must not use up the refresh token. */
export function isTokenPath(path: string): boolean {
  return path === TOKEN_PATH;
}

function answerAccounts({ method, path, headers, body }: ApiRequest, account: LivechatAccount): Reply {
  if (path !== TOKEN_PATH) return { status: 404, body: { error: 'not_found' } };
  if (method !== 'POST') return { status: 405, body: { error: 'method_not_allowed' } };
  return account.tokens.renew(String(headers['content-type'] ?? ''), body, account.now());
}

function answerRestV2({ path, query, headers }: ApiRequest, account: LivechatAccount): Reply {
  const resource = /^\/(agents|tickets|chats)$/.exec(path)?.[1] as 'agents' | 'tickets' | 'chats' | undefined;
  if (resource === undefined) return { status: 404, body: { error: 'Not found' } };
  const { options, tickets, chats } = account;
  const refused = refuseRestV2(resource, headers, options);
  if (refused !== undefined) return refused;
  switch (resource) {
    case 'agents':
      return { status: 200, body: agents(options) };
    case 'tickets': {
      const found = listTickets(query, tickets, options);
      return found.status === 200 ? { ...found, afterwards: account.churnTickets } : found;
    }
    case 'chats': {
      const found = listV2Chats(query, chats, options);
      return found.status === 200 ? { ...found, afterwards: account.churnChats } : found;
    }
  }
}
