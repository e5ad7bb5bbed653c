import { expect } from 'vitest';
import type { GivenSandboxOptions } from '../../src/sandbox/options.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { configured, type EntrypointOutput, sourceChat } from './airbyte.ts';
import { UNLIMITED, upserted } from './sandbox.ts';

export const CHATS = configured(['livechat_chats']);
export const DAY_MS = 86_400_000;

/** Credentials: those of today's APIs, and those of REST v2. */
export type Kind = 'token' | 'oauth' | 'api_key';

/** A configuration without the wait for the quota of a real account. */
export function configOf(sandbox: Sandbox, kind: Kind, settings: object = {}): Record<string, unknown> {
  const all = { ...UNLIMITED, ...settings };
  if (kind === 'api_key') return sandbox.config(all);
  return kind === 'oauth' ? sandbox.oauthConfig(all) : sandbox.tokenConfig(all);
}

const apiOf = (kind: Kind) => (kind === 'api_key' ? 'rest_v2' : 'v3');

/** Reads livechat_chats with source-chat. */
export const read = (sandbox: Sandbox, kind: Kind, state?: unknown, settings: object = {}) =>
  sourceChat('read', { config: configOf(sandbox, kind, settings), catalog: CHATS, state });

/** Every chat that there is, by id, by the sandbox's own account. */
export const wantedOf = (sandbox: Sandbox, kind: Kind) => upserted(sandbox.oracle.chats(apiOf(kind)));

/** Together the outputs have every chat, value by value. */
export function expectAll(sandbox: Sandbox, kind: Kind, ...outputs: EntrypointOutput[]): void {
  for (const output of outputs) expect(output.code, output.errors()[0]?.message).toBe(0);
  const found = upserted(outputs.flatMap((output) => output.rows('livechat_chats')));
  const wanted = wantedOf(sandbox, kind);
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [id, row] of wanted) expect(found.get(id)).toEqual(row);
}

/** An account whose chats began in the last days; some go on. */
export const lately = (days: number, more: GivenSandboxOptions = {}): GivenSandboxOptions => ({
  tickets: 0,
  from: Date.now() - days * DAY_MS,
  to: Date.now() - 60_000,
  ...more,
});
