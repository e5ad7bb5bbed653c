import type { Reply } from '../../replies.ts';
import type { LivechatAccount } from '../account.ts';
import { numberOfCode, type Thread } from '../chats/chat-data.ts';
import type { ThreadWindow } from '../chats/chat-shelf.ts';
import { microsText, readMicros } from '../chats/micros.ts';
import { chatBasics, chatShape, threadProperties, userIdsOf } from './chat-shapes.ts';
import { v3Error } from './errors.ts';
import { readPageId, writePageId } from './page-id.ts';
import { listIn, objectIn, type PageAsked, readPageAsked, unknownName, type V3Request } from './requests.ts';

/** What list_archives was asked. */
interface ArchivesAsked extends PageAsked {
  /** Microseconds; null stands for no bound, for a page_id is JSON. */
  readonly from: number | null;
  readonly to: number | null;
  readonly groupIds?: readonly number[];
  readonly threadIds?: readonly string[];
  readonly chatIds?: readonly string[];
}

/** What list_chats was asked. */
interface ChatsAsked extends PageAsked {
  readonly active?: boolean;
  readonly groupIds?: readonly number[];
}

const ARCHIVE_FILTERS = ['from', 'to', 'chat_ids', 'thread_ids', 'group_ids'];
const CHAT_FILTERS = ['active', 'include_chats_without_threads', 'group_ids', 'properties'];

/** `list_archives`: one item is a thread with its whole chat (livechat-api §3.5). */
export function listArchives(request: V3Request, account: LivechatAccount): Reply {
  const { livechat, surprises } = account.options;
  const page = pageOf<ArchivesAsked>('list_archives', request, account, readArchivesAsked);
  if ('status' in page) return page;
  const { asked, after } = page;
  const window: ThreadWindow = {
    from: asked.from ?? -Infinity,
    to: asked.to ?? Infinity,
    inclusive: livechat.archiveBounds === 'inclusive',
  };
  const isAsked = (number: number, thread: Thread) =>
    (livechat.archiveActive || !account.chats.active.has(number)) && hasGroup(thread, asked.groupIds);
  const { rows, next } = take(account, named(account, asked, window, after), isAsked, asked.limit);
  const chats = rows.map((thread) => chatShape(account.chats, thread, { surprises, sparse: livechat.sparseThreads }));
  return listed('list_archives', { chats }, account, window, asked, next);
}

/** `list_chats`: the chats with their last threads, in the order in which those began (livechat-api §3.6). */
export function listChats(request: V3Request, account: LivechatAccount): Reply {
  const { chats: shelf } = account;
  const page = pageOf<ChatsAsked>('list_chats', request, account, readChatsAsked);
  if ('status' in page) return page;
  const { asked, after } = page;
  const window: ThreadWindow = { from: -Infinity, to: Infinity, inclusive: true };
  const isAsked = (number: number, thread: Thread) =>
    shelf.threadsOf(thread.chatNumber).at(-1) === number &&
    (asked.active === undefined || shelf.active.has(number) === asked.active) &&
    hasGroup(thread, asked.groupIds);
  const numbers =
    asked.active === true
      ? inOrder(account, [...shelf.active], asked.ascending, after)
      : shelf.walk(window, asked.ascending, after);
  const { rows, next } = take(account, numbers, isAsked, asked.limit);
  const summaries = rows.map((thread) => ({
    ...chatBasics(shelf, thread),
    last_event_per_type: {},
    last_thread_summary: {
      id: thread.id,
      created_at: microsText(thread.createdAt),
      user_ids: userIdsOf(thread),
      properties: threadProperties(thread),
      active: thread.endedAt === null,
      access: { group_ids: thread.groups },
      ...(thread.tags.length === 0 ? {} : { tags: thread.tags }),
    },
  }));
  return listed('list_chats', { chats_summary: summaries }, account, window, asked, next);
}

interface Page<Asked> {
  readonly asked: Asked;
  readonly after: Place | undefined;
}

interface Place {
  readonly micros: number;
  readonly number: number;
}

/** What is asked for, by page_id alone or by everything else alone. */
function pageOf<Asked extends PageAsked>(
  list: string,
  request: V3Request,
  account: LivechatAccount,
  read: (request: V3Request) => Asked | string,
): Page<Asked> | Reply {
  const { errorsAsOk, pageIdLifetimeMs } = account.options.livechat;
  const refuse = (message: string) => v3Error('validation', message, errorsAsOk);
  const unknown = unknownName(request, ['filters', 'sort_order', 'limit', 'page_id', 'highlights']);
  if (unknown !== undefined) return refuse(`unknown field \`${unknown}\``);
  const { page_id: id, ...rest } = request;
  if (id === undefined) {
    const asked = read(request);
    return typeof asked === 'string' ? refuse(asked) : { asked, after: undefined };
  }
  if (Object.keys(rest).length > 0) return refuse('`page_id` must not be used with other parameters');
  return readPageId<Asked>(id, list, account.now() - pageIdLifetimeMs) ?? refuse('`page_id` is invalid or has expired');
}

