import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { EventColumns } from './event-row.ts';
import { agentsOf, at, latestPage, messageOf, objectsIn, surveyOf, usersOf, userType } from './v3-parts.ts';

/**
 * Brings a chat that a webhook of the Agent Chat API v3 tells (livechat-api §3.5) to the columns that REST v2's webhooks fill by
 * themselves. What is absent becomes null.
 */
export function v3Chat(chat: Row): EventColumns {
  const thread = isObject(chat['thread']) ? chat['thread'] : {};
  const users = usersOf(chat);
  const events = objectsIn(thread['events']);
  const customer = [...users.values()].find((user) => user['type'] === 'customer');
  return {
    chat_id: chat['id'],
    thread_id: thread['id'],
    occurred_at: thread['created_at'],
    chat: {
      id: chat['id'] ?? null,
      started_timestamp: thread['created_at'] ?? null,
      ended_timestamp: null,
      url: at(thread, 'properties', 'routing', 'start_url') ?? null,
      agents: agentsOf(users.values()),
      groups: at(chat, 'access', 'group_ids') ?? null,
      tags: thread['tags'] ?? null,
      messages: events.filter((event) => event['type'] === 'message').map((event) => messageOf(event, users)),
      events: events.map((event) => ({
        type: event['type'] ?? null,
        text: event['text'] ?? null,
        timestamp: event['created_at'] ?? null,
        user_type: userType(users.get(event['author_id'])),
      })),
    },
    visitor: customer === undefined ? null : visitorOf(customer),
    pre_chat_survey: surveyOf(events, 'prechat'),
  };
}

function visitorOf(customer: Row): Row {
  return {
    id: customer['id'] ?? null,
    name: customer['name'] ?? null,
    email: customer['email'] ?? null,
    language: null,
    page_current: latestPage(customer['visit']),
  };
}
