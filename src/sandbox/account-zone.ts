const DAY_MS = 86_400_000;

/** How far (ms) a zone is ahead of UTC at an instant. */
function offsetAt(zone: string, instant: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return local - Math.floor(instant / 1000) * 1000;
}

/** The instant (epoch ms) at which the day `YYYY-MM-DD` begins in a zone, `daysLater` days on; undefined for no date. */
export function dayStart(text: string, zone: string, daysLater = 0): number | undefined {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight)) return undefined;
  const local = midnight + daysLater * DAY_MS;
  // The offset is that at the zone's midnight, which is what is sought: twice is enough to get it right.
  const guess = local - offsetAt(zone, local);
  return local - offsetAt(zone, guess);
}
