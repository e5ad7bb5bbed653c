import { damaged } from '../../core/bookmark.ts';
import { isObject } from '../../core/objects.ts';
import type { BookmarkFields } from '../../core/stream.ts';
import { formatInstant, parseInstant } from '../../core/timestamps.ts';
import { LOWEST_ID, type Place, type Silo } from './helpdesk-api.ts';
import { refuseOtherApi, type TicketApi } from './ticket-api.ts';

const API: TicketApi = 'helpdesk';

/**
 * What livechat_tickets remembers of HelpDesk: in each silo every ticket up to this place has been read.
 * `{ "api": "helpdesk", "modified": "2026-01-31T12:00:00.000Z", "silos": { "tickets": { "value": "…", "id": "…" } } }`;
 * `modified` is the earliest of the places, for people.
 */
export type HelpdeskBookmark = ReadonlyMap<Silo, Place>;

export const HELPDESK_BOOKMARK_FIELDS = ['api', 'modified', 'silos'] as const;

/** Writes a bookmark as it goes into the state. */
export function writeHelpdeskBookmark(places: HelpdeskBookmark): BookmarkFields {
  const earliest = Math.min(...[...places.values()].map(instantOf));
  return { api: API, modified: formatInstant(earliest), silos: Object.fromEntries(places) };
}

/**
 * Reads a bookmark from the state; empty when there is none. Throws a configuration error for one of REST v2: its tickets would all
 * come again under other ids, beside those that are in the table.
 */
export function readHelpdeskBookmark(
  fields: BookmarkFields | undefined,
  silos: readonly Silo[],
  stream: string,
): Map<Silo, Place> {
  if (fields === undefined || Object.keys(fields).length === 0) return new Map();
  const { api, modified, silos: written } = fields;
  refuseOtherApi(api, API, stream);
  if (written === undefined) {
    const since = parseInstant(modified);
    if (typeof since !== 'number')
      throw damaged(stream, '"modified" should be a time such as 2026-01-31T12:00:00.000Z');
    const place = { value: formatInstant(since), id: LOWEST_ID };
    return new Map(silos.map((silo) => [silo, place]));
  }
  if (!isObject(written)) throw damaged(stream, '"silos" should be an object');
  return new Map(
    Object.entries(written).map(([silo, place]) => {
      const { value, id } = isObject(place) ? place : {};
      if (typeof id !== 'string' || typeof value !== 'string' || typeof parseInstant(value) !== 'number') {
        throw damaged(stream, `"silos.${silo}" should have a "value", which is a time, and an "id"`);
      }
      return [silo as Silo, { value, id }];
    }),
  );
}

/** The time of a place, in epoch ms; places that came from outside have been looked at before. */
export function instantOf({ value }: Place): number {
  return parseInstant(value) ?? 0;
}
