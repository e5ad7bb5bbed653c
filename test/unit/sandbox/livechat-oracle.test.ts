import { describe, expect, test } from 'vitest';
import { originalThread } from '../../../src/sandbox/livechat/chats/chat-data.ts';
import { ALWAYS, type TicketCriteria, TicketOrder } from '../../../src/sandbox/livechat/helpdesk/ticket-order.ts';
import { TicketShelf } from '../../../src/sandbox/livechat/ticket-shelf.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { type Json, livechatFor } from '../../helpers/livechat-sandbox.ts';

const NOW = Date.UTC(2026, 1, 1);
const FACTS = { seed: 1, count: 60, agents: 3, from: Date.UTC(2025, 0, 1), to: NOW, equalTimestamps: 4, bigText: 0 };

const byId = (rows: Iterable<Json>) => new Map([...rows].map((row) => [row.id, row]));

describe('the same data', () => {
  test('comes at every start, and other data for another seed', async () => {
    const [one, other, third] = [await livechatFor(), await livechatFor(), await livechatFor({ seed: 2 })];
    const ask = async ({ helpdesk, v3 }: typeof one) => [
      (await helpdesk('/tickets?pageSize=50')).body,
      (await v3('agent/list_archives', { limit: 50 })).body.chats,
      (await v3('configuration/list_agents', { fields: ['groups', 'last_logout'] })).body,
    ];
    expect(await ask(one)).toEqual(await ask(other));
    expect(await ask(one)).not.toEqual(await ask(third));
    expect(originalThread(FACTS, 17)).toEqual(originalThread({ ...FACTS }, 17));
  });

  test('changes by itself after each page when it is told to', async () => {
    const clock = new FakeClock(NOW);
    const { v3, v2, sandbox } = await livechatFor({ churn: 5, livechat: { chats: 50 } }, { clock });
    const before = [...sandbox.oracle.chats('v3')];
    await v3('agent/list_archives', {});
    await v2('/chats');
    const after = [...sandbox.oracle.chats('v3')];
    expect(after.length).toBe(before.length + 4);
    expect(after.slice(0, before.length)).not.toEqual(before);
  });
});

test('an order of tickets counts as many as it gives, whatever changes', () => {
  const shelf = new TicketShelf(FACTS, false);
  const order = new TicketOrder(shelf);
  const criteria = (silo: TicketCriteria['silo'], filtered: boolean): TicketCriteria => ({
    silo,
    sortBy: 'updatedAt',
    ascending: true,
    after: undefined,
    inclusive: false,
    ranges: { createdAt: ALWAYS, updatedAt: { from: FACTS.from, to: NOW + 30_000 }, lastMessageAt: ALWAYS },
    filter: filtered ? ({ ticket }) => ticket.status === 'solved' : undefined,
    filterName: String(filtered),
  });
  const silos = ['tickets', 'archive', 'spam', 'trash'] as const;
  const check = () => {
    for (const silo of silos) {
      for (const filtered of [false, true]) {
        const asked = criteria(silo, filtered);
        expect(order.count(asked)).toBe([...order.walk(asked)].length);
      }
    }
  };
  check();
  for (let n = 0; n < 60; n += 1) {
    const number = (n * 17) % shelf.size;
    const now = NOW + n * 1000;
    if (n % 6 === 0) shelf.create(now);
    else if (n % 6 === 1) shelf.remove(number);
    else if (n % 6 === 2) shelf.modify(number, now);
    else shelf.moveToSilo(number, silos[n % 4] as TicketCriteria['silo'], now);
    check();
  }
});

describe('the oracle', () => {
  test('tells the same ticket for both APIs, each in its own words', async () => {
    const { sandbox } = await livechatFor({ tickets: 120 });
    const older = byId(sandbox.oracle.tickets('rest_v2'));
    const today = [...sandbox.oracle.tickets('helpdesk', ['tickets', 'archive', 'spam'])] as Json[];
    expect(today.map((row) => row.short_id).sort()).toEqual([...older.keys()].sort());
    for (const row of today) {
      const other = older.get(row.short_id);
      expect(row).toMatchObject({
        subject: other.subject,
        date: other.date,
        requester: { mail: other.requester.mail },
      });
      expect(row.modified.slice(0, 19)).toBe(other.modified.slice(0, 19));
      expect(Object.keys(row).sort()).toEqual(Object.keys(other).sort());
      const texts = (one: Json) => one.events.flatMap((event: Json) => event.message ?? []);
      expect(texts(row)).toEqual(texts(other));
    }
  });

  test('gives nobody the keys of attachments', async () => {
    const { sandbox, helpdesk } = await livechatFor({ tickets: 60, surprises: true });
    const sent = JSON.stringify((await helpdesk('/tickets?pageSize=100')).body);
    const secrets = [...sent.matchAll(/secret-file-token-\d+|signature=(\w+)/g)].map((match) => match[1] ?? match[0]);
    expect(secrets.length).toBeGreaterThan(20);
    const rows = JSON.stringify([...sandbox.oracle.tickets('helpdesk')]);
    expect(secrets.filter((secret) => rows.includes(secret))).toEqual([]);
    expect(rows).toContain('чек №1.pdf');
  });

  test('knows when a chat ended: by what closed it, or by the last that happened', async () => {
    const clock = new FakeClock(NOW);
    const { sandbox } = await livechatFor({ livechat: { chats: 400 } }, { clock });
    const [today, older] = [byId(sandbox.oracle.chats('v3')), byId(sandbox.oracle.chats('rest_v2'))];
    for (const [id, row] of today) {
      const other = older.get(id);
      expect(row.active).toBe(other.active);
      expect(Object.keys(row).sort()).toEqual(Object.keys(other).sort());
      if (row.restricted_access !== null || other.type === 'missed_chat') continue;
      expect(row.ended_timestamp?.slice(0, 19)).toBe(other.ended_timestamp?.slice(0, 19));
      expect(row.rate).toBe(other.rate);
      expect(row.messages.map((one: Json) => one.text)).toEqual(other.messages.map((one: Json) => one.text));
      expect(row.agents.map((one: Json) => one.login)).toEqual(other.agents.map((one: Json) => one.login));
    }
    const number = sandbox.livechatChats.start(NOW);
    sandbox.livechatChats.say(number, 'Bye', NOW + 3000);
    sandbox.livechatChats.end(number, NOW + 9000, null);
    expect([...sandbox.oracle.chats('v3')].at(-1)).toMatchObject({ ended_timestamp: '2026-02-01T00:00:03.000Z' });
  });

  test('says less of threads that say less', async () => {
    const { sandbox, v3 } = await livechatFor({ livechat: { chats: 60, sparseThreads: true } });
    const [item] = (await v3('agent/list_archives')).body.chats;
    expect(item.thread).not.toHaveProperty('active');
    expect(item.thread).not.toHaveProperty('user_ids');
    const full = byId((await livechatFor({ livechat: { chats: 60 } })).sandbox.oracle.chats('v3'));
    const rows = [...sandbox.oracle.chats('v3')] as Json[];
    expect(rows.every((row) => row.active === null)).toBe(true);
    // With several threads in a chat nobody knows whose agents they were.
    expect(rows.some((row) => row.agents.length > full.get(row.id).agents.length)).toBe(true);
    expect(rows.some((row) => row.ended_timestamp === null && full.get(row.id).ended_timestamp !== null)).toBe(true);
  });
});
