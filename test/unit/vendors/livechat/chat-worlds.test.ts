import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BookmarkFields } from '../../../../src/core/stream.ts';
import {
  type ApiName,
  CALM,
  type Chat,
  type ChatRun,
  ChatVendor,
  type ChatWorld,
  DAY_MS,
  FROM,
  MINUTE_MS,
  runChats,
  versionIn,
} from '../../../helpers/chat-vendor.ts';

/** The same worlds on every machine; to look into others: `WORLDS_SEED=7 WORLDS_RUNS=5000 npx vitest run …`. */
const { WORLDS_SEED = '1', WORLDS_RUNS = '300' } = process.env;
// Worlds with many chats take minutes to be made small.
const SEARCH = {
  seed: Number(WORLDS_SEED),
  numRuns: Number(WORLDS_RUNS),
  interruptAfterTimeLimit: 30_000,
  markInterruptAsFailure: true,
};

const DAY = 1440;
/** All chats begin within so many days. */
const SPAN = 40;
/** A chat may show up in a list this much later than it began; what is younger is always read again. */
const LAG_MS = 5 * MINUTE_MS;

const minutes = fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 20 * DAY }));

/** Chats that begin within so many days. */
const lives = (days: number, length: fc.ArrayConstraints) =>
  fc.array(
    fc.record({
      // Some begin at the same instant.
      start: fc.oneof(fc.integer({ min: 0, max: days * DAY }), fc.constantFrom(0, DAY, DAY + 1, days * DAY)),
      lasts: minutes,
      changes: fc.array(minutes, { maxLength: 4 }),
    }),
    length,
  );

const worlds: fc.Arbitrary<ChatWorld> = fc.record({
  // REST v2 has 25 on a page, whatever the world.
  lives: fc.oneof(lives(SPAN, { maxLength: 45 }), lives(8, { minLength: 60, maxLength: 160, size: 'max' })),
  callMs: fc.constantFrom(600, 60_000, 40 * MINUTE_MS, 40 * MINUTE_MS),
  page: fc.constantFrom(100, 7, 3),
  archiveActive: fc.boolean(),
  sparse: fc.boolean(),
  inclusive: fc.boolean(),
  envelope: fc.boolean(),
  cap: fc.constantFrom(25_000, 25_000, 100),
  window: fc.constantFrom(2500, 10, 30),
  lookbackDays: fc.integer({ min: 0, max: 7 }),
  openDays: fc.constantFrom(0, 1, 10, 30),
  startDate: fc.constantFrom(0, 0, 10 * DAY, 10 * DAY + 700),
});

/** When to run (minutes after the last run), and at which call to cut the run off, if at all. */
const plans = fc.array(
  fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 12 * DAY })),
    cutAt: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1, 2, 3, 5, 8),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Follows the runs of a connection and knows what each of them has to have brought. */
class Warehouse {
  readonly table = new Map<string, number>();
  readonly #vendor: ChatVendor;
  readonly #api: ApiName;
  bookmark: BookmarkFields | undefined;

  constructor(vendor: ChatVendor, api: ApiName) {
    this.#vendor = vendor;
    this.#api = api;
  }

  async run(cutAt?: number): Promise<ChatRun> {
    const run = await runChats(this.#vendor, this.#api, this.bookmark, cutAt);
    for (const row of run.rows) this.table.set(String(row['id']), versionIn(row));
    this.bookmark = run.bookmark;
    return run;
  }

  /** What must be there after a run that was not cut off: the least version of each chat. */
  owed({ began, ended, calls, startsWithArchive }: ChatRun): Map<string, number> {
    const { world, settings } = this.#vendor;
    const lookback = Math.max(settings.lookbackDays * DAY_MS, LAG_MS);
    const isQuiet = calls === 1;
    const owed = new Map<string, number>();
    for (const chat of this.#vendor.chats) {
      if (chat.start > began || chat.start < settings.startDate) continue;
      // A run that saves the second call leaves what goes on unseen to a later one, and so does one that saves the third with what
      // ends between the first two.
      const isHidden = this.#api === 'v3' && !world.archiveActive && this.#vendor.isActive(chat, began);
      if (isHidden && (isQuiet || (startsWithArchive && chat.end <= ended))) continue;
      const due = chat.changes.filter((at) => at <= began && isFollowed(chat, at, lookback, settings.openDays));
      owed.set(chat.id, due.length === 0 ? 0 : this.#vendor.version(chat, Math.max(...due)));
    }
    return owed;
  }
}

/** Whether a change has to arrive: it came within the lookback, or while the chat was going on and young enough to be followed. */
function isFollowed({ start, end }: Chat, at: number, lookback: number, openDays: number): boolean {
  return at <= start + lookback || (at <= end && at <= start + openDays * DAY_MS);
}

function expectOwed(warehouse: Warehouse, owed: Map<string, number>): void {
  for (const [id, version] of owed) {
    const found = warehouse.table.get(id);
    if (found === undefined || found < version) expect([id, found]).toEqual([id, `at least ${version}`]);
  }
}

/** Days with more chats than a list shows cannot be divided: then the stream has to say so, and nothing else. */
async function orUndivided<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error) => {
    expect(String(error)).toMatch(/cannot be divided further|grew beyond the/);
    return undefined;
  });
}

