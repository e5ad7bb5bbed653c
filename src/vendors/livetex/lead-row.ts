import { isObject } from '../../core/objects.ts';
import type { Row } from '../../core/stream.ts';
import type { TimeZone } from '../../core/time-zone.ts';
import { type Fill, fillerOf, ignore, parts, time } from './shapes.ts';
import { sharedColumns } from './shared-columns.ts';

const UTM = ['source', 'campaign', 'content', 'medium', 'term'] as const;
const UTM_FIELDS = UTM.map((name) => `utm_${name}`);

/** What a lead is asked for (livetex-api §4.2). Properties that only some logins may read stand apart. */
export const LEAD_FIELDS = [
  'id,name,email,phone,site(id,url),type,assigned_to(id),completed_by(id),result,duration,created_at,closed_at,completed_at',
  'department(id,title),employee_remark(id,text),is_managed',
  `conversation(id,created_at,result,int_referer,visitor(id),${UTM_FIELDS.join(',')})`,
  `${UTM_FIELDS.join(',')},utm`,
].join(',');
export const LEAD_GUARDED_FIELDS = 'text,answer_text';

/** Makes the function that brings a lead of the Web API to the columns of livetex_leads. */
export function leadFiller(zone: TimeZone): Fill {
  // Wherever they stand, they are looked for below, in order.
  const utm = Object.fromEntries(UTM_FIELDS.map((name) => [name, ignore]));
  const ofUtm = { ...utm, ...Object.fromEntries(UTM.map((name) => [name, ignore])) };
  const fill = fillerOf({
    ...sharedColumns(zone, { ...utm, utm: parts('conversation.utm', ofUtm, 'conversation.utm') }),
    ...utm,
    utm: parts('utm', ofUtm, 'utm'),
    id: 'lead_id',
    type: 'lead_type',
    closed_at: ignore,
    completed_at: ignore,
    assigned_to: parts('assigned_to', { id: 'assigned_to' }, 'assigned_to'),
    completed_by: parts('completed_by', { id: 'completed_by' }, 'completed_by'),
  });
  const closed = time('closed_at', zone);
  return (row, item) => {
    fill(row, item);
    // API v2 called it completed_at.
    const closedAt = given(item['closed_at']);
    const completedAt = given(item['completed_at']);
    closed(row, closedAt ?? completedAt);
    if (closedAt !== undefined && completedAt !== undefined) row['completed_at'] = completedAt;
    for (const name of UTM) row[`utm_${name}`] = utmOf(item, name);
  };
}

/** At the lead itself, in its `utm`, or at its conversation: nobody knows which (livetex-api §7). The nearest counts. */
function utmOf(item: Row, name: string): unknown {
  const conversation = isObject(item['conversation']) ? item['conversation'] : {};
  const column = `utm_${name}`;
  return (
    given(item[column]) ??
    withinUtm(item['utm'], name) ??
    given(conversation[column]) ??
    withinUtm(conversation['utm'], name) ??
    null
  );
}

function withinUtm(utm: unknown, name: string): unknown {
  return isObject(utm) ? (given(utm[`utm_${name}`]) ?? given(utm[name])) : undefined;
}

function given(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}
