import { describe, expect, test } from 'vitest';
import { createSystemClock } from '../../../../src/core/clock.ts';
import { SyncError } from '../../../../src/core/errors.ts';
import type { ApiCall, HttpClient } from '../../../../src/http/client.ts';
import { createWebApi, type Resource } from '../../../../src/vendors/livetex/web-api.ts';

/** What a server takes; its first objection to a call is the status that it answers with. */
type Objection = (call: { method: string; path: string; query: Record<string, unknown> }) => number | undefined;

function apiOf(object: Objection, method: 'auto' | 'POST' | 'GET' = 'auto') {
  const calls: string[] = [];
  const log: string[] = [];
  const http: Pick<HttpClient, 'request' | 'words'> = {
    async request({ method = 'GET', path, query = {} }: ApiCall) {
      const given = Object.entries(query).filter(([, value]) => value !== undefined);
      calls.push(
        `${method} ${path} ${given.map(([name, value]) => (name === 'fields' ? `fields:${value}` : name)).join()}`,
      );
      const status = object({ method, path, query });
      if (status !== undefined) throw new SyncError('system', `HTTP ${status}`, { status });
      return { data: { total: 0, results: [] }, serverTime: 0, vendorTime: undefined, headers: {} };
    },
    words: () => undefined,
  };
  const api = createWebApi({
    http: http as HttpClient,
    session: { authorization: async () => 'Bearer x', refused: () => {} },
    fields: { chats: { unguarded: 'id', guarded: 'messages' }, leads: { unguarded: 'id', guarded: 'text' } },
    method,
    clock: createSystemClock(),
    log: (_level, message) => log.push(message),
  });
  const list = (resource: Resource) =>
    api.list(resource, { offset: 0, limit: 100 }, { signal: new AbortController().signal });
  return { list, calls, log };
}

const ALL = 'offset,limit,sort,fields:id,messages';

describe('how a list is asked for', () => {
  test('with everything, when nobody objects', async () => {
    const { list, calls, log } = apiOf(() => undefined);
    await list('chats');
    expect(calls).toEqual([`POST /chats/list ${ALL}`]);
    expect(log).toEqual([]);
  });

  test.each<[string, Objection, string, number]>([
    ['GET after 405', ({ method }) => (method === 'POST' ? 405 : undefined), `GET /chats/list ${ALL}`, 2],
    ['GET after 415', ({ method }) => (method === 'POST' ? 415 : undefined), `GET /chats/list ${ALL}`, 2],
    [
      'without what the login may not read, after 403',
      ({ query }) => (String(query['fields']).includes('messages') ? 403 : undefined),
      'POST /chats/list offset,limit,sort,fields:id',
      2,
    ],
    [
      'without an order',
      ({ query }) => (query['sort'] ? 422 : undefined),
      'POST /chats/list offset,limit,fields:id,messages',
      2,
    ],
    [
      'without a page size',
      ({ query }) => (query['limit'] ? 400 : undefined),
      'POST /chats/list offset,sort,fields:id,messages',
      3,
    ],
    ['without fields', ({ query }) => (query['fields'] ? 422 : undefined), 'POST /chats/list offset,limit,sort', 5],
    [
      'without an order, and then without what may not be read',
      ({ query }) => (query['sort'] ? 422 : String(query['fields']).includes('messages') ? 403 : undefined),
      'POST /chats/list offset,limit,fields:id',
      3,
    ],
    [
      'without what may not be read, and then without an order',
      ({ query }) => (String(query['fields']).includes('messages') ? 403 : query['sort'] ? 422 : undefined),
      'POST /chats/list offset,limit,fields:id',
      3,
    ],
    [
      'with GET, and then without fields',
      ({ method, query }) => (method === 'POST' ? 404 : query['fields'] ? 422 : undefined),
      'GET /chats/list offset,limit,sort',
      6,
    ],
  ])('%s', async (_what, objection, settled, tries) => {
    const { list, calls } = apiOf(objection);
    await list('chats');
    expect([calls.at(-1), calls.length]).toEqual([settled, tries]);
    // What was found out is kept, also for the other list, but for its fields.
    await list('chats');
    expect(calls.at(-1)).toBe(settled);
    expect(calls).toHaveLength(tries + 1);
  });

  test('what the server cannot do is known for the other list; its fields and rights are its own', async () => {
    const { list, calls, log } = apiOf(({ method, path, query }) => {
      if (method === 'POST') return 405;
      return path.includes('chats') && query['fields'] ? 422 : undefined;
    });
    await list('chats');
    const before = calls.length;
    await list('leads');
    expect(calls.slice(before)).toEqual(['GET /leads/list offset,limit,sort,fields:id,text']);
    expect(log).toEqual([
      'LiveTex does not take all parameters of the call for listing chats: it gives its own choice of fields, so that some columns may stay empty.',
    ]);
  });

  test('a call that is refused in any manner is refused as it was at first, and other manners are not tried twice', async () => {
    const { list, calls } = apiOf(({ query }) => (query['sort'] && query['limit'] ? 422 : 400));
    await expect(list('chats')).rejects.toThrow('HTTP 422');
    expect(calls.length).toBeLessThanOrEqual(16);
    const before = calls.length;
    await expect(list('chats')).rejects.toThrow('HTTP 422');
    expect(calls).toHaveLength(before + 1);
  });

  test('a failure is no refusal: nothing else is tried, and nothing is given up', async () => {
    let isDown = true;
    const { list, calls } = apiOf(({ query }) => (isDown ? 504 : query['sort'] ? 422 : undefined));
    await expect(list('chats')).rejects.toThrow('HTTP 504');
    isDown = false;
    await list('chats');
    expect(calls.at(-1)).toBe('POST /chats/list offset,limit,fields:id,messages');
  });

  test('a method that is set is the only one', async () => {
    const { list, calls } = apiOf(() => 405, 'GET');
    await expect(list('chats')).rejects.toThrow('HTTP 405');
    expect(calls).toEqual([`GET /chats/list ${ALL}`]);
  });
});
