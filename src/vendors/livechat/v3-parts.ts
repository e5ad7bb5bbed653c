import { isObject, textOf } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';

/** Parts of the Agent Chat API's chats (livechat-api §3.5) in the shapes that REST v2 gives them, for webhooks and archives alike. */

/** Who took part, by id. */
export type Users = ReadonlyMap<unknown, Row>;

export function usersOf(chat: Row): Map<unknown, Row> {
  return new Map(objectsIn(chat['users']).map((user) => [user['id'], user]));
}

/** An agent's id is the login. */
export function agentsOf(users: Iterable<Row>): Row[] {
  return [...users]
    .filter((user) => user['type'] === 'agent')
    .map((user) => ({ login: user['id'] ?? null, name: user['name'] ?? null }));
}

export function messageOf(event: Row, users: Users): Row {
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
export function userType(user: Row | undefined): unknown {
  return user?.['type'] === 'customer' ? 'visitor' : (user?.['type'] ?? null);
}

/** The page that a visitor opened last, of those that a visit names. */
export function latestPage(visit: unknown): unknown {
  const pages = objectsIn(isObject(visit) ? visit['last_pages'] : undefined);
  const latest = pages.reduce<Row | undefined>(
    (last, page) => (last === undefined || textOf(page['opened_at']) >= textOf(last['opened_at']) ? page : last),
    undefined,
  );
  return latest?.['url'] ?? null;
}

/** The questions and answers of the forms of one kind that were filled in; null when there were none. */
export function surveyOf(events: readonly Row[], formType: 'prechat' | 'postchat'): Row[] | null {
  const forms = events.filter((event) => event['type'] === 'filled_form' && event['form_type'] === formType);
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

export function objectsIn(list: unknown): Row[] {
  return Array.isArray(list) ? (list as unknown[]).filter(isObject) : [];
}

/** What stands at a path of names; undefined where there is no such place. */
export function at(value: Row, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}
