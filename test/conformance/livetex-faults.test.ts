import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fault, FaultKind } from '../../src/sandbox/faults.ts';
import { argumentsOf, checkFailure, configured, sourceChat } from '../helpers/airbyte.ts';
import { run } from '../helpers/commands.ts';
import { expectAll, LIVETEX_STREAMS, livetexCatalog, table, wanted } from '../helpers/livetex.ts';
import { sandboxFor } from '../helpers/sandbox.ts';
import { tapArguments } from '../helpers/singer.ts';

const START = { start_date: '2024-01-01T00:00:00Z' };
const LOGIN = { login: 'a@company.example', password: 'some-password-1' };
const CHATS = configured(['livetex_chats']);

/** A server of one's own, for one test. */
async function serverOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('check', () => {
  test('C1: a good configuration gives SUCCEEDED, with a sign-in and one row of each list', async () => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('check', { config: sandbox.livetexConfig() });
    expect(output.connectionStatus).toEqual({ status: 'SUCCEEDED' });
    expect(sandbox.calls.calls.map((call) => call.path.replace(/\?.*/, ''))).toEqual([
      '/oauth2/token',
      '/chats/list',
      '/leads/list',
    ]);
    expect(sandbox.calls.calls[1]?.path).toContain('limit=1&');
  });

  test.each([
    ['no password', { login: 'a@company.example' }, 'livetex.password is missing: it is the Password'],
    ['an empty login', { ...LOGIN, login: ' ' }, 'livetex.login is empty'],
    [
      'a zone that is none',
      { ...LOGIN, time_zone: 'Moscow' },
      'livetex.time_zone is not a time zone: "Moscow". Write its name in the IANA list, such as Europe/Moscow',
    ],
    ['a lookback that is no number', { ...LOGIN, lookback_days: '7d' }, 'livetex.lookback_days must be a whole number'],
    [
      'a number in quotes',
      { ...LOGIN, lookback_days: '7' },
      'livetex.lookback_days must be a whole number, not "7": leave the quotes out',
    ],
    ['a negative lookback', { ...LOGIN, lookback_days: -1 }, 'livetex.lookback_days must be 0 or more, not -1'],
    [
      'a method that there is not',
      { ...LOGIN, http_method: 'PUT' },
      'livetex.http_method must be "auto" or "post" or "get"',
    ],
    ['a page that is too big', { ...LOGIN, page_size: 500 }, 'livetex.page_size must be 100 or less, not 500'],
    [
      'an address in the open',
      { ...LOGIN, base_url: 'http://livetex.example' },
      'livetex.base_url must begin with https',
    ],
    [
      'a password that is no text',
      { ...LOGIN, password: 17 },
      'livetex.password must be text, not what it is now (a number)',
    ],
  ])('C2: %s', async (_what, livetex, words) => {
    expect(await checkFailure({ ...START, livetex })).toContain(words);
  });

  test('a wrong password: said after one try in each encoding; nothing of it is shown', async () => {
    const sandbox = await sandboxFor();
    const message = await checkFailure(sandbox.livetexConfig({ password: 'not-the-password-7' }));
    expect(message).toMatch(/^LiveTex does not accept the credentials \(HTTP 401: “.*”\)\. Check livetex\.login and/);
    expect(message).not.toContain('not-the-password');
    expect(sandbox.calls.count).toBe(2);
  });

  test('a login that is no e-mail address, which LiveTex calls a wrong parameter', async () => {
    const sandbox = await sandboxFor();
    const message = await checkFailure(sandbox.livetexConfig({ login: 'admin' }));
    expect(message).toMatch(/^LiveTex refuses the sign-in \(HTTP 422: “.*”\)\. Check livetex\.login/);
  });

  test('invalid_grant is not tried again in another encoding: it would count as another wrong password', async () => {
    let calls = 0;
    const base_url = await serverOf((_request, response) => {
      calls += 1;
      response.writeHead(400).end('{"error":"invalid_grant","message":"Wrong password"}');
    });
    const message = await checkFailure({ ...START, livetex: { ...LOGIN, base_url } });
    expect(message).toContain('LiveTex refuses the sign-in (HTTP 400: “');
    expect(calls).toBe(1);
  });

  test('403: every missing right is named, with its stream', async () => {
    const sandbox = await sandboxFor({ livetex: { forbidden: ['chats', 'leads'] } });
    const message = await checkFailure(sandbox.livetexConfig());
    expect(message).toContain('livetex_chats: LiveTex refuses listing chats (HTTP 403');
    expect(message).toContain('livetex_leads: LiveTex refuses listing leads (HTTP 403');
    expect(message).toContain("an administrator's login");
  });

  test('a right to texts that is missing is pointed out', async () => {
    const sandbox = await sandboxFor({ livetex: { role: 'operator' } });
    const output = await sourceChat('check', { config: sandbox.livetexConfig() });
    expect(output.connectionStatus.status).toBe('SUCCEEDED');
    expect(output.logs().filter((log) => log.level === 'WARN')).toHaveLength(2);
  });

  test('what is wrong with each vendor is said at once', async () => {
    const sandbox = await sandboxFor({ forbidden: ['agents'] });
    const message = await checkFailure(sandbox.fullConfig({}, { password: 'not-the-password-7' }));
    expect(message).toContain('livechat_agents: LiveChat refuses');
    expect(message).toContain('LiveTex does not accept the credentials');
  });

  test.each<[string, string, string]>([
    ['a web page', '<!doctype html><title>Sign in</title>', 'gave an answer that is not JSON while signing in'],
    ['no token', '{"results":{}}', 'answered the sign-in without a token'],
    [
      'an error with HTTP 200',
      '{"code":401,"message":"Bad login"}',
      'does not accept the credentials (HTTP 401: “Bad login”)',
    ],
    ['a token of another name', '{"token":"some-token-1","message":"some-token-1"}', 'without a token that could'],
    ['a token that no header can hold', '{"access_token":"to\\nken"}', 'without a token that could'],
    ['an OAuth error with HTTP 200', '{"error":"invalid_grant"}', '(HTTP 401: “invalid_grant”)'],
  ])('a server that answers the sign-in with %s', async (_what, body, words) => {
    const base_url = await serverOf((_request, response) => void response.writeHead(200).end(body));
    expect(await checkFailure({ ...START, livetex: { ...LOGIN, base_url } })).toContain(words);
  });

  test.each<[string, string, string]>([
    ['something else', '{"results":{"total":0}}', 'with something that is not a list'],
    ['entries that are no objects', '{"total":1,"results":[7]}', 'has an entry (number 1) that is not an object'],
    ['403 with HTTP 200', '{"code":403,"message":"No access"}', 'refuses listing chats (HTTP 403: “No access”)'],
    ['403 beside no rows', '{"total":0,"results":[],"code":403}', 'refuses listing chats (HTTP 403'],
    ['words beside no rows', '{"total":0,"results":[],"error":"Search is down"}', '(“Search is down”)'],
    ['an error without a code', '{"error":{"message":"Try later"}}', 'something that is not a list (“Try later”)'],
  ])('a server that answers a list with %s', async (_what, body, words) => {
    const base_url = await serverOf((request, response) => {
      response.writeHead(200).end(request.url === '/oauth2/token' ? '{"access_token":"a-token-of-ours"}' : body);
    });
    expect(await checkFailure({ ...START, livetex: { ...LOGIN, base_url } })).toContain(words);
  });
});

