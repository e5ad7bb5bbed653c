import { parseExact } from '../../core/exact-json.ts';
import { isObject } from '../../core/objects.ts';
import { loadStreamSchema } from '../../core/schema.ts';
import type { Row, Stream } from '../../core/stream.ts';
import { formatInstant } from '../../core/timestamps.ts';
import type { Inbox, StoredEvent } from '../../inbox/inbox.ts';
import { INBOX_BOOKMARK_FIELDS, readInbox } from '../inbox-pages.ts';
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
      const rowsOf = (events: readonly StoredEvent[]) => events.map(rowOf);
      yield* readInbox(await open(), { stream: NAME, vendor: 'livechat', rowsOf }, request);
    },
  };
}

function rowOf({ body, seq, receivedAt }: StoredEvent): Row {
  const content = parseExact(body);
  // A list is none of LiveChat's forms: it is shown as it came.
  const row = eventRow(isObject(content) ? content : { content });
  row['received_at'] = formatInstant(receivedAt);
  row['inbox_seq'] = seq;
  return row;
}
