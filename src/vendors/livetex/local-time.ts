import type { TimeZone } from '../../core/time-zone.ts';
import { formatInstant, MS_PER_DAY } from '../../core/timestamps.ts';

/**
 * LiveTex filters by local times without a zone (livetex-api §3.3), so windows are cut in local time: given as the epoch ms
 * that it would be in UTC. Where clocks are moved back, an hour of it stands for two, and both are in the same window.
 */

/** No zone's clocks are ever moved by more than this, nor twice within it. */
const LONGEST_JUMP_MS = MS_PER_DAY;

/** No instant at or after this one has an earlier local time. */
export function earliestLocal(instant: number, zone: TimeZone): number {
  return instant + Math.min(zone.offsetAt(instant), zone.offsetAt(instant + LONGEST_JUMP_MS));
}

/** No instant before this one has a later local time. */
export function latestLocal(instant: number, zone: TimeZone): number {
  return instant + Math.max(zone.offsetAt(instant), zone.offsetAt(instant - LONGEST_JUMP_MS));
}

/** Every instant before the one that is returned has an earlier local time than this. */
export function instantBefore(local: number, zone: TimeZone): number {
  return local - Math.max(zone.offsetAt(local - LONGEST_JUMP_MS), zone.offsetAt(local + LONGEST_JUMP_MS));
}

/** As LiveTex takes it: whole seconds, no zone. */
export function localText(local: number): string {
  return formatInstant(local).slice(0, 'YYYY-MM-DDTHH:mm:ss'.length);
}
