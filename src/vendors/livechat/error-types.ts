import { isObject } from '../../core/objects.ts';

/**
 * What LiveChat's types of errors mean as an HTTP status (livechat-api §3.3): which status they come with is documented
 * nowhere, and some come with 200.
 */
const STATUS_OF: ReadonlyMap<string, number> = new Map([
  ['authentication', 401],
  ['authorization', 403],
  ['internal', 500],
  ['license_expired', 402],
  ['license_not_found', 402],
  ['limit_reached', 429],
  ['misdirected_request', 421],
  ['missing_access', 403],
  ['not_found', 404],
  ['pending_requests_limit_reached', 429],
  ['request_timeout', 504],
  ['service_unavailable', 503],
  ['too_many_requests', 429],
  ['unsupported_version', 410],
  ['validation', 400],
  ['wrong_product_version', 402],
]);

/** For an error of a type that nobody has heard of, with the status of a success. */
const UNKNOWN_ERROR = 400;

/** The status that an answer of LiveChat or HelpDesk means by the error in its body; undefined without one, or by an unknown one. */
export function statusIn(data: unknown, httpStatus: number): number | undefined {
  const error = isObject(data) ? data['error'] : undefined;
  const known = STATUS_OF.get(String(isObject(error) ? error['type'] : error));
  if (known !== undefined) return known;
  return httpStatus < 300 && isObject(error) ? UNKNOWN_ERROR : undefined;
}

/** The header with the region that holds the account, where an answer says that it is another one (livechat-api §3.2). */
export function regionIn(data: unknown): Readonly<Record<string, string>> | undefined {
  const error = isObject(data) ? data['error'] : undefined;
  if (!isObject(error) || error['type'] !== 'misdirected_request' || !isObject(error['data'])) return undefined;
  const { region } = error['data'];
  return typeof region === 'string' && /^[a-z0-9-]{1,20}$/i.test(region) ? { 'x-region': region } : undefined;
}

/** As {@link statusIn}, for the address where tokens are renewed: its exceptions are about the credentials (livechat-api §3.2). */
export function accountsStatusIn(data: unknown, httpStatus: number): number | undefined {
  const error = isObject(data) ? data['error'] : undefined;
  const isRefusal = httpStatus < 300 && (error === 'identity_exception' || error === 'oauth_exception');
  return isRefusal ? 401 : statusIn(data, httpStatus);
}

/** As {@link statusIn}, for HelpDesk, whose errors are texts (livechat-api §4.1): an account without it has no licence there. */
export function helpdeskStatusIn(data: unknown, httpStatus: number): number | undefined {
  const known = statusIn(data, httpStatus);
  if (known !== undefined || httpStatus < 400 || httpStatus > 404 || !isObject(data)) return known;
  return /licen[cs]e|subscription/i.test(JSON.stringify([data['error'], data['details']])) ? 402 : undefined;
}
