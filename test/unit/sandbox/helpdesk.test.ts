import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { type Json, livechatFor } from '../../helpers/livechat-sandbox.ts';

type World = Awaited<ReturnType<typeof livechatFor>>;

/** All tickets of a list, page by page, each page behind the last ticket of the one before. */
async function walk({ helpdesk }: World, query: string, sortBy = 'updatedAt'): Promise<Json[][]> {
  const pages: Json[][] = [];
  let next = '';
  for (;;) {
    const { body, status } = await helpdesk(`/tickets?sortBy=${sortBy}&${query}${next}`);
    expect(status).toBe(200);
    if (body.length === 0) return pages;
    pages.push(body);
    const last = body.at(-1);
    next = `&next.value=${last[sortBy]}&next.ID=${last.ID}`;
  }
}

const ids = (pages: Json[][]) => pages.flat().map((ticket) => ticket.ID);

describe('tickets', () => {
  test.each([
    ['updatedAt', 'asc', 1],
    ['updatedAt', 'desc', 7],
    ['createdAt', 'asc', 7],
    ['lastMessageAt', 'desc', 7],
  ])(
    'by %s, %s, %i to an instant: the pages have every ticket once, in order',
    async (sortBy, order, equalTimestamps) => {
      const world = await livechatFor({ tickets: 130, equalTimestamps });
      for (let n = 0; n < 5; n += 1) world.sandbox.tickets.modify(n * 9, Date.UTC(2026, 1, 1));
      world.sandbox.tickets.create(Date.UTC(2026, 1, 2));
      for (const silo of ['tickets', 'archive', 'spam', 'trash'] as const) {
        const pages = await walk(world, `order=${order}&pageSize=10&silo=${silo}`, sortBy);
        const wanted = [...world.sandbox.oracle.tickets('helpdesk', [silo])].map((row) => row['id']);
        expect(wanted.length).toBeGreaterThan(0);
        expect(ids(pages).sort()).toEqual(wanted.sort());
        const keys = pages.flat().map((ticket) => `${ticket[sortBy]} ${ticket.ID}`);
        const sorted = [...keys].sort();
        expect(keys).toEqual(order === 'asc' ? sorted : sorted.reverse());
      }
    },
  );

  test('that changed while they were read come again, and none is missing', async () => {
    const clock = new FakeClock(Date.UTC(2026, 1, 1));
    const world = await livechatFor({ tickets: 130, churn: 3 }, { clock });
    const seen = new Map<string, Json>();
    let next = '';
    for (let n = 0; n < 20; n += 1) {
      const { body } = await world.helpdesk(`/tickets?sortBy=updatedAt&order=asc&pageSize=20${next}`);
      await clock.advance(1000);
      if (body.length === 0) break;
      for (const ticket of body) seen.set(ticket.ID, ticket);
      next = `&next.value=${body.at(-1).updatedAt}&next.ID=${body.at(-1).ID}`;
    }
    const rows = [...world.sandbox.oracle.tickets('helpdesk', ['tickets'])];
    expect(rows.filter((row) => !seen.has(String(row['id'])))).toEqual([]);
    expect([...seen.values()].some((ticket) => ticket.updatedAt > '2026-02')).toBe(true);
  });

  test('are those of REST v2, but for what lies in the trash', async () => {
    const world = await livechatFor({ tickets: 60 });
    const all: Json[] = [];
    for (const silo of ['tickets', 'archive', 'spam'])
      all.push(...(await walk(world, `silo=${silo}&order=asc`)).flat());
    const older = [1, 2, 3].map((page) => world.v2(`/tickets?page=${page}`));
    const wanted = (await Promise.all(older)).flatMap(({ body }) => body.tickets);
    expect(all.map((ticket) => ticket.shortID).sort()).toEqual(wanted.map((ticket: Json) => ticket.id).sort());
    const trash = (await world.helpdesk('/tickets?silo=trash')).body;
    expect(trash).toHaveLength(1);
    expect(wanted.map((ticket: Json) => ticket.id)).not.toContain(trash[0].shortID);
  });

  test('stand on the page behind a place once more when the keyset is inclusive', async () => {
    const world = await livechatFor({ tickets: 60, livechat: { inclusiveKeyset: true } });
    const { body } = await world.helpdesk('/tickets?sortBy=updatedAt&order=asc&pageSize=3');
    const next = `next.value=${body[2].updatedAt}&next.ID=${body[2].ID}`;
    const second = await world.helpdesk(`/tickets?sortBy=updatedAt&order=asc&pageSize=3&${next}`);
    expect(second.body[0].ID).toBe(body[2].ID);
  });

  test('are found by when they changed, from an instant up to another, unless that is ignored', async () => {
    const range = 'updatedDateFrom=2025-01-01T00:00:00.000Z&updatedDateTo=2025-02-01T00:00:00Z';
    const world = await livechatFor({ tickets: 200 });
    const found = (await walk(world, range)).flat();
    const all = (await walk(world, '')).flat();
    const isMeant = ({ updatedAt }: Json) => updatedAt >= '2025-01-01' && updatedAt < '2025-02-01';
    expect(found).toEqual(all.filter(isMeant));
    expect(found.length).toBeGreaterThan(2);
    const [first] = found;
    const exact = await world.helpdesk(`/tickets?updatedDateFrom=${first.updatedAt}&updatedDateTo=${first.updatedAt}`);
    expect(exact.body).toEqual([]);
    const deaf = await livechatFor({ tickets: 200, livechat: { ignoreUpdatedDateFrom: true } });
    expect((await deaf.helpdesk(`/tickets?order=asc&sortBy=updatedAt&${range}`)).body[0].updatedAt < '2025').toBe(true);
  });

  test('go to another silo, which is a change, and from the trash they are gone for REST v2', async () => {
    const clock = new FakeClock(Date.UTC(2026, 1, 1));
    const { sandbox, helpdesk, v2 } = await livechatFor({ tickets: 30 }, { clock });
    const open = Array.from({ length: 30 }, (_, n) => n).filter((n) => sandbox.tickets.siloOf(n) === 'tickets');
    const [moved = 0, thrown = 0, spammed = 0] = open;
    const before = (await helpdesk('/tickets?pageSize=100')).body;
    sandbox.tickets.moveToSilo(moved, 'archive', clock.now());
    sandbox.tickets.trash(thrown, clock.now());
    sandbox.tickets.moveToSilo(spammed, 'spam', clock.now());
    const latest = async (silo: string) => (await helpdesk(`/tickets?silo=${silo}&sortBy=updatedAt`)).body[0];
    const archived = await latest('archive');
    expect(archived).toMatchObject({ updatedAt: '2026-02-01T00:00:00.000Z', silo: 'archive', status: 'closed' });
    expect(await latest('spam')).toMatchObject({ updatedAt: '2026-02-01T00:00:00.000Z', spam: { status: true } });
    // What had happened before keeps its place and its words.
    const { events } = before.find((ticket: Json) => ticket.ID === archived.ID);
    expect(archived.events.slice(0, events.length)).toEqual(events);
    expect(archived.events).toHaveLength(events.length + 1);
    const binned = await latest('trash');
    const shown = (await v2('/tickets')).body.tickets.concat((await v2('/tickets?page=2')).body.tickets);
    expect(shown).toHaveLength(29);
    expect(shown.map((ticket: Json) => ticket.id)).not.toContain(binned.shortID);
    expect(shown.find((ticket: Json) => ticket.id === archived.shortID)).toMatchObject({ status: 'solved' });
    expect((await helpdesk('/tickets?pageSize=100')).headers.get('x-total-count')).toBe(String(before.length - 3));
  });

  test('are counted in headers, and a parameter that is wrong is named', async () => {
    const { helpdesk, sandbox } = await livechatFor({ tickets: 300 });
    const count = [...sandbox.oracle.tickets('helpdesk', ['tickets'])].length;
    const { headers, body } = await helpdesk('/tickets');
    expect(body).toHaveLength(20);
    expect(headers.get('x-total-count')).toBe(String(count));
    expect(headers.get('x-total-pages')).toBe(String(Math.ceil(count / 20)));
    const second = await helpdesk('/tickets?page=2&pageSize=10');
    expect(second.body).toEqual(body.slice(10));
    const last = body[10];
    const back = await helpdesk(`/tickets?pageSize=5&prev.value=${last.createdAt}&prev.ID=${last.ID}`);
    expect(back.body).toEqual(body.slice(5, 10));
    for (const [query, words] of [
      ['colour=red', '"colour" is not allowed'],
      ['pageSize=101', '"pageSize" must be less than or equal to 100'],
      ['pageSize=0', '"pageSize" must be greater'],
      ['silo=attic', '"silo" must be one of'],
      ['updatedDateFrom=yesterday', '"updatedDateFrom" must be in ISO 8601'],
      ['next.value=2025-01-01T00:00:00.000Z', '"next.ID" is required'],
    ]) {
      const refused = await helpdesk(`/tickets?${query}`);
      expect(refused).toMatchObject({ status: 422, body: { error: expect.stringContaining(words as string) } });
    }
  });

  test('have every variant that the documentation allows', async () => {
    const world = await livechatFor({ tickets: 400, surprises: true });
    const all = (await walk(world, 'pageSize=100')).flat();
    const has = (what: (ticket: Json) => boolean) => all.some(what);
    expect(has(({ assignment }) => assignment === null)).toBe(true);
    expect(has(({ assignment }) => assignment?.agent === null)).toBe(true);
    expect(has(({ assignment }) => assignment?.agent?.name === 'Gone Agent')).toBe(true);
    for (const absent of ['tagIDs', 'customFields', 'rating', 'detectedLanguage', 'integration']) {
      expect(has((ticket) => !(absent in ticket))).toBe(true);
      expect(has((ticket) => absent in ticket)).toBe(true);
    }
    for (const full of ['cc', 'followers', 'childTickets']) expect(has((ticket) => ticket[full].length > 0)).toBe(true);
    expect(has(({ parentTicket }) => parentTicket !== null)).toBe(true);
    expect(has((ticket) => 'attachments' in ticket)).toBe(true);
    const events = all.flatMap((ticket) => ticket.events);
    const kinds = ['message', 'assignment', 'status', 'tags', 'attachments', 'priority', 'followers'];
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(kinds));
    expect(events.some((event) => event.author === null)).toBe(true);
    expect(events.some((event) => !('author' in event))).toBe(true);
    const [file] = events.find(({ type }) => type === 'attachments').attachments.files;
    expect(file.url).toMatch(/\?token=[\w-]+&signature=\w+$/);
    const siloless = await livechatFor({ tickets: 20, livechat: { siloSaid: false } });
    expect((await siloless.helpdesk('/tickets')).body[0]).not.toHaveProperty('silo');
  });
});

