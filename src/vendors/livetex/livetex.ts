import type { Row, Stream, Vendor } from '../../core/stream.ts';
import { openTimeZone, type TimeZone } from '../../core/time-zone.ts';
import type { Config } from '../../generated/config.ts';
import { type CallBudget, createCallBudget } from '../../http/call-budget.ts';
import type { HttpClient } from '../../http/client.ts';
import { IMPATIENT_LIMITS } from '../../http/retry.ts';
import { createSession } from '../../http/session.ts';
import type { VendorDependencies } from '../dependencies.ts';
import { proveAll } from '../proofs.ts';
import { CHAT_FIELDS, CHAT_GUARDED_FIELDS, chatFiller } from './chat-row.ts';
import { createHistoryStream, type HistoryKind, type HistorySettings } from './history.ts';
import { LEAD_FIELDS, LEAD_GUARDED_FIELDS, leadFiller } from './lead-row.ts';
import { statusIn } from './list-answer.ts';
import { createSignIn } from './sign-in.ts';
import { createWebApi, type WebApi } from './web-api.ts';
import { createWithheld } from './withheld.ts';

/** Defaults of schemas/spec.json; a test holds the two together. */
export const LIVETEX_DEFAULTS = {
  time_zone: 'Europe/Moscow',
  lookback_days: 7,
  open_days: 30,
  calls_per_minute: 120,
  page_size: 100,
  token_encoding: 'auto',
  http_method: 'auto',
  base_url: 'https://web-api.livetex.ru',
  request_timeout_seconds: 60,
} as const;

/** Nobody knows LiveTex's limit: so many calls at once, and the rest spread evenly over the minute (livetex-api §7). */
const CALLS_AT_ONCE = 2;
const MINUTE_MS = 60_000;

const ON_UNAUTHORIZED =
  'Check livetex.login and livetex.password: they are the e-mail address and the password with which you sign in to LiveTex. Whoever changed the password there has to change it here.';

/** What each list is asked for. */
export const LIST_FIELDS = {
  chats: { unguarded: CHAT_FIELDS, guarded: CHAT_GUARDED_FIELDS },
  leads: { unguarded: LEAD_FIELDS, guarded: LEAD_GUARDED_FIELDS },
};

/** LiveTex's streams in catalog order. */
export function livetexStreams(connect: () => Promise<WebApi>, settings: HistorySettings): Stream[] {
  return historyKinds(settings.zone).map((kind) => createHistoryStream(kind, connect, settings));
}

function historyKinds(zone: TimeZone): HistoryKind[] {
  return [
    {
      name: 'livetex_chats',
      resource: 'chats',
      keyColumn: 'chat_id',
      fill: chatFiller(zone),
      isClosed: isConversationClosed,
      guarded: ['messages'],
    },
    {
      name: 'livetex_leads',
      resource: 'leads',
      keyColumn: 'lead_id',
      fill: leadFiller(zone),
      isClosed: () => undefined,
      guarded: ['text', 'answer_text'],
    },
  ];
}

/** Of a chat it is the whole conversation that counts: it may go on, and be rated, when the chat itself has ended. */
function isConversationClosed({ is_closed: isClosed }: Row): boolean | undefined {
  return isClosed === null || isClosed === undefined ? undefined : ['true', '1'].includes(String(isClosed));
}

/** LiveTex as configured, over its Web API. `startDate` is in epoch ms. Nothing is connected before a stream is read. */
export function createLivetex(
  config: NonNullable<Config['livetex']>,
  startDate: number,
  dependencies: VendorDependencies,
): Vendor {
  const { connectHttp, clock, log } = dependencies;
  const settings = { ...LIVETEX_DEFAULTS, ...config };
  const pace = (atOnce: number) =>
    createCallBudget({ limit: atOnce, windowMs: (CALLS_AT_ONCE * MINUTE_MS) / settings.calls_per_minute, clock, log });
  const budget = pace(CALLS_AT_ONCE);
  const zone = openTimeZone(settings.time_zone);
  let client: HttpClient | undefined;
  let api: WebApi | undefined;

  const open = async (calls: CallBudget): Promise<WebApi> => {
    const signIn = createSignIn(() => http, { ...settings, encoding: settings.token_encoding }, dependencies);
    const session = createSession(signIn, clock);
    const http: HttpClient = await connectHttp({
      vendor: 'LiveTex',
      baseUrl: settings.base_url,
      headers: {},
      session,
      statusIn,
      onUnauthorized: ON_UNAUTHORIZED,
      timeoutMs: settings.request_timeout_seconds * 1000,
      budget: calls,
    });
    client = http;
    return createWebApi({
      http,
      session,
      fields: LIST_FIELDS,
      method: METHODS[settings.http_method],
      clock,
      log,
    });
  };
  const connect = async (): Promise<WebApi> => {
    api ??= await open(budget);
    return api;
  };

  return {
    title: 'LiveTex',
    streams: livetexStreams(connect, {
      zone,
      lookbackDays: settings.lookback_days,
      openDays: settings.open_days,
      pageSize: settings.page_size,
      startDate,
    }),
    async check({ signal }) {
      // A person waits: these few calls do not have to be spread.
      api ??= await open(pace(MOST_CHECK_CALLS));
      const { now, list } = api;
      const call = { signal, limits: IMPATIENT_LIMITS };
      await now(call);
      const prove = async ({ resource, guarded }: HistoryKind) => {
        const withheld = createWithheld(resource, guarded);
        const { items } = await list(resource, { offset: 0, limit: 1 }, call);
        for (const item of items) withheld.see(item);
        const note = withheld.note();
        if (note !== undefined) log('warn', note);
      };
      await proveAll(historyKinds(zone).map((kind) => [kind.name, () => prove(kind)]));
    },
    usage: () => ({
      ...(client?.counts() ?? { calls: 0, billedCalls: 0 }),
      waitedMs: budget.waitedMs(),
      callsPerMinute: settings.calls_per_minute,
    }),
    close: async () => {
      await client?.close();
    },
  };
}

/** What a check may call at once: it signs in and looks at two lists, each in several ways if the first is refused. */
const MOST_CHECK_CALLS = 60;

const METHODS = { auto: 'auto', post: 'POST', get: 'GET' } as const;
