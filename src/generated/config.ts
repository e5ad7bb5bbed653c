// Made from schemas/ by `npm run generate`. Do not edit.
/**
 * Connects to LiveChat: fill in the section below.
 */
export interface Config {
  /**
   * The first sync loads what changed at this time or later (UTC). Later syncs go on from where the last one ended.
   */
  start_date: string;
  /**
   * Connection to a LiveChat account. Leave it out if you do not use LiveChat.
   */
  livechat?: {
    /**
     * How source-chat signs in to LiveChat.
     */
    credentials: {
      auth_type: 'api_key';
      /**
       * E-mail address of the agent whose key it is. An owner or administrator sees all agents and tickets; another agent sees only a part.
       */
      login: string;
      /**
       * The agent's API key, or a personal access token made in the LiveChat Developer Console with the scopes agents--all:ro and tickets_read.
       */
      api_key: string;
      [k: string]: unknown;
    };
    /**
     * How many API calls source-chat may make in any 60 seconds. Lower it if other tools share the account's limit.
     */
    calls_per_minute?: number;
    /**
     * What LiveChat charges you for 1,000 API calls, in US dollars. Each sync ends with a line that says what its calls cost.
     */
    price_per_1000_calls?: number;
    /**
     * For tests and for companies that reach LiveChat through a gateway of their own. https only, except on this machine.
     */
    base_url?: string;
    /**
     * Seconds to wait for an answer to one call before it is tried again.
     */
    request_timeout_seconds?: number;
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
