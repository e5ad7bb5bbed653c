import type { ExpectedRow } from '../../expected-row.ts';
import { cleaned } from '../cleaned.ts';

/** An event of LiveChat or HelpDesk before it is packed for the wire. */
export interface EventInMaking {
  /** The chat or ticket it is about: events of one thing keep their order. */
  readonly lane: string;
  readonly uniqueId: string | null;
  readonly body: Readonly<Record<string, unknown>>;
  readonly row: ExpectedRow;
}

/** Of the account; they open nothing but a sandbox. */
export const LICENSE_ID = 1_520;
export const ORGANIZATION_ID = '390e44e6-f1e6-4751-9cbd-9a32ad5a0001';

const EMPTY_ROW = {
  event_type: null,
  event_unique_id: null,
  api: null,
  occurred_at: null,
  chat_id: null,
  thread_id: null,
  ticket_id: null,
  chat: null,
  visitor: null,
  pre_chat_survey: null,
  ticket: null,
  license_id: null,
  organization_id: null,
  payload: null,
  extra_fields: null,
};

/** A row with all columns but those that depend on the receiver; `event_id` is there where LiveChat gave one. */
export function eventRow(known: Partial<Record<keyof typeof EMPTY_ROW, unknown>>): ExpectedRow {
  const id = known.event_unique_id ?? null;
  return cleaned({ ...(id === null ? {} : { event_id: id }), ...EMPTY_ROW, ...known }) as ExpectedRow;
}

/** An event that nobody could foresee; each number makes another one. */
export function unforeseenLivechatEvent(number: number): EventInMaking {
  const body = { somethingNew: { number, about: 'An event “without description” 🙂' } };
  return { lane: `unforeseen ${number}`, uniqueId: null, body, row: eventRow({ payload: body }) };
}
