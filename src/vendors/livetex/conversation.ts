import type { TimeZone } from '../../core/time-zone.ts';
import { as, ignore, type Put, parts, time } from './shapes.ts';

/** The conversation that a chat or a lead belongs to: an object, or its bare id. `taken` are read elsewhere. */
export function conversation(zone: TimeZone, taken: readonly string[]): Put {
  const visitor = parts(
    'conversation.visitor',
    new Map([['id', as('conversation_visitor_id')]]),
    as('conversation_visitor_id'),
  );
  return parts(
    'conversation',
    new Map<string, Put>([
      ['id', as('conversation_id')],
      ['created_at', time('conversation_created_at', zone)],
      ['result', as('conversation_result')],
      ['int_referer', as('conversation_int_referer')],
      ['visitor', visitor],
      ...taken.map((name): [string, Put] => [name, ignore]),
    ]),
    as('conversation_id'),
  );
}
