import { expect } from 'vitest';
import {
  addCounts,
  expectAccepted,
  InboxReader,
  Ledger,
  listenUnlimited,
  numbersOf,
  postEvent,
  randomOf,
  sleep,
  startLoad,
} from './inbox-load.ts';

/** What an inbox has to stand, whichever store keeps it. `store` is how the printed numbers are headed. */
export interface Store {
  readonly name: string;
  readonly config: Record<string, unknown>;
}

/** Kills the receiver so many times under load, and reads at every `readEvery`th: what was acknowledged is read once. */
export async function killUnderLoad({ name, config }: Store, kills: number, readEvery: number): Promise<void> {
  const random = randomOf(1);
  const ledger = new Ledger(randomOf(2));
  const reader = new InboxReader(config);
  const counts = new Map<string, number>();
  let reading: Promise<void> | undefined;
  for (let kill = 0; kill < kills; kill += 1) {
    const receiver = await listenUnlimited(config);
    const load = startLoad([receiver], ledger, { random });
    // Runs on beyond the kill, and beside the next receiver.
    if (kill % readEvery === 0) {
      await reading;
      reading = reader.read();
    }
    await sleep(20 + random() * 380);
    expect(await receiver.end('SIGKILL')).toBe(null);
    await load.stop();
    addCounts(counts, load);
  }
  await reading;
  await reader.read();
  console.log(
    `${name}: ${kills} kills, ${ledger.posted.size} events posted, ${ledger.acknowledged.size} acknowledged, ${reader.size} read in ${reader.reads} reads; ${numbersOf(counts)}`,
  );
  expectAccepted(counts, ['none', 'cut']);
  expect(ledger.acknowledged.size).toBeGreaterThan(kills);
  reader.expectAll(ledger);
  await reader.expectSameAtOnce();
}

/** Two receivers take the same and different events at the same time; each is read once. */
export async function shareStore({ name, config }: Store): Promise<void> {
  const receivers = [await listenUnlimited(config), await listenUnlimited(config)];
  const ledger = new Ledger(randomOf(7));
  const load = startLoad(receivers, ledger, { random: randomOf(8), connections: 32, everywhere: 0.3 });
  const reader = new InboxReader(config);
  for (let count = 0; count < 3; count += 1) {
    await sleep(500);
    await reader.read();
  }
  await load.stop();
  for (const receiver of receivers) expect(await receiver.end()).toBe(0);
  await reader.read();
  console.log(
    `${name}, two receivers: ${numbersOf(load.counts)}; ${ledger.acknowledged.size} acknowledged, ${reader.size} read; slowest answer ${Math.round(load.slowest())} ms`,
  );
  reader.expectAll(ledger);
  await reader.expectSameAtOnce();
  expectAccepted(load.counts);
}

/** Three receivers start at the same time where there is no store yet, several times: each then takes an event. */
export async function startTogether(newStore: () => Promise<Store>): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    const { config } = await newStore();
    const receivers = await Promise.all([1, 2, 3].map(() => listenUnlimited(config)));
    const ledger = new Ledger(randomOf(round));
    for (const receiver of receivers) {
      expect((await postEvent(receiver, ledger.next(), ledger)).status).toBe(200);
    }
    const reader = new InboxReader(config);
    await reader.read();
    reader.expectAll(ledger);
    await Promise.all(receivers.map((receiver) => receiver.end()));
  }
}

/** Ends receivers under load, one after the other, by these signals: all is there, and no answer was cut off. */
export async function endUnderLoad({ name, config }: Store, signals: readonly NodeJS.Signals[]): Promise<void> {
  const ledger = new Ledger(randomOf(9));
  const counts = new Map<string, number>();
  for (const [round, signal] of signals.entries()) {
    const receiver = await listenUnlimited(config);
    const load = startLoad([receiver], ledger, { random: randomOf(10 + round), connections: 32 });
    await sleep(200 + round * 50);
    expect(await receiver.end(signal)).toBe(0);
    await load.stop();
    addCounts(counts, load);
  }
  const reader = new InboxReader(config);
  await reader.read();
  console.log(
    `${name}, told to end ${signals.length} times: ${numbersOf(counts)}; ${ledger.acknowledged.size} acknowledged, ${reader.size} read`,
  );
  reader.expectAll(ledger);
  expect(counts.get('cut')).toBe(undefined);
}

/** Reads beside a receiver at full speed: each read is complete. */
export async function readUnderLoad({ name, config }: Store): Promise<void> {
  const receiver = await listenUnlimited(config);
  const ledger = new Ledger(randomOf(20));
  const load = startLoad([receiver], ledger, { random: randomOf(21), connections: 64 });
  const numbers: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    await sleep(700);
    const before = new Set(ledger.acknowledged);
    const reader = new InboxReader(config);
    await reader.read();
    // All that was acknowledged before it began, and perhaps more.
    reader.expectAll({ posted: ledger.posted, acknowledged: before });
    numbers.push(`${reader.size} of at least ${before.size} in ${reader.lastMs} ms`);
  }
  await load.stop();
  expectAccepted(load.counts);
  console.log(`${name}, reads under load: ${numbers.join(', ')}; slowest answer ${Math.round(load.slowest())} ms`);
}
