import { SANDBOX_API_KEY, SANDBOX_LIVETEX_LOGIN, SANDBOX_LIVETEX_PASSWORD, SANDBOX_LOGIN } from './options.ts';

/** Configurations with which source-chat reads from a sandbox. The arguments add settings, or replace them. */
export interface SandboxConfigs {
  /** LiveChat alone. */
  config(livechat?: object): Record<string, unknown>;
  /** LiveTex alone, without the wait for the quota of a real account. */
  livetexConfig(livetex?: object): Record<string, unknown>;
  /** Both. */
  fullConfig(livechat?: object, livetex?: object): Record<string, unknown>;
}

const START_DATE = '2023-01-01T00:00:00Z';

export function createConfigs(url: string): SandboxConfigs {
  const ofLivechat = (more: object = {}) => ({
    credentials: { auth_type: 'api_key', login: SANDBOX_LOGIN, api_key: SANDBOX_API_KEY },
    base_url: url,
    ...more,
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
    livetexConfig: (livetex) => ({ start_date: START_DATE, livetex: ofLivetex(livetex) }),
    fullConfig: (livechat, livetex) => ({
      start_date: START_DATE,
      livechat: ofLivechat(livechat),
      livetex: ofLivetex(livetex),
    }),
  };
}
