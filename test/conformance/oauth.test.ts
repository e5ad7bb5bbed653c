import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REFRESH_TOKEN } from '../../src/sandbox/options.ts';
import { configured, type EntrypointOutput, sourceChat } from '../helpers/airbyte.ts';
import { pathsOf, TOKEN_PATH } from '../helpers/current-vendor.ts';
import { protocolValidator } from '../helpers/protocol.ts';
import { sandboxFor, UNLIMITED } from '../helpers/sandbox.ts';
import { expectNoSecret, printed } from '../helpers/secret-forms.ts';

const STREAMS = ['livechat_agents', 'livechat_tickets', 'livechat_chats'];

// biome-ignore lint/suspicious/noExplicitAny: a configuration is any JSON
type Config = any;

/** The configurations of the CONTROL messages, each of which is valid by the protocol. */
function controlsOf(output: EntrypointOutput): Config[] {
  const validate = protocolValidator('AirbyteMessage');
  const messages = output.messages.filter(({ type }) => type === 'CONTROL');
  for (const message of messages) {
    expect(validate(message), JSON.stringify(validate.errors)).toBe(true);
    expect(message['control'].type).toBe('CONNECTOR_CONFIG');
    expect(Math.abs(message['control'].emitted_at - Date.now())).toBeLessThan(60_000);
  }
  return messages.map(({ control }) => control.connectorConfig.config);
}

/** The same configuration with another refresh token. */
function withToken(config: Config, refresh_token: unknown): Config {
  const { livechat } = config;
  return { ...config, livechat: { ...livechat, credentials: { ...livechat.credentials, refresh_token } } };
}

const typesOf = (output: EntrypointOutput) => output.messages.map(({ type }) => type);

describe('a refresh token that is replaced', () => {
  test('X: is in one CONTROL message, with all that was given, and the next run works with it and only with it', async () => {
    const sandbox = await sandboxFor({ tickets: 250, livechat: { chats: 250 } });
    // What source-chat does not know, leaves out or trims is the user's all the same.
    const given = { ...sandbox.oauthConfig({ ...UNLIMITED, call_per_minute: 5 }), _limit: 3, livetex: null };
    const spaced = withToken(given, ` ${SANDBOX_REFRESH_TOKEN}\n`);
    const check = await sourceChat('check', { config: spaced });
    expect(check.connectionStatus.status).toBe('SUCCEEDED');
    // Whoever stops reading at the status has the token by then.
    expect(typesOf(check).filter((type) => type !== 'LOG')).toEqual(['CONTROL', 'CONNECTION_STATUS']);
    const [second] = controlsOf(check);
    expect(second).toEqual(withToken(given, sandbox.livechatTokens.refreshToken));

    const read = await sourceChat('read', { config: second, catalog: configured(STREAMS) });
    expect(read.code).toBe(0);
    const controls = controlsOf(read);
    expect(controls).toEqual([withToken(given, sandbox.livechatTokens.refreshToken)]);
    expect(controls[0]).not.toEqual(second);
    // Before the first row: a run that is killed has handed it over.
    const types = typesOf(read);
    expect(types.indexOf('CONTROL')).toBeLessThan(types.indexOf('RECORD'));

    // Three streams of two hosts, and one call for a token in each run.
    expect(pathsOf(sandbox).filter((path) => path === TOKEN_PATH)).toHaveLength(2);

    const third = await sourceChat('read', {
      config: controls[0],
      catalog: configured(STREAMS),
      state: read.lastStates().map((state) => ({ type: 'STATE', state })),
    });
    expect(third.code).toBe(0);
    const stale = await sourceChat('check', { config: given });
    expect(stale.connectionStatus.message).toContain('refuses the sign-in (HTTP 400: “access_denied”)');
    expect(controlsOf(stale)).toEqual([]);

    const tokens = [SANDBOX_REFRESH_TOKEN, second, ...controls, ...controlsOf(third)].map((one) =>
      typeof one === 'string' ? one : (one.livechat.credentials.refresh_token as string),
    );
    expect(new Set(tokens).size).toBe(4);
    const everything = [check, read, third, stale].map(printed).join('\n');
    expectNoSecret(everything, [SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, ...tokens]);
    expect(everything).not.toContain('sandbox-access');
  });

  test('X: comes with a check that fails, too: the old one is worth nothing any more', async () => {
    const sandbox = await sandboxFor({ livechat: { forbiddenV3: ['chats'] } });
    const output = await sourceChat('check', { config: sandbox.oauthConfig() });
    expect(output.connectionStatus.status).toBe('FAILED');
    expect(typesOf(output)).toEqual(['LOG', 'CONTROL', 'CONNECTION_STATUS']);
    expect(controlsOf(output)).toEqual([sandbox.oauthConfig()]);
  });

  test('is not there where LiveChat does not replace it', async () => {
    const sandbox = await sandboxFor({ tickets: 20, livechat: { chats: 20, rotatesRefreshToken: false } });
    for (const command of ['check', 'read'] as const) {
      const output = await sourceChat(command, {
        config: sandbox.oauthConfig(UNLIMITED),
        ...(command === 'read' ? { catalog: configured(STREAMS) } : {}),
      });
      expect(output.code).toBe(0);
      expect(typesOf(output)).not.toContain('CONTROL');
    }
    expect(pathsOf(sandbox).filter((path) => path === TOKEN_PATH)).toHaveLength(2);
  });
});

