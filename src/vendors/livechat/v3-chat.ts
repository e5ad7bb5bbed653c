import { isObject, textOf } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { EventColumns } from './event-row.ts';

/**
 * Brings a chat of the Agent Chat API v3 (livechat-api §3.5) to the columns that REST v2's webhooks fill by themselves. What is
 * absent becomes null.
 */
export function v3Chat(chat: Row): EventColumns {
  const thread = isObject(chat['thread']) ? chat['thread'] : {};
  const users = new Map(objectsIn(chat['users']).map((user) => [user['id'], user]));
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
      // An agent's id is the login.
      agents: [...users.values()]
        .filter((user) => user['type'] === 'agent')
        .map((user) => ({ login: user['id'] ?? null, name: user['name'] ?? null })),
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
    pre_chat_survey: surveyOf(events),
  };
}

function messageOf(event: Row, users: ReadonlyMap<unknown, Row>): Row {
  const author = users.get(event['author_id']);
  const isAgent = author?.['type'] === 'agent';
  return {
    text: event['text'] ?? null,
    timestamp: event['created_at'] ?? null,
    user_type: userType(author),
    author_name: author?.['name'] ?? null,
    agent_id: isAgent ? event['author_id'] : null,
  };
}

/** REST v2's word for a kind of user. */
function userType(user: Row | undefined): unknown {
  return user?.['type'] === 'customer' ? 'visitor' : (user?.['type'] ?? null);
}

function visitorOf(customer: Row): Row {
  const pages = objectsIn(at(customer, 'visit', 'last_pages'));
  const latest = pages.reduce<Row | undefined>(
    (last, page) => (last === undefined || textOf(page['opened_at']) >= textOf(last['opened_at']) ? page : last),
    undefined,
  );
  return {
    id: customer['id'] ?? null,
    name: customer['name'] ?? null,
    email: customer['email'] ?? null,
    language: null,
    page_current: latest?.['url'] ?? null,
  };
}

/** The forms that were filled in before the chat; null when there were none. */
function surveyOf(events: readonly Row[]): Row[] | null {
  const forms = events.filter((event) => event['type'] === 'filled_form' && event['form_type'] === 'prechat');
  if (forms.length === 0) return null;
  return forms
    .flatMap((form) => objectsIn(form['fields']))
    .filter((field) => typeof field['label'] === 'string')
    .map((field) => ({
      id: field['id'] ?? null,
      label: field['label'],
      answer: answerOf(field['answer'] ?? field['answers']),
    }));
}

/** An answer is a text, a choice with a label, or a list of choices. */
function answerOf(answer: unknown): string | null {
  if (answer === undefined || answer === null) return null;
  if (Array.isArray(answer)) return answer.map((choice: unknown) => answerOf(choice) ?? '').join(', ');
  if (isObject(answer)) return 'label' in answer ? answerOf(answer['label']) : JSON.stringify(answer);
  return String(answer);
}

function objectsIn(list: unknown): Row[] {
  return Array.isArray(list) ? (list as unknown[]).filter(isObject) : [];
}

function at(value: Row, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}
