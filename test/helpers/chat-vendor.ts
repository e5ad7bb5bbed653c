import type { BookmarkFields, Row, StreamItem } from '../../src/core/stream.ts';
import { dayOf } from '../../src/core/timestamps.ts';
import type { ChatSettings } from '../../src/vendors/livechat/chat-bookmark.ts';
import { createChatsStream } from '../../src/vendors/livechat/chats.ts';
import { PAGE_SIZE, type RestV2 } from '../../src/vendors/livechat/rest-v2.ts';
import { v2ChatReader } from '../../src/vendors/livechat/v2-chats.ts';
import type { ChatPage, V3Api } from '../../src/vendors/livechat/v3-api.ts';
import { v3ChatReader } from '../../src/vendors/livechat/v3-chats.ts';

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** When the vendor's first chats begin, in epoch ms. */
export const FROM = Date.UTC(2026, 0, 1);

/** A chat's life. Minutes: `start` since FROM, the others since `start`. */
export interface Life {
  readonly start: number;
  readonly lasts: number;
  /** When something is said, tagged or rated. */
  readonly changes: readonly number[];
}

export interface ChatWorld {
  readonly lives: readonly Life[];
  /** How long a call takes, in ms: chats go on between two of them. */
  readonly callMs: number;
  /** Chats on a page of v3.6. REST v2 always has 25. */
  readonly page: number;
  /** Whether the archive has chats that go on. */
  readonly archiveActive: boolean;
  /** Whether threads in the archive say if they go on. */
  readonly sparse: boolean;
  /** Whether `from` of the archive belongs to its window. */
  readonly inclusive: boolean;
  /** Whether REST v2 tells totals. */
  readonly envelope: boolean;
  /** What a list of REST v2 shows, and about how many of them are read in one window. */
  readonly cap: number;
  readonly window: number;
  readonly lookbackDays: number;
  readonly openDays: number;
  /** Minutes since FROM. */
  readonly startDate: number;
}

export const CALM: ChatWorld = {
  lives: [],
  callMs: 600,
  page: 100,
  archiveActive: true,
  sparse: false,
  inclusive: true,
  envelope: true,
  cap: 25_000,
  window: 2500,
  lookbackDays: 3,
  openDays: 30,
  startDate: 0,
};

/** A chat as it will have been: all times in epoch ms. */
export interface Chat {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** In order, the end among them. */
  readonly changes: readonly number[];
}

/** What ends a run at a call. */
class CutOff extends Error {}

/** A vendor in this process, whose chats live by its clock, behind both APIs. */
export class ChatVendor {
  now = FROM;
  calls = 0;
  startsWithArchive = false;
  readonly chats: readonly Chat[];
  readonly world: ChatWorld;
  /** What is done before each call, with its number in this run. */
  beforeCall: (call: number) => void = () => {};

  constructor(world: ChatWorld) {
    this.world = world;
    this.chats = world.lives.map(({ start, lasts, changes }, number) => {
      const begin = FROM + start * MINUTE_MS;
      const end = begin + lasts * MINUTE_MS;
      const times = [...changes.map((minutes) => begin + minutes * MINUTE_MS), end].sort((a, b) => a - b);
      return { id: `S${number}`, start: begin, end, changes: times };
    });
  }

  get settings(): ChatSettings {
    const { startDate, lookbackDays, openDays } = this.world;
    return { startDate: FROM + startDate * MINUTE_MS, lookbackDays, openDays };
  }

  isActive({ start, end }: Chat, at = this.now): boolean {
    return start <= at && at < end;
  }

  /** How often a chat had changed. */
  version({ changes }: Chat, at = this.now): number {
    return changes.filter((change) => change <= at).length;
  }

  /** Chats that have begun, the first first. */
  begun(): Chat[] {
    // Sorting keeps the order of equals.
    return this.chats.filter(({ start }) => start <= this.now).sort((a, b) => a.start - b.start);
  }

  call(): void {
    this.calls += 1;
    this.now += this.world.callMs;
    this.beforeCall(this.calls);
  }

  get serverTime(): number {
    return Math.floor(this.now / 1000) * 1000;
  }

