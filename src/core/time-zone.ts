import { MS_PER_DAY } from './timestamps.ts';

/** A zone of the IANA database with its whole history, for times that say no zone of their own. */
export interface TimeZone {
  readonly name: string;
  /** How far (ms) the zone is ahead of UTC at an instant (epoch ms). */
  offsetAt(instant: number): number;
  /**
   * The instant (epoch ms) at which the zone's clocks show a local time, given as the epoch ms that it would be in UTC. Of an
   * hour that comes twice the first is taken; a time that was skipped counts as if the clocks had not been moved yet.
   */
  instantOf(local: number): number;
}

/** Offsets are looked up once for so long a piece of time (about 400 days), and kept. */
const PIECE_MS = 2 ** 35;
/** No zone has moved its clocks there and back within this time. */
const SAMPLE_MS = 5 * MS_PER_DAY;
/** Local times differ from UTC by less than this. */
const MOST_OFFSET_MS = MS_PER_DAY;

/** From an instant on, the zone is so far ahead of UTC. */
interface Era {
  readonly from: number;
  readonly offset: number;
}

/**
 * Opens a zone by its name (`Europe/Moscow`). Throws RangeError for a name that nobody knows. Asking Intl for each time of
 * each row would cost more than all else that is done with it; its answers are kept by pieces of time.
 */
export function openTimeZone(name: string): TimeZone {
  const ask = offsetsOf(name);
  const pieces = new Map<number, readonly Era[]>();

  const erasOf = (instant: number): readonly Era[] => {
    const piece = Math.floor(instant / PIECE_MS);
    let eras = pieces.get(piece);
    if (eras === undefined) {
      eras = findEras(ask, piece * PIECE_MS, (piece + 1) * PIECE_MS);
      pieces.set(piece, eras);
    }
    return eras;
  };

  const offsetAt = (instant: number): number => {
    const eras = erasOf(instant);
    let index = eras.length - 1;
    while (index > 0 && (eras[index] as Era).from > instant) index -= 1;
    return (eras[index] as Era).offset;
  };

  const calmAround = (local: number) => {
    const eras = erasOf(local);
    const pieceEnd = (Math.floor(local / PIECE_MS) + 1) * PIECE_MS;
    const index = Math.max(
      0,
      eras.findLastIndex((era) => era.from <= local),
    );
    const { from, offset } = eras[index] as Era;
    const to = eras[index + 1]?.from ?? pieceEnd;
    return { from: from + MOST_OFFSET_MS, to: to - MOST_OFFSET_MS, offset };
  };

  /** Local times around which the clocks were not moved: most that are asked for lie in the same ones as the last. */
  let calm = { from: 0, to: 0, offset: 0 };

  return {
    name,
    offsetAt,
    instantOf(local) {
      if (local >= calm.from && local < calm.to) return local - calm.offset;
      calm = calmAround(local);
      if (local >= calm.from && local < calm.to) return local - calm.offset;
      const before = offsetAt(local - MOST_OFFSET_MS);
      const after = offsetAt(local + MOST_OFFSET_MS);
      if (before === after || offsetAt(local - before) === before) return local - before;
      return offsetAt(local - after) === after ? local - after : local - before;
    },
  };
}

function findEras(ask: (instant: number) => number, from: number, to: number): Era[] {
  const eras: Era[] = [{ from, offset: ask(from) }];
  for (let instant = from; instant < to; instant += SAMPLE_MS) {
    const next = Math.min(instant + SAMPLE_MS, to);
    const offset = ask(next);
    const last = (eras.at(-1) as Era).offset;
    if (offset === last) continue;
    let [low, high] = [instant, next];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (ask(middle) === last) low = middle;
      else high = middle;
    }
    eras.push({ from: high, offset });
  }
  return eras;
}

/** Whether there is a zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    offsetsOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Asking Intl for the first time takes longer than all else that a short command does: where any zone will do, this one is free. */
export const UTC: TimeZone = { name: 'UTC', offsetAt: () => 0, instantOf: (local) => local };

/** The function that asks Intl for a zone's offset at an instant. */
function offsetsOf(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(instant)) parts[type] = value;
    const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year']);
    const local = new Date(0);
    local.setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day']));
    local.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
    return local.getTime() - Math.floor(instant / 1000) * 1000;
  };
}
