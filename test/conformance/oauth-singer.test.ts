import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SANDBOX_CLIENT_SECRET, SANDBOX_REFRESH_TOKEN } from '../../src/sandbox/options.ts';
import { configured } from '../helpers/airbyte.ts';
import { file, run } from '../helpers/commands.ts';
import { sandboxFor, UNLIMITED } from '../helpers/sandbox.ts';
import { expectNoSecret, printed } from '../helpers/secret-forms.ts';
import { TapOutput } from '../helpers/singer.ts';

const tap = async (args: readonly string[], env: Record<string, string> = {}) =>
  new TapOutput(await run('tap-chat', args, { env }));

// biome-ignore lint/suspicious/noExplicitAny: a configuration is any JSON
const read = (path: string): any => JSON.parse(readFileSync(path, 'utf8'));
const tokenIn = (path: string): string => read(path).livechat.credentials.refresh_token;
const IS_KEPT = 'the new one is in the configuration file';

describe('a refresh token that is replaced', () => {
  test('is written into the configuration file, with the rights and all other settings that it had: the next sync works', async () => {
    const sandbox = await sandboxFor({ tickets: 20, livechat: { chats: 20 } });
    const given = { ...sandbox.oauthConfig(UNLIMITED), _limit: 3 } as Record<string, unknown>;
    const config = file(given, 'config.json');
    chmodSync(config, 0o640);
    const tokens = [SANDBOX_REFRESH_TOKEN];
    for (const n of [1, 2]) {
      const output = await tap(['--config', config]);
      expect(output.code, output.stderr).toBe(0);
      expect(output.rows('livechat_chats')).toHaveLength(20);
      expect(output.stderr).toContain(IS_KEPT);
      expect(sandbox.livechatTokens.issued).toBe(n);
      tokens.push(tokenIn(config));
      expectNoSecret(printed(output), [...tokens, SANDBOX_CLIENT_SECRET]);
    }
    expect(new Set(tokens).size).toBe(3);
    expect(read(config)).toEqual({ ...sandbox.oauthConfig(UNLIMITED), _limit: 3 });
    expect(statSync(config).mode & 0o777).toBe(0o640);
    expect(readdirSync(dirname(config))).toEqual(['config.json']);
  });

  test('of several files the last one that has it is rewritten, though variables are read, too', async () => {
    const sandbox = await sandboxFor({ tickets: 5, livechat: { chats: 5 } });
    const { start_date, livechat } = sandbox.oauthConfig(UNLIMITED) as { start_date: string; livechat: object };
    const common = file({ start_date, livechat }, 'common.json');
    const secrets = file({ livechat: { credentials: { refresh_token: SANDBOX_REFRESH_TOKEN } } }, 'secrets.json');
    const env = { TAP_CHAT_LIVECHAT_LOOKBACK_DAYS: '2' };
    const output = await tap(['--config', common, '--config', secrets, '--config', 'ENV'], env);
    expect(output.code, output.stderr).toBe(0);
    expect(read(common)).toEqual({ start_date, livechat });
    expect(read(secrets)).toEqual({
      livechat: { credentials: { refresh_token: sandbox.livechatTokens.refreshToken } },
    });
  });

  test('from a variable it cannot be kept: the rows come, a warning says what will happen, and no file is touched', async () => {
    const sandbox = await sandboxFor({ tickets: 5, livechat: { chats: 5 } });
    const given = sandbox.oauthConfig(UNLIMITED);
    const config = file(given, 'config.json');
    const env = { TAP_CHAT_LIVECHAT_CREDENTIALS_REFRESH_TOKEN: SANDBOX_REFRESH_TOKEN };
    const output = await tap(['--config', config, '--config', 'ENV'], env);
    expect(output.code, output.stderr).toBe(0);
    expect(output.rows('livechat_chats')).toHaveLength(5);
    expect(output.stderr).toContain('did not come from a configuration file: the next sync needs the new one');
    expect(read(config)).toEqual(given);
    expectNoSecret(printed(output), [SANDBOX_REFRESH_TOKEN, sandbox.livechatTokens.refreshToken]);
  });

  test('X2: killed at any moment around it, the file is whole and has the old one or the new one', async () => {
    // The old one stays good: what the vendor makes of a token that nobody has kept is another matter.
    const sandbox = await sandboxFor({ tickets: 5, livechat: { chats: 5, refreshGraceMs: 1e9 } });
    const given = sandbox.oauthConfig(UNLIMITED) as { livechat: { credentials: object } };
    const config = file(given, 'config.json');
    for (const delayMs of [0, 2, 5, 15]) {
      const before = tokenIn(config);
      const { issued } = sandbox.livechatTokens;
      const { signal } = await run('tap-chat', ['--config', config], {
        onStart(child) {
          const watch = setInterval(() => {
            if (sandbox.livechatTokens.issued === issued) return;
            clearInterval(watch);
            setTimeout(() => child.kill('SIGKILL'), delayMs);
          }, 1);
          child.on('exit', () => clearInterval(watch));
        },
      });
      expect(signal).toBe('SIGKILL');
      const { livechat, ...rest } = read(config);
      const { refresh_token, ...credentials } = livechat.credentials;
      expect([before, sandbox.livechatTokens.refreshToken]).toContain(refresh_token);
      expect({
        ...rest,
        livechat: { ...livechat, credentials: { ...credentials, refresh_token: SANDBOX_REFRESH_TOKEN } },
      }).toEqual(given);
    }
    const output = await tap(['--config', config]);
    expect(output.code, output.stderr).toBe(0);
  });
});

test('a schema, the catalog and what the tap is are told without signing in', async () => {
  const sandbox = await sandboxFor();
  const given = sandbox.oauthConfig();
  const config = file(given, 'config.json');
  const schema = await tap(['--config', config, '--test=schema']);
  expect(schema.of('SCHEMA').map(({ stream }) => stream)).toEqual([
    'livechat_agents',
    'livechat_tickets',
    'livechat_chats',
  ]);
  const { code, stdout } = await run('tap-chat', ['--config', config, '--discover']);
  expect([schema.code, code]).toEqual([0, 0]);
  expect(JSON.parse(stdout).streams).toHaveLength(3);
  expect(sandbox.calls.count).toBe(0);
  expect(read(config)).toEqual(given);
});

test('a test of the connection keeps the token as a sync does, and so does a plan', async () => {
  const sandbox = await sandboxFor({ tickets: 5, livechat: { chats: 5 } });
  const config = file(sandbox.oauthConfig(UNLIMITED), 'config.json');
  const output = await tap(['--config', config, '--test']);
  expect(output.code, output.stderr).toBe(0);
  expect(output.rows('livechat_agents')).toHaveLength(1);
  expect(tokenIn(config)).toBe(sandbox.livechatTokens.refreshToken);
  const catalog = file(configured(['livechat_tickets']), 'catalog.json');
  const plan = await run('source-chat', ['plan', '--config', config, '--catalog', catalog]);
  expect(plan.code, plan.stderr).toBe(0);
  expect(sandbox.livechatTokens.issued).toBe(2);
  expect(tokenIn(config)).toBe(sandbox.livechatTokens.refreshToken);
  expect(plan.stderr).toContain(IS_KEPT);
  expect(plan.stdout).not.toContain('CONTROL');
  expectNoSecret(printed(plan), [SANDBOX_REFRESH_TOKEN, SANDBOX_CLIENT_SECRET, tokenIn(config)]);
});
