import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BookmarkFields, Row } from '../../../../src/core/stream.ts';
import {
  expectPresent,
  HOUR_MS,
  type Incident,
  MINUTE_MS,
  NOW,
  present,
  read,
  startOf,
  table,
  vendorOf,
  type World,
} from '../../../helpers/helpdesk-vendor.ts';

/** The same worlds on every machine; to look into others: `WORLDS_SEED=7 WORLDS_RUNS=5000 npx vitest run …`. */
const { WORLDS_SEED = '1', WORLDS_RUNS = '300' } = process.env;
const SEARCH = { seed: Number(WORLDS_SEED), numRuns: Number(WORLDS_RUNS) };

const SILO_CHOICES = [
  ['tickets', 'archive'],
  ['tickets', 'archive'],
  ['tickets'],
  ['archive', 'tickets'],
  ['tickets', 'archive', 'spam', 'trash'],
] as const;
const KINDS: readonly Incident['what'][] = ['modify', 'modify', 'create', 'move', 'move', 'trash', 'bulk', 'remove'];

function incidentsOf(kinds: readonly Incident['what'][], lastCall: number): fc.Arbitrary<Incident[]> {
  const incident = fc.record({
    call: fc.integer({ min: 1, max: lastCall }),
    what: fc.constantFrom(...kinds),
    which: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  return fc.array(incident, { maxLength: 30 });
}

function worldsWith(incidents: fc.Arbitrary<Incident[]>): fc.Arbitrary<World> {
  return fc.record({
    tickets: fc.oneof(fc.constantFrom(0, 1, 99, 100, 101, 200, 201, 300), fc.integer({ min: 0, max: 450 })),
    equalTimestamps: fc.constantFrom(1, 1, 3, 99, 100, 101, 250),
    recent: fc.constantFrom(0, 0, 3, 100, 130, 250),
    elsewhere: fc.constantFrom(0, 3, 9),
    silos: fc.constantFrom(...SILO_CHOICES),
    start: fc.constantFrom(-1, -1, 0.4, 0.999),
    inclusive: fc.boolean(),
    ignoresFilter: fc.boolean(),
    refusesPlace: fc.boolean(),
    totals: fc.boolean(),
    tellsTime: fc.boolean(),
    msPerCall: fc.constantFrom(700, 700, 4 * MINUTE_MS),
    incidents,
  });
}

describe('a run delivers what was there when it began', () => {
  // A ticket that leaves a silo before it is reached there, and goes back from the next one before that is reached too, is left
  // to the next run; so is one that moves between the only calls, one for each silo, of a run that had nothing else to read.
  test('whatever changes, comes, goes or moves once between two calls; the next run brings the rest', async () => {
    await fc.assert(
      fc.asyncProperty(worldsWith(incidentsOf(KINDS, 20)), async (world) => {
        const vendor = vendorOf(world);
        const before = new Map(present(vendor, world).map(({ id, moves }) => [id, moves]));
        const first = await read(vendor, world);
        expect(first.error).toBeUndefined();
        for (const { modified } of first.rows)
          expect(Date.parse(String(modified))).toBeGreaterThanOrEqual(startOf(world));
        const delivered = table(first.rows);
        const promised = present(vendor, world).filter(({ id, moves }) => moves - (before.get(id) ?? -9) <= 1);
        if (first.rows.length > 0) for (const { id } of promised) expect([id, delivered.has(id)]).toEqual([id, true]);

        vendor.vendor.incidents = [];
        vendor.vendor.now += HOUR_MS;
        const second = await read(vendor, world, { bookmark: first.bookmark });
        expect(second.error).toBeUndefined();
        expectPresent(table([...first.rows, ...second.rows]), present(vendor, world));
      }),
      SEARCH,
    );
  });
});

describe('nothing is lost for good', () => {
  const run = fc.record({
    cut: fc.oneof(
      fc.record({ stopAfter: fc.integer({ min: 1, max: 14 }) }),
      fc.record({ failAt: fc.integer({ min: 1, max: 12 }) }),
      fc.constant({}),
    ),
    waitMs: fc.constantFrom(0, 3 * MINUTE_MS, HOUR_MS, 72 * HOUR_MS),
    silos: fc.constantFrom(...SILO_CHOICES),
  });

  test('over runs that are cut off or fail anywhere, with silos that come and go, and changes that show up late', async () => {
    await fc.assert(
      fc.asyncProperty(
        worldsWith(incidentsOf([...KINDS, 'late', 'late', 'late'], 60)),
        fc.array(run, { minLength: 1, maxLength: 6 }),
        async (world, runs) => {
          const vendor = vendorOf(world);
          const rows: Row[] = [];
          let bookmark: BookmarkFields | undefined;
          for (const { cut, waitMs, silos } of runs) {
            const part = await read(vendor, world, { bookmark, silos, ...cut });
            if (part.error !== undefined) expect(part.error.message).toBe('HelpDesk is down');
            rows.push(...part.rows);
            bookmark = part.bookmark;
            vendor.vendor.now += waitMs;
          }
          vendor.vendor.incidents = [];
          vendor.vendor.now += HOUR_MS;
          const last = await read(vendor, world, { bookmark });
          expect(last.error).toBeUndefined();
          expectPresent(table([...rows, ...last.rows]), present(vendor, world));
        },
      ),
      SEARCH,
    );
  });
});

describe('nothing is wasted', () => {
  test('a first load costs a call for each hundred and a handful, a quiet run one for each silo', async () => {
    await fc.assert(
      fc.asyncProperty(worldsWith(fc.constant([])), async (given) => {
        // Who refuses our place and ignores the filter shows all there is at each run.
        const ignoresFilter = given.ignoresFilter && !given.refusesPlace;
        const world = { ...given, ignoresFilter, msPerCall: 700, tellsTime: true };
        const { silos, inclusive, refusesPlace } = world;
        const vendor = vendorOf(world);
        const wanted = present(vendor, world);
        const first = await read(vendor, world);
        expectPresent(table(first.rows), wanted);
        // Read inclusively, each page and the look at what moved have a ticket that is known.
        if (!inclusive) expect(first.rows).toHaveLength(wanted.length);
        const pages = silos.map((silo) => {
          const size = wanted.filter((ticket) => ticket.silo === silo).length;
          // A full page may not be the last one.
          return Math.floor(size / (inclusive ? 99 : 100)) + 1;
        });
        const looks = wanted.length > 0 ? silos.length - 1 : 0;
        // That there is nothing is asked for twice, unless the answer says how many there are.
        const doubts = world.totals ? 0 : silos.filter((silo) => wanted.every((ticket) => ticket.silo !== silo)).length;
        // A silo that counts more than it was asked for is read until a page is empty.
        const ends = world.ignoresFilter ? 2 * silos.length : 0;
        const most = pages.reduce((sum, count) => sum + count, 0) + looks + doubts + ends + (refusesPlace ? 1 : 0);
        expect(first.calls).toBeLessThanOrEqual(most);

        vendor.vendor.now += HOUR_MS;
        const second = await read(vendor, world, { bookmark: first.bookmark });
        // Again comes only what had changed minutes before the first run.
        const recent = wanted.filter(({ updated }) => updated >= NOW - 5 * MINUTE_MS).map(({ id }) => id);
        expect(second.rows.map((row) => row['id']).sort()).toEqual(recent.sort());
        vendor.vendor.now += HOUR_MS;
        const quiet = await read(vendor, world, { bookmark: second.bookmark });
        expect(quiet.rows).toEqual([]);
        expect(quiet.calls).toBe(silos.length + (refusesPlace ? 1 : 0));
        expect(quiet.bookmarks).toHaveLength(1);
      }),
      SEARCH,
    );
  });
});
