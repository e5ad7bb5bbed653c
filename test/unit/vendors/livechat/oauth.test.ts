import { describe, expect, test } from 'vitest';
import { SyncError } from '../../../../src/core/errors.ts';
import type { ApiAnswer, ApiCall, HttpClient } from '../../../../src/http/client.ts';
import { createTokenExchange } from '../../../../src/vendors/livechat/oauth.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';

const CREDENTIALS = { client_id: 'the id', client_secret: 'the+secret&x=1', refresh_token: 'refresh 0' };
const signal = new AbortController().signal;

/** An exchange of tokens with a vendor that gives these answers, one after the other; an error is thrown. */
function exchangeWith(...answers: unknown[]) {
  const clock = new FakeClock();
  const calls: ApiCall[] = [];
  const kept: string[] = [];
  const secrets: string[] = [];
  const client: Pick<HttpClient, 'request'> = {
    async request(call) {
      calls.push(call);
      const data = answers.shift();
      if (data instanceof Error) throw data;
      return { data, headers: {}, serverTime: clock.now(), vendorTime: undefined } satisfies ApiAnswer;
    },
  };
  const exchange = createTokenExchange(
    async () => client as HttpClient,
    CREDENTIALS,
    (token) => {
      // What is kept can be shown, if to nobody else then in the CONTROL message: it has to be known for a secret by then.
      expect(secrets).toContain(token);
      kept.push(token);
    },
    { clock, addSecret: (secret) => void secrets.push(secret) },
  );
  const forms = () => calls.map(({ body }) => Object.fromEntries(new URLSearchParams(body?.text)));
  return { exchange, clock, calls, kept, secrets, forms };
}

describe('the exchange of a refresh token (livechat-api §3.2)', () => {
  test('sends a form with exactly what is needed, and gives the header of the access token', async () => {
    const { exchange, calls, forms, secrets } = exchangeWith({ access_token: 'dal:access', expires_in: 28_800 });
    expect(await exchange({ signal })).toMatchObject({ authorization: 'Bearer dal:access' });
    expect(calls[0]).toMatchObject({
      method: 'POST',
      path: '/v2/token',
      isSignIn: true,
      signal,
      body: { contentType: 'application/x-www-form-urlencoded' },
    });
    expect(forms()).toEqual([{ grant_type: 'refresh_token', ...CREDENTIALS }]);
    expect(secrets).toContain('dal:access');
  });

  test.each([
    ['eight hours', 28_800, 28_500_000],
    ['as text', '28800', 28_500_000],
    ['ten minutes: half of it', 600, 300_000],
    ['two seconds: half of it', 2, 1000],
    ['nothing', undefined, 300_000],
    ['null', null, 300_000],
    ['no number', 'soon', 300_000],
    ['0', 0, 300_000],
    ['less', -5, 300_000],
  ])('a lifetime of %s', async (_what, expires_in, ms) => {
    const { exchange, clock } = exchangeWith({ access_token: 'a', expires_in });
    expect((await exchange({ signal })).expiresAt - clock.now()).toBe(ms);
  });

  test('another refresh token is kept once, and used from then on', async () => {
    const { exchange, kept, forms } = exchangeWith(
      { access_token: 'a', refresh_token: 'refresh 1' },
      { access_token: 'b', refresh_token: 'refresh 1' },
      { access_token: 'c', refresh_token: 'refresh 2' },
      { access_token: 'd' },
      { access_token: 'e', refresh_token: '' },
      { access_token: 'f', refresh_token: null },
    );
    for (let n = 0; n < 6; n += 1) await exchange({ signal });
    expect(kept).toEqual(['refresh 1', 'refresh 2']);
    expect(forms().map((form) => form['refresh_token'])).toEqual([
      'refresh 0',
      'refresh 1',
      'refresh 1',
      'refresh 2',
      'refresh 2',
      'refresh 2',
    ]);
  });

  test('the same refresh token again is nothing to keep', async () => {
    const { exchange, kept } = exchangeWith({ access_token: 'a', refresh_token: 'refresh 0' });
    await exchange({ signal });
    expect(kept).toEqual([]);
  });

  test.each([
    ['no token', {}],
    ['a list', [{ access_token: 'a' }]],
    ['nothing', null],
    ['an empty one', { access_token: '' }],
    ['a number', { access_token: 7 }],
    ['one with a space', { access_token: 'two words' }],
    ['one with a line break', { access_token: 'x\r\nx-evil: 1' }],
    ['one in other letters', { access_token: 'жетон' }],
    ['one under another name', { token: 'dal:not-to-be-quoted' }],
  ])('an answer with %s is an error that quotes nothing of it, and nothing is kept', async (_what, data) => {
    const answer = Array.isArray(data) || data === null ? data : { ...data, refresh_token: 'refresh 1' };
    const { exchange, kept } = exchangeWith(answer);
    const failure = await exchange({ signal }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SyncError);
    expect(failure).toMatchObject({ kind: 'system', message: expect.stringContaining('livechat.accounts_url') });
    expect(String(failure)).not.toMatch(/evil|words|жетон|not-to-be-quoted|refresh/);
    expect(kept).toEqual([]);
  });

  test('a failed exchange leaves the refresh token as it was', async () => {
    const { exchange, forms } = exchangeWith(new SyncError('transient', 'down'), { access_token: 'a' });
    await expect(exchange({ signal })).rejects.toThrow('down');
    await exchange({ signal });
    expect(forms().map((form) => form['refresh_token'])).toEqual(['refresh 0', 'refresh 0']);
  });
});
