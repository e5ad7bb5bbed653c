import { parseExact } from '../../core/exact-json.ts';
import { isObject } from '../../core/objects.ts';
import { loadStreamSchema } from '../../core/schema.ts';
import type { Row, Stream } from '../../core/stream.ts';
import { formatInstant } from '../../core/timestamps.ts';
import type { Inbox, StoredEvent } from '../../inbox/inbox.ts';
import { INBOX_BOOKMARK_FIELDS, readInbox, reportUnreadable, type Unreadable } from '../inbox-pages.ts';
import { eventRow } from './event-row.ts';

const NAME = 'livechat_events';

/** livechat_events: what LiveChat and HelpDesk have told of by webhook, one row an event, in the order of arrival. */
export function createEventsStream(open: () => Promise<Inbox>): Stream {
  return {
    name: NAME,
    schema: loadStreamSchema(NAME),
    primaryKey: ['event_id'],
    cursorField: 'inbox_seq',
    syncModes: ['full_refresh', 'incremental'],
    bookmarkVersion: 1,
    bookmarkFields: INBOX_BOOKMARK_FIELDS,
    async *read(request) {
      const unreadable = reportUnreadable(request.log);
      const rowsOf = (events: readonly StoredEvent[]) => events.map((event) => rowOf(event, unreadable));
      yield* readInbox(await open(), { stream: NAME, vendor: 'livechat', rowsOf }, request);
    },
  };
}

function rowOf(event: StoredEvent, unreadable: Unreadable): Row {
  const row = contentOf(event, unreadable);
  row['received_at'] = formatInstant(event.receivedAt);
  row['inbox_seq'] = event.seq;
  return row;
}

function contentOf(event: StoredEvent, unreadable: Unreadable): Row {
  try {
    const content = parseExact(event.body);
    // A list is none of LiveChat's forms: it is shown as it came.
    return eventRow(isObject(content) ? content : { content });
  } catch (error) {
    unreadable(event, error);
    return { event_id: event.hash.slice(0, 32), payload: { content: event.body } };
  }
}
