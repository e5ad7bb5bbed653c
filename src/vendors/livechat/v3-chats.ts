import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/objects.ts';
import type { ReadRequest, Row, StreamItem } from '../../core/stream.ts';
import {
  type ChatBookmark,
  type ChatSettings,
  lookbackMs,
  openSince,
  startOf,
  startOfChats,
  writeChatBookmark,
} from './chat-bookmark.ts';
import type { ChatReader } from './chats.ts';
import { CHATS_PER_PAGE, type ChatPage, type V3Api } from './v3-api.ts';
import { activeChatRow, v3ChatRow } from './v3-chat-row.ts';

/** livechat_chats over the Agent Chat API. */
export function v3ChatReader(api: V3Api, settings: ChatSettings): ChatReader {
  return {
    read: (known, request) => readV3Chats(api, settings, known, request),
    async forecast(known, request) {
      const from = startOfChats(known, settings);
      const { found } = await api.listArchives({ from, limit: 1 }, request);
      if (found === undefined) return { rows: undefined, calls: undefined };
      // And one for what is going on, unless nothing has happened.
      const isQuiet = found === 0 && known !== undefined && known.openSince === undefined;
      return { rows: found, calls: Math.max(1, Math.ceil(found / CHATS_PER_PAGE)) + (isQuiet ? 0 : 1) };
    },
  };
}

/**
 * Reads the chats of the Agent Chat API: what is going on, and then the archive from the oldest thread that may have changed to the
 * newest, a bookmark a page. Whether the archive has what is going on nobody knows (livechat-api §3.5). What goes on is asked for
 * first, so that a chat that ends meanwhile is found in one of the two.
 */
async function* readV3Chats(
  api: V3Api,
  settings: ChatSettings,
  known: ChatBookmark | undefined,
  request: ReadRequest,
): AsyncGenerator<StreamItem, void> {
  const from = startOfChats(known, settings);
  const isWanted = (row: Row) => (startOf(row) ?? settings.startDate) >= settings.startDate;

  let first: ChatPage | undefined;
  if (known !== undefined && known.openSince === undefined) {
    first = await api.listArchives({ from }, request);
    // An account in which nothing happens saves the other call. What may go on unseen is left to the next run: the bookmark stays.
    if (first.chats.length === 0 && first.next === undefined) {
      return yield { kind: 'bookmark', bookmark: writeChatBookmark(known) };
    }
    // What is not in the archive yet and ends before the next call is in neither. It began after the last run: the next run brings it.
    // Where that one does not go back so far, the archive is asked again.
    if (first.serverTime - lookbackMs(settings) > known.readAt) first = undefined;
  }

  let readAt = first?.serverTime;
  /** When each chat began that goes on. */
  const active = new Map<string, number>();
  /** Rows of those that the archive has not given yet, by id. */
  const summaries = new Map<string, Row>();
  for await (const page of pagesOf((next) => api.listActive(next, request))) {
    readAt ??= page.serverTime;
    for (const row of page.chats.map(activeChatRow)) {
      // The archive is not read so far back: the bare summary would take the place of a row that has messages.
      if (row === undefined || (startOf(row) ?? from) < from) continue;
      active.set(String(row['id']), startOf(row) ?? from);
      summaries.set(String(row['id']), row);
    }
  }
  const began = Math.max(known?.readAt ?? 0, readAt ?? 0);
  /** Takes out the summaries of chats that began before an instant. */
  const takeSummaries = (before: number): Row[] => {
    const rows = [...summaries.values()].filter((row) => (startOf(row) ?? from) < before);
    for (const row of rows) summaries.delete(String(row['id']));
    return rows;
  };

  let startedBefore = known?.startedBefore ?? from;
  const bookmark = (): StreamItem => ({
    kind: 'bookmark',
    bookmark: writeChatBookmark({
      startedBefore,
      readAt: began,
      openSince: openSince(active.values(), began, settings),
    }),
  });
  let isFirst = true;
  for await (const page of pagesOf((next) => api.listArchives({ from, page: next }, request), {
    first,
    countsRows: true,
  })) {
    if (known === undefined && isFirst && page.found !== undefined) yield { kind: 'estimate', rows: page.found };
    isFirst = false;
    const found = page.chats.map(v3ChatRow).filter(isWanted);
    for (const row of found) {
      const id = String(row['id']);
      summaries.delete(id);
      if (row['active'] === true) active.set(id, startOf(row) ?? from);
      else if (row['active'] === false) active.delete(id);
    }
    // What begins during the run is left to the next one, too.
    const reached = Math.min(startOf(found.at(-1) ?? {}) ?? from, began);
    const rows = [...found, ...takeSummaries(reached)];
    if (rows.length > 0) yield { kind: 'rows', rows };
    if (reached > startedBefore) {
      startedBefore = reached;
      yield bookmark();
    }
  }
  if (summaries.size > 0) yield { kind: 'rows', rows: takeSummaries(Number.POSITIVE_INFINITY) };
  startedBefore = Math.max(startedBefore, began);
  yield bookmark();
}

/**
 * Asks for one page after the other, from the second on where the first is there already. A page that was announced, by the page
 * before it or with `countsRows` by the number of rows, and comes empty is asked for once more. Throws a system error when a page
 * says that it is followed by one that has been.
 */
async function* pagesOf(
  read: (page: string | undefined) => Promise<ChatPage>,
  { first, countsRows = false }: { readonly first?: ChatPage | undefined; readonly countsRows?: boolean } = {},
): AsyncGenerator<ChatPage, void> {
  const met = new Set<string>();
  let before: ReadonlySet<string> = new Set();
  let empty = 0;
  for (let page: string | undefined; ; ) {
    let answer = (page === undefined ? first : undefined) ?? (await read(page));
    const isAnnounced = page !== undefined || answer.next !== undefined || (countsRows && (answer.found ?? 0) > 0);
    if (answer.chats.length === 0 && isAnnounced) answer = await read(page);
    // The same page again, or empty ones, under a new name each time would never end.
    const names = new Set(answer.chats.map(nameOf));
    empty = names.size === 0 ? empty + 1 : 0;
    const isNews = names.size === 0 ? empty <= MOST_EMPTY_PAGES : [...names].some((name) => !before.has(name));
    yield answer;
    page = answer.next;
    if (page === undefined) return;
    if (met.has(page) || !isNews) {
      throw new SyncError(
        'system',
        'LiveChat gives the same page of chats again and again. What it gave before has been delivered. Run the sync again; if this stays, please report it.',
      );
    }
    met.add(page);
    if (names.size > 0) before = names;
  }
}

/** So many pages in a row may show nothing, for chats of which the login may see none. */
const MOST_EMPTY_PAGES = 20;

/** Tells an item of a list from others: a chat comes once for each of its threads. */
function nameOf({ id, thread }: Row): string {
  return `${String(id)} ${isObject(thread) ? String(thread['id']) : ''}`;
}
