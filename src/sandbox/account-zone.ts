const DAY_MS = 86_400_000;
/** Clocks are moved at a full quarter of an hour, everywhere. */
const QUARTER_MS = 15 * 60_000;

/**
 * A time zone with its history. It keeps the offsets that it has looked up: an answer is full of times. The connector has one of
 * its own: a mistake that both shared would cancel out.
 */
export interface AccountZone {
  /** How far (ms) the zone is ahead of UTC at an instant. */
  offsetAt(instant: number): number;
  /**
   * The instant (epoch ms) at which the zone's clocks show `local`, given as the epoch ms that it would be in UTC. The first
   * of two where clocks were put back; where they were put forward, as if they had not been.
   */
  instantOf(local: number): number;
}

/** Opens a zone by its IANA name. */
export function openAccountZone(name: string): AccountZone {
  const format = formatIn(name);
  const offsets = new Map<number, number>();
  const offsetAt = (instant: number) => {
    const quarter = Math.floor(instant / QUARTER_MS);
    const known = offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = measuredOffset(format, quarter * QUARTER_MS);
    offsets.set(quarter, offset);
    return offset;
  };
  return {
    offsetAt,
    instantOf(local) {
      // A day away on either side lie the offsets before and after a change, if there is one.
      const candidates = [local - offsetAt(local - DAY_MS), local - offsetAt(local + DAY_MS)] as const;
      const right = candidates.filter((instant) => instant + offsetAt(instant) === local);
      return right.length === 0 ? candidates[0] : Math.min(...right);
    },
  };
}

/** The instant (epoch ms) at which the day `YYYY-MM-DD` begins in a zone, `daysLater` days on; undefined for no date. */
export function dayStart(text: string, zone: string, daysLater = 0): number | undefined {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight)) return undefined;
  const local = midnight + daysLater * DAY_MS;
  const format = formatIn(zone);
  // The offset is that at the zone's midnight, which is what is sought: twice is enough to get it right.
  const guess = local - measuredOffset(format, local);
  return local - measuredOffset(format, guess);
}

function formatIn(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

function measuredOffset(format: Intl.DateTimeFormat, instant: number): number {
  const parts = format.formatToParts(instant);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return local - Math.floor(instant / 1000) * 1000;
}
