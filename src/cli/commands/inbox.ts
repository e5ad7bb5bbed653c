import { SyncError } from '../../core/errors.ts';
import { parseForRewriting } from '../../core/exact-json.ts';
import type { Log } from '../../core/log.ts';
import { isObject } from '../../core/objects.ts';
import { formatInstant, parseInstant } from '../../core/timestamps.ts';
import { readState as readAirbyteState } from '../../faces/airbyte/state.ts';
import { readState as readSingerState } from '../../faces/singer/state.ts';
import { INBOX_VENDORS, type Inbox, type InboxVendor } from '../../inbox/inbox.ts';
import { openInbox } from '../../inbox/open-inbox.ts';
import { readJsonFile, readJsonValues } from '../input-files.ts';
import { openConfiguration } from '../open-configuration.ts';
import type { Runtime } from '../runtime.ts';

export type InboxRequest =
  | { readonly action: 'stats'; readonly config: string }
  | { readonly action: 'export'; readonly config: string; readonly after: number }
  | {
      readonly action: 'prune';
      readonly config: string;
      readonly before: string;
      readonly states: readonly string[];
      readonly dryRun: boolean;
    };

/** Which stream reads the events of each vendor: its bookmark says what has been delivered. */
const STREAMS: Record<InboxVendor, string> = { livechat: 'livechat_events', livetex: 'livetex_conversations' };

/** `source-chat inbox stats | prune | export`. What comes out is JSON, a line each; words for people go to standard error. */
export async function runInbox(request: InboxRequest, runtime: Runtime, log: Log): Promise<number> {
  const { config } = openConfiguration(readJsonFile(request.config, 'configuration'), runtime, log);
  if (config.inbox === undefined) throw new SyncError('config', 'The configuration has no inbox.');
  const inbox = await openInbox(config.inbox, 'reader', runtime.clock);
  try {
    switch (request.action) {
      case 'stats':
        await writeStats(inbox, runtime);
        break;
      case 'export':
        await exportEvents(inbox, request.after, runtime);
        break;
      case 'prune':
        await prune(inbox, request, runtime, log);
        break;
    }
  } finally {
    await inbox.close();
  }
  return 0;
}

async function writeStats(inbox: Inbox, { out }: Runtime): Promise<void> {
  const kinds = await inbox.stats();
  const total = (name: 'events' | 'bytes') => kinds.reduce((sum, kind) => sum + kind[name], 0);
  for (const { oldest, newest, ...kind } of kinds) {
    out.write(JSON.stringify({ ...kind, oldest: formatInstant(oldest), newest: formatInstant(newest) }));
  }
  out.write(
    JSON.stringify({
      total: { events: total('events'), bytes: total('bytes') },
      inbox_seq: await inbox.head(),
      inbox: inbox.id,
    }),
  );
}

/** Every event as it was received, in order: for looking at them, and for taking them elsewhere. */
async function exportEvents(inbox: Inbox, after: number, { out, signal }: Runtime): Promise<void> {
  const upTo = await inbox.head();
  for (let place = after; place < upTo; ) {
    signal.throwIfAborted();
    const events = await inbox.read({ after: place, upTo });
    for (const { seq, vendor, kind, subject, receivedAt, hash, body } of events) {
      const about = { inbox_seq: seq, vendor, kind, subject, received_at: formatInstant(receivedAt), hash };
      out.write(JSON.stringify({ ...about, body: parseForRewriting(body) }));
    }
    place = events.at(-1)?.seq ?? upTo;
    await out.room();
  }
}

async function prune(
  inbox: Inbox,
  { before, states, dryRun }: InboxRequest & { action: 'prune' },
  { out }: Runtime,
  log: Log,
): Promise<void> {
  const instant = parseInstant(before);
  if (typeof instant !== 'number') {
    throw new SyncError(
      'config',
      `--before must be a date such as 2026-01-31 or 2026-01-31T00:00:00Z, not ${JSON.stringify(before)}.`,
    );
  }
  const head = await inbox.head();
  if (states.length === 0) log('warn', 'Without --state also those events go that no sync has read yet.');
  const passedIn = states.map((path) => passedPlaces(path, inbox));
  const removed: Record<string, number> = {};
  for (const vendor of INBOX_VENDORS) {
    const passed = Math.min(head, ...passedIn.map((places) => places[vendor]));
    if (passed === 0 && head > 0)
      log('info', `Not every state has passed events of ${STREAMS[vendor]}: they all stay.`);
    removed[vendor] = await inbox.prune(vendor, instant, passed, dryRun);
  }
  out.write(JSON.stringify({ [dryRun ? 'would_remove' : 'removed']: removed }));
}

/** Up to which place a state's bookmarks have passed the events of each vendor; 0 where it has none. */
function passedPlaces(path: string, inbox: Inbox): Record<InboxVendor, number> {
  const bookmarkOf = bookmarksIn(readJsonValues(path, 'state'), path);
  const placeOf = (vendor: InboxVendor) => {
    const bookmark = bookmarkOf(STREAMS[vendor]);
    if (!isObject(bookmark)) return 0;
    const { inbox_seq: place, inbox: id } = bookmark;
    if (place === undefined) return 0;
    if (id !== inbox.id) {
      throw new SyncError(
        'config',
        `The state ${path} belongs to another inbox than the one that is configured. Nothing was removed.`,
      );
    }
    return typeof place === 'number' ? place : 0;
  };
  return { livechat: placeOf('livechat'), livetex: placeOf('livetex') };
}

/** Reads a state of either face. */
function bookmarksIn(values: readonly unknown[], path: string): (stream: string) => unknown {
  try {
    const stateOf = readAirbyteState(values);
    return (name) => stateOf({ name });
  } catch {
    try {
      const { bookmarks } = readSingerState(values);
      return (name) => bookmarks[name];
    } catch (error) {
      throw new SyncError(
        'config',
        `The file ${path} is no state, neither of Airbyte nor of Singer. Nothing was removed.`,
        {
          cause: error,
        },
      );
    }
  }
}
