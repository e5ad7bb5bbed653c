import type { LivetexWindow } from './shelf.ts';
import type { LivetexTimes } from './times.ts';

const CRITERION = /^(\w+)(>=|<=|=|>|<)(.+)$/;

/** What `q` means, or what is wrong with it, by the name of the criterion. */
export type Criteria = { readonly window: LivetexWindow } | { readonly invalid: Readonly<Record<string, string>> };

/**
 * Reads `q`: criteria separated by spaces (livetex-api §3.2), of which the sandbox knows `created_at`. Without `q` the window
 * has no end on either side.
 */
export function parseCriteria(text: string, times: LivetexTimes, bounds: 'inclusive' | 'exclusive-upper'): Criteria {
  let since = -Infinity;
  let before = Infinity;
  for (const criterion of text.split(' ')) {
    if (criterion === '') continue;
    const [, name = criterion, operator, value = ''] = CRITERION.exec(criterion) ?? [];
    if (name !== 'created_at' || operator === undefined) return { invalid: { [name]: 'unknown criterion' } };
    const instant = times.understood(value);
    if (instant === undefined) return { invalid: { [name]: 'not a date' } };
    // Rows are created at whole ms: what comes after an instant comes at the next whole one or later.
    const at = Math.ceil(instant);
    const after = Math.floor(instant) + 1;
    if (operator === '>=' || operator === '=') since = Math.max(since, at);
    if (operator === '>') since = Math.max(since, after);
    if (operator === '<' || (operator === '<=' && bounds === 'exclusive-upper')) before = Math.min(before, at);
    else if (operator === '<=' || operator === '=') before = Math.min(before, after);
  }
  return { window: { since, before } };
}