describe('a section that nobody filled in', () => {
  const livechat = { credentials: { auth_type: 'api_key', login: '', api_key: '' }, calls_per_minute: 100 };

  test('beside one that somebody did is left out, with a warning', async () => {
    const sandbox = await sandboxFor();
    for (const empty of [{ livechat }, { livechat: { credentials: { auth_type: 'api_key' } } }]) {
      const output = await sourceChat('check', { config: { ...sandbox.livetexConfig(), ...empty } });
      expect(output.connectionStatus.status).toBe('SUCCEEDED');
      expect(output.logs().map((log) => log.message)).toContain('The section livechat has no login: it is left out.');
    }
    const other = { ...sandbox.config(), livetex: { login: '', password: '', lookback_days: 7 } };
    const { catalog } = await sourceChat('discover', { config: other });
    const names = catalog.streams.map((stream: { name: string }) => stream.name);
    expect(names).toEqual(['livechat_agents', 'livechat_tickets', 'livechat_chats']);
  });

  test('by itself is an error, and so is one that is half filled in', async () => {
    expect(await checkFailure({ ...START, livechat })).toContain('livechat.credentials.login is empty');
    const half = { ...LOGIN, password: '' };
    expect(await checkFailure({ ...START, livechat, livetex: half })).toContain('livetex.password is empty');
  });
});

