import type { LivetexAccount } from './account.ts';
import { type LivetexAnswer, refusal } from './answer.ts';
import { chatAt, type LivetexChat } from './chat.ts';
import { employee } from './data.ts';
import { parseFields, type Selection, selected } from './fields.ts';
import { type LivetexLead, leadAt } from './lead.ts';
import { parseCriteria } from './query.ts';
import { chatShape, employeeShape, leadShape, type Shape } from './shapes.ts';
import type { LivetexOrder } from './shelf.ts';

/** Rows of a page when nobody says how many (livetex-api §3.2). */
const DEFAULT_LIMIT = 50;

/** What the role of an operator does not show (livetex-api §3.5). */
const HIDDEN = { chats: ['messages'], leads: ['text', 'answer_text'] } as const;

type List = 'chats' | 'leads';

export interface LivetexRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Whether LiveTex has this path. */
export function isLivetexPath(path: string): boolean {
  return /^\/(oauth2\/token|(chats|leads)\/list|employees\/me)\/?$/.test(path);
}

/** LiveTex's Web API as livetex-api §2 and §3 describe it. The path has to be one of its own. */
export function answerLivetex(request: LivetexRequest, account: LivetexAccount): LivetexAnswer {
  const { seed, livetex } = account.options;
  const [, resource = ''] = request.path.split('/');
  if (resource === 'oauth2') {
    if (request.method !== 'POST') return refusal(405, 'Method not allowed');
    return account.tokens.logIn(request.contentType, request.body, account.now());
  }
  const method = request.method.toLowerCase();
  if (!(livetex.methods === 'both' ? ['get', 'post'] : [livetex.methods]).includes(method)) {
    return refusal(405, 'Method not allowed');
  }
  if (!account.tokens.admits(request.authorization, account.now())) return refusal(401, 'Unauthorized');
  if (resource === 'employees') {
    return {
      status: 200,
      body: { results: { ...employeeShape(employee(seed, 0), livetex.dialect), role: livetex.role } },
    };
  }
  const list = resource as List;
  if (livetex.forbidden.includes(list)) return refusal(403, `Forbidden: ${list}`);
  return answerList(list, request.query, account);
}

function answerList(list: List, query: URLSearchParams, account: LivetexAccount): LivetexAnswer {
  const { livetex } = account.options;
  const criteria = parseCriteria(query.get('q') ?? '', account.times, livetex.bounds);
  if ('invalid' in criteria) return unprocessable(criteria.invalid);
  const { window } = criteria;
  const selection = readFields(list, query.get('fields') ?? '', account);
  if (typeof selection === 'string') return unprocessable({ fields: selection });
  const sort = query.get('sort') ?? '';
  if (!['', 'created_at:a', 'created_at:d'].includes(sort)) return unprocessable({ sort: 'unknown order' });
  const offset = Number(query.get('offset') ?? '0');
  if (!Number.isInteger(offset) || offset < 0) return unprocessable({ offset: 'not a number from 0 up' });
  const limit = Number(query.get('limit') ?? String(Math.min(DEFAULT_LIMIT, livetex.pageLimit)));
  if (!Number.isInteger(limit) || limit < 1) return unprocessable({ limit: 'not a number from 1 up' });
  if (limit > livetex.pageLimit && livetex.limitTooHigh === 'refuse') {
    return unprocessable({ limit: `must not be more than ${livetex.pageLimit}` });
  }

  const order: LivetexOrder = sort === '' || livetex.ignoreSort ? livetex.order : sort.endsWith('d') ? 'desc' : 'asc';
  const rows = livetex.ignoreLimit ? DEFAULT_LIMIT : Math.min(limit, livetex.pageLimit);
  const { numbers, total } = account[list].list(window, order, offset, rows);
  const results = numbers.map((number) => rowShape(list, number, selection, account));
  return {
    status: 200,
    body: { ...totalOf(total, livetex.total), results },
    afterwards: () => account.drift(list, window),
  };
}

function rowShape(list: List, number: number, selection: Selection | undefined, account: LivetexAccount): Shape {
  const { dialect, role, surprises } = account.options.livetex;
  const row = account[list].row(number) as LivetexChat | LivetexLead;
  const whole = 'messages' in row ? chatShape(row, dialect, account.times) : leadShape(row, dialect, account.times);
  const shown = role === 'operator' ? without(whole, HIDDEN[list]) : whole;
  const asked = selection === undefined ? shown : selected(shown, selection);
  return surprises && 'messages' in row && row.isSurprising ? surprising(asked) : asked;
}

/** With fields that nobody asked for, because nobody knows them. */
function surprising(shape: Shape): Shape {
  const { site } = shape;
  const isObject = typeof site === 'object' && site !== null;
  return { ...shape, csat: 5, ...(isObject ? { site: { ...site, alias: 'main' } } : {}) };
}

/** What `fields` asks for; undefined when it asks for everything, and a sentence when it is not taken. */
function readFields(list: List, text: string, account: LivetexAccount): Selection | string | undefined {
  if (text === '') return undefined;
  const { fields } = account.options.livetex;
  if (fields === 'refused') return 'unknown parameter';
  if (fields === 'flat-only' && text.includes('(')) return 'unexpected parenthesis';
  const selection = parseFields(text);
  if (selection === undefined) return 'cannot be read';
  const known = fields === 'strict' ? knownNames(list, account) : undefined;
  const unknown = known && [...selection.keys()].find((name) => !known.has(name));
  return unknown === undefined ? selection : `unknown field: ${unknown}`;
}

/** All names that a row has. */
function knownNames(list: List, { options, times }: LivetexAccount): ReadonlySet<string> {
  const { seed, agents } = options;
  const { dialect, from, to, equalTimestamps } = options.livetex;
  const facts = { seed, count: 1, agents, from, to, equalTimestamps };
  const shape =
    list === 'chats'
      ? chatShape(chatAt(facts, 0, from, from), dialect, times)
      : leadShape(leadAt(facts, 0, from, from), dialect, times);
  return new Set(Object.keys(shape));
}

function totalOf(total: number, how: 'yes' | 'missing' | 'text'): { total?: number | string } {
  if (how === 'missing') return {};
  return { total: how === 'text' ? String(total) : total };
}

function unprocessable(invalid: Readonly<Record<string, string>>): LivetexAnswer {
  return refusal(422, 'Unprocessable entity', invalid);
}

function without(shape: Shape, names: readonly string[]): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !names.includes(name)));
}
