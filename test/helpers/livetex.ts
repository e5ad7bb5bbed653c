import { expect } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { configured } from './airbyte.ts';
import { upserted } from './sandbox.ts';

export const LIVETEX_STREAMS = ['livetex_chats', 'livetex_leads'] as const;
export type LivetexStream = (typeof LIVETEX_STREAMS)[number];

export const KEYS: Record<LivetexStream, string> = { livetex_chats: 'chat_id', livetex_leads: 'lead_id' };

/** A configured catalog of both streams. */
export function livetexCatalog(mode: 'incremental' | 'full_refresh' = 'incremental') {
  return configured(LIVETEX_STREAMS, mode);
}

/** What the sandbox says that there is now, by key. */
export function wanted(sandbox: Sandbox, stream: LivetexStream): Map<string, Record<string, unknown>> {
  const rows = stream === 'livetex_chats' ? sandbox.oracle.livetexChats() : sandbox.oracle.livetexLeads();
  return upserted(rows, KEYS[stream]);
}

/** Something that has rows: the output of either command. */
interface Output {
  rows(stream: string): Record<string, unknown>[];
}

/** What a warehouse has of a stream after these runs, by key. */
export function table(stream: LivetexStream, ...runs: readonly Output[]): Map<string, Record<string, unknown>> {
  return upserted(
    runs.flatMap((run) => run.rows(stream)),
    KEYS[stream],
  );
}

/** Every row of the sandbox is there, with every value, and no other. */
export function expectAll(sandbox: Sandbox, ...runs: readonly Output[]): void {
  for (const stream of LIVETEX_STREAMS) {
    const found = table(stream, ...runs);
    const expected = wanted(sandbox, stream);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, row] of expected) expect(found.get(key)).toEqual(row);
  }
}
