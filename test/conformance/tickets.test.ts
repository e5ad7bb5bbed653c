import { describe, expect, test } from 'vitest';
import { noise } from '../../src/sandbox/random.ts';
import { configured, sourceChat } from '../helpers/airbyte.ts';
import { sandboxFor, UNLIMITED, upserted } from '../helpers/sandbox.ts';

const TICKETS = configured(['livechat_tickets']);

describe('X8: page edges, ties, caps and zones, through the built command', () => {
  test('60,000 tickets behind a list that shows 25,000, in a zone that is a day ahead', async () => {
    const sandbox = await sandboxFor({ tickets: 60_000, timeZone: 'Pacific/Kiritimati' });
    const output = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS });
    expect(output.code).toBe(0);
    const delivered = upserted(output.rows('livechat_tickets'));
    let count = 0;
    for (const row of sandbox.oracle.tickets()) {
      count += 1;
      if (delivered.get(String(row['id']))?.['modified'] !== row['modified'])
        expect.fail(`ticket ${row['id']} is missing`);
    }
    expect(delivered.size).toBe(count);
    // 2,400 pages: splitting the list costs a few per cent.
    expect(sandbox.calls.count).toBeLessThan(2400 * 1.1);
  });

  test.each([0, 1, 3, 10])(
    'tickets that change at every page (%i at a time) and ties longer than a page',
    async (churn) => {
      let busy = churn > 0;
      const sandbox = await sandboxFor(
        { tickets: 2000, equalTimestamps: 90 },
        {
          onCall() {
            for (let n = 0; busy && n < churn; n += 1) {
              sandbox.tickets.modify(noise(churn, sandbox.calls.count, n) % 2000, Date.now());
            }
          },
        },
      );
      const first = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS });
      expect(first.code).toBe(0);
      // A full refresh has no second run: every ticket is there, changed under way or not.
      expect(upserted(first.rows('livechat_tickets')).size).toBe(2000);

      busy = false;
      sandbox.calls.clear();
      const second = await sourceChat('read', {
        config: sandbox.config(UNLIMITED),
        catalog: TICKETS,
        state: first.lastStates(),
      });
      const merged = upserted([...first.rows('livechat_tickets'), ...second.rows('livechat_tickets')]);
      expect(merged).toEqual(upserted(sandbox.oracle.tickets()));
      if (churn === 0) expect(sandbox.calls.count).toBe(1);
    },
  );

  test('an incremental run among tickets that never rest ends, and the next one has the rest', async () => {
    let busy = false;
    const sandbox = await sandboxFor(
      { tickets: 1000 },
      {
        onCall() {
          for (let n = 0; busy && n < 5; n += 1)
            sandbox.tickets.modify(noise(9, sandbox.calls.count, n) % 1000, Date.now());
          if (busy) sandbox.tickets.create(Date.now());
        },
      },
    );
    const outputs = [await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS })];
    for (let n = 0; n < 200; n += 1) sandbox.tickets.modify(n, Date.now());
    for (busy of [true, false]) {
      const state = outputs.at(-1)?.lastStates();
      outputs.push(await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS, state }));
      expect(outputs.at(-1)?.code).toBe(0);
    }
    const merged = upserted(outputs.flatMap((output) => output.rows('livechat_tickets')));
    expect(merged).toEqual(upserted(sandbox.oracle.tickets()));
  });

  test('ties that change places at every call', async () => {
    const sandbox = await sandboxFor({ tickets: 800, equalTimestamps: 100, unstableTies: true });
    const output = await sourceChat('read', { config: sandbox.config(UNLIMITED), catalog: TICKETS });
    expect(upserted(output.rows('livechat_tickets'))).toEqual(upserted(sandbox.oracle.tickets()));
  });
});