describe('a vendor that has a bad day', () => {
  test.each<[FaultKind]>([['429-seconds'], ['500'], ['reset'], ['truncated'], ['html'], ['empty-page']])(
    '%s now and then costs time, not rows',
    async (fault) => {
      const livetex = { chats: 1500, leads: 300 };
      const sandbox = await sandboxFor({ livetex, faults: [fault], faultEvery: 4 });
      const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog() });
      expect(output.code).toBe(0);
      expect(sandbox.calls.outcomes[fault]).toBeGreaterThan(0);
      expectAll(sandbox, output);
    },
  );

  test('empty pages of a server that tells no totals', async () => {
    const livetex = { chats: 900, leads: 100, total: 'missing' as const };
    const sandbox = await sandboxFor({ livetex, faults: ['empty-page'], faultEvery: 4 });
    const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog() });
    expect(output.code).toBe(0);
    expectAll(sandbox, output);
  });

  test('403 on leads only: that stream ends INCOMPLETE with the missing right, chats are read', async () => {
    const sandbox = await sandboxFor({ livetex: { forbidden: ['leads'] } });
    const output = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: livetexCatalog() });
    expect(output.code).toBe(1);
    expect(output.errors()).toEqual([
      expect.objectContaining({
        failure_type: 'config_error',
        stream_descriptor: { name: 'livetex_leads' },
        message: expect.stringMatching(/^livetex_leads: LiveTex refuses listing leads \(HTTP 403/),
      }),
    ]);
    expect(output.statuses('livetex_chats').at(-1)).toBe('COMPLETE');
    expect(table('livetex_chats', output)).toEqual(wanted(sandbox, 'livetex_chats'));
  });

  test('a wrong password fails every stream of LiveTex with one try in each encoding, and LiveChat is read', async () => {
    const sandbox = await sandboxFor({ tickets: 30 });
    const output = await sourceChat('read', {
      config: sandbox.fullConfig({}, { password: 'not-the-password-7' }),
      catalog: configured(['livechat_tickets', ...LIVETEX_STREAMS]),
    });
    expect(output.code).toBe(1);
    expect(output.errors().map((error) => [error.failure_type, error.stream_descriptor?.name])).toEqual(
      LIVETEX_STREAMS.map((name) => ['config_error', name]),
    );
    expect(output.records('livechat_tickets')).toHaveLength(30);
    expect(sandbox.calls.calls.filter((call) => call.path === '/oauth2/token')).toHaveLength(2);
  });

  test('a web page in place of JSON that stays ends the stream INCOMPLETE; what was read has its state', async () => {
    let calls = 0;
    const sandbox = await sandboxFor(
      { livetex: { chats: 20_000, leads: 0 } },
      {
        onCall: () => {
          calls += 1;
          if (calls === 60) sandbox.faults.queue(...Array.from({ length: 3 }, (): Fault => 'html'));
        },
      },
    );
    const first = await sourceChat('read', { config: sandbox.livetexConfig(), catalog: CHATS });
    expect(first.code).toBe(1);
    expect(first.errors()[0]?.message).toContain('an answer that is not JSON while listing chats after 3 attempts');
    const counted = first.states().reduce((sum, state) => sum + state.sourceStats.recordCount, 0);
    expect(counted).toBe(first.records().length);
    const second = await sourceChat('read', {
      config: sandbox.livetexConfig(),
      catalog: CHATS,
      state: first.lastStates(),
    });
    expect(second.code).toBe(0);
    expect(table('livetex_chats', first, second)).toEqual(wanted(sandbox, 'livetex_chats'));
  });
});

test('X4: neither password nor token in any byte, whatever a server says back', async () => {
  const password = 'pa ss/wörd+"&=\\%41';
  const token = 'tok/en+of=ours"77 x';
  let heard = '';
  const base_url = await serverOf((request, response) => {
    request.on('data', (data) => {
      heard += data;
    });
    request.on('end', () => {
      if (request.url === '/oauth2/token') {
        return response.writeHead(200).end(JSON.stringify({ results: { access_token: token, expires_in: 600 } }));
      }
      const said = [
        heard,
        request.headers.authorization,
        encodeURIComponent(token),
        Buffer.from(token).toString('base64'),
      ];
      response.writeHead(403).end(JSON.stringify({ message: said.join(' ') }));
    });
  });
  const config = { ...START, livetex: { ...LOGIN, password, base_url, calls_per_minute: 1_000_000 } };
  const outputs = await Promise.all([
    run('source-chat', [...argumentsOf('check', { config }), '--debug']),
    run('source-chat', [...argumentsOf('read', { config, catalog: livetexCatalog() }), '--debug']),
    run('tap-chat', [...tapArguments({ config }), '--debug']),
  ]);
  const forms = [password, token].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ k: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').slice(0, -4),
  ]);
  for (const { stdout, stderr } of outputs) {
    expect(stdout + stderr).toContain('****');
    for (const form of forms) expect(stdout + stderr).not.toContain(form);
  }
});
