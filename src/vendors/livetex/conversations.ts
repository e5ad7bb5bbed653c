import { loadStreamSchema } from '../../core/schema.ts';
import type { Row, Stream } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import type { Inbox, StoredEvent } from '../../inbox/inbox.ts';
import { INBOX_BOOKMARK_FIELDS, readInbox, reportUnreadable, type Unreadable } from '../inbox-pages.ts';
import { ConversationMerge } from './conversation-merge.ts';

const NAME = 'livetex_conversations';

/**
 * livetex_conversations: what LiveTex has told of conversations by webhook, one row a conversation, the merge of all its events
 * so far. A run gives each conversation once, at the place of its latest event. `zone` is that of times without one.
 */
export function createConversationsStream(open: () => Promise<Inbox>, zone: TimeZone): Stream {
  return {
    name: NAME,
    schema: loadStreamSchema(NAME),
    primaryKey: ['conversation_id'],
    cursorField: 'inbox_seq',
    syncModes: ['full_refresh', 'incremental'],
    bookmarkVersion: 1,
    bookmarkFields: INBOX_BOOKMARK_FIELDS,
    async *read(request) {
      const nameless = { count: 0, first: 0 };
      const unreadable = reportUnreadable(request.log);
      yield* readInbox(
        await open(),
        {
          stream: NAME,
          vendor: 'livetex',
          rowsOf(events, inbox, upTo) {
            for (const { subject, seq } of events) {
              if (subject !== null) continue;
              if (nameless.count === 0) nameless.first = seq;
              nameless.count += 1;
            }
            return rowsOf(events, inbox, upTo, zone, unreadable);
          },
        },
        request,
      );
      if (nameless.count === 0) return;
      request.log(
        'warn',
        `${nameless.count} of LiveTex's events name no conversation and make no row (the first has the place ${nameless.first}). They stay in the inbox: “source-chat inbox export” shows them.`,
      );
    },
  };
}

/** The rows of the conversations whose latest event is on this page. The others come with a later one. */
async function rowsOf(
  events: readonly StoredEvent[],
  inbox: Inbox,
  upTo: number,
  zone: TimeZone,
  unreadable: Unreadable,
): Promise<Row[]> {
  const named = [...new Set(events.map((event) => event.subject).filter((subject) => subject !== null))];
  const latest = await inbox.latest('livetex', named, upTo);
  const ending = new Set(events.map((event) => event.seq));
  // In the order of their places: a run that is cut off has given what its bookmark says.
  const subjects = named
    .filter((subject) => ending.has(latest.get(subject) ?? 0))
    .sort((a, b) => (latest.get(a) ?? 0) - (latest.get(b) ?? 0));
  const merges = new Map(subjects.map((subject) => [subject, new ConversationMerge(subject, zone)]));
  const end = events.at(-1)?.seq ?? 0;
  for (let after = 0; after < end && subjects.length > 0; ) {
    const history = await inbox.readSubjects('livetex', subjects, { after, upTo: end });
    for (const event of history) {
      if (event.subject !== null) merges.get(event.subject)?.add(event, (error) => unreadable(event, error));
    }
    after = history.at(-1)?.seq ?? end;
  }
  // One whose events were pruned meanwhile has nothing to say.
  return [...merges.values()].filter((merge) => !merge.isEmpty).map((merge) => merge.row());
}
