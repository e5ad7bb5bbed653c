import type { TimeZone } from '../../core/time-zone.ts';
import { type Mapping, named, parts, time } from './shapes.ts';

/** What chats and leads have alike. `ofConversation` says what becomes of further properties of the conversation. */
export function sharedColumns(zone: TimeZone, ofConversation: Mapping = {}): Mapping {
  return {
    created_at: time('created_at', zone),
    site: parts('site', { id: 'site_id', url: 'site_url' }, 'site_id'),
    department: named('department'),
    employee_remark: parts(
      'employee_remark',
      { id: 'employee_remark_id', text: 'employee_remark_text' },
      'employee_remark_id',
    ),
    conversation: parts(
      'conversation',
      {
        id: 'conversation_id',
        created_at: time('conversation_created_at', zone),
        result: 'conversation_result',
        int_referer: 'conversation_int_referer',
        visitor: parts('conversation.visitor', { id: 'conversation_visitor_id' }, 'conversation_visitor_id'),
        ...ofConversation,
      },
      'conversation_id',
    ),
  };
}
