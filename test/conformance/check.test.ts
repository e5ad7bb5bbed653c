import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SANDBOX_LOGIN } from '../../src/sandbox/options.ts';
import { checkFailure, sourceChat } from '../helpers/airbyte.ts';
import { file, run, temporaryFolder } from '../helpers/commands.ts';
import { sandboxFor } from '../helpers/sandbox.ts';

const CREDENTIALS = { auth_type: 'api_key', login: 'a@company.example', api_key: 'some-secret-key-1' };
const START = { start_date: '2024-01-01T00:00:00Z' };

describe('check', () => {
  test('C1: a good configuration gives exactly one SUCCEEDED, with three calls', async () => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('check', { config: sandbox.config() });
    expect(output.connectionStatus).toEqual({ status: 'SUCCEEDED' });
    expect(output.code).toBe(0);
    expect(sandbox.calls.count).toBe(3);
  });

  test('C2: an invalid configuration gives exactly one FAILED that lists every problem with its path', async () => {
    const message = await checkFailure({
      start_date: '01.02.2024',
      livechat: {
        credentials: { auth_type: 'api_key', api_key: 17 },
        calls_per_minute: 'many',
        price_per_1000_calls: -1,
      },
    });
    expect(message).toBe(
      [
        'The configuration is not valid: ',
        '- start_date must have the form YYYY-MM-DDTHH:mm:ssZ, not "01.02.2024"',
        '- livechat.credentials.login is missing: for example "jane.doe@company.example"',
        '- livechat.credentials.api_key must be text, not what it is now (a number)',
        '- livechat.calls_per_minute must be a whole number, not "many"',
        '- livechat.price_per_1000_calls must be 0 or more, not -1',
      ].join('\n'),
    );
  });

  test.each([
    ['an empty object', {}, 'start_date is missing'],
    ['an empty object, with all that is missing', {}, '- livechat and livetex are missing'],
    [
      'a key in the wrong place',
      { ...START, livechat: { credentials: { auth_type: 'api_key', login: 'a@b.example' }, api_key: 'k' } },
      '- The setting livechat.api_key is not known',
    ],
    ['no vendor', START, 'livechat and livetex are missing'],
    ['a vendor without credentials', { ...START, livechat: {} }, 'livechat.credentials is missing'],
    ['nulls, which count as absent', { ...START, livechat: { credentials: null } }, 'livechat.credentials is missing'],
    [
      'credentials of another type',
      { ...START, livechat: { credentials: 'key' } },
      'livechat.credentials must be an object',
    ],
    [
      'an unknown kind of credentials',
      { ...START, livechat: { credentials: { ...CREDENTIALS, auth_type: 'cookie' } } },
      'livechat.credentials.auth_type must be "personal_access_token" (Personal Access Token) or "oauth2.0" (OAuth 2.0) or "api_key" (API Key (REST API v2)), not "cookie"',
    ],
    [
      'no kind of credentials',
      { ...START, livechat: { credentials: { login: 'a@company.example', api_key: 'k' } } },
      'livechat.credentials.auth_type is missing: it must be "personal_access_token" (Personal Access Token) or "oauth2.0" (OAuth 2.0) or "api_key" (API Key (REST API v2))',
    ],
    [
      'an empty key',
      { ...START, livechat: { credentials: { ...CREDENTIALS, api_key: '   ' } } },
      'livechat.credentials.api_key is empty',
    ],
    [
      'a date that does not exist',
      { start_date: '2024-02-30T00:00:00Z', livechat: { credentials: CREDENTIALS } },
      'start_date is not a date that exists',
    ],
    [
      'an address in the open',
      { ...START, livechat: { credentials: CREDENTIALS, base_url: 'http://api.company.example' } },
      'livechat.base_url must begin with https://',
    ],
    [
      'an address that is none',
      { ...START, livechat: { credentials: CREDENTIALS, base_url: 'livechat' } },
      'livechat.base_url is not an address',
    ],
    ['a list', [], 'The configuration must be an object'],
  ])('C2: %s', async (_what, config, expected) => {
    expect(await checkFailure(config)).toContain(expected);
  });

  test('a file that is not there, is empty, a folder, or no JSON is named with the reason', async () => {
    const check = async (path: string) => {
      const { stdout } = await run('source-chat', ['check', '--config', path]);
      return JSON.parse(stdout).connectionStatus.message as string;
    };
    expect(await check('/no/such/config.json')).toContain('/no/such/config.json cannot be used: there is no such file');
    for (const path of ['{"livechat":{"credentials":{"api_key":"top-secret-1"}}}', '']) {
      expect(await check(path)).toBe('The configuration has to be in a file, and the option takes its name.');
    }
    expect(await check(temporaryFolder())).toContain('it is a directory');
    expect(await check(file('', 'empty.json'))).toContain('is empty');
    expect(await check(file('{"livechat": {"api_key": "top-secret-1",}}'))).toMatch(
      /not valid JSON \(line 1, column \d+\)/,
    );
    expect(await check(file('{"livechat": {"api_key": "top-secret-1"'))).not.toContain('top-secret');
  });

  test('a secret is not quoted where something else should be', async () => {
    const secret = 'top-secret-key-77';
    const misplaced = [
      { ...START, livechat: { credentials: secret } },
      { ...START, livechat: { credentials: [secret] } },
      { ...START, livechat: secret },
      { ...START, livechat: { credentials: { ...CREDENTIALS, api_key: [secret] } } },
      { start_date: `${'x'.repeat(55)}${secret}`, livechat: { credentials: { ...CREDENTIALS, api_key: secret } } },
      { start_date: `${secret} `, livechat: { credentials: { ...CREDENTIALS, api_key: ` ${secret}` } } },
    ];
    for (const config of misplaced) expect(await checkFailure(config)).not.toContain('top-se');
  });

  test('one call a minute is enough', async () => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('check', { config: sandbox.config({ calls_per_minute: 1 }) });
    expect(output.connectionStatus).toEqual({ status: 'SUCCEEDED' });
  });

  test('401: the credentials are not accepted, said after one call', async () => {
    const sandbox = await sandboxFor();
    const message = await checkFailure(
      sandbox.config({ credentials: { auth_type: 'api_key', login: SANDBOX_LOGIN, api_key: 'wrong-key-123' } }),
    );
    expect(message).toContain('LiveChat does not accept the credentials (HTTP 401: “Invalid username or API key”)');
    expect(message).not.toContain('wrong-key-123');
    expect(sandbox.calls.count).toBe(1);
  });

  test('403: the missing right is named, with its stream', async () => {
    const sandbox = await sandboxFor({ forbidden: ['tickets'] });
    const message = await checkFailure(sandbox.config());
    expect(message).toContain('livechat_tickets: LiveChat refuses listing tickets (HTTP 403');
    expect(message).toContain('read tickets (scope tickets_read)');
    expect(message).not.toContain('livechat_agents');
  });

  test('403 on everything: all missing rights are named at once', async () => {
    const sandbox = await sandboxFor({ forbidden: ['agents', 'tickets'] });
    const message = await checkFailure(sandbox.config());
    expect(message).toContain('livechat_agents: ');
    expect(message).toContain('livechat_tickets: ');
  });

  test('a host that does not resolve', async () => {
    const message = await checkFailure({
      ...START,
      livechat: { credentials: CREDENTIALS, base_url: 'https://no-such-host.invalid' },
    });
    expect(message).toMatch(/The name no-such-host\.invalid does not resolve \((ENOTFOUND|EAI_AGAIN)\)/);
  });

  test('a port where nobody listens', async () => {
    const message = await checkFailure({
      ...START,
      livechat: { credentials: CREDENTIALS, base_url: 'http://127.0.0.1:9' },
    });
    expect(message).toContain('LiveChat cannot be reached at 127.0.0.1:9');
    expect(message).toContain('ECONNREFUSED');
  });

  test('a server that answers HTML', async () => {
    const sandbox = await sandboxFor({ faults: ['html'], faultEvery: 1 });
    const message = await checkFailure(sandbox.config());
    expect(message).toContain('an answer that is not JSON');
    expect(message).toContain('“a web page: Please sign in”');
  });

  test('a wrong path: what to do when REST v2 is gone', async () => {
    const sandbox = await sandboxFor();
    const message = await checkFailure(sandbox.config({ base_url: `${sandbox.url}/gone` }));
    expect(message).toContain('HTTP 404');
    expect(message).toContain('deprecated');
  });

  test.each([
    ['never answers', () => {}, /LiveChat cannot be reached at .* while listing agents \(ATTEMPT_TIMEOUT\)/],
    [
      'answers the first call late and the second not at all',
      (response: ServerResponse, calls: number) => void (calls === 1 && setTimeout(() => response.end('[]'), 12_000)),
      /LiveChat gave no answer that settles the check within 25 seconds/,
    ],
  ])('a server that %s is given up within 30 seconds', async (_what, answer, words) => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls += 1;
      answer(response, calls);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const began = Date.now();
    const base_url = `http://127.0.0.1:${port}`;
    expect(await checkFailure({ ...START, livechat: { credentials: CREDENTIALS, base_url } })).toMatch(words);
    expect(Date.now() - began).toBeLessThan(30_000);
  });

  test('a server that allows no more calls for now is reported at once', async () => {
    const sandbox = await sandboxFor({ rateLimit: 1 });
    await fetch(`${sandbox.url}/agents`);
    const message = await checkFailure(sandbox.config());
    expect(message).toContain('too many (HTTP 429: “Too many requests”)');
    expect(sandbox.calls.count).toBe(2);
  });

  test('in a cloud the address may not point to the machine itself', async () => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('check', { config: sandbox.config() }, { env: { DEPLOYMENT_MODE: 'CLOUD' } });
    expect(output.connectionStatus.message).toContain('livechat.base_url must not point to this machine');
    expect(sandbox.calls.count).toBe(0);
  });

  test('settings that do not exist are pointed out, internal ones are not', async () => {
    const sandbox = await sandboxFor();
    const output = await sourceChat('check', { config: { ...sandbox.config({ call_per_minute: 5 }), _limit: 3 } });
    expect(output.connectionStatus.status).toBe('SUCCEEDED');
    expect(output.logs().filter((log) => log.level === 'WARN')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('livechat.call_per_minute is not known') }),
    ]);
  });
});
