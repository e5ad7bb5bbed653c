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
   * Role in the account: owner, viceowner, administrator or normal.
   */
  permission: null | string;
  /**
   * Address of the agent's picture, as LiveChat gives it, with or without https://.
   */
  avatar: null | string;
  /**
   * What the agent does now: accepting chats, not accepting chats or offline. Null with API v3.6, which does not tell it here.
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
        /**
         * In which order the group's chats come to the agent: first, normal, last or supervisor. API v3.6 only.
         */
        priority?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Whether the agent is sent the daily summary by e-mail.
   */
  daily_summary: null | boolean;
  /**
   * Which events notify the agent, by name: new_visitor, returning_visitor, incoming_chat and others, each 1 or 0. API v3.6 names only those that are on.
   */
  notifications: null | {
    [k: string]: unknown;
  };
  /**
   * When the agent last signed out; null if never.
   */
  last_logout: null | string;
  /**
   * Working hours: by weekday (REST v2), or a time zone with a schedule of days (API v3.6).
   */
  work_scheduler: null | {
    [k: string]: unknown;
  };
  /**
   * Id of the agent's account in all products of the vendor. API v3.6 only.
   */
  account_id: null | string;
  /**
   * Telephone number. API v3.6 only.
   */
  mobile: null | string;
  /**
   * Whether the agent is suspended. API v3.6 only.
   */
  suspended: null | boolean;
  /**
   * Whether the agent still has to be approved. API v3.6 only.
   */
  awaiting_approval: null | boolean;
  /**
   * Reports that the agent gets by e-mail: daily_summary, weekly_summary. API v3.6 only.
   */
  email_subscriptions: null | (null | string)[];
  /**
   * What LiveChat sent beyond the columns above, by name.
   */
  extra_fields: null | {
    [k: string]: unknown;
  };
}

/**
 * One row per chat, from its start to its end; a visitor who comes back begins another one.
 */
