import { readForm } from '../form.ts';
import {
  SANDBOX_ACCESS_TOKEN,
  SANDBOX_ACCOUNT_ID,
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  SANDBOX_REFRESH_TOKEN,
} from '../options.ts';
import { noise } from '../random.ts';
import type { Reply } from '../replies.ts';
import type { LivechatOptions } from './options.ts';
import { ORGANIZATION_ID } from './webhooks/livechat-event.ts';

const BASIC = `Basic ${Buffer.from(`${SANDBOX_ACCOUNT_ID}:${SANDBOX_ACCESS_TOKEN}`).toString('base64')}`;

/** Gives out access tokens for refresh tokens (livechat-api §3.2), and knows which are good. Times in epoch ms. */
export class LivechatTokens {
  readonly #options: LivechatOptions;
  readonly #seed: number;
  /** Until when each is good. */
  readonly #access = new Map<string, number>();
  readonly #refresh = new Map<string, number>([[SANDBOX_REFRESH_TOKEN, Infinity]]);
  #latest = SANDBOX_REFRESH_TOKEN;
  #issued = 0;

  constructor(options: LivechatOptions, seed: number) {
    this.#options = options;
    this.#seed = seed;
  }

  /** The refresh token that was given out last. */
  get refreshToken(): string {
    return this.#latest;
  }

  /** How many access tokens were given out so far. */
  get issued(): number {
    return this.#issued;
  }

  /** Answers `POST /v2/token` at `now`. */
  renew(contentType: string, body: string, now: number): Reply {
    const form = readForm(contentType, body);
    if (form === undefined || form.encoding !== 'form') return refusal(400, 'oauth_exception', 'invalid_request');
    const field = (name: string) => form.fields.get(name) ?? '';
    if (field('grant_type') !== 'refresh_token' || field('refresh_token') === '') {
      return refusal(400, 'oauth_exception', 'invalid_request');
    }
    if (field('client_id') !== SANDBOX_CLIENT_ID || field('client_secret') !== SANDBOX_CLIENT_SECRET) {
      return refusal(401, 'oauth_exception', 'unauthorized_client');
    }
    const used = field('refresh_token');
    if (now >= (this.#refresh.get(used) ?? -Infinity)) return refusal(400, 'identity_exception', 'access_denied');
    return { status: 200, body: this.#issue(used, now) };
  }

  /** Whether an Authorization header opens the account at `now`: with the personal access token, or one that was given out. */
  admits(authorization: string | string[] | undefined, now: number): boolean {
    if (authorization === BASIC) return true;
    const token = /^Bearer (\S+)$/i.exec(String(authorization ?? ''))?.[1];
    return now < (this.#access.get(token ?? '') ?? -Infinity);
  }

  /** No access token that was given out so far is good any more. */
  revokeAccessTokens(): void {
    this.#access.clear();
  }

  /** No refresh token is good any more: the customer has to connect anew. */
  revokeRefreshTokens(): void {
    this.#refresh.clear();
  }

  #issue(used: string, now: number): object {
    const { tokenLifetimeSeconds, rotatesRefreshToken, refreshGraceMs } = this.#options;
    const number = this.#issued;
    this.#issued += 1;
    const mark = (salt: number) => noise(this.#seed, number, salt).toString(36);
    const access = `dal:sandbox-access-${number}-${mark(110)}`;
    this.#access.set(access, now + tokenLifetimeSeconds * 1000);
    if (rotatesRefreshToken) {
      const until = this.#refresh.get(used) as number;
      this.#refresh.set(used, Math.min(until, now + refreshGraceMs));
      this.#latest = `sandbox-refresh-${number}-${mark(111)}`;
      this.#refresh.set(this.#latest, Infinity);
    }
    return {
      access_token: access,
      account_id: SANDBOX_ACCOUNT_ID,
      expires_in: tokenLifetimeSeconds,
      organization_id: ORGANIZATION_ID,
      refresh_token: rotatesRefreshToken ? this.#latest : used,
      scope: 'accounts--my:ro,agents--all:ro,chats--all:ro,groups--all:ro',
      token_type: 'Bearer',
    };
  }
}

function refusal(status: number, error: 'oauth_exception' | 'identity_exception', description: string): Reply {
  return { status, body: { error, error_description: description } };
}
