import { type ExpectedRow, utc } from '../expected-row.ts';
import type { Colleague, ConversationNews } from './conversation-news.ts';

/** One row a conversation: what all its webhooks, in the order of their delivery, have said, taken together. */
export function* expectedConversations(delivered: Iterable<ConversationNews>): Generator<ExpectedRow> {
  const conversations = new Map<string, ConversationNews[]>();
  for (const news of delivered) {
    const known = conversations.get(news.conversationId);
    if (known === undefined) conversations.set(news.conversationId, [news]);
    else known.push(news);
  }
  for (const [id, news] of conversations) yield expectedConversation(id, news);
}

function expectedConversation(id: string, news: readonly ConversationNews[]): ExpectedRow {
  /** What was said last; who says nothing takes nothing back. */
  const latest = <T>(of: (one: ConversationNews) => T | null) =>
    news.map(of).findLast((value) => value !== null) ?? null;
  const time = (instant: number | null) => (instant === null ? null : utc(instant));
  const rating = latest((one) => one.rating);
  return {
    conversation_id: id,
    conversation_creation_time: time(latest((one) => one.createdAt)),
    conversation_closed_time: time(latest((one) => one.closedAt)),
    conversation_custom_info: mergedByKey(news.map((one) => one.customInfo)),
    discourser_id: latest((one) => one.discourser?.id ?? null),
    discourser_info: mergedByKey(news.map((one) => one.discourser?.info ?? null)),
    employees: unionById(news.flatMap((one) => one.employees)),
    rating_value: rating?.value ?? null,
    rating_type: rating?.type ?? null,
    event_kinds: [...new Set(news.map((one) => one.kind))],
    extra_fields: news.some((one) => one.isSurprising) ? { channel: 'vk' } : null,
  };
}

function mergedByKey(objects: readonly (object | null)[]): object | null {
  const said = objects.filter((one) => one !== null);
  return said.length === 0 ? null : Object.assign({}, ...said);
}

function unionById(colleagues: readonly Colleague[]): ExpectedRow[] | null {
  if (colleagues.length === 0) return null;
  const byId = new Map(colleagues.map((who) => [who.id, who]));
  return [...byId.values()].map(({ id, firstName, lastName, email }) => ({
    id: String(id),
    first_name: firstName,
    ...(lastName === undefined ? {} : { last_name: lastName }),
    ...(email === undefined ? {} : { email }),
  }));
}
