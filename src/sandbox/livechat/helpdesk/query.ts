import { SILOS, type Silo } from '../ticket-data.ts';
import { HELPDESK_STATUSES } from './status.ts';
import { SORTS, type SortBy } from './ticket-order.ts';

/** What `GET /tickets` was asked, checked (livechat-api §4.2). Times in epoch ms. */
export interface TicketQuery {
  readonly pageSize: number;
  readonly page: number;
  readonly sortBy: SortBy;
  readonly ascending: boolean;
  readonly silo: Silo;
  readonly status: string | undefined;
  readonly teamIds: readonly string[];
  readonly shortId: string | undefined;
  /** Bounds of times by the names of their parameters. */
  readonly times: ReadonlyMap<string, number>;
  /** The last row of the page before, or the first of the page behind. */
  readonly next: { readonly value: number; readonly id: string } | undefined;
  readonly prev: { readonly value: number; readonly id: string } | undefined;
}

const TIMES = [
  'createdDateFrom',
  'createdDateTo',
  'updatedDateFrom',
  'updatedDateTo',
  'lastMessageFrom',
  'lastMessageTo',
];
const KNOWN = new Set([
  'pageSize',
  'page',
  'sortBy',
  'order',
  'silo',
  'status',
  'teamIDs[]',
  'shortID',
  'next.value',
  'next.ID',
  'prev.value',
  'prev.ID',
  ...TIMES,
]);
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d))?$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DEFAULT_PAGE_SIZE = 20;
const LARGEST_PAGE = 100;

/** Reads a query; a sentence in the manner of Joi when it is not allowed. */
export function readTicketQuery(query: URLSearchParams): TicketQuery | string {
  for (const name of query.keys()) if (!KNOWN.has(name)) return `"${name}" is not allowed`;
  const problems: string[] = [];
  const whole = (name: string, fallback: number, most: number) => {
    const value = query.has(name) ? Number(query.get(name) || Number.NaN) : fallback;
    if (!Number.isInteger(value)) problems.push(`"${name}" must be an integer`);
    else if (value < 1) problems.push(`"${name}" must be greater than or equal to 1`);
    else if (value > most) problems.push(`"${name}" must be less than or equal to ${most}`);
    return value;
  };
  const oneOf = <T extends string>(name: string, choices: readonly T[]) => {
    const value = query.get(name);
    if (value === null || choices.includes(value as T)) return value as T | null;
    problems.push(`"${name}" must be one of [${choices.join(', ')}]`);
    return null;
  };
  const time = (name: string) => {
    const text = query.get(name) ?? '';
    if (!ISO.test(text) || Number.isNaN(Date.parse(text))) problems.push(`"${name}" must be in ISO 8601 date format`);
    return Date.parse(text);
  };
  const place = (name: 'next' | 'prev') => {
    const [hasValue, hasId] = [query.has(`${name}.value`), query.has(`${name}.ID`)];
    if (!hasValue && !hasId) return undefined;
    if (!hasValue || !hasId) {
      problems.push(`"${name}.${hasValue ? 'ID' : 'value'}" is required`);
      return undefined;
    }
    const id = query.get(`${name}.ID`) ?? '';
    if (!UUID.test(id)) problems.push(`"${name}.ID" must be a valid GUID`);
    return { value: time(`${name}.value`), id: id.toLowerCase() };
  };
  const result: TicketQuery = {
    pageSize: whole('pageSize', DEFAULT_PAGE_SIZE, LARGEST_PAGE),
    page: whole('page', 1, Number.MAX_SAFE_INTEGER),
    sortBy: oneOf('sortBy', SORTS) ?? 'createdAt',
    ascending: oneOf('order', ['asc', 'desc']) === 'asc',
    silo: oneOf('silo', SILOS) ?? 'tickets',
    status: oneOf('status', HELPDESK_STATUSES) ?? undefined,
    teamIds: query.getAll('teamIDs[]'),
    shortId: query.get('shortID') ?? undefined,
    times: new Map(TIMES.filter((name) => query.has(name)).map((name) => [name, time(name)])),
    next: place('next'),
    prev: place('prev'),
  };
  return problems[0] ?? result;
}
