/** How LiveTex's answers look. Nobody outside has seen all of them (livetex-api §7), so the connector takes each. */
export type LivetexDialect =
  /** The reference's assembled example (§4.4): objects, string ids, times without a zone. */
  | 'objects'
  /** The other shape of everything uncertain: bare ids, scalars, fractions of a second, "" for no time. */
  | 'bare'
  /** What API v2 is known for: offsets without colon, numbers as ids, authors by key, votes in place of ratings. */
  | 'v2';

export interface LivetexOptions {
  readonly chats: number;
  readonly leads: number;
  /** Between these instants (epoch ms) rows are created. What the sandbox's clock has not reached does not exist yet. */
  readonly from: number;
  readonly to: number;
  /** IANA zone of times that name none, in answers and in `q`. */
  readonly timeZone: string;
  readonly dialect: LivetexDialect;
  /** An operator is shown neither messages of chats nor texts of leads (livetex-api §3.5). */
  readonly role: 'admin' | 'operator';
  /** What the login may not read. */
  readonly forbidden: readonly ('chats' | 'leads')[];
  /** Which bodies the token address can read. */
  readonly tokenEncoding: 'both' | 'form' | 'multipart';
  readonly tokenLifetimeSeconds: number;
  /** What `expires_in` says: how long, until when in seconds or in ms, or nothing (livetex-api §2.2). */
  readonly expiresIn: 'lifetime' | 'instant' | 'ms' | 'missing';
  /** Whether the token stands under `results` or at the root. */
  readonly tokenEnvelope: 'results' | 'root';
  /** Which HTTP methods the lists take. */
  readonly methods: 'both' | 'post' | 'get';
  /** Most rows of a page. */
  readonly pageLimit: number;
  /** What happens to a higher `limit`. */
  readonly limitTooHigh: 'cut' | 'refuse';
  /** Whether every page has 50 rows, whatever `limit` says. */
  readonly ignoreLimit: boolean;
  /** `text` writes the number as a string. */
  readonly total: 'yes' | 'missing' | 'text';
  /** The order of rows when none is asked for. */
  readonly order: 'asc' | 'desc' | 'random';
  readonly ignoreSort: boolean;
  /** Whether rows of one instant change places from call to call. */
  readonly unstableTies: boolean;
  /** So many rows each share the instant of their creation. */
  readonly equalTimestamps: number;
  /** What is taken in `fields`: all, nothing with parentheses, nothing at all, or only names that exist. */
  readonly fields: 'nested' | 'flat-only' | 'refused' | 'strict';
  /** Whether `created_at<=` counts in the bound itself. */
  readonly bounds: 'inclusive' | 'exclusive-upper';
  /** So many late rows appear in the window of a list after each page of it. */
  readonly drift: number;
  /** So many rows of the window go away after each page. */
  readonly driftDeletes: number;
  /** How far LiveTex's clock is ahead of the sandbox's, in ms. */
  readonly clockSkewMs: number;
  /** Whether its time stands still, but for what it is advanced by. */
  readonly frozen: boolean;
  /** Whether some chats have fields that no documentation knows, asked for or not. */
  readonly surprises: boolean;
}

export const LIVETEX_DEFAULTS: LivetexOptions = {
  chats: 300,
  leads: 60,
  from: Date.UTC(2024, 0, 1),
  to: Date.UTC(2026, 0, 1),
  timeZone: 'Europe/Moscow',
  dialect: 'objects',
  role: 'admin',
  forbidden: [],
  tokenEncoding: 'both',
  tokenLifetimeSeconds: 3600,
  expiresIn: 'lifetime',
  tokenEnvelope: 'results',
  methods: 'both',
  pageLimit: 100,
  limitTooHigh: 'cut',
  ignoreLimit: false,
  total: 'yes',
  order: 'asc',
  ignoreSort: false,
  unstableTies: false,
  equalTimestamps: 1,
  fields: 'nested',
  bounds: 'inclusive',
  drift: 0,
  driftDeletes: 0,
  clockSkewMs: 0,
  frozen: false,
  surprises: false,
};
