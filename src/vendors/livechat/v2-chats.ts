import { SyncError } from '../../core/errors.ts';
import type { ReadRequest, Row, StreamItem } from '../../core/stream.ts';
import { dayOf, formatDay, startOfDay } from '../../core/timestamps.ts';
import {
  type ChatBookmark,
  type ChatSettings,
  openSince,
  startOf,
  startOfChats,
  writeChatBookmark,
} from './chat-bookmark.ts';
import { chatRow } from './chat-row.ts';
import type { ChatReader } from './chats.ts';
import { type ChatsPage, PAGE_SIZE, type RestV2 } from './rest-v2.ts';
import { LIST_CAP, longestWalk } from './ticket-windows.ts';

/** Days from the first to the last, both counted from 1970-01-01. */
interface Days {
  readonly from: number;
  readonly to: number;
}

/** How long lists of chats may be. */
export interface ListSizes {
  /** How many chats a list shows. @default LIST_CAP */
  readonly cap: number;
  /** About how many lie in a window: what an interrupted run reads again is less. @default 2,500, what 100 calls give */
  readonly window: number;
}

const SIZES: ListSizes = { cap: LIST_CAP, window: 100 * PAGE_SIZE };

/** How often a window is read in which chats are missing. */
const MAX_READINGS = 3;

/** livechat_chats over REST v2. `now` tells our time, in epoch ms. */
export function v2ChatReader(api: RestV2, settings: ChatSettings, now: () => number, sizes = SIZES): ChatReader {
  return {
    read: (known, request) => readV2Chats(api, settings, known, request, now(), sizes),
    async forecast(known, request) {
      const from = dayOf(startOfChats(known, settings));
      const to = Math.max(from, dayOf(now()) + 2);
      const { total } = await api.listChats({ from, to, page: 1 }, request);
      if (total === undefined) return { rows: undefined, calls: undefined };
      // A window's last page is seldom full.
      return { rows: total, calls: Math.max(1, Math.ceil(total / PAGE_SIZE) + Math.floor(total / sizes.window)) };
    },
  };
}

/**
 * Reads the chats of REST v2 by windows of days, oldest first, a bookmark a window. A list shows the latest 25,000 chats, so a
 * window with more is divided; one day cannot be. `now` is our time in epoch ms.
 */
async function* readV2Chats(
  api: RestV2,
  settings: ChatSettings,
  known: ChatBookmark | undefined,
  request: ReadRequest,
  now: number,
  sizes: ListSizes,
): AsyncGenerator<StreamItem, void> {
  const list = (days: Days, page: number) => api.listChats({ ...days, page }, request);
  const from = startOfChats(known, settings);
  const isWanted = (row: Row) => (startOf(row) ?? settings.startDate) >= settings.startDate;
  const active: number[] = [];
  let startedBefore = known?.startedBefore ?? from;

  // Two days of the future: somewhere it is tomorrow, and clocks differ.
  const whole = { from: dayOf(from), to: Math.max(dayOf(from), dayOf(now) + 2) };
  const first = await list(whole, 1);
  const readAt = Math.max(known?.readAt ?? 0, first.serverTime);
  const bookmark = (): StreamItem => ({
    kind: 'bookmark',
    bookmark: writeChatBookmark({ startedBefore, readAt, openSince: openSince(active, readAt, settings) }),
  });
  if (known === undefined && first.total !== undefined) yield { kind: 'estimate', rows: first.total };

  const pending = divide(whole, first, dayOf(readAt), sizes).map((days, _, all) => ({
    days,
    start: all.length === 1 ? first : undefined,
  }));
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { days } = next;
    const start = next.start ?? (await list(days, 1));
    const parts = isTooLong(start, sizes) ? divide(days, start, dayOf(readAt), sizes) : [days];
    if (parts.length > 1) {
      pending.unshift(...parts.map((part) => ({ days: part, start: undefined })));
      continue;
    }
    if (isTooLong(start, sizes)) throw undivided(days, start.total);
    for await (const rows of readWindow(list, days, start, sizes)) {
      const wanted = rows.map(chatRow).filter(isWanted);
      for (const row of wanted) {
        const began = startOf(row);
        if (row['active'] === true && began !== undefined) active.push(began);
      }
      if (wanted.length > 0) yield { kind: 'rows', rows: wanted };
    }
    // Before that, what an earlier run read is read again: a bookmark would say that all of it has been.
    const reached = Math.min(startOfDay(days.to + 1), readAt);
    if (reached <= startedBefore) continue;
    startedBefore = reached;
    if (pending.length > 0) yield bookmark();
  }
  startedBefore = Math.max(startedBefore, readAt);
  yield bookmark();
}

