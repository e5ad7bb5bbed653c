import { isLoud, type Log, type LogLevel } from '../core/log.ts';
import { formatInstant } from '../core/timestamps.ts';
import type { ErrorWriter } from './stderr.ts';

/** Writes a log for the people who run a server: one line each with its time, from `least` upwards, with secrets taken out. */
export function createPlainLog(
  err: ErrorWriter,
  now: () => number,
  least: LogLevel,
  mask: (text: string) => string,
): Log {
  return (level, message, context) => {
    if (!isLoud(level, least)) return;
    err.line(mask(`${formatInstant(now())} ${level.toUpperCase()} ${message}`));
    if (context?.stack !== undefined) err.line(mask(context.stack));
  };
}
