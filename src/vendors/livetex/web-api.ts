import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { ApiCall, HttpClient } from '../../http/client.ts';
import type { Session, SessionCall } from '../../http/session.ts';
import { entriesOf, wholeNumber } from '../answers.ts';
import { FIRST_MANNER, type HttpMethod, lossOf, type Manner, otherManners } from './manner.ts';

/** A kind of thing that the Web API lists. */
export type Resource = 'chats' | 'leads';

/** What a resource is asked for: properties that everybody may read, and those that only some logins may. */
export interface ResourceFields {
  readonly open: string;
  readonly guarded: string;
}

/** A part of a list. */
export interface ListQuery {
  /** Both bounds belong to the window; as local times without a zone (livetex-api §3.3). Absent for all there is. */
  readonly window?: { readonly from: string; readonly to: string };
  /** Rows to skip. */
  readonly offset: number;
  /** Most rows to give. A server may give fewer, or ignore it. */
  readonly limit: number;
}

export interface ListPage {
  readonly items: Row[];
  /** How many rows the window has; undefined where LiveTex does not say. */
  readonly total: number | undefined;
}

/** LiveTex's Web API (livetex-api §3), freed of the ways in which it may want to be asked. */
export interface WebApi {
  /** Signs in if that is needed, and tells the time (epoch ms) by LiveTex's clock and by ours. */
  now(call: SessionCall): Promise<{ readonly vendor: number; readonly ours: number }>;
  /** One page of chats or leads, in the order of their creation where LiveTex honours that. */
  list(resource: Resource, query: ListQuery, call: SessionCall): Promise<ListPage>;
}

export interface WebApiOptions {
  readonly http: HttpClient;
  readonly session: Session;
  readonly fields: Readonly<Record<Resource, ResourceFields>>;
  readonly method: 'auto' | HttpMethod;
  readonly clock: Clock;
  readonly log: Log;
}

/** Adapts a client with a session. What a server refuses is found out at the first call and left out from then on. */
export function createWebApi({ http, session, fields, method, clock, log }: WebApiOptions): WebApi {
  let usual = { ...FIRST_MANNER, method: method === 'auto' ? FIRST_MANNER.method : method };
  const settled = new Map<Resource, Manner>();
  /** Lists that no manner could get: what is wrong with the call is something else, and other manners are not tried again. */
  const exhausted = new Set<Resource>();

  const send = async (resource: Resource, query: ListQuery, manner: Manner, call: SessionCall): Promise<ListPage> => {
    const { window, offset, limit } = query;
    const { open, guarded } = fields[resource];
    const { data } = await http.request({
      ...call,
      method: manner.method,
      path: `/${resource}/list`,
      query: {
        offset,
        limit: manner.limit ? limit : undefined,
        q: window === undefined ? undefined : `created_at>=${window.from} created_at<=${window.to}`,
        sort: manner.sort ? 'created_at:a' : undefined,
        fields: { all: `${open},${guarded}`, open, none: undefined }[manner.fields],
      },
      doing: `listing ${resource}`,
      right: `read ${resource}, which an administrator's login has`,
      whenGone: 'Check the API address in livetex.base_url.',
    } satisfies ApiCall);
    return { items: itemsOf(http, data, resource), total: totalOf(data) };
  };

  /** Tries the other manners after a refusal; the first that works is kept. */
  const negotiate = async (
    resource: Resource,
    query: ListQuery,
    refused: Manner,
    refusal: SyncError,
    call: SessionCall,
  ): Promise<ListPage> => {
    for (const manner of otherManners(refused, refusal.status, method === 'auto')) {
      try {
        return settle(resource, manner, await send(resource, query, manner, call));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Under another method the server may look at the parameters for the first time.
        if (manner.method !== refused.method && error.status !== refusal.status) {
          return negotiate(resource, query, manner, error, call);
        }
      }
    }
    exhausted.add(resource);
    throw refusal;
  };

  const settle = (resource: Resource, manner: Manner, page: ListPage): ListPage => {
    settled.set(resource, manner);
    // Fields and rights are the list's own; how it takes the rest is the server's.
    usual = { ...manner, fields: 'all' };
    const loss = lossOf(manner);
    if (loss !== undefined) {
      log('warn', `LiveTex does not take all parameters of the call for listing ${resource}: it gives ${loss}.`);
    }
    return page;
  };

  return {
    async now(call) {
      await session.authorization(call);
      const ours = clock.now();
      return { ours, vendor: ours + http.vendorAheadMs() };
    },
    async list(resource, query, call) {
      const manner = settled.get(resource);
      if (manner !== undefined) return send(resource, query, manner, call);
      const first = usual;
      try {
        return settle(resource, first, await send(resource, query, first, call));
      } catch (error) {
        if (!isRefusal(error) || exhausted.has(resource)) throw error;
        return negotiate(resource, query, first, error, call);
      }
    },
  };
}

/** What was asked for is not what the server takes or gives: another manner may be. */
function isRefusal(error: unknown): error is SyncError & { status: number } {
  return (
    error instanceof SyncError &&
    error.status !== undefined &&
    error.status >= 400 &&
    error.status !== 401 &&
    error.status !== 429
  );
}

/**
 * The status that an answer means which came with HTTP 200: the ancestor of this API puts a `code` beside or in place of
 * `results` (livetex-api §3.4), and OAuth servers have words of their own. Rows that came are rows.
 */
export function statusIn(data: unknown): number | undefined {
  if (!isObject(data)) return undefined;
  const { results, code, status, error } = data;
  if (Array.isArray(results) ? results.length > 0 : isObject(results)) return undefined;
  if (typeof error === 'string' && /^(?:invalid_grant|invalid_token|unauthorized)$/.test(error)) return 401;
  const number = Number(code ?? status);
  return Number.isInteger(number) && number >= 400 && number <= 599 ? number : undefined;
}

function itemsOf(http: HttpClient, data: unknown, noun: Resource): Row[] {
  const words = isObject(data) ? http.words(data) : undefined;
  const found: unknown = isObject(data) ? data['results'] : data;
  const origin = { vendor: 'LiveTex', noun, words, setting: 'livetex.base_url' };
  // An empty list may be left out, but one that stands beside an error is not empty.
  const isMissing = found === null || found === undefined;
  if (isMissing ? totalOf(data) !== 0 : !Array.isArray(found) || found.length > 0) return entriesOf(found, origin);
  const hasError = isObject(data) && ['error', 'errors'].some((name) => isSaying(data[name]));
  return hasError ? entriesOf(undefined, origin) : [];
}

function totalOf(data: unknown): number | undefined {
  return isObject(data) ? wholeNumber(data['total']) : undefined;
}

/** Whether a place for errors has any. */
function isSaying(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return value !== null && value !== undefined && value !== false && value !== '' && value !== 0;
}
