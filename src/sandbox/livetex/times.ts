import { openAccountZone } from '../account-zone.ts';
import type { LivetexDialect } from './options.ts';

/** How LiveTex writes and reads times. */
export interface LivetexTimes {
  /** An instant (epoch ms) as it stands in an answer. */
  written(instant: number): string;
  /** What can be known of an instant from what is written: whole seconds, and of an hour that comes twice the first. */
  knowable(instant: number): number;
  /** The instant that a bound of `q` means, with fractions of a ms; undefined for what is no time. */
  understood(text: string): number | undefined;
}

const BOUND = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/;

export function createLivetexTimes(dialect: LivetexDialect, timeZone: string): LivetexTimes {
  const zone = openAccountZone(timeZone);
  const local = (instant: number) => new Date(instant + zone.offsetAt(instant)).toISOString();
  return {
    written(instant) {
      switch (dialect) {
        case 'objects':
          return local(instant).slice(0, 19);
        case 'bare':
          return local(instant).slice(0, 23);
        case 'v2':
          return local(instant).slice(0, 19) + offsetText(zone.offsetAt(instant));
      }
    },
    knowable(instant) {
      if (dialect === 'v2') return wholeSecond(instant);
      const shown = instant + zone.offsetAt(instant);
      return zone.instantOf(dialect === 'bare' ? shown : wholeSecond(shown));
    },
    understood(text) {
      const [, date, time = '00:00:00', fraction = '', offset] = BOUND.exec(text) ?? [];
      const shown = Date.parse(`${date}T${time}Z`);
      // JavaScript takes 31 February for 2 March.
      if (Number.isNaN(shown) || !new Date(shown).toISOString().startsWith(`${date}T${time}`)) return undefined;
      const part = fraction === '' ? 0 : Number(`0${fraction}`) * 1000;
      return part + (offset === undefined ? zone.instantOf(shown) : shown - offsetMs(offset));
    },
  };
}

/** `+0300`, as newer services of LiveTex write it (livetex-api §3.3). */
function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / 60_000;
  const digits = String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
  return `${offset < 0 ? '-' : '+'}${digits}`;
}

function offsetMs(text: string): number {
  if (text === 'Z') return 0;
  const digits = text.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function wholeSecond(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}
