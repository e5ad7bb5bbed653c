import { expect, test } from 'vitest';
import { configured, sourceChat } from '../helpers/airbyte.ts';
import { sandboxFor } from '../helpers/sandbox.ts';

test('the budget is used fully and never exceeded, by both streams together', async () => {
  const sandbox = await sandboxFor({ tickets: 2600, rateLimit: 100 });
  const output = await sourceChat('read', { config: sandbox.config(), catalog: configured() });
  expect(output.code).toBe(0);
  expect(output.records('livechat_tickets')).toHaveLength(2600);
  // 106 calls: the hundredth comes at once, the next as soon as the window lets it, and the vendor refused none.
  expect(sandbox.calls.outcomes).toEqual({ 200: 106 });
  const at = (n: number) => (sandbox.calls.calls[n]?.at ?? 0) - (sandbox.calls.calls[0]?.at ?? 0);
  expect(at(99)).toBeLessThan(60_000);
  expect(at(100)).toBeGreaterThanOrEqual(60_000);
  expect(at(100)).toBeLessThan(1.1 * 60_000);
  const waits = output.traces('STREAM_STATUS').filter((trace) => trace.stream_status.reasons !== undefined);
  expect(waits).toHaveLength(1);
}, 120_000);
