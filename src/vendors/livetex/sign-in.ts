import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/objects.ts';
import type { ApiAnswer, CallContext, HttpClient } from '../../http/client.ts';
import type { Token } from '../../http/session.ts';
import type { VendorDependencies } from '../dependencies.ts';

/** What signs in, and how it is written: as the RFC says, as the one client does that was seen to work, or either. */
export interface SignInSettings {
  readonly login: string;
  readonly password: string;
  readonly encoding: 'auto' | Encoding;
}

type Encoding = 'form' | 'multipart';

const TOKEN_PATH = '/oauth2/token';

/** For a token that does not say how long it lasts. */
const UNKNOWN_LIFETIME_MS = 10 * 60_000;
/** A token is not used in its last minute, nor in the second half of its life if that is shorter. */
const MARGIN_MS = 60_000;

/** What a server may answer that cannot read a form, or sees no login in it. */
const UNREADABLE = new Set([400, 401, 415, 422]);

/**
 * Makes the function that exchanges login and password for a token: OAuth 2.0, password grant (livetex-api §2). The encoding that
 * works is kept. Tokens are masked from then on. It throws a configuration error when LiveTex does not accept the login.
 */
export function createSignIn(
  http: () => HttpClient,
  { login, password, encoding }: SignInSettings,
  { clock, addSecret }: Pick<VendorDependencies, 'clock' | 'addSecret'>,
): (call: CallContext) => Promise<Token> {
  const grant = { grant_type: 'password', username: login, password };
  let known: Encoding | undefined = encoding === 'auto' ? undefined : encoding;

  const send = async (how: Encoding, call: CallContext) => {
    const answer = await http().request({
      method: 'POST',
      path: TOKEN_PATH,
      body: await encode(grant, how),
      doing: 'signing in',
      right: 'use the Web API',
      whenGone: 'Check the API address in livetex.base_url.',
      isSignIn: true,
      ...call,
    });
    known = how;
    return answer;
  };

  return async (call) => {
    let answer: ApiAnswer;
    try {
      answer = await send(known ?? 'form', call);
    } catch (error) {
      if (known !== undefined || !mayBeUnreadable(error)) throw error;
      answer = await send('multipart', call);
    }
    const { token, expiresIn } = readToken(answer);
    addSecret(token);
    // LiveTex's time is counted from LiveTex's clock, the rest from ours.
    const lifetime = lifetimeOf(expiresIn, answer.vendorTime ?? answer.serverTime);
    return { authorization: `Bearer ${token}`, expiresAt: clock.now() + lifetime };
  };
}

function mayBeUnreadable(error: unknown): boolean {
  if (!(error instanceof SyncError) || error.status === undefined) return false;
  // An OAuth server that could read it says so (RFC 6749 §5.2); another try would count as another wrong password.
  return UNREADABLE.has(error.status) && error.detail !== 'invalid_grant';
}

/** The platform writes both encodings; the boundary of the second stands in its content type. */
async function encode(fields: Record<string, string>, how: 'form' | 'multipart') {
  const form = how === 'form' ? new URLSearchParams() : new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const body = new Response(form);
  return { contentType: body.headers.get('content-type') ?? '', text: await body.text() };
}

/** What the answer says is not quoted: it may be the token, under another name. */
function readToken({ data }: ApiAnswer): { token: string; expiresIn: unknown } {
  const results = isObject(data) && isObject(data['results']) ? data['results'] : data;
  const token = isObject(results) ? results['access_token'] : undefined;
  if (!isObject(results) || typeof token !== 'string' || !SENDABLE.test(token)) {
    throw new SyncError(
      'system',
      'LiveTex answered the sign-in without a token that could be sent back. Check the API address in livetex.base_url; if it is right, please report this.',
    );
  }
  return { token, expiresIn: results['expires_in'] };
}

/** What may stand in a header (RFC 9110 §5.5). */
const SENDABLE = /^[\x20-\x7e]+$/;

/**
 * How long (ms) a token may be used. `expires_in` should be seconds, but the one client that is known takes it for an instant
 * (livetex-api §2.2): both are understood. One that is over already tells of a wrong clock, not of a token without a life.
 */
export function lifetimeOf(expiresIn: unknown, vendorTime: number): number {
  const value = Number(expiresIn ?? Number.NaN);
  let lifetime = value * 1000;
  if (value > 1e12) lifetime = value - vendorTime;
  else if (value > 1e9) lifetime = value * 1000 - vendorTime;
  if (!(lifetime > 0)) lifetime = UNKNOWN_LIFETIME_MS;
  return lifetime - Math.min(MARGIN_MS, lifetime / 2);
}
