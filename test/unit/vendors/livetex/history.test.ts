import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../../src/core/errors.ts';
import type { Row } from '../../../../src/core/stream.ts';
import { DAY_MS, evenly, livetexVendor, readHistory, serverOf } from '../../../helpers/livetex-vendor.ts';

/** What a run over a server's chats brought, and what it cost. */
async function readChats(server: ReturnType<typeof serverOf>, bookmark?: Record<string, unknown>) {
  const run = await readHistory(server, 'livetex_chats', bookmark);
  const warnings = run.log.filter((line) => line.level === 'warn').map((line) => line.message);
  const ids = new Set(run.rows.map((row) => row['chat_id']));
  return { ...run, ids, warnings, calls: server.calls.length };
}

describe('numbers that lie', () => {
  test('a list that gives no more than its first 500 is divided, and all of it is read', async () => {
    const server = serverOf(evenly(3000), (body, { offset }) => {
      body.results = body.results.slice(0, Math.max(0, 500 - offset));
    });
    const { ids, warnings } = await readChats(server);
    expect(ids.size).toBe(3000);
    expect(warnings).toEqual([]);
  });

  test('empty answers beside a total, three times: asked again, and nothing is lost', async () => {
    const server = serverOf(evenly(3000), (body, _asked, call) => {
      if (call <= 3) body.results = [];
    });
    expect((await readChats(server)).ids.size).toBe(3000);
  });

  test('rows that are counted and never given: an error, and no bookmark that says that there are none', async () => {
    const server = serverOf(evenly(300), (body) => {
      body.results = [];
    });
    const kinds: string[] = [];
    const reading = readHistory(server, 'livetex_chats', undefined, Number.POSITIVE_INFINITY, (item) => {
      kinds.push(item.kind);
    });
    await expect(reading).rejects.toThrow('LiveTex counts chats, and gives none of them');
    expect(kinds).toEqual([]);
    expect(server.calls.length).toBeLessThan(200);
  });

  test.each([300, 20_000])('a total of the whole account (%i): said once, everything is read', async (count) => {
    const server = serverOf(evenly(count), (body) => {
      body.total = count;
    });
    const { ids, warnings, calls } = await readChats(server);
    expect(ids.size).toBe(count);
    expect(warnings).toEqual([expect.stringContaining('LiveTex counts more chats than it gives')]);
    expect(calls).toBeLessThan(100 + (count / 100) * 2);
  });

  test('a total that is the number of rows of the answer', async () => {
    const server = serverOf(evenly(3000), (body) => {
      body.total = body.results.length;
    });
    const { ids, calls } = await readChats(server);
    expect(ids.size).toBe(3000);
    expect(calls).toBeLessThan(120);
  });

  test('a total that is one more at every second answer', async () => {
    const server = serverOf(evenly(450), (body, _asked, call) => {
      body.total = (body.total ?? 0) + (call % 2);
    });
    expect((await readChats(server)).ids.size).toBe(450);
  });

  test('rows that are counted, also by the offset, but not shown: all others are read, for a bearable number of calls', async () => {
    const items = evenly(3000, (item, n) => ({ ...item, hidden: n % 50 === 7 }));
    const server = serverOf(items, (body) => {
      body.results = body.results.filter((item) => item['hidden'] === false);
    });
    const { ids, warnings, calls } = await readChats(server);
    expect(ids.size).toBe(2940);
    expect(warnings).toEqual([expect.stringContaining('LiveTex counts more chats than it gives')]);
    expect(calls).toBeLessThan(600);
  });

  test('more rows in one second than LiveTex shows: an error, for there is no way to the rest', async () => {
    const crowd = evenly(900, (item) => ({
      ...item,
      created_at: '2025-03-01T12:00:00',
      closed_at: '2025-03-01T12:00:00',
    }));
    const server = serverOf(crowd, (body, { offset }) => {
      body.results = body.results.slice(0, Math.max(0, 500 - offset));
    });
    await expect(readChats(server)).rejects.toThrow(/counts more chats .* than the 500 that it shows/);
  });

  test('a total of 0', async () => {
    const server = serverOf(evenly(3000), (body) => {
      body.total = 0;
    });
    expect((await readChats(server)).ids.size).toBe(3000);
  });
});

