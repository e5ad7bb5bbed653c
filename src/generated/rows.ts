// Made from schemas/ by `npm run generate`. Do not edit.
/**
 * One row per LiveChat agent, as the account has them when the sync runs.
 */
export interface LivechatAgent {
  /**
   * The agent's e-mail address, with which they sign in. Identifies the agent.
   */
  login: string;
  /**
   * Name that visitors see.
   */
  name: null | string;
  /**
   * Role in the account: owner, administrator or normal.
   */
  permission: null | string;
  /**
   * Address of the agent's picture, as LiveChat gives it: REST v2 leaves out https://.
   */
  avatar: null | string;
  /**
   * What the agent does now: accepting chats, not accepting chats or offline.
   */
  status: null | string;
  /**
   * Status that the agent gets on signing in: accepting chats or not accepting chats.
   */
  login_status: null | string;
  /**
   * Job title that visitors see.
   */
  job_title: null | string;
  /**
   * How many chats the agent can have at a time.
   */
  max_chats_count: null | number;
  /**
   * Groups the agent belongs to.
   */
  groups:
    | null
    | (null | {
        /**
         * Number of the group; 0 is the group of all agents.
         */
        id?: null | number;
        /**
         * Name of the group.
         */
        name?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Whether the agent is sent the daily summary by e-mail.
   */
  daily_summary: null | boolean;
  /**
   * Which events notify the agent, by name: new_visitor, returning_visitor, queued_visitor and others.
   */
  notifications: null | {
    [k: string]: unknown;
  };
  /**
   * When the agent last signed out; null if never.
   */
  last_logout: null | string;
  /**
   * Working hours by weekday, for accounts with the scheduler.
   */
  work_scheduler: null | {
    [k: string]: unknown;
  };
  /**
   * What LiveChat sent beyond the columns above, by name.
   */
  extra_fields: null | {
    [k: string]: unknown;
  };
}

/**
 * One row per ticket, in its last known state.
 */
export interface LivechatTicket {
  /**
   * Id of the ticket, such as 5FUED. Identifies the ticket.
   */
  id: string;
  /**
   * When the ticket was created.
   */
  date: null | string;
  /**
   * When anything about the ticket last changed. Incremental syncs follow it.
   */
  modified: null | string;
  /**
   * State of the ticket: open, pending, solved or spam.
   */
  status: null | string;
  /**
   * Subject line.
   */
  subject: null | string;
  /**
   * The person who asked.
   */
  requester: null | {
    /**
     * E-mail address.
     */
    mail?: null | string;
    /**
     * Name, as given by the person.
     */
    name?: null | string;
    /**
     * IP address that the request came from.
     */
    ip?: null | string;
    [k: string]: unknown;
  };
  /**
   * The agent who has the ticket; null while nobody has it.
   */
  assignee: null | {
    /**
     * Login (e-mail address) of the agent, as in livechat_agents.
     */
    id?: null | string;
    /**
     * Name of the agent.
     */
    name?: null | string;
    [k: string]: unknown;
  };
  /**
   * Where the ticket came from.
   */
  source: null | {
    /**
     * Id of what it was made from: the chat, for tickets from chats.
     */
    id?: null | string;
    /**
     * Kind of source: lc2 (from a chat), mail, facebook, agent-app-manual or chat-window.
     */
    type?: null | string;
    /**
     * Page on which the ticket was made.
     */
    url?: null | string;
    [k: string]: unknown;
  };
  /**
   * The group that has the ticket now.
   */
  currentGroup: null | {
    /**
     * Number of the group.
     */
    id?: null | number;
    /**
     * Name of the group.
     */
    name?: null | string;
    [k: string]: unknown;
  };
  /**
   * All groups the ticket belongs to. The name is null where LiveChat gives only numbers.
   */
  groups:
    | null
    | (null | {
        /**
         * Number of the group.
         */
        id?: null | number;
        /**
         * Name of the group.
         */
        name?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Tags of the ticket.
   */
  tags: null | (null | string)[];
  /**
   * History of the ticket, oldest first: messages, assignments, changes of status and others.
   */
  events:
    | null
    | (null | {
        /**
         * Kind of event: message, assignee_changed and others.
         */
        type?: null | string;
        /**
         * When it happened.
         */
        date?: null | string;
        /**
         * Who did it.
         */
        author?: null | {
          /**
           * Login of the agent, or e-mail address of the client.
           */
          id?: null | string;
          /**
           * Name of the author.
           */
          name?: null | string;
          /**
           * agent or client.
           */
          type?: null | string;
          [k: string]: unknown;
        };
        /**
         * Text of a message.
         */
        message?: null | string;
        /**
         * Whether only agents see the message.
         */
        is_private?: null | boolean;
        /**
         * Where a message came from.
         */
        source?: null | {
          /**
           * Kind of source: chat window, mail, lc2 and others.
           */
          type?: null | string;
          /**
           * Page on which it was written.
           */
          url?: null | string;
          [k: string]: unknown;
        };
        /**
         * The agent that a ticket was assigned to.
         */
        to?: null | {
          /**
           * Login of the agent.
           */
          id?: null | string;
          /**
           * Name of the agent.
           */
          name?: null | string;
          [k: string]: unknown;
        };
        [k: string]: unknown;
      })[];
  /**
   * Periods in which the ticket was open.
   */
  opened:
    | null
    | (null | {
        /**
         * When it was opened.
         */
        from?: null | string;
        /**
         * When it was closed again; null while it is open.
         */
        to?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * The first answer, as LiveChat describes it; empty when there is none.
   */
  firstResponse: null | {
    [k: string]: unknown;
  };
  /**
   * What LiveChat sent beyond the columns above, by name.
   */
  extra_fields: null | {
    [k: string]: unknown;
  };
}
