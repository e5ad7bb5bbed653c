import { describe, expect, test } from 'vitest';
import { SANDBOX_REFRESH_TOKEN } from '../../../../src/sandbox/options.ts';
import { rowsOf } from '../../../helpers/contract.ts';
import { currentVendor, pathsOf, TOKEN_PATH } from '../../../helpers/current-vendor.ts';

const signal = new AbortController().signal;
const STREAMS = ['livechat_agents', 'livechat_tickets', 'livechat_chats'];

/** An account that is opened with OAuth, and how often it has asked for a token. */
async function account(
  ...[options, hooks]: [Parameters<typeof currentVendor>[0]?, Parameters<typeof currentVendor>[2]?]
) {
  const opened = await currentVendor(options ?? {}, (box) => box.oauthConfig(), hooks);
  const tokenCalls = () => pathsOf(opened.sandbox).filter((path) => path === TOKEN_PATH).length;
  return { ...opened, tokenCalls };
}

describe('access tokens', () => {
  test('one does for LiveChat and HelpDesk, however often they are called', async () => {
    const { sandbox, vendor, stream, tokenCalls } = await account({ tickets: 350, livechat: { chats: 250 } });
    await vendor.check({ signal });
    for (const name of STREAMS) await rowsOf(stream(name));
    expect(tokenCalls()).toBe(1);
    expect(pathsOf(sandbox)[0]).toBe(TOKEN_PATH);
    expect(sandbox.calls.outcomes).toEqual({ 200: sandbox.calls.count });
    // The call for the token is a call like any other.
    expect(vendor.usage()?.calls).toBe(sandbox.calls.count);
  });

  test('streams that begin at the same time share one call for it', async () => {
    const { stream, tokenCalls } = await account();
    await Promise.all(STREAMS.map((name) => rowsOf(stream(name))));
    expect(tokenCalls()).toBe(1);
  });

  test('are renewed before they expire: no call is refused', async () => {
    const { sandbox, vendor, stream, tokenCalls, advance } = await account({
      livechat: { tokenLifetimeSeconds: 28_800 },
    });
    await vendor.check({ signal });
    // Five minutes before the end it is still good, and not used any more.
    advance((28_800 - 301) * 1000);
    await rowsOf(stream('livechat_agents'));
    expect(tokenCalls()).toBe(1);
    advance(1100);
    await rowsOf(stream('livechat_tickets'));
    await rowsOf(stream('livechat_agents'));
    expect(tokenCalls()).toBe(2);
    expect(sandbox.calls.outcomes).toEqual({ 200: sandbox.calls.count });
  });

  test('that live for seconds only are renewed within a stream, page by page, and no call is refused', async () => {
    const opened = await account(
      { tickets: 500, livechat: { tokenLifetimeSeconds: 10 } },
      {
        onCall: (path) => {
          if (path.startsWith('/helpdesk/v1/tickets')) opened.advance(3000);
        },
      },
    );
    const { sandbox, stream, tokenCalls } = opened;
    expect(await rowsOf(stream('livechat_tickets'))).toHaveLength(
      [...sandbox.oracle.tickets('helpdesk', ['tickets', 'archive'])].length,
    );
    expect(tokenCalls()).toBeGreaterThan(2);
    expect(sandbox.calls.outcomes).toEqual({ 200: sandbox.calls.count });
  });

  test.each([false, true])(
    'that are revoked between two pages are renewed, once for each time (errors as 200: %s)',
    async (errorsAsOk) => {
      let pages = 0;
      const opened = await account(
        { livechat: { chats: 450, errorsAsOk } },
        {
          onCall: (path) => {
            if (!path.endsWith('/list_archives')) return;
            pages += 1;
            // The third page is asked for three times: with the second token, which is revoked as well, and with the third one.
            if (pages === 2 || pages === 4) opened.sandbox.livechatTokens.revokeAccessTokens();
          },
        },
      );
      const { stream, tokenCalls, logs } = opened;
      expect(await rowsOf(stream('livechat_chats'))).toHaveLength(450);
      expect(tokenCalls()).toBe(3);
      expect(logs.filter((line) => line.includes('signing in again'))).toHaveLength(2);
    },
  );

  test('a call that is refused with a new token as well is not made a third time', async () => {
    const opened = await account({}, { onCall: () => opened.sandbox.livechatTokens.revokeAccessTokens() });
    await expect(rowsOf(opened.stream('livechat_agents'))).rejects.toMatchObject({
      kind: 'config',
      status: 401,
      message: expect.stringContaining('The login may lack the right to read agents (scope agents--all:ro)'),
    });
    expect(opened.tokenCalls()).toBe(2);
    expect(opened.sandbox.calls.count).toBe(4);
  });

  test('are secrets from the first call on, and so are refresh tokens', async () => {
    const { secrets, stream, kept } = await account();
    await rowsOf(stream('livechat_agents'));
    expect(secrets).toHaveLength(2);
    expect(secrets[0]).toMatch(/^dal:sandbox-access/);
    expect(secrets[1]).toBe(kept[0]?.value);
  });
});