describe('rows that are listed in odd ways', () => {
  test('every row twice: each is given once, with one warning', async () => {
    const server = serverOf(evenly(300).flatMap((item) => [item, item]));
    const { ids, rows, warnings, calls } = await readChats(server);
    expect([ids.size, rows.length]).toEqual([300, 300]);
    expect(warnings).toEqual([expect.stringMatching(/^LiveTex lists some chats .* twice\.$/)]);
    expect(calls).toBeLessThan(20);
  });

  test('two rows of one id are both given, the later one last, with a warning', async () => {
    const server = serverOf(evenly(300, (item, n) => (n === 170 ? { ...item, id: 'c150' } : item)));
    const { rows, warnings } = await readChats(server);
    const twins = rows.filter((row) => row['chat_id'] === 'c150');
    expect(twins.map((row) => row['created_at'])).toEqual([expect.any(String), expect.any(String)]);
    expect(String(twins[0]?.['created_at']) < String(twins[1]?.['created_at'])).toBe(true);
    expect(warnings).toContainEqual(
      expect.stringContaining('several chats with the id c150: a table by chat_id keeps'),
    );
  });

  test('rows that change between two readings of their window are given again, as they are now', async () => {
    const items = evenly(600, (item) => ({ ...item, is_closed: false, closed_at: null }));
    const server = serverOf(items);
    server.onCall = (call) => {
      if (call !== 2) return;
      // Between two pages of the first window a row goes away, and all others are closed.
      items.splice(3, 1);
      for (const item of items) Object.assign(item, { is_closed: true, closed_at: item['created_at'] });
    };
    const { rows } = await readChats(server);
    const last = new Map(rows.map((row) => [row['chat_id'], row['is_closed']]));
    expect(rows.filter((row) => row['is_closed'] === false).length).toBeGreaterThan(90);
    for (const { id } of items) expect(last.get(id)).toBe(true);
  });

  test('a server that does not look at the offset', async () => {
    const server = serverOf(evenly(450), (body, { limit, from, to }) => {
      const all = evenly(450).filter(({ created_at: at }) => String(at) >= from && String(at) <= to);
      body.results = all.slice(0, limit);
    });
    const { ids, calls } = await readChats(server);
    expect(ids.size).toBe(450);
    expect(calls).toBeLessThan(200);
  });

  test('ids under the name of the column', async () => {
    const items = evenly(3).map(({ id, ...item }) => ({ ...item, chat_id: id }));
    expect((await readChats(serverOf(items))).ids).toEqual(new Set(['c0', 'c1', 'c2']));
  });

  test('ids that no number of JSON can hold end the stream, since two of them could become one', async () => {
    const server = serverOf(evenly(3, (item, n) => ({ ...item, id: 2 ** 53 + n * 2 })));
    await expect(readChats(server)).rejects.toThrow('as a number that JSON cannot hold');
  });

  test('a filter that is not looked at ends the stream: nothing else could be relied on', async () => {
    const items = evenly(500);
    const server = serverOf(items, (body, { offset, limit }) => {
      body.total = items.length;
      body.results = items.slice(offset, offset + limit);
    });
    await expect(readChats(server)).rejects.toThrow(/and gives others, of 20\d\d.*it does not take the filter/);
  });
});

describe('periods that LiveTex does not answer for', () => {
  const refusing = (status: number, days: number) =>
    serverOf(evenly(600), (_body, { from, to }) => {
      if (Date.parse(to) - Date.parse(from) > days * DAY_MS) throw new SyncError('system', 'Too long', { status });
    });

  test.each([
    [422, 40],
    [504, 60],
    [500, 6],
  ])('HTTP %i for more than %i days: shorter ones are asked for', async (status, days) => {
    const { ids, log } = await readChats(refusing(status, days));
    expect(ids.size).toBe(600);
    expect(log.filter((line) => line.message.endsWith('Asking for shorter periods.')).length).toBeLessThanOrEqual(3);
  });

  test('a failure that passes costs a few calls, not short periods to the end', async () => {
    let failures = 1;
    const server = serverOf(evenly(200), () => {
      if (failures === 0) return;
      failures -= 1;
      throw new SyncError('transient', 'Bad gateway', { status: 502 });
    });
    const { ids, calls } = await readChats(server);
    expect(ids.size).toBe(200);
    expect(calls).toBeLessThan(20);
  });

  test('a failure that stays is the end', async () => {
    await expect(readChats(refusing(422, -1))).rejects.toThrow('Too long');
    await expect(readChats(refusing(403, 60))).rejects.toThrow('Too long');
  });
});

