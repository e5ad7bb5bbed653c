export type HttpMethod = 'POST' | 'GET';

/** How lists are asked for. Which parameters the Web API takes is known only in part (livetex-api §7). */
export interface Manner {
  readonly method: HttpMethod;
  /** Whether the page size is said. */
  readonly limit: boolean;
  /** Whether the order is said. */
  readonly sort: boolean;
  /** The properties that are asked for: all, those that every login may read, or whatever LiveTex gives by itself. */
  readonly fields: 'all' | 'unguarded' | 'none';
}

/** POST with a query string is what was seen to work at this host (livetex-api §3.1); the rest is what serves best. */
export const FIRST_MANNER: Manner = { method: 'POST', limit: true, sort: true, fields: 'all' };

/** What is given up after "this parameter is wrong", the least loss first. */
const CONCESSIONS: readonly Partial<Manner>[] = [
  { sort: false },
  { limit: false },
  { fields: 'unguarded' },
  { fields: 'none' },
  { sort: false, limit: false },
  { sort: false, fields: 'none' },
  { limit: false, fields: 'none' },
  { sort: false, limit: false, fields: 'none' },
];

/** The manners that are worth a try after one was refused with an HTTP status, best first; none when nothing can be changed. */
export function otherManners(refused: Manner, status: number | undefined, mayChangeMethod: boolean): Manner[] {
  switch (status) {
    case 404:
    case 405:
    case 415:
    case 501:
      return mayChangeMethod && refused.method === 'POST' ? [{ ...refused, method: 'GET' }] : [];
    case 403:
      return refused.fields === 'all' ? [{ ...refused, fields: 'unguarded' }] : [];
    case 400:
    case 422:
      return CONCESSIONS.map((concession) => ({ ...refused, ...concession }));
    default:
      return [];
  }
}

/** What a manner costs beside the first one, in words for the log; undefined when nothing that a user would notice. */
export function lossOf({ limit, sort, fields }: Manner): string | undefined {
  const losses = [
    limit ? undefined : 'pages of its own size',
    sort ? undefined : 'an order of its own',
    fields === 'none' ? 'its own choice of fields, so that some columns may stay empty' : undefined,
  ].filter((loss) => loss !== undefined);
  return losses.length === 0 ? undefined : losses.join(', ');
}
