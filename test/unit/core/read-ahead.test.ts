import { describe, expect, test } from 'vitest';
import { readAhead } from '../../../src/core/read-ahead.ts';
import { settle } from '../../helpers/fake-clock.ts';

/** A source that notes when each item was asked for; capitals are heavy. */
function source(items: string, log: string[], failure?: Error) {
  return (async function* () {
    try {
      for (const item of items) {
        log.push(`make ${item}`);
        await Promise.resolve();
        yield item;
      }
      if (failure !== undefined) throw failure;
    } finally {
      log.push('closed');
    }
  })();
}
const isHeavy = (item: string) => item === item.toUpperCase();

describe('readAhead', () => {
  test('gives every item in order', async () => {
    const seen: string[] = [];
    for await (const item of readAhead(source('AbCdeF', []), isHeavy)) seen.push(item);
    expect(seen.join('')).toBe('AbCdeF');
  });

  test('the next heavy item is made while one is worked on, and no more than that', async () => {
    const log: string[] = [];
    for await (const item of readAhead(source('AbCdEf', log), isHeavy)) {
      await settle();
      log.push(`work ${item}`);
    }
    const order =
      'make A, make b, make C, work A, work b, make d, make E, work C, work d, make f, closed, work E, work f';
    expect(log.join(', ')).toBe(order);
  });

  test('an error comes out behind the items before it', async () => {
    const seen: string[] = [];
    const reading = async () => {
      for await (const item of readAhead(source('AbC', [], new Error('broken')), isHeavy)) {
        await settle();
        seen.push(item);
      }
    };
    await expect(reading()).rejects.toThrow('broken');
    expect(seen).toEqual(['A', 'b', 'C']);
  });

  test('leaving the loop early closes the source', async () => {
    const log: string[] = [];
    for await (const item of readAhead(source('ABCDEF', log), isHeavy)) if (item === 'B') break;
    expect(log.at(-1)).toBe('closed');
    expect(log).not.toContain('make F');
  });
});