describe('where a run begins', () => {
  test('a start date that is still to come leaves no bookmark: when it is corrected, everything is read', async () => {
    const items = evenly(300);
    const early = await readChats(serverOf(items, () => {}, { startDate: Date.UTC(2031, 0) }));
    expect(early.bookmarks).toEqual([]);
    expect((await readChats(serverOf(items), early.bookmark)).ids.size).toBe(300);
  });

  test('a start date before there were computers', async () => {
    const server = serverOf(evenly(3), () => {}, { startDate: Date.UTC(-1000, 0) });
    expect((await readChats(server)).ids.size).toBe(3);
    expect(server.calls.length).toBeLessThan(70);
  });

  test('a bookmark from the future brings nothing, stays, and is pointed out', async () => {
    const bookmark = { created_at: '2099-01-01T00:00:00.000Z' };
    const run = await readChats(serverOf(evenly(3)), bookmark);
    expect([run.rows, run.bookmark]).toEqual([[], bookmark]);
    expect(run.warnings).toEqual([expect.stringContaining('all up to 2099-01-01T00:00:00.000Z has been read')]);
  });
});

describe('what is followed', () => {
  const NOW = Date.UTC(2026, 0, 20, 10);
  const chat = (id: string, daysAgo: number, more: Row): Row => {
    const at = new Date(NOW - daysAgo * DAY_MS).toISOString();
    return { id, created_at: at, messages: [], ...more };
  };
  const openSince = async (...items: Row[]) => {
    const vendor = livetexVendor({ chats: 0 });
    vendor.tamper = (body) => Object.assign(body, { total: items.length, results: structuredClone(items) });
    const { bookmark, log } = await readHistory(vendor, 'livetex_chats', { created_at: new Date(NOW).toISOString() });
    const since = bookmark?.['open_since'];
    const left = log.find((line) => line.message.startsWith('Open chats older'))?.message;
    return { days: since === undefined ? undefined : Math.round((NOW - Date.parse(String(since))) / DAY_MS), left };
  };
  const closed = (daysAgo: number) => new Date(NOW - daysAgo * DAY_MS).toISOString();

  test.each<[string, Row, number | undefined]>([
    ['an open one', { is_closed: false }, 5],
    ['one that was closed within the lookback: it may be rated yet', { is_closed: true, closed_at: closed(3) }, 5],
    ['one whose conversation goes on', { is_closed: false, closed_at: closed(4) }, 5],
    ['not one that says it is closed, but not when', { is_closed: true }, undefined],
    ['one that does not say', {}, 5],
    ['"1" for true', { is_closed: '1' }, undefined],
    ['a time of zeros, which is none', { closed_at: '0000-00-00 00:00:00' }, 5],
  ])('%s', async (_what, more, days) => {
    expect((await openSince(chat('a', 5, more))).days).toBe(days);
  });

  test('the oldest of several counts, unless it is too old: that is said', async () => {
    const found = await openSince(chat('a', 6, { is_closed: false }), chat('b', 6.5, { is_closed: false }));
    expect(found).toEqual({ days: 7, left: undefined });
    const old = await openSince(chat('a', 6, { is_closed: false }), chat('c', 40, { is_closed: false }));
    expect(old).toEqual({
      days: 6,
      left: expect.stringMatching(/older than 30 days are not followed any more: c of 2025-12-11/),
    });
  });
});

describe('what a login may not read', () => {
  const warningsFor = async (change: (item: Row) => Row) => (await readChats(serverOf(evenly(3, change)))).warnings;

  test('is told by what is not there, not by what is empty', async () => {
    expect(await warningsFor((item) => ({ ...item, messages: null, message_count: 0 }))).toEqual([]);
    expect(await warningsFor((item) => ({ ...item, messages: [] }))).toEqual([]);
    expect(await warningsFor((item) => ({ ...item, messages: null, message_count: 4 }))).toHaveLength(1);
    expect(await warningsFor(({ messages: _none, ...item }) => item)).toEqual([
      expect.stringMatching(/^LiveTex sent no "messages" with the chats: the column is empty there/),
    ]);
  });
});
