import type { FaultKind } from './faults.ts';
import { LIVECHAT_DEFAULTS, type LivechatOptions } from './livechat/options.ts';
import { LIVETEX_DEFAULTS, type LivetexOptions } from './livetex/options.ts';

/** How dates and groups of REST v2 look; the sources disagree (livechat-api §2.2), so the connector takes all of them. */
export type Dialect =
  /** The reference's assembled example: ISO creation date, Unix seconds elsewhere, groups as objects. */
  | 'assembled'
  /** The vendor's docs: Unix seconds, groups as numbers, no creation date. */
  | 'docs'
  /** Microsoft's connector: ISO dates, the short shape of a list. */
  | 'ms';

/** Where the vendors post webhooks, by vendor. One without an address posts none. */
export interface WebhookTargets {
  readonly livetex?: string;
  readonly livechat?: string;
}

export type WebhookVendor = keyof WebhookTargets;

export const WEBHOOK_VENDORS = ['livetex', 'livechat'] as const satisfies readonly WebhookVendor[];

/** The APIs of LiveChat and HelpDesk that know webhooks, each with bodies of its own (livechat-api §5). */
export const WEBHOOK_APIS = ['rest_v2', 'agent_chat_v3', 'helpdesk'] as const;

export type WebhookApi = (typeof WEBHOOK_APIS)[number];

/** How bodies of LiveTex look: its documentation ends in the middle of the list (livetex-api §5.1). */
export type WebhookShape =
  /** The reference's assembled example: lower case, epoch ms. */
  | 'plain'
  /** Capitals as in the vendor's table, other names of the same things, times as text or in seconds. */
  | 'capitals'
  /** The first one with the type of the event and its time, as the Messaging API has them. */
  | 'typed';

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** Data sets with the same seed and sizes are the same, on every machine. */
  readonly seed: number;
  readonly tickets: number;
  readonly agents: number;
  /** Between these instants (epoch ms) lie the last changes of the tickets. */
  readonly from: number;
  readonly to: number;
  /** IANA zone of the account: it decides when a day of date_from and date_to begins. */
  readonly timeZone: string;
  readonly dialect: Dialect;
  /** `array` leaves out `total` and `pages`. */
  readonly envelope: 'list' | 'array';
  /** How many tickets a list shows at most; the rest cannot be reached by page numbers. */
  readonly cap: number;
  /** So many tickets each share the time of their last change. */
  readonly equalTimestamps: number;
  /** Whether tickets with equal times change places from call to call. */
  readonly unstableTies: boolean;
  /** Time before each answer, in ms. */
  readonly latencyMs: number;
  /** Most calls in any 60 seconds; 0 for no limit. */
  readonly rateLimit: number;
  readonly rateWindowMs: number;
  /** What goes wrong, in turn, and at every how many calls. */
  readonly faults: readonly FaultKind[];
  readonly faultEvery: number;
  /** So many tickets change after each page of tickets. */
  readonly churn: number;
  /** Whether some tickets have a field that no documentation knows. */
  readonly surprises: boolean;
  /** The text of one ticket (the tenth) has so many characters. */
  readonly bigText: number;
  /** Whether answers are packed when the caller can unpack them. */
  readonly gzip: boolean;
  /** What the credentials may not read at REST v2. */
  readonly forbidden: readonly ('agents' | 'tickets' | 'chats')[];
  readonly webhooks: WebhookTargets;
  /** Those that LiveChat's webhooks come from, by turns. */
  readonly webhookApis: readonly WebhookApi[];
  /** `mixed` takes all of them. */
  readonly webhookShape: WebhookShape | 'mixed';
  /** Whether the bodies of webhooks are packed. */
  readonly webhookGzip: boolean;
  /** How many webhooks are on their way at the same time. */
  readonly webhooksInFlight: number;
  /** The wait before a webhook is posted for the second time, in ms. It doubles with each further time. */
  readonly webhookRetryMs: number;
  /** Every how many seconds each vendor posts a webhook of its own accord; 0: never. */
  readonly webhookEverySeconds: number;
  /** LiveChat's and HelpDesk's APIs of today. Tickets, agents, times, churn and surprises are those of the whole. */
  readonly livechat: LivechatOptions;
  /** The half that imitates LiveTex. Seed, agents, latency, rate limit, faults and gzip are those of the whole. */
  readonly livetex: LivetexOptions;
}

/** What a caller says; the defaults say the rest. */
export type GivenSandboxOptions = Partial<Omit<SandboxOptions, 'livechat' | 'livetex'>> & {
  readonly livechat?: Partial<LivechatOptions>;
  readonly livetex?: Partial<LivetexOptions>;
};

export const SANDBOX_DEFAULTS: SandboxOptions = {
  port: 0,
  host: '127.0.0.1',
  seed: 1,
  tickets: 1000,
  agents: 12,
  from: Date.UTC(2024, 0, 1),
  to: Date.UTC(2026, 0, 1),
  timeZone: 'UTC',
  dialect: 'assembled',
  envelope: 'list',
  cap: 25_000,
  equalTimestamps: 1,
  unstableTies: false,
  latencyMs: 0,
  rateLimit: 0,
  rateWindowMs: 60_000,
  faults: [],
  faultEvery: 5,
  churn: 0,
  surprises: false,
  bigText: 0,
  gzip: false,
  forbidden: [],
  webhooks: {},
  webhookApis: WEBHOOK_APIS,
  webhookShape: 'mixed',
  webhookGzip: false,
  webhooksInFlight: 4,
  webhookRetryMs: 50,
  webhookEverySeconds: 0,
  livechat: LIVECHAT_DEFAULTS,
  livetex: LIVETEX_DEFAULTS,
};

/** The accounts' credentials. They open nothing but a sandbox. */
export const SANDBOX_LOGIN = 'owner@company.example';
export const SANDBOX_API_KEY = 'sandbox-api-key-0123456789abcdef';
export const SANDBOX_ACCOUNT_ID = 'ac0a1d00-5a4d-4b0c-9000-000000000001';
export const SANDBOX_ACCESS_TOKEN = 'us-south1:sandbox-personal-token-0123456789';
export const SANDBOX_CLIENT_ID = 'c11e4700-5a4d-4b0c-9000-000000000001';
export const SANDBOX_CLIENT_SECRET = 'sandbox-client-secret-0123456789';
/** With which OAuth begins; each use may bring another one. */
export const SANDBOX_REFRESH_TOKEN = 'sandbox-refresh-token-0123456789';
export const SANDBOX_LIVETEX_LOGIN = 'admin@company.example';
export const SANDBOX_LIVETEX_PASSWORD = 'sandbox-password-0123456789';

/** What LiveChat's webhooks carry to show whom they come from: those of REST v2, and those of the current API. */
export const SANDBOX_WEBHOOK_TOKEN = 'sandbox-webhook-token-0123456789';
export const SANDBOX_WEBHOOK_SECRET_KEY = 'sandbox-webhook-secret-key-0123456789';
