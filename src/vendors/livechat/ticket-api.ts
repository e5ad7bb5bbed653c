import { SyncError } from '../../core/errors.ts';
import { loadStreamSchema } from '../../core/schema.ts';
import type { Stream } from '../../core/stream.ts';

export const TICKETS = 'livechat_tickets';

/** What livechat_tickets is, whichever API it comes from. */
export function describeTickets(): Omit<Stream, 'bookmarkFields' | 'read' | 'forecast'> {
  return {
    name: TICKETS,
    schema: loadStreamSchema(TICKETS),
    primaryKey: ['id'],
    cursorField: 'modified',
    syncModes: ['full_refresh', 'incremental'],
    bookmarkVersion: 1,
  };
}

/** Which API the tickets of a state came from: the same ticket has another id in each. */
export type TicketApi = 'rest_v2' | 'helpdesk';

const NAMES: Readonly<Record<TicketApi, string>> = {
  rest_v2: "LiveChat's REST API v2",
  helpdesk: 'HelpDesk',
};

/**
 * Refuses the bookmark of another API with a configuration error: all tickets would come again under other ids, beside those that
 * are in the table. A bookmark that names none may be of either.
 */
export function refuseOtherApi(found: unknown, wanted: TicketApi, stream: string): void {
  if (found === undefined || found === wanted) return;
  const other = Object.hasOwn(NAMES, String(found)) ? NAMES[found as TicketApi] : 'another API';
  throw new SyncError(
    'config',
    `The state of ${stream} was written with other credentials: its tickets came from ${other}, and these credentials read them from ${NAMES[wanted]}, where they have other ids. Reset the stream, so that its table is emptied and loaded again; or go back to the former credentials.`,
  );
}
