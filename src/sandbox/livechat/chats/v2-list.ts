import { dayStart } from '../../account-zone.ts';
import type { SandboxOptions } from '../../options.ts';
import type { Reply } from '../../replies.ts';
import type { Thread } from './chat-data.ts';
import type { ChatShelf, ThreadWindow } from './chat-shelf.ts';
import { localTimes, v2ChatShape } from './v2-shape.ts';

/** Chats on a page (livechat-api §2.1). */
const PAGE_SIZE = 25;

/** `GET /chats` of REST v2: the latest start first, days in the zone that is asked for (livechat-api §2.4). */
export function listV2Chats(query: URLSearchParams, shelf: ChatShelf, options: SandboxOptions): Reply {
  const { cap, envelope, seed, surprises } = options;
  const zone = query.get('timezone') ?? options.timeZone;
  if (!isZone(zone)) return refuse(`unknown timezone ${zone}`);
  const bound = (name: string, daysLater: number, none: number) => {
    const text = query.get(name);
    const at = text === null ? none : dayStart(text, zone, daysLater);
    return at === undefined ? undefined : at * 1000;
  };
  const [from, to] = [bound('date_from', 0, -Infinity), bound('date_to', 1, Infinity)];
  if (from === undefined || to === undefined) return refuse('Dates must have the form YYYY-MM-DD');
  const page = Number(query.get('page') ?? '1');
  if (!Number.isInteger(page) || page < 1) return refuse('page must be a positive number');
  const window: ThreadWindow = { from, to, inclusive: false };
  const withPending = query.get('include_pending') === '1';
  const filter = filterOf(query);
  const numbers = matching(shelf, window, withPending, filter);
  const total = Math.min(filter === undefined ? countOf(shelf, window, withPending) : [...numbers()].length, cap);
  const view = { seed, zone, localized: localTimes(zone), surprises };
  const chats: object[] = [];
  const first = (page - 1) * PAGE_SIZE;
  let place = 0;
  for (const number of first < total ? numbers() : []) {
    if (place >= Math.min(first + PAGE_SIZE, total)) break;
    if (place >= first) chats.push(v2ChatShape(shelf.thread(number), view));
    place += 1;
  }
  return { status: 200, body: envelope === 'array' ? chats : { chats, total, pages: Math.ceil(total / PAGE_SIZE) } };
}

function matching(
  shelf: ChatShelf,
  window: ThreadWindow,
  withPending: boolean,
  filter: ((thread: Thread) => boolean) | undefined,
): () => Generator<number> {
  return function* numbers() {
    for (const number of shelf.walk(window, false)) {
      if (!withPending && shelf.active.has(number)) continue;
      if (filter === undefined || filter(shelf.thread(number))) yield number;
    }
  };
}

function countOf(shelf: ChatShelf, window: ThreadWindow, withPending: boolean): number {
  let count = shelf.count(window);
  if (withPending) return count;
  for (const number of shelf.active) {
    const at = shelf.startOf(number);
    if (at >= window.from && at < window.to) count -= 1;
  }
  return count;
}

/** The filters with which a day can be divided; undefined when none is asked for. */
function filterOf(query: URLSearchParams): ((thread: Thread) => boolean) | undefined {
  const [group, agent, rate, tagged] = ['group', 'agent', 'rate', 'tagged'].map((name) => query.get(name));
  if ([group, agent, rate, tagged].every((value) => value === null)) return undefined;
  return ({ groups, agents, rating, tags }) =>
    (group === null || groups.includes(Number(group))) &&
    (agent === null || agents.some(({ mail }) => mail === agent)) &&
    (tagged === null || tags.length > 0 === (tagged === '1')) &&
    (rate === null || hasRate(rating, rate as string));
}

function hasRate(rating: Thread['rating'], rate: string): boolean {
  if (rate === 'rated' || rate === 'not_rated') return (rating !== null) === (rate === 'rated');
  return rating?.score === (rate === 'rated_good' ? 1 : 0);
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    // RangeError: no such zone.
    return false;
  }
}

function refuse(message: string): Reply {
  return { status: 400, body: { error: message } };
}
