import { isLoud, type Log, type LogLevel } from '../../core/log.ts';
import type { LineWriter } from '../../output/stdout.ts';
import { logMessage } from './messages.ts';

/** Writes log lines as LOG messages from `least` upwards, with secrets taken out. */
export function createAirbyteLog(out: LineWriter, least: LogLevel, mask: (text: string) => string): Log {
  return (level, message, context) => {
    if (!isLoud(level, least)) return;
    const text = context?.stream === undefined ? message : `${context.stream}: ${message}`;
    out.write(logMessage(level, mask(text), context?.stack === undefined ? undefined : mask(context.stack)));
  };
}
