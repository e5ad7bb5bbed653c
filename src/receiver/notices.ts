import type { Clock } from '../core/clock.ts';
import type { Log, LogLevel } from '../core/log.ts';

/** How often one thing is said. */
const REPEAT_MS = 60_000;
/** Different things that are remembered: what strangers send must not fill the memory. */
const MOST_SUBJECTS = 100;

/** Says things that may happen a thousand times a second once a minute, with how often they happened. */
export type Notice = (level: LogLevel, message: string) => void;

export function createNotices(log: Log, clock: Clock): Notice {
  const said = new Map<string, { at: number; since: number }>();
  return (level, message) => {
    const now = clock.now();
    const known = said.get(message);
    if (known !== undefined && now - known.at < REPEAT_MS) {
      known.since += 1;
      return;
    }
    if (known === undefined && said.size >= MOST_SUBJECTS) {
      for (const [old, { at }] of said) if (now - at >= REPEAT_MS) said.delete(old);
      if (said.size >= MOST_SUBJECTS) return;
    }
    log(
      level,
      known === undefined || known.since === 0
        ? message
        : `${message} (${known.since} times more since this was last said)`,
    );
    said.set(message, { at: now, since: 0 });
  };
}
