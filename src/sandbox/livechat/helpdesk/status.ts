import { noise } from '../../random.ts';
import type { Silo } from '../ticket-data.ts';

export const HELPDESK_STATUSES = ['open', 'pending', 'onhold', 'solved', 'closed'] as const;

/** HelpDesk's word for REST v2's `status` of a ticket in a silo: it knows no spam as a status, but two more than REST v2. */
export function helpdeskStatus(
  number: number,
  { status, silo }: { readonly status: string; readonly silo: Silo },
  seed: number,
): string {
  switch (status) {
    case 'pending':
      return noise(seed, number, 850) % 2 === 0 ? 'pending' : 'onhold';
    case 'solved':
      return silo === 'archive' ? 'closed' : 'solved';
    case 'spam':
      return 'closed';
    default:
      return status;
  }
}
