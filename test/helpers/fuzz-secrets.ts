import { expect } from 'vitest';
import { LIVECHAT_SECRET, LIVETEX_SECRET } from './receiver.ts';

/** The credentials that a receiver under fuzz expects in LiveChat's events. */
export const TOKEN = 'fuzz-token-of-rest-v2-0123456789';
export const SECRET_KEY = 'fuzz-secret-key-of-v3-0123456789';
/** The secrets of the addresses, by vendor. */
export const SECRETS = { livetex: LIVETEX_SECRET, livechat: LIVECHAT_SECRET } as const;
export type Vendor = keyof typeof SECRETS;

/** All forms in which a secret could be read. */
const FORBIDDEN = [...Object.values(SECRETS), TOKEN, SECRET_KEY].flatMap((secret) => {
  const shifted = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
      .toString('base64')
      .slice(offset === 0 ? 0 : offset + 1)
      .replace(/.=*$/, ''),
  );
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...shifted];
});

/** Fails where a text tells one of the secrets in any of these forms. */
export function expectNoSecret(text: string): void {
  const folded = text.toLowerCase();
  expect(FORBIDDEN.filter((form) => folded.includes(form.toLowerCase()))).toEqual([]);
}