/**
 * Reads one window, page by page. Chats that begin meanwhile push others to later pages, so that these come twice and none is
 * missed. Where fewer came than the list said when it was begun, it is read again; what has begun since is the next run's. Throws
 * when that does not help.
 */
async function* readWindow(
  list: (days: Days, page: number) => Promise<ChatsPage>,
  days: Days,
  first: ChatsPage,
  { cap }: ListSizes,
): AsyncGenerator<Row[], void> {
  const met = new Set<unknown>();
  for (let reading = 1; ; reading += 1) {
    let answer = reading === 1 ? first : await list(days, 1);
    const { total: wanted = 0 } = answer;
    let { total } = answer;
    for (let page = 1; ; page += 1) {
      if (page > 1) answer = await list(days, page);
      total = answer.total ?? total;
      const fresh = answer.chats.filter(({ id }) => !met.has(id));
      for (const { id } of fresh) met.add(id);
      if (fresh.length > 0) yield fresh;
      // What has begun since has pushed others out of it.
      if (total !== undefined && total >= cap) throw grown(days, cap);
      if (total !== undefined ? page * PAGE_SIZE >= total : answer.chats.length < PAGE_SIZE) break;
      // Nothing new: more began than a page holds, or the list has no pages at all, and this is its first again.
      if (fresh.length === 0 && total === undefined && isSame(answer, await list(days, 1))) break;
      // A bare list does not say that it ends where it may show no more.
      if (total === undefined && page * PAGE_SIZE >= longestWalk(cap)) throw undivided(days, total);
    }
    if (met.size >= wanted) return;
    if (reading === MAX_READINGS) throw incomplete(days, wanted - met.size);
  }
}

function isSame({ chats }: ChatsPage, other: ChatsPage): boolean {
  return chats.length === other.chats.length && chats.every(({ id }, place) => id === other.chats[place]?.['id']);
}

/** Parts of days of about the right length, oldest first; the same days where they cannot or need not be divided. */
function divide({ from, to }: Days, { total }: ChatsPage, today: number, { window }: ListSizes): Days[] {
  const last = Math.max(from, Math.min(to, today));
  const length = last - from + 1;
  const count = Math.min(length, Math.ceil((total ?? 0) / window));
  if (count <= 1) return [{ from, to }];
  const edge = (n: number) => from + Math.floor((n * length) / count);
  return Array.from({ length: count }, (_, n) => ({ from: edge(n), to: n === count - 1 ? to : edge(n + 1) - 1 }));
}

/** A list that is near to what it can show may have more. */
function isTooLong({ total }: ChatsPage, { cap }: ListSizes): boolean {
  return (total ?? 0) >= longestWalk(cap);
}

function describe({ from, to }: Days): string {
  return from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}

function incomplete(days: Days, missing: number): SyncError {
  return new SyncError(
    'transient',
    `LiveChat gives ${missing} chats fewer of ${describe(days)} than it says there are, also when asked again. What it gave has been delivered. Run the sync again; if this stays, please report it.`,
  );
}

function grown(days: Days, cap: number): SyncError {
  return new SyncError(
    'transient',
    `LiveChat's list of the chats of ${describe(days)} grew beyond the ${cap} that it shows while it was read. What it gave has been delivered. Run the sync again: it reads them in smaller parts.`,
  );
}

function undivided(days: Days, total: number | undefined): SyncError {
  return new SyncError(
    'system',
    `LiveChat has ${total ?? 'too many'} chats of ${describe(days)}, and its REST API v2 shows at most 25,000 of a list, which cannot be divided further. Use a personal access token (livechat.credentials): the current API has no such limit.`,
  );
}