describe.each(['v3', 'v2'] as const)('nothing is lost (%s)', (api) => {
  test('whenever it runs and wherever it is cut off: what had begun is there, and what changed in time', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, plans, async (world, plan) => {
        const vendor = new ChatVendor(world);
        const warehouse = new Warehouse(vendor, api);
        for (const { wait, cutAt } of plan) {
          vendor.now += wait * MINUTE_MS;
          const run = await orUndivided(warehouse.run(cutAt));
          if (run === undefined) return;
          if (run.isWhole) expectOwed(warehouse, warehouse.owed(run));
        }
        // When all has ended, every chat is there, whatever its age.
        vendor.now = Math.max(vendor.now, FROM + (SPAN + 21) * DAY_MS);
        const last = await orUndivided(warehouse.run());
        if (last === undefined) return;
        const owed = warehouse.owed(last);
        expectOwed(warehouse, owed);
        expect([...warehouse.table.keys()].sort()).toEqual([...owed.keys()].sort());
      }),
      SEARCH,
    );
  });

  test('nothing is read again without a reason: what a run costs, and how far it goes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(fc.integer({ min: 1, max: 9 * DAY }), { maxLength: 6 }),
        async (given, waits) => {
          const world = { ...given, callMs: 600, envelope: true, cap: 25_000 };
          const vendor = new ChatVendor(world);
          const warehouse = new Warehouse(vendor, api);
          const { startDate, lookbackDays, openDays } = vendor.settings;
          const lookback = Math.max(lookbackDays * DAY_MS, LAG_MS);
          let since = startDate;
          vendor.now += 12 * DAY_MS;
          for (const wait of [...waits, 0]) {
            const stateBefore = JSON.stringify(warehouse.bookmark);
            const run = await warehouse.run();
            // REST v2 knows whole days only, and a call takes its time.
            const earliest = since - (api === 'v2' ? DAY_MS : 2000);
            const again = vendor.chats.filter(({ start }) => start >= earliest && start <= vendor.now);
            const old = run.rows.filter((row) => !again.some(({ id }) => id === row['id']));
            // What goes on is listed at any age.
            for (const row of old) expect(row['active']).toBe(true);
            const open = vendor.chats.filter((chat) => chat.start <= vendor.now && chat.end > run.began).length;
            const page = api === 'v2' ? 25 : world.page;
            const windows = api === 'v2' ? 1 + Math.ceil(again.length / world.window) : 0;
            const lists = api === 'v2' ? 0 : 1 + Math.floor(open / page);
            expect(run.calls).toBeLessThanOrEqual(Math.max(1, Math.ceil(again.length / page)) + windows + lists + 1);
            if (JSON.stringify(run.bookmark) !== stateBefore) {
              const followed = vendor.chats.filter(
                ({ start, end }) => start <= vendor.now && end > run.began && start >= run.began - openDays * DAY_MS,
              );
              since = Math.min(run.began - lookback, ...followed.map(({ start }) => start));
            }
            vendor.now += wait * MINUTE_MS;
          }
        },
      ),
      SEARCH,
    );
  });
});

/** Chats that begin one after the other, `apart` minutes, and last `lasts`. */
const row = (count: number, apart: number, lasts = 10) =>
  Array.from({ length: count }, (_, n) => ({ start: n * apart, lasts, changes: [] }));

describe('what a sync costs', () => {
  test.each([0, 1, 99, 100, 101, 1000])(
    'v3: a first load of %i chats takes a call a hundred, and one',
    async (count) => {
      const vendor = new ChatVendor({ ...CALM, lives: row(count, 20) });
      vendor.now += 60 * DAY_MS;
      const run = await runChats(vendor, 'v3');
      expect(run.rows).toHaveLength(count);
      expect(run.calls).toBe(Math.max(1, Math.ceil(count / 100)) + 1);
    },
  );

  test.each(['v3', 'v2'] as const)('%s: a quiet run is one call and gives no rows', async (api) => {
    const vendor = new ChatVendor({ ...CALM, lives: row(230, 20) });
    vendor.now += 60 * DAY_MS;
    const first = await runChats(vendor, api);
    expect(first.rows).toHaveLength(230);
    let { bookmark } = first;
    for (const hours of [1, 24, 24 * 30]) {
      vendor.now += hours * 60 * MINUTE_MS;
      const next = await runChats(vendor, api, bookmark);
      expect([next.calls, next.rows.length]).toEqual([1, 0]);
      bookmark = next.bookmark;
    }
  });

  test('v3: a run is a call for the archive and one for what goes on, while nothing is open longer than the lookback', async () => {
    const vendor = new ChatVendor({ ...CALM, lives: row(900, 120), archiveActive: false });
    vendor.now += 20 * DAY_MS;
    let { bookmark } = await runChats(vendor, 'v3');
    for (let hour = 0; hour < 24; hour += 1) {
      vendor.now += 60 * MINUTE_MS;
      const run = await runChats(vendor, 'v3', bookmark);
      expect(run.calls).toBe(2);
      bookmark = run.bookmark;
    }
  });
});
