import { type ErrorKind, SyncError } from '../core/errors.ts';
import { isPermanentFault, type Outcome } from './retry.ts';

/** What a call is for, in the words of its error messages. */
export interface CallPurpose {
  /** The vendor as people write it. */
  readonly vendor: string;
  /** Host that is called. */
  readonly host: string;
  /** What was being done: `listing tickets`. */
  readonly doing: string;
  /** The right that the credentials need for it: `read tickets (scope tickets_read)`. */
  readonly right: string;
  /** What to do when the vendor does not accept the credentials: whole sentences. */
  readonly onUnauthorized: string;
  /** True for a call with a token that the vendor gave for the credentials. */
  readonly hasToken?: boolean;
  /** The vendor's code for the error, where it has one. */
  readonly errorCode?: string | undefined;
  /** True for the call that exchanges the credentials for a token. */
  readonly isSignIn?: boolean;
  /** What to do when the vendor no longer knows the address; undefined where nothing is known. */
  readonly whenGone?: string;
}

/**
 * The error for a call that is not tried again. `words` is what the vendor said, already reduced to a line; `tries` is
 * how many attempts were made.
 */
export function failureOf(outcome: Outcome, purpose: CallPurpose, tries: number, words: string | undefined): SyncError {
  const { vendor, host, doing } = purpose;
  const said = words === undefined ? '' : `: “${words}”`;
  const after = tries > 1 ? ` after ${tries} attempts` : '';
  if (outcome.kind === 'bad_body') {
    return new SyncError(
      'transient',
      `${vendor} gave an answer that is not JSON while ${doing}${after}${said}. Something between here and ${host} (a proxy, a sign-in page, maintenance) answers in its place, or the answer is cut off on the way. Try again later; if it stays, check the network and the API address.`,
    );
  }
  if (outcome.kind === 'fault') return faultFailure(outcome.code, purpose, after);
  return statusFailure(outcome.status, purpose, after, said);
}

function statusFailure(status: number, purpose: CallPurpose, after: string, said: string): SyncError {
  const { vendor, host, doing } = purpose;
  const http = `(HTTP ${status}${said})`;
  const { errorCode } = purpose;
  const error = (kind: ErrorKind, message: string) =>
    new SyncError(kind, message, { status, ...(errorCode === undefined ? {} : { detail: errorCode }) });
  switch (status) {
    case 401:
      if (purpose.hasToken === true) {
        return error(
          'config',
          `${vendor} accepts the login, but refuses its token while ${doing} ${http}. The login may lack the right to ${purpose.right}.`,
        );
      }
      return error('config', `${vendor} does not accept the credentials ${http}. ${purpose.onUnauthorized}`);
    case 400:
    case 415:
    case 422:
      if (purpose.isSignIn !== true) break;
      return error('config', `${vendor} refuses the sign-in ${http}. ${purpose.onUnauthorized}`);
    case 402:
      return error(
        'config',
        `${vendor} knows no valid licence for ${doing} ${http}. The subscription may have ended, or not include it.`,
      );
    case 403:
      return error(
        'config',
        `${vendor} refuses ${doing} ${http}. The credentials need the right to ${purpose.right}: give it to their owner, or use those of an owner or administrator.`,
      );
    case 404:
    case 410:
      return error(
        'config',
        `${vendor} does not know the address for ${doing} ${http}. ${purpose.whenGone ?? `Check the API address (${host}).`}`,
      );
    case 429:
      return error(
        'transient',
        `${vendor} keeps refusing calls because there are too many ${http}. Other tools may use the same account: lower calls_per_minute, or run the sync at another time.`,
      );
    default:
  }
  if (status >= 300 && status < 400) {
    return error(
      'config',
      `${vendor} redirects the call for ${doing} to another address (HTTP ${status}). Credentials are not sent there: check the API address (${host}).`,
    );
  }
  if (status >= 500 || status === 408) {
    return error('transient', `${vendor} failed while ${doing}${after} ${http}. Try again later.`);
  }
  return error(
    'system',
    `${vendor} rejects the call for ${doing} ${http}. This is not something that a setting can mend: please report it.`,
  );
}

function faultFailure(code: string, { vendor, host, doing }: CallPurpose, after: string): SyncError {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new SyncError(
      'transient',
      `The name ${host} does not resolve (${code})${after}. Check the API address, and that this machine can reach the internet.`,
    );
  }
  if (isPermanentFault(code)) {
    return new SyncError(
      'config',
      `The connection to ${host} is not trusted (${code}). If a proxy of your company opens TLS connections, give Node.js its certificate with NODE_EXTRA_CA_CERTS.`,
    );
  }
  if (/^(?:Z_|ERR_BUFFER|HPE_|UND_ERR_(?:RES_EXCEEDED|HEADERS_OVERFLOW|RESPONSE))/.test(code)) {
    return new SyncError(
      'transient',
      `${vendor} gave an answer that cannot be read while ${doing}${after} (${code}): it is damaged, far too big or not HTTP. Something between here and ${host} may change it; try again later.`,
    );
  }
  return new SyncError(
    'transient',
    `${vendor} cannot be reached at ${host} while ${doing}${after} (${code}). Check that this machine can reach it, and try again later.`,
    { detail: code },
  );
}
