export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LogContext {
  /** The stream that the line is about, where there is one. */
  stream?: string;
  /** A stack trace, for the formats that have a place for it. */
  stack?: string;
}

/** How every part of the core speaks to people; a face decides what a line looks like. Secrets are masked by the sink. */
export type Log = (level: LogLevel, message: string, context?: LogContext) => void;

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'fatal'];

/** True when a line of `level` is to be shown at the threshold `least`. */
export function isLoud(level: LogLevel, least: LogLevel): boolean {
  return ORDER.indexOf(level) >= ORDER.indexOf(least);
}

/**
 * Reads a log level as platforms write it (`INFO`, `warning`, `CRITICAL`, `TRACE`).
 * Returns undefined for what is no level, so that the caller's default stands.
 */
export function parseLogLevel(text: string | undefined): LogLevel | undefined {
  switch (text?.trim().toLowerCase()) {
    case 'trace':
    case 'debug':
      return 'debug';
    case 'info':
      return 'info';
    case 'warn':
    case 'warning':
      return 'warn';
    case 'error':
      return 'error';
    case 'critical':
    case 'fatal':
      return 'fatal';
    default:
      return undefined;
  }
}
