/** Types of error that API v3.6 knows (livechat-api §3.3), each with the HTTP status it is guessed to have. */
export const V3_ERRORS = {
  authentication: 401,
  authorization: 403,
  missing_access: 403,
  license_expired: 403,
  license_not_found: 404,
  wrong_product_version: 403,
  unsupported_version: 400,
  validation: 400,
  not_found: 404,
  limit_reached: 429,
  misdirected_request: 421,
  too_many_requests: 429,
  internal: 500,
  service_unavailable: 503,
  request_timeout: 504,
} as const;

export type V3ErrorType = keyof typeof V3_ERRORS;

/** What can be forbidden at API v3.6, each with the scope that it needs (livechat-api §3.2). */
export const V3_SCOPES = { agents: 'agents--all:ro', groups: 'groups--all:ro', chats: 'chats--all:ro' } as const;

export type V3Part = keyof typeof V3_SCOPES;

/** The lists of HelpDesk. */
export const HELPDESK_LISTS = ['tickets', 'agents', 'teams', 'tags'] as const;

export type HelpdeskList = (typeof HELPDESK_LISTS)[number];

/** LiveChat and HelpDesk as they are today, and REST v2's chats. Where the sources disagree or are silent, a knob takes each side. */
export interface LivechatOptions {
  /** Threads, which are REST v2's chats: each is one row. They begin between `from` and `to` of the whole. */
  readonly chats: number;
  /** The REST API v2 is gone, and answers so. */
  readonly v2Gone: '404' | '410' | 'unsupported_version' | null;
  /** Data centre of the account. A call without this in X-Region is misdirected; null: every call finds its way. */
  readonly region: string | null;
  /** Errors of v3.6 come with HTTP status 200. */
  readonly errorsAsOk: boolean;
  /** What the credentials may not read at v3.6. */
  readonly forbiddenV3: readonly V3Part[];
  /** Every call of v3.6 is answered with this error. */
  readonly errorV3: V3ErrorType | null;
  /** End of the stage (YYYY-MM-DD) that v3.6 tells of in a header of this name. */
  readonly legacy: string | null;
  readonly deprecation: string | null;
  /** Under which name list_agents gives the picture, and the subscriptions: the documentation has both. */
  readonly avatarName: 'avatar_path' | 'avatar';
  readonly subscriptionsName: 'email_subscriptions' | 'summaries';
  /** Whether list_agents leaves out suspended agents unless they are asked for. */
  readonly hideSuspended: boolean;
  /** Whether chats that go on are in the archives. If not, list_chats has them. */
  readonly archiveActive: boolean;
  /** Whether threads in the archives leave out `active` and `user_ids`, which nobody promised. */
  readonly sparseThreads: boolean;
  /** Whether `to` of list_archives belongs to its window. */
  readonly archiveBounds: 'half-open' | 'inclusive';
  /** By how much `found_chats` is too high. */
  readonly foundChatsOff: number;
  /** How long a page_id is good, in ms: a month (livechat-api §3.5). */
  readonly pageIdLifetimeMs: number;
  /** Whether HelpDesk belongs to the account. */
  readonly helpdeskBought: boolean;
  /** What the credentials may not read at HelpDesk. */
  readonly forbiddenHelpdesk: readonly HelpdeskList[];
  /** Whether HelpDesk refuses callers that do not say who they are. */
  readonly blocksUnnamed: boolean;
  /** Whether the row that next.value and next.ID name is on the next page too. */
  readonly inclusiveKeyset: boolean;
  readonly ignoreUpdatedDateFrom: boolean;
  /** Whether tickets say in which silo they are. */
  readonly siloSaid: boolean;
  /** Whether HelpDesk says how many tickets and pages there are, in headers. */
  readonly totalsSaid: boolean;
  readonly tokenLifetimeSeconds: number;
  /** Whether each use of a refresh token brings another one, after which the old one is not good any more. */
  readonly rotatesRefreshToken: boolean;
  /** So long (ms) after its use the old one is good all the same. */
  readonly refreshGraceMs: number;
}

export const LIVECHAT_DEFAULTS: LivechatOptions = {
  chats: 400,
  v2Gone: null,
  region: null,
  errorsAsOk: false,
  forbiddenV3: [],
  errorV3: null,
  legacy: null,
  deprecation: null,
  avatarName: 'avatar_path',
  subscriptionsName: 'email_subscriptions',
  hideSuspended: false,
  archiveActive: true,
  sparseThreads: false,
  archiveBounds: 'half-open',
  foundChatsOff: 0,
  pageIdLifetimeMs: 30 * 86_400_000,
  helpdeskBought: true,
  forbiddenHelpdesk: [],
  blocksUnnamed: true,
  inclusiveKeyset: false,
  ignoreUpdatedDateFrom: false,
  siloSaid: true,
  totalsSaid: true,
  tokenLifetimeSeconds: 28_800,
  rotatesRefreshToken: true,
  refreshGraceMs: 0,
};
