import {
  type GivenSandboxOptions,
  SANDBOX_ACCESS_TOKEN,
  SANDBOX_ACCOUNT_ID,
  SANDBOX_API_KEY,
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  SANDBOX_LOGIN,
} from '../../src/sandbox/options.ts';
import type { SandboxHooks } from '../../src/sandbox/server.ts';
import { sandboxFor } from './sandbox.ts';

// biome-ignore lint/suspicious/noExplicitAny: an answer is any JSON
export type Json = any;

export interface LivechatAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** What somebody with a personal access token sends who says who they are. */
export const TOKEN_HEADERS = {
  authorization: basic(SANDBOX_ACCOUNT_ID, SANDBOX_ACCESS_TOKEN),
  'user-agent': 'sandbox-test/1.0 (+https://company.example)',
};

/** A sandbox, and the calls of LiveChat's and HelpDesk's APIs with good credentials. Headers that are given replace those. */
export async function livechatFor(options: GivenSandboxOptions = {}, hooks: SandboxHooks = {}) {
  const sandbox = await sandboxFor(options, hooks);
  const call = async (path: string, init: RequestInit): Promise<LivechatAnswer> => {
    const response = await fetch(sandbox.url + path, init);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    sandbox,
    call,
    /** HelpDesk, by the path behind `/helpdesk/v1`. */
    helpdesk: (path: string, headers: Record<string, string> = {}) =>
      call(`/helpdesk/v1${path}`, { headers: { ...TOKEN_HEADERS, ...headers } }),
    /** An action of v3.6, as in `agent/list_archives`. */
    v3(action: string, body: unknown = {}, headers: Record<string, string> = {}) {
      const [api, name] = action.split('/');
      const all = { ...TOKEN_HEADERS, 'content-type': 'application/json', ...headers };
      return call(`/v3.6/${api}/action/${name}`, { method: 'POST', headers: all, body: JSON.stringify(body) });
    },
    v2: (path: string) =>
      call(path, { headers: { authorization: basic(SANDBOX_LOGIN, SANDBOX_API_KEY), 'x-api-version': '2' } }),
    renew: (refreshToken: string, more: Record<string, string> = {}) =>
      call('/accounts/v2/token', {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: SANDBOX_CLIENT_ID,
          client_secret: SANDBOX_CLIENT_SECRET,
          refresh_token: refreshToken,
          ...more,
        }),
      }),
  };
}
