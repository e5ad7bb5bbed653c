import { type Clock, createSystemClock } from '../../src/core/clock.ts';
import { SyncError } from '../../src/core/errors.ts';
import type { BookmarkFields, Row, Stream, StreamItem } from '../../src/core/stream.ts';
import { openTimeZone } from '../../src/core/time-zone.ts';
import type { HttpClient } from '../../src/http/client.ts';
import { createLivetexAccount, type LivetexAccount } from '../../src/sandbox/livetex/account.ts';
import type { LivetexOptions } from '../../src/sandbox/livetex/options.ts';
import { answerLivetex } from '../../src/sandbox/livetex/web-api.ts';
import { SANDBOX_DEFAULTS, SANDBOX_LIVETEX_LOGIN, SANDBOX_LIVETEX_PASSWORD } from '../../src/sandbox/options.ts';
import type { HistorySettings } from '../../src/vendors/livetex/history.ts';
import { LIST_FIELDS, livetexStreams } from '../../src/vendors/livetex/livetex.ts';
import { createWebApi } from '../../src/vendors/livetex/web-api.ts';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
/** A reader that calls more often than this for a test's few rows never comes to an end. */
const MOST_CALLS = 100_000;

/** LiveTex in this process: the sandbox's account behind the connector's own adapter, with nothing but a function between. */
export interface LivetexVendor {
  readonly account: LivetexAccount;
  readonly streams: Stream[];
  /** What was called, path and query. */
  readonly calls: string[];
  now: number;
  /** Called before each answer of a list, with the number of the call, counted from 1. */
  onCall: (call: number) => void;
  /** Changes what a list answers. */
  tamper: (body: { total?: number; results: Row[] }, call: number) => void;
}

export function livetexVendor(
  livetex: Partial<LivetexOptions>,
  settings: Partial<HistorySettings> = {},
  now = Date.UTC(2026, 0, 20, 10),
): LivetexVendor {
  const options = {
    ...SANDBOX_DEFAULTS,
    livetex: { ...SANDBOX_DEFAULTS.livetex, tokenLifetimeSeconds: 1e9, ...livetex },
  };
  const vendor = { now, calls: [] as string[], onCall: () => {}, tamper: () => {} };
  const account = createLivetexAccount(options, () => vendor.now);
  const clock: Clock = { ...createSystemClock(), now: () => vendor.now };
  const credentials = new URLSearchParams({
    grant_type: 'password',
    username: SANDBOX_LIVETEX_LOGIN,
    password: SANDBOX_LIVETEX_PASSWORD,
  });
  const signedIn = account.tokens.logIn('application/x-www-form-urlencoded', `${credentials}`, account.now());
  const { access_token: token } = (signedIn.body as { results: { access_token: string } }).results;
  const authorization = `Bearer ${token}`;
  const result: LivetexVendor = Object.assign(vendor, { account, streams: [] as Stream[] });

  const http: Pick<HttpClient, 'request' | 'words' | 'vendorAheadMs'> = {
    async request({ method = 'GET', path, query = {} }) {
      const parameters = new URLSearchParams();
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) parameters.append(name, String(value));
      result.calls.push(`${path}?${parameters}`);
      if (result.calls.length > MOST_CALLS) throw new Error(`no end in sight: ${result.calls.slice(-5).join(' ')}`);
      result.onCall(result.calls.length);
      const answer = answerLivetex(
        { method, path, query: parameters, contentType: '', authorization, body: '' },
        account,
      );
      if (answer.status >= 400) throw new SyncError('system', `HTTP ${answer.status}`, { status: answer.status });
      const data = JSON.parse(JSON.stringify(answer.body));
      if (Array.isArray(data.results)) result.tamper(data, result.calls.length);
      answer.afterwards?.();
      return { data, serverTime: account.now(), vendorTime: account.now(), headers: {} };
    },
    words: () => undefined,
    vendorAheadMs: () => account.now() - vendor.now,
  };
  const api = createWebApi({
    http: http as HttpClient,
    session: { authorization: async () => authorization, refused: () => {} },
    fields: LIST_FIELDS,
    method: 'auto',
    clock,
    log: () => {},
  });
  const streams = livetexStreams(async () => api, {
    zone: openTimeZone(options.livetex.timeZone),
    lookbackDays: 7,
    openDays: 30,
    pageSize: 100,
    startDate: Date.UTC(2023, 0, 1),
    ...settings,
  });
  return Object.assign(result, { streams });
}

/** What a list is asked for, as a server reads it. */
export interface AskedFor {
  readonly from: string;
  readonly to: string;
  readonly offset: number;
  readonly limit: number;
}

/** A server with a list of one's own, in place of the sandbox's. `after` changes an answer before it goes out. */
export function serverOf(
  items: readonly Row[],
  after: (body: { total?: number; results: Row[] }, asked: AskedFor, call: number) => void = () => {},
  settings: Partial<HistorySettings> = {},
): LivetexVendor {
  const vendor = livetexVendor({ chats: 0, leads: 0 }, settings);
  vendor.tamper = (body, call) => {
    const parameters = new URLSearchParams(vendor.calls[call - 1]?.replace(/^.*?\?/, ''));
    const [, from = '', to = ''] = /created_at>=(\S+) created_at<=(\S+)/.exec(parameters.get('q') ?? '') ?? [];
    const asked = { from, to, offset: Number(parameters.get('offset')), limit: Number(parameters.get('limit')) };
    const found = items.filter(({ created_at: at }) => String(at) >= from && String(at) <= to);
    body.total = found.length;
    body.results = structuredClone(found.slice(asked.offset, asked.offset + asked.limit));
    after(body, asked, call);
  };
  return vendor;
}

/** Closed chats, created evenly over three years until the end of 2025. */
export function evenly(count: number, change: (item: Row, n: number) => Row = (item) => item): Row[] {
  const from = Date.UTC(2023, 0, 2);
  const step = (Date.UTC(2026, 0, 1) - from) / count;
  return Array.from({ length: count }, (_, n) => {
    const at = new Date(from + n * step).toISOString().slice(0, 19);
    return change({ id: `c${n}`, created_at: at, closed_at: at, is_closed: true, messages: [] }, n);
  });
}

export interface HistoryRun {
  readonly rows: Row[];
  readonly bookmark: BookmarkFields | undefined;
  readonly bookmarks: BookmarkFields[];
  readonly log: { level: string; message: string }[];
}

/** Reads one of the streams, to its end or until it has given so many items. */
export async function readHistory(
  vendor: LivetexVendor,
  name: 'livetex_chats' | 'livetex_leads',
  bookmark?: BookmarkFields,
  mostItems = Number.POSITIVE_INFINITY,
  onItem: (item: StreamItem) => void = () => {},
): Promise<HistoryRun> {
  const stream = vendor.streams.find((candidate) => candidate.name === name) as Stream;
  const run = { rows: [] as Row[], bookmark, bookmarks: [] as BookmarkFields[], log: [] as HistoryRun['log'] };
  let items = 0;
  const reading: AsyncIterable<StreamItem> = stream.read({
    mode: 'incremental',
    bookmark,
    signal: new AbortController().signal,
    log: (level, message) => run.log.push({ level, message }),
    onWait: () => {},
    onCall: () => {},
  });
  for await (const item of reading) {
    onItem(item);
    if (item.kind === 'rows') run.rows.push(...item.rows);
    if (item.kind === 'bookmark') {
      run.bookmarks.push(item.bookmark);
      run.bookmark = item.bookmark;
    }
    items += 1;
    if (items >= mostItems) break;
  }
  return run;
}