test('X: tokens that are revoked between pages are renewed: nothing is missing, and one CONTROL message for each new one', async () => {
  let pages = 0;
  const sandbox = await sandboxFor(
    { tickets: 350, livechat: { chats: 350 } },
    {
      onCall: (path) => {
        if (!/list_archives|\/tickets/.test(path)) return;
        pages += 1;
        if (pages === 2 || pages === 7) sandbox.livechatTokens.revokeAccessTokens();
      },
    },
  );
  const output = await sourceChat(
    'read',
    { config: sandbox.oauthConfig(UNLIMITED), catalog: configured(STREAMS) },
    { env: { LOG_LEVEL: 'debug' } },
  );
  expect(output.code).toBe(0);
  expect(output.rows('livechat_chats')).toHaveLength(350);
  const expected = [...sandbox.oracle.tickets('helpdesk', ['tickets', 'archive'])].length;
  expect(output.rows('livechat_tickets')).toHaveLength(expected);
  const refreshTokens = controlsOf(output).map((config) => config.livechat.credentials.refresh_token as string);
  expect(refreshTokens).toHaveLength(3);
  expect(refreshTokens.at(-1)).toBe(sandbox.livechatTokens.refreshToken);
  expect(sandbox.calls.outcomes['401']).toBe(2);
  expectNoSecret(printed(output), [SANDBOX_CLIENT_SECRET, SANDBOX_REFRESH_TOKEN, ...refreshTokens]);
});

test('X4: a server that repeats what it was sent, in several forms, gives nothing away', async () => {
  const tokens = { access: 'dal:the-access+token/=', refresh: 'next+refresh/token=1' };
  const server = createServer((request, response) => {
    let sent = '';
    request.on('data', (chunk) => {
      sent += chunk;
    });
    request.on('end', () => {
      if (request.url === '/v2/token') {
        response.end(JSON.stringify({ access_token: tokens.access, refresh_token: tokens.refresh, expires_in: 100 }));
        return;
      }
      const all = [tokens.access, tokens.refresh, SANDBOX_CLIENT_SECRET, SANDBOX_REFRESH_TOKEN];
      const told = all.flatMap((secret) => [
        secret,
        encodeURIComponent(secret),
        Buffer.from(`${SANDBOX_CLIENT_ID}:${secret}`).toString('base64'),
      ]);
      const message = `${request.headers.authorization} ${sent} ${told.join(' ').slice(0, 280)}`;
      response.writeHead(403).end(JSON.stringify({ error: { type: 'authorization', message } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const credentials = {
    auth_type: 'oauth2.0',
    client_id: SANDBOX_CLIENT_ID,
    client_secret: SANDBOX_CLIENT_SECRET,
    refresh_token: SANDBOX_REFRESH_TOKEN,
  };
  const config = {
    start_date: '2024-01-01',
    livechat: { credentials, base_url: url, helpdesk_url: url, accounts_url: url },
  };
  const output = await sourceChat('read', { config, catalog: configured(STREAMS) }, { env: { LOG_LEVEL: 'debug' } });
  expect(output.errors()).toHaveLength(3);
  expect(controlsOf(output)).toEqual([withToken(config, tokens.refresh)]);
  const { auth_type: _kind, ...secrets } = credentials;
  expectNoSecret(printed(output), [...Object.values(secrets), ...Object.values(tokens)]);
});
