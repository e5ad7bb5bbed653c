import { onTestFinished } from 'vitest';
import type { GivenSandboxOptions } from '../../src/sandbox/options.ts';
import { type Sandbox, type SandboxHooks, startSandbox } from '../../src/sandbox/server.ts';

/** Starts a sandbox for one test; it ends with the test. */
export async function sandboxFor(options: GivenSandboxOptions = {}, hooks: SandboxHooks = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options, hooks);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Settings with which a test does not wait for the quota of a real account. */
export const UNLIMITED = { calls_per_minute: 1_000_000 };

/** Rows by their key; of several for one key the last counts, as in a table that is upserted. */
export function upserted(rows: Iterable<Record<string, unknown>>, key = 'id'): Map<string, Record<string, unknown>> {
  return new Map([...rows].map((row) => [String(row[key]), row]));
}