describe('the door', () => {
  test.each(['', 'node', 'undici', 'curl/8.5.0'])('is shut to a caller by the name of "%s"', async (agent) => {
    const { helpdesk } = await livechatFor();
    expect((await helpdesk('/agents', { 'user-agent': agent })).status).toBe(403);
  });

  test('opens to known credentials, to accounts with HelpDesk, and to what may be read', async () => {
    const { helpdesk } = await livechatFor();
    expect((await helpdesk('/agents', { authorization: 'Basic eDp5' })).status).toBe(401);
    expect((await helpdesk('/mailboxes')).status).toBe(404);
    expect((await helpdesk('/agents?page=1')).status).toBe(422);
    const chatsOnly = await livechatFor({ livechat: { helpdeskBought: false, forbiddenHelpdesk: ['tags'] } });
    expect(await chatsOnly.helpdesk('/tickets')).toMatchObject({ status: 403, body: { error: 'License not found' } });
    expect((await chatsOnly.v3('configuration/list_agents')).status).toBe(200);
    const narrow = await livechatFor({ livechat: { forbiddenHelpdesk: ['tags'] } });
    expect((await narrow.helpdesk('/tags')).status).toBe(403);
    expect((await narrow.helpdesk('/teams')).body).toHaveLength(3);
  });

  test('leads to names of what tickets refer to', async () => {
    const { helpdesk } = await livechatFor({ tickets: 100 });
    const tickets = (await helpdesk('/tickets?pageSize=100')).body;
    const known = async (list: string) => new Map((await helpdesk(list)).body.map((one: Json) => [one.ID, one]));
    const [agents, teams, tags] = [await known('/agents'), await known('/teams'), await known('/tags')];
    const share = (found: boolean[]) => found.filter(Boolean).length / found.length;
    const assigned = tickets.flatMap((ticket: Json) => (ticket.assignment?.agent ? [ticket.assignment.agent.ID] : []));
    const tagged = tickets.flatMap((ticket: Json) => ticket.tagIDs ?? []);
    const inTeams = tickets.flatMap((ticket: Json) => ticket.teamIDs);
    // Most are there; some are of agents, teams and tags that are gone.
    for (const [list, names] of [
      [assigned, agents],
      [inTeams, teams],
      [tagged, tags],
    ] as const) {
      expect(share(list.map((id: string) => names.has(id)))).toBeGreaterThan(0.7);
      expect(share(list.map((id: string) => names.has(id)))).toBeLessThan(1);
    }
  });

  test('closes in the middle as at every other API', async () => {
    const { helpdesk, sandbox } = await livechatFor({ tickets: 40 });
    sandbox.faults.queue('429-seconds', '503', 'empty-page');
    const limited = await helpdesk('/tickets');
    expect(limited).toMatchObject({ status: 429, body: { error: 'Too many requests' } });
    expect(limited.headers.get('retry-after')).toBe('1');
    expect((await helpdesk('/tickets')).status).toBe(503);
    expect(await helpdesk('/tickets')).toMatchObject({ status: 200, body: [] });
  });
});

test('a million tickets take no time to begin with, and a page of them none to find', async () => {
  const { helpdesk } = await livechatFor({ tickets: 1_000_000, equalTimestamps: 100 });
  const started = performance.now();
  const first = await helpdesk('/tickets?sortBy=updatedAt&order=asc&pageSize=100&silo=archive');
  const last = first.body.at(-1);
  const after = `next.value=2025-06-01T00:00:00.000Z&next.ID=${last.ID}`;
  const second = await helpdesk(`/tickets?sortBy=updatedAt&order=asc&pageSize=100&silo=tickets&${after}`);
  expect(second.body).toHaveLength(100);
  expect(performance.now() - started).toBeLessThan(10_000);
});
