import { readForm } from '../form.ts';
import { SANDBOX_LIVETEX_LOGIN, SANDBOX_LIVETEX_PASSWORD } from '../options.ts';
import { noise } from '../random.ts';
import { type LivetexAnswer, refusal } from './answer.ts';
import type { LivetexOptions } from './options.ts';

const LOGIN_FIELDS = ['grant_type', 'username', 'password'] as const;

/** Gives out access tokens for the login and the password of the account, and knows until when each is good. */
export class LivetexTokens {
  readonly #options: LivetexOptions;
  readonly #seed: number;
  readonly #expiries = new Map<string, number>();

  constructor(options: LivetexOptions, seed: number) {
    this.#options = options;
    this.#seed = seed;
  }

  /** Answers a login (livetex-api §2.1) at `now`. */
  logIn(contentType: string, body: string, now: number): LivetexAnswer {
    const { tokenEncoding } = this.#options;
    const form = readForm(contentType, body);
    if (form === undefined) return refusal(415, 'Unsupported content type');
    if (tokenEncoding === 'form' && form.encoding === 'multipart') return refusal(415, 'Unsupported content type');
    // A server that knows only multipart sees no parameters in the other encoding.
    if (tokenEncoding === 'multipart' && form.encoding === 'form') return refusal(400, 'grant_type is missing');
    const missing = LOGIN_FIELDS.filter((name) => (form.fields.get(name) ?? '') === '');
    if (missing.length > 0) {
      return refusal(422, 'Unprocessable entity', Object.fromEntries(missing.map((name) => [name, 'required'])));
    }
    if (form.fields.get('grant_type') !== 'password') return refusal(400, 'Unsupported grant type');
    const login = form.fields.get('username') as string;
    if (!/^[^@\s]+@[^@\s]+$/.test(login)) return refusal(422, 'Unprocessable entity', { username: 'not an e-mail' });
    if (login !== SANDBOX_LIVETEX_LOGIN || form.fields.get('password') !== SANDBOX_LIVETEX_PASSWORD) {
      return refusal(401, 'Неверный логин или пароль');
    }
    return { status: 200, body: this.#issue(now) };
  }

  /** Whether an Authorization header opens the account at `now`. */
  admits(authorization: string | undefined, now: number): boolean {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    return now < (this.#expiries.get(token ?? '') ?? -Infinity);
  }

  #issue(now: number): object {
    const { tokenLifetimeSeconds, expiresIn, tokenEnvelope } = this.#options;
    const number = this.#expiries.size;
    const token = `sandbox-token-${number}-${noise(this.#seed, number, 98).toString(36)}`;
    const expiry = now + tokenLifetimeSeconds * 1000;
    this.#expiries.set(token, expiry);
    const meanings = {
      lifetime: { expires_in: tokenLifetimeSeconds },
      instant: { expires_in: Math.floor(expiry / 1000) },
      ms: { expires_in: expiry },
      missing: {},
    };
    const answer = { access_token: token, token_type: 'bearer', ...meanings[expiresIn] };
    return tokenEnvelope === 'root' ? answer : { results: answer };
  }
}