function readArchivesAsked(request: V3Request): ArchivesAsked | string {
  const page = readPageAsked(request);
  if (typeof page === 'string') return page;
  const filters = objectIn(request, 'filters');
  if (filters === undefined) return '`filters` must be an object';
  const unknown = unknownName(filters, ARCHIVE_FILTERS);
  if (unknown !== undefined) return `unknown field \`filters.${unknown}\``;
  const bound = (name: 'from' | 'to') => (filters[name] === undefined ? null : readMicros(filters[name]));
  const [from, to] = [bound('from'), bound('to')];
  if (from === undefined || to === undefined) {
    return `\`filters.${from === undefined ? 'from' : 'to'}\` must have the format YYYY-MM-DDTHH:MM:SS.ssssss+HH:MM`;
  }
  if (from !== null && to !== null && from > to) return '`filters.from` must not be later than `filters.to`';
  const groupIds = listIn<number>(filters, 'group_ids', 'number', 200);
  const threadIds = listIn<string>(filters, 'thread_ids', 'string', 20);
  const chatIds = listIn<string>(filters, 'chat_ids', 'string', 1000);
  for (const list of [groupIds, threadIds, chatIds]) if (typeof list === 'string') return list;
  if (threadIds !== undefined && Object.keys(filters).length > 1) {
    return '`filters.thread_ids` must not be used with other filters';
  }
  return { ...page, from, to, ...defined({ groupIds, threadIds, chatIds }) } as ArchivesAsked;
}

function readChatsAsked(request: V3Request): ChatsAsked | string {
  const page = readPageAsked(request);
  if (typeof page === 'string') return page;
  const filters = objectIn(request, 'filters');
  if (filters === undefined) return '`filters` must be an object';
  const unknown = unknownName(filters, CHAT_FILTERS);
  if (unknown !== undefined) return `unknown field \`filters.${unknown}\``;
  const { active } = filters;
  if (active !== undefined && typeof active !== 'boolean') return '`filters.active` must be a boolean';
  const groupIds = listIn<number>(filters, 'group_ids', 'number', 200);
  return typeof groupIds === 'string' ? groupIds : ({ ...page, ...defined({ active, groupIds }) } as ChatsAsked);
}

/** Numbers of the threads that are asked for by name, or of all that began in the window. */
function named(
  account: LivechatAccount,
  { threadIds, chatIds, ascending }: ArchivesAsked,
  window: ThreadWindow,
  after: Place | undefined,
): Iterable<number> {
  const { chats: shelf } = account;
  if (threadIds === undefined && chatIds === undefined) return shelf.walk(window, ascending, after);
  const numbers =
    threadIds?.map((id) => numberOfCode('S', shelf.seed, id, shelf.size)) ??
    chatIds?.flatMap((id) => {
      const chatNumber = numberOfCode('Q', shelf.seed, id, shelf.chats);
      return chatNumber === undefined ? [] : shelf.threadsOf(chatNumber);
    }) ??
    [];
  const known = numbers.filter((number) => number !== undefined);
  const isWithin = (at: number) => at >= window.from && (window.inclusive ? at <= window.to : at < window.to);
  return inOrder(
    account,
    known.filter((number) => isWithin(shelf.startOf(number))),
    ascending,
    after,
  );
}

function inOrder(
  { chats }: LivechatAccount,
  numbers: number[],
  ascending: boolean,
  after: Place | undefined,
): number[] {
  const step = ascending ? 1 : -1;
  return [...new Set(numbers)]
    .sort((a, b) => (chats.startOf(a) - chats.startOf(b) || a - b) * step)
    .filter(
      (number) => after === undefined || (chats.startOf(number) - after.micros || number - after.number) * step > 0,
    );
}

/** The next rows of a list, and where the one after them goes on. */
function take(
  { chats }: LivechatAccount,
  numbers: Iterable<number>,
  isAsked: (number: number, thread: Thread) => boolean,
  limit: number,
): { rows: Thread[]; next: Place | undefined } {
  const rows: Thread[] = [];
  for (const number of numbers) {
    const thread = chats.thread(number);
    if (!isAsked(number, thread)) continue;
    const last = rows.at(-1);
    if (rows.length === limit && last !== undefined) {
      return { rows, next: { micros: last.createdAt, number: last.number } };
    }
    rows.push(thread);
  }
  return { rows, next: undefined };
}

function listed(
  list: string,
  rows: object,
  account: LivechatAccount,
  window: ThreadWindow,
  asked: PageAsked,
  next: Place | undefined,
): Reply {
  const { chats, options, now } = account;
  const body = {
    ...rows,
    found_chats: Math.max(chats.count(window) + options.livechat.foundChatsOff, 0),
    ...(next === undefined ? {} : { next_page_id: writePageId({ after: next, asked, issuedAt: now(), list }) }),
  };
  return { status: 200, body, afterwards: account.churnChats };
}

function hasGroup({ groups }: Thread, asked: readonly number[] | undefined): boolean {
  return asked === undefined || groups.some((group) => asked.includes(group));
}

function defined(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
