import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { ApiCall, CallContext, HttpClient } from '../../http/client.ts';
import { listIn, wholeNumber } from '../answers.ts';

/** LiveChat's Configuration and Agent Chat APIs, v3.6 (livechat-api §3): what their actions take and give. */
export interface V3Api {
  /** list_channels: needs no right at all, so it proves the credentials alone. */
  probe(call: CallContext): Promise<void>;
  /** list_agents: agents at once, all or those that are suspended, with every field that has to be asked for. */
  listAgents(call: CallContext, which?: 'all' | 'suspended'): Promise<Row[]>;
  /** list_groups: all groups at once. */
  listGroups(call: CallContext): Promise<Row[]>;
  /** list_archives: a page of threads, each with its chat, the thread that began first first. */
  listArchives(query: ArchiveQuery, call: CallContext): Promise<ChatPage>;
  /** list_chats: a page of chats that go on, without their events. `page` is a `next` of the page before. */
  listActive(page: string | undefined, call: CallContext): Promise<ChatPage>;
}

/** Which threads: those that began at `from` (epoch ms) or later, from the start or from where a page said that it goes on. */
export interface ArchiveQuery {
  readonly from: number;
  readonly page?: string | undefined;
  /** Threads on a page, 100 at most. @default 100 */
  readonly limit?: number;
}

export interface ChatPage {
  readonly chats: Row[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
  /** About how many there are, where the answer says so. */
  readonly found: number | undefined;
  /** As in ApiAnswer. */
  readonly serverTime: number;
}

const VERSION = 'v3.6';

/** The most that list_archives and list_chats give (livechat-api §3.5). */
export const CHATS_PER_PAGE = 100;

/** What list_agents gives only when it is asked (livechat-api §3.4). */
const AGENT_FIELDS = [
  'groups',
  'work_scheduler',
  'email_subscriptions',
  'notifications',
  'job_title',
  'mobile',
  'max_chats_count',
  'suspended',
  'awaiting_approval',
  'last_logout',
];

/** Whether `from` belongs to the window nobody tells (livechat-api §7): what began at that very instant has to come. */
const BOUND_MS = 1;

const WHEN_GONE = `LiveChat may have ended version 3.6 of its API: update source-chat. If it is the newest release, check the API address in livechat.base_url.`;

export function createV3Api(http: HttpClient): V3Api {
  const act = (action: string, body: object, call: CallContext, rest: Pick<ApiCall, 'doing' | 'right'>) =>
    http.request({
      method: 'POST',
      path: `/${VERSION}/${action}`,
      body: { contentType: 'application/json', text: JSON.stringify(body) },
      whenGone: WHEN_GONE,
      ...rest,
      ...call,
    });
  const listOf = (data: unknown, noun: string) =>
    listIn(http, data, { vendor: 'LiveChat', noun, setting: 'livechat.base_url' });
  const chatPage = async (answer: ReturnType<typeof act>, list: string): Promise<ChatPage> => {
    const { data, serverTime } = await answer;
    const { next_page_id: next, found_chats: found } = isObject(data) ? data : {};
    return {
      chats: listOf(isObject(data) && list in data ? data[list] : data, 'chats'),
      next: typeof next === 'string' && next !== '' ? next : undefined,
      found: wholeNumber(found),
      serverTime,
    };
  };
  const chats = { doing: 'listing chats', right: 'read chats (scope chats--all:ro)' };

  return {
    async probe(call) {
      await act('configuration/action/list_channels', {}, call, { doing: 'signing in', right: 'use the account' });
    },
    async listAgents(call, which = 'all') {
      const body = { ...(which === 'all' ? {} : { filters: { suspended: true } }), fields: AGENT_FIELDS };
      const { data } = await act('configuration/action/list_agents', body, call, {
        doing: 'listing agents',
        right: 'read agents (scope agents--all:ro)',
      });
      return listOf(data, 'agents');
    },
    async listGroups(call) {
      const { data } = await act('configuration/action/list_groups', {}, call, {
        doing: 'listing groups',
        right: 'read groups (scope groups--all:ro)',
      });
      return listOf(data, 'groups');
    },
    listArchives({ from, page, limit = CHATS_PER_PAGE }, call) {
      // A page_id brings everything along: anything beside it is an error (livechat-api §3.5).
      const body =
        page === undefined
          ? { filters: { from: formatMicroseconds(from - BOUND_MS) }, sort_order: 'asc', limit }
          : { page_id: page };
      return chatPage(act('agent/action/list_archives', body, call, chats), 'chats');
    },
    listActive(page, call) {
      const body =
        page === undefined
          ? { filters: { active: true, include_chats_without_threads: false }, limit: CHATS_PER_PAGE }
          : { page_id: page };
      return chatPage(act('agent/action/list_chats', body, call, chats), 'chats_summary');
    },
  };
}

/** As list_archives wants its times: `2024-01-31T12:00:00.000000+00:00`. */
function formatMicroseconds(instant: number): string {
  return new Date(instant).toISOString().replace('Z', '000+00:00');
}
