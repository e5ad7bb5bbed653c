import {
  SANDBOX_ACCESS_TOKEN,
  SANDBOX_ACCOUNT_ID,
  SANDBOX_API_KEY,
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  SANDBOX_LIVETEX_LOGIN,
  SANDBOX_LIVETEX_PASSWORD,
  SANDBOX_LOGIN,
} from './options.ts';

/** Configurations with which source-chat reads from a sandbox. The arguments add settings, or replace them. */
export interface SandboxConfigs {
  /** LiveChat alone, with an API key: over REST v2. */
  config(livechat?: object): Record<string, unknown>;
  /** LiveChat and HelpDesk with a personal access token: over their APIs of today. */
  tokenConfig(livechat?: object): Record<string, unknown>;
  /** The same with OAuth, beginning with the refresh token that is good now. */
  oauthConfig(livechat?: object): Record<string, unknown>;
  /** LiveTex alone, without the wait for the quota of a real account. */
  livetexConfig(livetex?: object): Record<string, unknown>;
  /** Both. */
  fullConfig(livechat?: object, livetex?: object): Record<string, unknown>;
}

const START_DATE = '2023-01-01T00:00:00Z';

/** Makes configurations for the sandbox at `url`; `refreshToken` says which one is good. */
export function createConfigs(url: string, refreshToken: () => string): SandboxConfigs {
  const ofLivechat = (more: object = {}) => ({
    credentials: { auth_type: 'api_key', login: SANDBOX_LOGIN, api_key: SANDBOX_API_KEY },
    base_url: url,
    ...more,
  });
  const today = { base_url: url, helpdesk_url: `${url}/helpdesk/v1`, accounts_url: `${url}/accounts` };
  const ofToday = (credentials: object, more: object = {}) => ({
    start_date: START_DATE,
    livechat: { credentials, ...today, ...more },
  });
  const ofLivetex = (more: object = {}) => ({
    login: SANDBOX_LIVETEX_LOGIN,
    password: SANDBOX_LIVETEX_PASSWORD,
    base_url: url,
    calls_per_minute: 1_000_000,
    ...more,
  });
  return {
    config: (livechat) => ({ start_date: START_DATE, livechat: ofLivechat(livechat) }),
    tokenConfig: (livechat) =>
      ofToday(
        { auth_type: 'personal_access_token', account_id: SANDBOX_ACCOUNT_ID, token: SANDBOX_ACCESS_TOKEN },
        livechat,
      ),
    oauthConfig: (livechat) =>
      ofToday(
        {
          auth_type: 'oauth2.0',
          client_id: SANDBOX_CLIENT_ID,
          client_secret: SANDBOX_CLIENT_SECRET,
          refresh_token: refreshToken(),
        },
        livechat,
      ),
    livetexConfig: (livetex) => ({ start_date: START_DATE, livetex: ofLivetex(livetex) }),
    fullConfig: (livechat, livetex) => ({
      start_date: START_DATE,
      livechat: ofLivechat(livechat),
      livetex: ofLivetex(livetex),
    }),
  };
}
