import type { Clock } from '../../core/clock.ts';
import { SyncError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Row } from '../../core/stream.ts';
import type { ApiCall, CallContext, HttpClient } from '../../http/client.ts';
import type { Session } from '../../http/session.ts';
import { itemsOf, totalOf } from './list-answer.ts';
import { FIRST_MANNER, type HttpMethod, lossOf, type Manner, otherManners } from './manner.ts';

/** A kind of thing that the Web API lists. */
export type Resource = 'chats' | 'leads';

/** What a resource is asked for: properties that everybody may read, and those that only some logins may. */
export interface ResourceFields {
  readonly unguarded: string;
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
  now(call: CallContext): Promise<{ readonly vendor: number; readonly ours: number }>;
  /** One page of chats or leads, in the order of their creation where LiveTex honours that. */
  list(resource: Resource, query: ListQuery, call: CallContext): Promise<ListPage>;
}

export interface WebApiOptions {
  readonly http: HttpClient;
  readonly session: Session;
  readonly fields: Readonly<Record<Resource, ResourceFields>>;
  readonly method: 'auto' | HttpMethod;
  readonly clock: Clock;
  readonly log: Log;
}

/** A list has so many manners at most in which it is asked for before it is given up. */
const MOST_TRIES = 16;

/** As the one client sends it that was seen to work: the parameters are in the query (livetex-api §3.1). */
const NOTHING = { contentType: 'application/json', text: '' };

/** Adapts a client with a session. What a server refuses is found out at the first call and left out from then on. */
export function createWebApi({ http, session, fields, method, clock, log }: WebApiOptions): WebApi {
  let usual = { ...FIRST_MANNER, method: method === 'auto' ? FIRST_MANNER.method : method };
  const settled = new Map<Resource, Manner>();
  /** Lists that no manner could get: what is wrong with the call is something else, and other manners are not tried again. */
  const exhausted = new Set<Resource>();

  const send = async (resource: Resource, query: ListQuery, manner: Manner, call: CallContext): Promise<ListPage> => {
    const { window, offset, limit } = query;
    const { unguarded, guarded } = fields[resource];
    const { data } = await http.request({
      ...call,
      method: manner.method,
      path: `/${resource}/list`,
      query: {
        offset,
        limit: manner.limit ? limit : undefined,
        q: window === undefined ? undefined : `created_at>=${window.from} created_at<=${window.to}`,
        sort: manner.sort ? 'created_at:a' : undefined,
        fields: { all: `${unguarded},${guarded}`, unguarded, none: undefined }[manner.fields],
      },
      ...(manner.method === 'POST' ? { body: NOTHING } : {}),
      doing: `listing ${resource}`,
      right: `read ${resource}, which an administrator's login has`,
      whenGone: 'Check the API address in livetex.base_url.',
    } satisfies ApiCall);
    return { items: itemsOf(data, resource, () => http.words(data)), total: totalOf(data) };
  };

  /** Tries other manners after a refusal, and what the refusals of those suggest; the first that works is kept. */
  const negotiate = async (
    resource: Resource,
    query: ListQuery,
    refused: Manner,
    refusal: SyncError,
    call: CallContext,
  ): Promise<ListPage> => {
    const tried = new Set([JSON.stringify(refused)]);
    /** Each with the status that it is an answer to. */
    const queue = othersAfter(refused, refusal);
    for (let next = queue.shift(); next !== undefined && tried.size < MOST_TRIES; next = queue.shift()) {
      const { manner, status } = next;
      if (tried.has(JSON.stringify(manner))) continue;
      tried.add(JSON.stringify(manner));
      try {
        return settle(resource, manner, await send(resource, query, manner, call));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Refused for another reason, it has come further.
        if (error.status !== status) queue.unshift(...othersAfter(manner, error));
      }
    }
    if (tried.size > 1) exhausted.add(resource);
    throw refusal;
  };

  const othersAfter = (manner: Manner, { status }: SyncError) =>
    otherManners(manner, status, method === 'auto').map((other) => ({ manner: other, status }));

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
