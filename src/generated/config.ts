// Made from schemas/ by `npm run generate`. Do not edit.
/**
 * Connects to LiveChat, LiveTex or both: fill in the sections of those that you use.
 */
export interface Config {
  /**
   * The first sync loads the tickets that changed and the chats and leads that began at this time or later (UTC). Later syncs go on from where the last one ended.
   */
  start_date: string;
  /**
   * Connection to a LiveChat account. Leave it out if you do not use LiveChat.
   */
  livechat?: {
    /**
     * How source-chat signs in to LiveChat.
     */
    credentials:
      | {
          auth_type: 'personal_access_token';
          /**
           * The id of the account that made the token; the LiveChat Developer Console shows it beside the token.
           */
          account_id: string;
          /**
           * Made in the LiveChat Developer Console with the scopes agents--all:ro, groups--all:ro, chats--all:ro and accounts--my:ro.
           */
          token: string;
          [k: string]: unknown;
        }
      | {
          auth_type: 'oauth2.0';
          /**
           * The id of the app.
           */
          client_id: string;
          /**
           * The secret of the app.
           */
          client_secret: string;
          /**
           * What the app got when somebody allowed it in. LiveChat may give another one at each sync: Airbyte keeps it, and tap-chat writes it into its configuration file.
           */
          refresh_token: string;
          [k: string]: unknown;
        }
      | {
          auth_type: 'api_key';
          /**
           * E-mail address of the agent whose key it is. An owner or administrator sees all agents and tickets; another agent sees only a part.
           */
          login: string;
          /**
           * The agent's API key, or a personal access token made in the LiveChat Developer Console with the scopes agents--all:ro, tickets_read and archives_read.
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
     * Where HelpDesk keeps the tickets that are loaded: tickets, archive, spam, trash. Spam is deleted there after 60 days and trash after 30, without a trace. Not for API keys.
     *
     * @minItems 1
     *
     * Items: One of HelpDesk's silos.
     */
    silos?: ['tickets' | 'archive' | 'spam' | 'trash', ...('tickets' | 'archive' | 'spam' | 'trash')[]];
    /**
     * Each sync reads the chats of this many days again, because LiveChat does not tell when one was rated, tagged or changed. Older ones are read again while they go on. Chats that stay open for weeks want more.
     */
    lookback_days?: number;
    /**
     * How many days old a chat may be that is read again because it goes on; not less than the lookback.
     */
    open_days?: number;
    /**
     * For tests and for companies that reach LiveChat through a gateway of their own. https only, except on this machine.
     */
    base_url?: string;
    /**
     * For tests and gateways. https only, except on this machine.
     */
    helpdesk_url?: string;
    /**
     * For tests and gateways: where OAuth tokens are renewed. https only, except on this machine.
     */
    accounts_url?: string;
    /**
     * Seconds to wait for an answer to one call before it is tried again.
     */
    request_timeout_seconds?: number;
    [k: string]: unknown;
  };
  /**
   * Connection to a LiveTex account. Leave it out if you do not use LiveTex.
   */
  livetex?: {
    /**
     * E-mail address with which you sign in to LiveTex. Use an administrator's login: for anybody else LiveTex leaves out messages, texts of leads and what belongs to other operators.
     */
    login: string;
    /**
     * The password of that login. It is exchanged for a token at each sync.
     */
    password: string;
    /**
     * Zone in which LiveTex writes times that name none. Moscow, unless LiveTex support says otherwise.
     */
    time_zone?: string;
    /**
     * Each sync reads the chats and leads of this many days again, because LiveTex does not tell when one was rated, closed or changed. Older ones are read again while they are open, and for as many days after they were closed.
     */
    lookback_days?: number;
    /**
     * How many days old a chat or lead may be that is read again because it is open or was closed lately; not less than the lookback.
     */
    open_days?: number;
    /**
     * How many API calls source-chat may make in a minute, evenly spread.
     */
    calls_per_minute?: number;
    /**
     * Rows to ask for with each call.
     */
    page_size?: number;
    /**
     * How the login is sent: as a form, as multipart, or a form and then multipart where that is refused.
     */
    token_encoding?: 'auto' | 'form' | 'multipart';
    /**
     * Method of the lists: POST, GET, or POST and then GET where that is refused.
     */
    http_method?: 'auto' | 'post' | 'get';
    /**
     * For tests and for companies that reach LiveTex through a gateway of their own. https only, except on this machine.
     */
    base_url?: string;
    /**
     * Seconds to wait for an answer to one call before it is tried again.
     */
    request_timeout_seconds?: number;
    [k: string]: unknown;
  };
  /**
   * Where `source-chat listen` keeps the webhooks that it receives. Fill it in to get livetex_conversations and livechat_events, which exist as webhooks only.
   */
  inbox?:
    | {
        type: 'postgres';
        /**
         * Address of the database, with user and password.
         */
        url: string;
        [k: string]: unknown;
      }
    | {
        type: 'sqlite';
        /**
         * Name of the file. Not on a network share.
         */
        path: string;
        [k: string]: unknown;
      };
  /**
   * What `source-chat listen` needs to know. Syncs do not use it.
   */
  webhooks?: {
    /**
     * Last part of the address to which LiveTex sends: who knows it can send events.
     */
    livetex_secret?: string;
    /**
     * Last part of the address to which LiveChat and HelpDesk send: who knows it can send events.
     */
    livechat_secret?: string;
    /**
     * The token that LiveChat's REST API v2 puts into its webhooks. When it is given, webhooks with another one are refused.
     */
    livechat_token?: string;
    /**
     * The secret_key with which LiveChat's current webhooks were registered. When it is given, webhooks with another one are refused.
     */
    livechat_secret_key?: string;
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