  /** Agent Chat API v3.6. */
  get v3(): V3Api {
    const { world } = this;
    const refuse = () => Promise.reject(new Error('not asked for'));
    const paged = (chats: readonly Chat[], after: number, shape: (chat: Chat) => Row): ChatPage => {
      const rows = chats.slice(after, after + world.page);
      const last = rows.at(-1);
      const hasMore = chats.length > after + rows.length;
      return {
        chats: rows.map(shape),
        next: hasMore && last !== undefined ? last.id : undefined,
        found: chats.length,
        serverTime: this.serverTime,
      };
    };
    const placeAfter = (chats: readonly Chat[], page: string | undefined, begun: readonly Chat[]) => {
      if (page === undefined) return 0;
      const behind = new Set(begun.slice(begun.findIndex(({ id }) => id === page) + 1));
      const next = chats.findIndex((chat) => behind.has(chat));
      return next < 0 ? chats.length : next;
    };
    let asked = 0;
    return {
      probe: refuse,
      listAgents: refuse,
      listGroups: refuse,
      listArchives: async ({ from, page }) => {
        this.call();
        if (this.calls === 1) this.startsWithArchive = true;
        if (page === undefined) asked = from;
        const begun = this.begun();
        const chats = begun.filter(
          (chat) =>
            // As createV3Api asks: a millisecond earlier, whatever the bound means.
            (world.inclusive ? chat.start >= asked - 1 : chat.start > asked - 1) &&
            (world.archiveActive || !this.isActive(chat)),
        );
        return paged(chats, placeAfter(chats, page, begun), (chat) => ({
          id: `Q${chat.id}`,
          users: [],
          thread: {
            id: chat.id,
            created_at: new Date(chat.start).toISOString(),
            tags: [String(this.version(chat))],
            ...(world.sparse ? {} : { active: this.isActive(chat) }),
          },
        }));
      },
      listActive: async (page) => {
        this.call();
        const begun = this.begun();
        const chats = begun.filter((chat) => this.isActive(chat));
        return paged(chats, placeAfter(chats, page, begun), (chat) => ({
          id: `Q${chat.id}`,
          users: [],
          last_thread_summary: {
            id: chat.id,
            created_at: new Date(chat.start).toISOString(),
            tags: [String(this.version(chat))],
            active: true,
          },
        }));
      },
    };
  }

  /** REST v2. */
  get v2(): RestV2 {
    const { cap, envelope } = this.world;
    const refuse = () => Promise.reject(new Error('not asked for'));
    return {
      listAgents: refuse,
      listTickets: refuse,
      listChats: async ({ from, to, page }) => {
        this.call();
        const found = this.begun().filter(({ start }) => dayOf(start) >= from && dayOf(start) <= to);
        const shown = found.reverse().slice(0, cap);
        const chats = shown.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(
          (chat): Row => ({
            type: 'chat',
            id: chat.id,
            started_timestamp: chat.start / 1000,
            pending: this.isActive(chat),
            tags: [String(this.version(chat))],
          }),
        );
        return { chats, total: envelope ? shown.length : undefined, serverTime: this.serverTime };
      },
    };
  }
}

export type ApiName = 'v3' | 'v2';

/** One run: what it gave and what it cost. Times in epoch ms by the vendor's clock. */
export interface ChatRun {
  readonly began: number;
  readonly ended: number;
  readonly calls: number;
  /** Those that a bookmark covers; of a run that was not cut off, all. */
  readonly rows: readonly Row[];
  readonly bookmark: BookmarkFields | undefined;
  readonly seen: readonly BookmarkFields[];
  readonly isWhole: boolean;
  /** Whether the first call was one of the archive of v3.6. */
  readonly startsWithArchive: boolean;
}

/** Reads once, up to the call with the number `cutAt`. Bookmarks come back as they would from a file. */
export async function runChats(
  vendor: ChatVendor,
  api: ApiName,
  bookmark?: BookmarkFields,
  cutAt = Number.POSITIVE_INFINITY,
): Promise<ChatRun> {
  const { world, settings } = vendor;
  const reader =
    api === 'v3'
      ? v3ChatReader(vendor.v3, settings)
      : v2ChatReader(vendor.v2, settings, () => vendor.now, { cap: world.cap, window: world.window });
  const stream = createChatsStream(async () => reader);
  const before = vendor.beforeCall;
  vendor.calls = 0;
  vendor.startsWithArchive = false;
  vendor.beforeCall = (call) => {
    before(call);
    if (call >= cutAt) throw new CutOff();
  };
  const began = vendor.now;
  const covered: Row[] = [];
  const seen: BookmarkFields[] = [];
  let since: Row[] = [];
  let isWhole = true;
  const signal = new AbortController().signal;
  const nothing = () => {};
  try {
    const request = { mode: 'incremental', bookmark, signal, log: nothing, onWait: nothing, onCall: nothing } as const;
    for await (const item of stream.read(request) as AsyncIterable<StreamItem>) {
      if (item.kind === 'rows') since.push(...item.rows);
      if (item.kind !== 'bookmark') continue;
      seen.push(JSON.parse(JSON.stringify(item.bookmark)));
      covered.push(...since);
      since = [];
    }
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    isWhole = false;
  } finally {
    vendor.beforeCall = before;
  }
  const last = seen.at(-1) ?? bookmark;
  const { now: ended, calls, startsWithArchive } = vendor;
  return { began, ended, calls, rows: covered, bookmark: last, seen, isWhole, startsWithArchive };
}

/** The version of a chat that a row shows. */
export function versionIn(row: Row): number {
  return Number((row['tags'] as string[])[0]);
}