export interface LivechatChat {
  /**
   * Identifies the chat. With API v3.6 it is the id of the thread.
   */
  id: string;
  /**
   * When the chat began. Incremental syncs follow it.
   */
  started_timestamp: null | string;
  /**
   * When the chat ended; null while it goes on. API v3.6 does not tell it: there it is the time of the message that closed the chat, or of the last event.
   */
  ended_timestamp: null | string;
  /**
   * Whether the chat goes on.
   */
  active: null | boolean;
  /**
   * Kind of chat: chat or missed_chat. REST v2 only.
   */
  type: null | string;
  /**
   * Id of what v3.6 calls a chat: all chats with one visitor. Null with REST v2.
   */
  chat_id: null | string;
  /**
   * Page on which the chat began.
   */
  url: null | string;
  /**
   * Page from which the visitor came.
   */
  referrer: null | string;
  /**
   * Length of the chat in seconds. REST v2 only.
   */
  duration: null | number;
  /**
   * Agents who took part.
   */
  agents:
    | null
    | (null | {
        /**
         * Login (e-mail address), as in livechat_agents.
         */
        login?: null | string;
        /**
         * Name.
         */
        name?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Agents who watched or whispered. REST v2 only.
   */
  supervisors:
    | null
    | (null | {
        [k: string]: unknown;
      })[];
  /**
   * Numbers of the groups to which the chat belongs.
   */
  groups: null | (null | number)[];
  /**
   * Tags of the chat.
   */
  tags: null | (null | string)[];
  /**
   * The visitor.
   */
  visitor: null | {
    /**
     * Id of the visitor.
     */
    id?: null | string;
    /**
     * Name.
     */
    name?: null | string;
    /**
     * E-mail address.
     */
    email?: null | string;
    /**
     * Language of the visitor's browser.
     */
    language?: null | string;
    /**
     * The last page that the visitor was on.
     */
    page_current?: null | string;
    /**
     * IP address.
     */
    ip?: null | string;
    /**
     * Browser.
     */
    user_agent?: null | string;
    /**
     * Country.
     */
    country?: null | string;
    /**
     * Two letters for the country.
     */
    country_code?: null | string;
    /**
     * Region.
     */
    region?: null | string;
    /**
     * City.
     */
    city?: null | string;
    /**
     * Time zone of the visitor.
     */
    timezone?: null | string;
    /**
     * Telephone number.
     */
    phone_number?: null | string;
    [k: string]: unknown;
  };
  /**
   * Messages, oldest first.
   */
  messages:
    | null
    | (null | {
        /**
         * Name of the author.
         */
        author_name?: null | string;
        /**
         * Login of the agent who wrote it; null for the visitor.
         */
        agent_id?: null | string;
        /**
         * The text.
         */
        text?: null | string;
        /**
         * When it was written.
         */
        timestamp?: null | string;
        /**
         * visitor, agent or supervisor.
         */
        user_type?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Everything that happened in the chat, oldest first: messages, files, forms, system messages.
   */
  events:
    | null
    | (null | {
        /**
         * Kind of event.
         */
        type?: null | string;
        /**
         * Its text.
         */
        text?: null | string;
        /**
         * When it happened.
         */
        timestamp?: null | string;
        /**
         * Who did it: visitor, agent or supervisor; null for the system.
         */
        user_type?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * What the visitor answered before the chat; null without a survey.
   */
  pre_chat_survey:
    | null
    | (null | {
        /**
         * Id of the question.
         */
        id?: null | string;
        /**
         * The question.
         */
        label?: null | string;
        /**
         * The answer; several are separated by commas.
         */
        answer?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * What the visitor answered after the chat; null without a survey.
   */
  post_chat_survey:
    | null
    | (null | {
        /**
         * Id of the question.
         */
        id?: null | string;
        /**
         * The question.
         */
        label?: null | string;
        /**
         * The answer; several are separated by commas.
         */
        answer?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * How the visitor rated the chat: rated_good, rated_bad or not_rated.
   */
  rate: null | string;
  /**
   * What the visitor wrote about the rating.
   */
  rating_comment: null | string;
  /**
   * The wait for an agent.
   */
  queue: null | {
    /**
     * Seconds in the queue.
     */
    duration?: null | number;
    /**
     * Place in the queue while the visitor waits.
     */
    position?: null | number;
    /**
     * Seconds that the wait is estimated to last.
     */
    wait_time?: null | number;
    /**
     * Since when the visitor waits.
     */
    queued_at?: null | string;
    [k: string]: unknown;
  };
  /**
   * Goals that the visitor reached. REST v2 only.
   */
  goals:
    | null
    | (null | {
        [k: string]: unknown;
      })[];
  /**
   * What the shop's page tells about the visitor.
   */
  custom_variables:
    | null
    | (null | {
        /**
         * Name.
         */
        key?: null | string;
        /**
         * Value.
         */
        value?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * How the chat began: auto_invite, manual_invite or immediate_start. REST v2 only.
   */
  engagement: null | string;
  /**
   * Ids of the visitor's tickets. API v3.6 only, like the columns that follow.
   */
  ticket_ids: null | (null | string)[];
  /**
   * Id of the chat with this visitor before this one.
   */
  previous_thread_id: null | string;
  /**
   * Id of the chat with this visitor after this one.
   */
  next_thread_id: null | string;
  /**
   * The same, of those that the login may read.
   */
  previous_accessible_thread_id: null | string;
  /**
   * The same, of those that the login may read.
   */
  next_accessible_thread_id: null | string;
  /**
   * Why messages are missing: LiveChat shows only a part of old chats, by plan.
   */
  restricted_access: null | string;
  /**
   * Summary that LiveChat wrote of the chat.
   */
  summary: null | {
    [k: string]: unknown;
  };
  /**
   * Further properties of the thread, by namespace.
   */
  properties: null | {
    [k: string]: unknown;
  };
  /**
   * Further properties of the v3.6 chat, by namespace.
   */
  chat_properties: null | {
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
 * One row per event that LiveChat or HelpDesk has told of by webhook: a chat that started or ended, a ticket that was created, and whatever else was subscribed to.
 */
export interface LivechatEvent {
  /**
   * Identifies the event: LiveChat's event_unique_id where it sends one, otherwise a checksum of what was sent.
   */
  event_id: string;
  /**
   * What happened: chat_started, chat_ended, ticket_created or ticket_updated, whichever API told of it; for anything else the vendor's own word.
   */
  event_type: null | string;
  /**
   * LiveChat's id of the event, where it sends one.
   */
  event_unique_id: null | string;
  /**
   * Which API told of it: rest_v2, agent_chat_v3 or helpdesk.
   */
  api: null | string;
  /**
   * When it happened, as far as the event says so.
   */
  occurred_at: null | string;
  /**
   * Id of the chat that the event is about.
   */
  chat_id: null | string;
  /**
   * Id of the thread within the chat; the current API has several in one chat.
   */
  thread_id: null | string;
  /**
   * Id of the ticket that the event is about.
   */
  ticket_id: null | string;
  /**
   * The chat at the time of the event.
   */
  chat: null | {
    /**
     * Id of the chat.
     */
    id?: null | string;
    /**
     * When the chat started.
     */
    started_timestamp?: null | string;
    /**
     * When the chat ended; null while it goes on.
     */
    ended_timestamp?: null | string;
    /**
     * Page on which the chat started.
     */
    url?: null | string;
    /**
     * Agents who take part.
     */
    agents?:
      | null
      | (null | {
          /**
           * Login (e-mail address) of the agent, as in livechat_agents.
           */
          login?: null | string;
          /**
           * Name of the agent.
           */
          name?: null | string;
          [k: string]: unknown;
        })[];
    /**
     * Numbers of the groups that the chat belongs to.
     */
    groups?: null | (null | number)[];
    /**
     * Tags of the chat.
     */
    tags?: null | (null | string)[];
    /**
     * What was written, oldest first.
     */
    messages?:
      | null
      | (null | {
          /**
           * Text of the message.
           */
          text?: null | string;
          /**
           * When it was written.
           */
          timestamp?: null | string;
          /**
           * Who wrote it: agent, visitor or supervisor.
           */
          user_type?: null | string;
          /**
           * Name of the author.
           */
          author_name?: null | string;
          /**
           * Login of the agent who wrote it; null for visitors.
           */
          agent_id?: null | string;
          [k: string]: unknown;
        })[];
    /**
     * Everything that happened in the chat, messages included, oldest first.
     */
    events?:
      | null
      | (null | {
          /**
           * Kind of event: message and others.
           */
          type?: null | string;
          /**
           * Text, where there is one.
           */
          text?: null | string;
          /**
           * When it happened.
           */
          timestamp?: null | string;
          /**
           * Whose doing it was: agent, visitor or supervisor.
           */
          user_type?: null | string;
          [k: string]: unknown;
        })[];
    [k: string]: unknown;
  };
  /**
   * The visitor.
   */
  visitor: null | {
    /**
     * Id of the visitor.
     */
    id?: null | string;
    /**
     * Name.
     */
    name?: null | string;
    /**
     * E-mail address.
     */
    email?: null | string;
    /**
     * Language of the visitor's browser.
     */
    language?: null | string;
    /**
     * Page that the visitor was on.
     */
    page_current?: null | string;
    [k: string]: unknown;
  };
  /**
   * What the visitor answered before the chat.
   */
  pre_chat_survey:
    | null
    | (null | {
        /**
         * Id of the question.
         */
        id?: null | string;
        /**
         * The question.
         */
        label?: null | string;
        /**
         * The answer; several that were chosen are separated by commas.
         */
        answer?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * The ticket at the time of the event.
   */
  ticket: null | {
    /**
     * Id of the ticket.
     */
    id?: null | string;
    /**
     * When the ticket was created.
     */
    date?: null | string;
    /**
     * When anything about the ticket last changed.
     */
    modified?: null | string;
    /**
     * State of the ticket: open, pending, solved or spam; of HelpDesk also onhold or closed.
     */
    status?: null | string;
    /**
     * Subject line.
     */
    subject?: null | string;
    /**
     * The person who asked.
     */
    requester?: null | {
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
    assignee?: null | {
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
    source?: null | {
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
     * All groups the ticket belongs to. HelpDesk has teams instead: see payload.
     */
    groups?:
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
     * Tags of the ticket. HelpDesk sends ids instead: see payload.
     */
    tags?: null | (null | string)[];
    /**
     * History of the ticket, oldest first: messages, assignments, changes of status and others.
     */
    events?:
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
    [k: string]: unknown;
  };
  /**
   * Number of the LiveChat licence that the event belongs to.
   */
  license_id: null | string;
  /**
   * Id of the organization that the event belongs to.
   */
  organization_id: null | string;
  /**
   * All that was sent, as it was sent but for credentials, where the columns above hold only a part of it: for any API but REST v2.
   */
  payload: null | {
    [k: string]: unknown;
  };
  /**
   * When the event was received.
   */
  received_at: null | string;
  /**
   * Place of the event in the inbox. Incremental syncs follow it.
   */
  inbox_seq: number;
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
   * Identifies the ticket: an id such as 5FUED with REST v2, a UUID with HelpDesk.
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
   * State of the ticket: open, pending, solved or spam with REST v2; open, pending, onhold, solved or closed with HelpDesk.
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
     * Login (e-mail address) of the agent, as in livechat_agents; HelpDesk's own id for an agent that is gone.
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
     * Kind of source: lc2 (from a chat), mail, facebook, agent-app-manual or chat-window with REST v2; api, email, integration and others with HelpDesk.
     */
    type?: null | string;
    /**
     * Page on which the ticket was made.
     */
    url?: null | string;
    [k: string]: unknown;
  };
  /**
   * The group that has the ticket now. REST v2 only: HelpDesk has teams.
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
   * All groups the ticket belongs to. The name is null where LiveChat gives only numbers. REST v2 only: HelpDesk has teams.
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
         * Kind of event: message, assignee_changed and others with REST v2; message, status, assignment, priority, tags, followers, attachments and others with HelpDesk.
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
           * agent, client or system.
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
        /**
         * Number of the event within the ticket. HelpDesk only.
         */
        id?: null | string;
        /**
         * The message with its formatting. HelpDesk only.
         */
        message_html?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Periods in which the ticket was open. REST v2 only.
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
   * The first answer, as LiveChat describes it; empty when there is none. REST v2 only.
   */
  firstResponse: null | {
    [k: string]: unknown;
  };
  /**
   * Short id for people, such as 5FUED. HelpDesk only, like the columns that follow.
   */
  short_id: null | string;
  /**
   * Where the ticket is kept: tickets, archive, spam or trash.
   */
  silo: null | string;
  /**
   * Priority as a number; the higher, the more urgent.
   */
  priority: null | number;
  /**
   * When the last message was written.
   */
  last_message_at: null | string;
  /**
   * The team that has the ticket.
   */
  assigned_team: null | {
    /**
     * Id of the team.
     */
    id?: null | string;
    /**
     * Name of the team; null for a team that is gone.
     */
    name?: null | string;
    [k: string]: unknown;
  };
  /**
   * All teams that see the ticket.
   */
  teams:
    | null
    | (null | {
        /**
         * Id of the team.
         */
        id?: null | string;
        /**
         * Name of the team; null for a team that is gone.
         */
        name?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Who gets copies.
   */
  cc:
    | null
    | (null | {
        /**
         * E-mail address.
         */
        email?: null | string;
        /**
         * Name.
         */
        name?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Agents who follow the ticket.
   */
  followers:
    | null
    | (null | {
        /**
         * Login (e-mail address) of the agent, or HelpDesk's id for an agent that is gone.
         */
        id?: null | string;
        /**
         * Name of the agent.
         */
        name?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Fields that the account added, by name.
   */
  custom_fields: null | {
    [k: string]: unknown;
  };
  /**
   * How the requester rated the answer, as HelpDesk describes it.
   */
  rating: null | {
    [k: string]: unknown;
  };
  /**
   * Whether the requester was asked for a rating.
   */
  rating_request_sent: null | boolean;
  /**
   * The ticket into which this one was merged.
   */
  parent_ticket: null | {
    [k: string]: unknown;
  };
  /**
   * Tickets that were merged into this one.
   */
  child_tickets:
    | null
    | (null | {
        [k: string]: unknown;
      })[];
  /**
   * Whether the ticket is taken for spam, and why.
   */
  spam: null | {
    /**
     * Whether it is spam.
     */
    status?: null | boolean;
    /**
     * Why it is taken for spam.
     */
    reason?: null | string;
    [k: string]: unknown;
  };
  /**
   * Language of the messages, as HelpDesk detected it.
   */
  detected_language: null | string;
  /**
   * The integration by which the ticket came.
   */
  integration: null | {
    [k: string]: unknown;
  };
  /**
   * What integrations keep with the ticket.
   */
  integrations: null | {
    [k: string]: unknown;
  };
  /**
   * HelpDesk's id of who created the ticket.
   */
  created_by: null | string;
  /**
   * Who created the ticket: agent, client or system.
   */
  created_by_type: null | string;
  /**
   * HelpDesk's id of who changed the ticket last.
   */
  updated_by: null | string;
  /**
   * Number of the HelpDesk licence.
   */
  license_id: null | string;
  /**
   * What LiveChat sent beyond the columns above, by name.
   */
  extra_fields: null | {
    [k: string]: unknown;
  };
}

/**
 * One row per chat, in the state in which it was last read. A conversation has one chat or more.
 */
export interface LivetexChat {
  /**
   * Id of the chat: the conversation's id and the number of the chat in it. Identifies the chat.
   */
  chat_id: string;
  /**
   * When the chat was created. Incremental syncs follow it.
   */
  created_at: null | string;
  /**
   * Whether the whole conversation is closed.
   */
  is_closed: null | boolean;
  /**
   * When the chat was closed; null while it is open.
   */
  closed_at: null | string;
  /**
   * Id of the contact point.
   */
  site_id: null | string;
  /**
   * Name of the contact point.
   */
  site_url: null | string;
  /**
   * Length of the chat, in seconds.
   */
  duration: null | number;
  /**
   * Value of the visitor's rating: 1 to 5 for fivePoint, 0 or 1 for doublePoint.
   */
  rating_value: null | string;
  /**
   * Type of the visitor's rating: fivePoint or doublePoint.
   */
  rating_type: null | string;
  /**
   * The operator's mean time to answer the visitor's questions, in seconds.
   */
  answer_time_avg: null | number;
  /**
   * The operator's time to answer the visitor's first message, in seconds.
   */
  first_answer_time: null | number;
  /**
   * Number of messages in the chat.
   */
  message_count: null | number;
  /**
   * Status of the chat, such as completed or missed.
   */
  result: null | string;
  /**
   * Channel through which the visitor wrote.
   */
  communication_type: null | string;
  /**
   * Id of the conversation.
   */
  conversation_id: null | string;
  /**
   * When the conversation was created.
   */
  conversation_created_at: null | string;
  /**
   * Result of the conversation, such as success or failure.
   */
  conversation_result: null | string;
  /**
   * Page on which the conversation's first chat began.
   */
  conversation_int_referer: null | string;
  /**
   * Id of the conversation's visitor.
   */
  conversation_visitor_id: null | string;
  /**
   * Id of the operator; of the first one, if there were several.
   */
  employee_id: null | string;
  /**
   * First name of that operator.
   */
  employee_first_name: null | string;
  /**
   * Last name of that operator.
   */
  employee_last_name: null | string;
  /**
   * E-mail address of that operator, also the account's login.
   */
  employee_email: null | string;
  /**
   * All operators who took part.
   */
  employees:
    | null
    | (null | {
        /**
         * Id of the operator.
         */
        id?: null | string;
        /**
         * First name.
         */
        first_name?: null | string;
        /**
         * Last name.
         */
        last_name?: null | string;
        /**
         * E-mail address, also the login.
         */
        email?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Id of the conversation's category.
   */
  employee_remark_id: null | string;
  /**
   * Name of the category.
   */
  employee_remark_text: null | string;
  /**
   * The pre-chat fields that the visitor filled in.
   */
  prechats_chat:
    | null
    | (null | {
        /**
         * Name of the field.
         */
        name?: null | string;
        /**
         * What stands in it.
         */
        value?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * The hidden pre-chat fields, which the site filled in.
   */
  prechats_hidden:
    | null
    | (null | {
        /**
         * Name of the field.
         */
        name?: null | string;
        /**
         * What stands in it.
         */
        value?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * Id of the visitor who began the chat.
   */
  visitor_id: null | string;
  /**
   * Name of the visitor.
   */
  visitor_name: null | string;
  /**
   * The visitor's vote where ratings are votes: positive, negative or undefined.
   */
  visitor_vote: null | string;
  /**
   * Group of operators.
   */
  department: null | {
    /**
     * Id of the group.
     */
    id?: null | string;
    /**
     * Name of the group.
     */
    title?: null | string;
    [k: string]: unknown;
  };
  /**
   * Time that the visitor waited in the queue, in seconds.
   */
  queue_time: null | number;
  /**
   * Id of the first message.
   */
  first_message_id: null | string;
  /**
   * Text of the first message.
   */
  first_message_text: null | string;
  /**
   * When the first message was written.
   */
  first_message_created_at: null | string;
  /**
   * Who wrote the first message: visitor, employee, bot or system.
   */
  first_message_creator: null | string;
  /**
   * All messages, in the order in which LiveTex lists them. Null when the login may not read them.
   */
  messages:
    | null
    | (null | {
        /**
         * Id of the message.
         */
        id?: null | string;
        /**
         * Text of the message.
         */
        text?: null | string;
        /**
         * When it was written.
         */
        created_at?: null | string;
        /**
         * Whether it reached the other side.
         */
        is_delivered?: null | boolean;
        /**
         * Who wrote it.
         */
        creator?: null | {
          /**
           * visitor, employee, bot or system.
           */
          type?: null | string;
          [k: string]: unknown;
        };
        /**
         * The operator who wrote it, where LiveTex names one.
         */
        employee?: null | {
          /**
           * Id of the operator.
           */
          id?: null | string;
          /**
           * First name.
           */
          first_name?: null | string;
          /**
           * Last name.
           */
          last_name?: null | string;
          /**
           * E-mail address, also the login.
           */
          email?: null | string;
          [k: string]: unknown;
        };
        /**
         * The visitor who wrote it, where LiveTex names one.
         */
        visitor?: null | {
          /**
           * Id of the visitor.
           */
          id?: null | string;
          /**
           * Name of the visitor.
           */
          name?: null | string;
          [k: string]: unknown;
        };
        [k: string]: unknown;
      })[];
  /**
   * What LiveTex sent beyond the columns above, by name.
   */
  extra_fields: null | {
    [k: string]: unknown;
  };
}

/**
 * One row per conversation that LiveTex has told of by webhook: what all its events so far have said, taken together.
 */
export interface LivetexConversation {
  /**
   * Id of the conversation, as in livetex_chats and livetex_leads. Identifies the row.
   */
  conversation_id: string;
  /**
   * When the conversation was created.
   */
  conversation_creation_time: null | string;
  /**
   * When the conversation was closed; null while no event has told so.
   */
  conversation_closed_time: null | string;
  /**
   * Extra fields of the conversation, by name.
   */
  conversation_custom_info: null | {
    [k: string]: unknown;
  };
  /**
   * Id of the visitor.
   */
  discourser_id: null | string;
  /**
   * What is known of the visitor beyond the id, by name.
   */
  discourser_info: null | {
    [k: string]: unknown;
  };
  /**
   * The operators who took part, as far as events have named them.
   */
  employees:
    | null
    | (null | {
        /**
         * Id of the operator.
         */
        id?: null | string;
        /**
         * First name.
         */
        first_name?: null | string;
        /**
         * Last name.
         */
        last_name?: null | string;
        /**
         * E-mail address, also the login.
         */
        email?: null | string;
        [k: string]: unknown;
      })[];
  /**
   * The visitor's rating: 1 to 5 for fivePoint, 0 or 1 for doublePoint.
   */
  rating_value: null | string;
  /**
   * Type of the visitor's rating: fivePoint or doublePoint.
   */
  rating_type: null | string;
  /**
   * What has happened to the conversation, in the order of arrival, each kind once: assigned, closed, rated, or LiveTex's own word for what source-chat does not know.
   */
  event_kinds: null | (null | string)[];
  /**
   * When the latest event of the conversation was received.
   */
  received_at: null | string;
  /**
   * Place of the latest event of the conversation in the inbox. Grows with each event; incremental syncs follow it.
   */
  inbox_seq: number;
  /**
   * What LiveTex sent beyond the columns above, by name.
   */
  extra_fields: null | {
    [k: string]: unknown;
  };
}

/**
 * One row per lead: a request that was left in a form, in a chat or for a call back, in the state in which it was last read.
 */
export interface LivetexLead {
  /**
   * Id of the lead. Identifies the lead.
   */
  lead_id: string;
  /**
   * Name that the person gave.
   */
  name: null | string;
  /**
   * E-mail address that the person gave.
   */
  email: null | string;
  /**
   * Telephone number that the person gave.
   */
  phone: null | string;
  /**
   * Id of the contact point.
   */
  site_id: null | string;
  /**
   * Name of the contact point.
   */
  site_url: null | string;
  /**
   * Where the lead came from: form, chat or callback.
   */
  lead_type: null | string;
  /**
   * Id of the operator to whom it is assigned.
   */
  assigned_to: null | string;
  /**
   * Id of the operator who handled it.
   */
  completed_by: null | string;
  /**
   * What the person wrote. Null when the login may not read it.
   */
  text: null | string;
  /**
   * What was answered. Null when there is no answer, or the login may not read it.
   */
  answer_text: null | string;
  /**
   * Status of the lead, such as missed or completed.
   */
  result: null | string;
  /**
   * Time until the lead was handled, in seconds.
   */
  duration: null | number;
  /**
   * When the lead was created. Incremental syncs follow it.
   */
  created_at: null | string;
  /**
   * When the lead was closed; null while it is open.
   */
  closed_at: null | string;
  /**
   * Group of operators.
   */
  department: null | {
    /**
     * Id of the group.
     */
    id?: null | string;
    /**
     * Name of the group.
     */
    title?: null | string;
    [k: string]: unknown;
  };
  /**
   * Id of the category.
   */
  employee_remark_id: null | string;
  /**
   * Name of the category.
   */
  employee_remark_text: null | string;
  /**
   * Whether the lead counts as the own one of the operator whose login is used.
   */
  is_managed: null | boolean;
  /**
   * Id of the conversation.
   */
  conversation_id: null | string;
  /**
   * When the conversation was created.
   */
  conversation_created_at: null | string;
  /**
   * Result of the conversation, such as success or failure.
   */
  conversation_result: null | string;
  /**
   * Page on which the conversation's first chat began.
   */
  conversation_int_referer: null | string;
  /**
   * Id of the conversation's visitor.
   */
  conversation_visitor_id: null | string;
  /**
   * Advertising source (utm_source).
   */
  utm_source: null | string;
  /**
   * Advertising campaign (utm_campaign).
   */
  utm_campaign: null | string;
  /**
   * Advertisement (utm_content).
   */
  utm_content: null | string;
  /**
   * Advertising channel (utm_medium).
   */
  utm_medium: null | string;
  /**
   * Search term of the advertisement (utm_term).
   */
  utm_term: null | string;
  /**
   * What LiveTex sent beyond the columns above, by name.
   */
  extra_fields: null | {
    [k: string]: unknown;
  };
}