describe('refresh tokens', () => {
  test('each one that is replaced is handed over once, and the last one is good', async () => {
    const { sandbox, stream, kept, advance } = await account();
    for (const name of STREAMS) {
      await rowsOf(stream(name));
      advance(86_400_000);
    }
    expect(kept).toHaveLength(3);
    expect(new Set(kept.map(({ path }) => path))).toEqual(new Set(['livechat.credentials.refresh_token']));
    expect(new Set(kept.map(({ value }) => value)).size).toBe(3);
    expect(kept.at(-1)?.value).toBe(sandbox.livechatTokens.refreshToken);
  });

  test('one that stays the same is not', async () => {
    const { stream, kept, advance, tokenCalls } = await account({ livechat: { rotatesRefreshToken: false } });
    for (const name of STREAMS) {
      await rowsOf(stream(name));
      advance(86_400_000);
    }
    expect(tokenCalls()).toBe(3);
    expect(kept).toEqual([]);
  });

  test.each(['503', 'html', '429-seconds'] as const)(
    '%s in place of the answer: the call is repeated with the same one',
    async (fault) => {
      const { sandbox, stream, kept, tokenCalls } = await account();
      sandbox.faults.queue(fault);
      await rowsOf(stream('livechat_agents'));
      expect(tokenCalls()).toBe(2);
      expect(sandbox.livechatTokens.issued).toBe(1);
      expect(kept).toHaveLength(1);
    },
  );

  test.each(['reset', 'truncated'] as const)(
    '%s after the vendor replaced it: within its days of grace the old one brings another',
    async (fault) => {
      const { sandbox, stream, kept, tokenCalls } = await account({ livechat: { refreshGraceMs: 600_000 } });
      sandbox.faults.queue(fault);
      await rowsOf(stream('livechat_agents'));
      expect(tokenCalls()).toBe(2);
      // The one that nobody has heard of is not kept.
      expect(sandbox.livechatTokens.issued).toBe(2);
      expect(kept.map(({ value }) => value)).toEqual([sandbox.livechatTokens.refreshToken]);
    },
  );

  test.each(['reset', 'truncated'] as const)(
    '%s after the vendor replaced it for good: the user is told to let the app in again',
    async (fault) => {
      const { sandbox, vendor, kept, tokenCalls } = await account();
      sandbox.faults.queue(fault);
      await expect(vendor.check({ signal })).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringMatching(/refuses the sign-in \(HTTP 400: “access_denied”\).*let the app in once more/),
      });
      expect(tokenCalls()).toBe(2);
      expect(kept).toEqual([]);
    },
  );

  test('one that is not accepted is tried once in a process, whoever asks', async () => {
    const { sandbox, vendor, stream, tokenCalls } = await account();
    sandbox.livechatTokens.revokeRefreshTokens();
    await expect(vendor.check({ signal })).rejects.toThrow('refuses the sign-in');
    for (const name of STREAMS) await expect(rowsOf(stream(name))).rejects.toThrow('refuses the sign-in');
    expect(tokenCalls()).toBe(1);
    expect(sandbox.calls.count).toBe(1);
    expect(sandbox.oauthConfig()).toMatchObject({
      livechat: { credentials: { refresh_token: SANDBOX_REFRESH_TOKEN } },
    });
  });
});
