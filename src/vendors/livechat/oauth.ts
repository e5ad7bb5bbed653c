import { SyncError } from '../../core/errors.ts';
import { isObject } from '../../core/objects.ts';
import type { ApiAnswer, CallContext, HttpClient } from '../../http/client.ts';
import type { Token } from '../../http/session.ts';
import type { VendorDependencies } from '../dependencies.ts';

/** What a LiveChat app is given for an account, in the words of the configuration. */
export interface OAuthCredentials {
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
}

/** A token is not used in its last five minutes, nor in the second half of its life if that is shorter. */
const MARGIN_MS = 5 * 60_000;
/** For an answer that does not say how long its token lasts: the documented lifetime is eight hours. */
const UNKNOWN_LIFETIME_S = 600;

/**
 * Makes the function that exchanges the refresh token for an access token (livechat-api §3.2). Where the answer has another
 * refresh token, that one is used from then on and handed to `keep`: the old one may be worth nothing any more. It throws a
 * configuration error when the app or the token is not accepted.
 */
export function createTokenExchange(
  http: () => Promise<HttpClient>,
  { client_id, client_secret, refresh_token }: OAuthCredentials,
  keep: (refreshToken: string) => void,
  { clock, addSecret }: Pick<VendorDependencies, 'clock' | 'addSecret'>,
): (call: CallContext) => Promise<Token> {
  let current = refresh_token;
  return async (call) => {
    const client = await http();
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: current,
      client_id,
      client_secret,
    });
    const answer = await client.request({
      method: 'POST',
      path: '/v2/token',
      body: { contentType: 'application/x-www-form-urlencoded', text: form.toString() },
      doing: 'renewing the access token',
      right: 'use the account',
      whenGone: 'Check the address in livechat.accounts_url.',
      isSignIn: true,
      ...call,
    });
    const { access, refresh, lifetimeMs } = readTokens(answer);
    addSecret(access);
    if (refresh !== undefined && refresh !== current) {
      addSecret(refresh);
      current = refresh;
      keep(refresh);
    }
    const margin = Math.min(MARGIN_MS, lifetimeMs / 2);
    return { authorization: `Bearer ${access}`, expiresAt: clock.now() + lifetimeMs - margin };
  };
}

function readTokens({ data }: ApiAnswer): { access: string; refresh: string | undefined; lifetimeMs: number } {
  const { access_token: access, refresh_token: refresh, expires_in: seconds } = isObject(data) ? data : {};
  // What the answer says is not quoted: it may be the token, under another name.
  if (typeof access !== 'string' || !SENDABLE.test(access)) {
    throw new SyncError(
      'system',
      'LiveChat answered the request for a token without one that could be sent back. Check the address in livechat.accounts_url; if it is right, please report this.',
    );
  }
  const lifetime = Number(seconds);
  return {
    access,
    refresh: typeof refresh === 'string' && refresh !== '' ? refresh : undefined,
    lifetimeMs: (lifetime > 0 ? lifetime : UNKNOWN_LIFETIME_S) * 1000,
  };
}

/** What may stand in a header (RFC 9110 §5.5). */
const SENDABLE = /^[\x21-\x7e]+$/;
