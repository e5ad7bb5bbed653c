import { loadStreamSchema } from '../../core/schema.ts';
import type { Forecast, ReadRequest, Stream, StreamItem } from '../../core/stream.ts';
import { CHAT_BOOKMARK_FIELDS, type ChatBookmark, readChatBookmark } from './chat-bookmark.ts';

const NAME = 'livechat_chats';

/** One API's way to read chats from what an earlier run left on. */
export interface ChatReader {
  read(known: ChatBookmark | undefined, request: ReadRequest): AsyncIterable<StreamItem>;
  forecast(known: ChatBookmark | undefined, request: ReadRequest): Promise<Forecast>;
}

/**
 * livechat_chats: every chat that began since the start date, and at each later run those that may have changed. A chat of REST v2 has
 * the id of today's thread, so the state of either API is good for the other.
 */
export function createChatsStream(connect: () => Promise<ChatReader>): Stream {
  return {
    name: NAME,
    schema: loadStreamSchema(NAME),
    primaryKey: ['id'],
    cursorField: 'started_timestamp',
    syncModes: ['full_refresh', 'incremental'],
    bookmarkVersion: 1,
    bookmarkFields: CHAT_BOOKMARK_FIELDS,
    async *read(request) {
      const known = readChatBookmark(request.bookmark, NAME);
      const reader = await connect();
      yield* reader.read(known, request);
    },
    async forecast(request) {
      const known = readChatBookmark(request.bookmark, NAME);
      return (await connect()).forecast(known, request);
    },
  };
}
