import { isLoud, type Log, type LogContext, type LogLevel } from '../../core/log.ts';
import type { ErrorWriter } from '../../output/stderr.ts';

/** Writes a metric: `value` is what has come since the last one for a counter, seconds for a timer. */
export type Metric = (
  type: 'counter' | 'timer',
  metric: string,
  value: number,
  tags: Readonly<Record<string, string>>,
) => void;

export interface SingerLog {
  readonly log: Log;
  readonly metric: Metric;
}

/**
 * How lines look: `plain` as singer-python writes them (`INFO message`), `structured` as the Meltano SDK's JSON formatter
 * does, `message` the message alone.
 */
export type LogFormat = 'plain' | 'structured' | 'message';

/** singer-python and the SDK call the levels so. */
const PLAIN_LEVEL: Record<LogLevel, string> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/**
 * Writes logs and metrics to standard error, from `least` upwards, with secrets taken out. Never a bare JSON scalar or
 * list on a line of its own: `meltano config test` reads standard error as JSON (singer §0.17).
 */
export function createSingerLog(
  err: ErrorWriter,
  format: LogFormat,
  least: LogLevel,
  mask: (text: string) => string,
): SingerLog {
  const write = (level: LogLevel, message: string, context: LogContext, metricInfo?: object) => {
    if (!isLoud(level, least)) return;
    if (format === 'structured') return err.line(mask(structuredLine(level, message, context, metricInfo)));
    const text = metricInfo === undefined ? message : `METRIC: ${JSON.stringify(metricInfo)}`;
    const about = context.stream === undefined || message.startsWith(context.stream) || metricInfo !== undefined;
    const line = about ? text : `${context.stream}: ${text}`;
    err.line(mask(format === 'message' ? line : `${PLAIN_LEVEL[level]} ${line}`));
    if (context.stack !== undefined && format === 'plain') err.line(mask(context.stack));
  };
  return {
    log: (level, message, context = {}) => write(level, message, context),
    metric: (type, metric, value, tags) => {
      const { stream } = tags;
      write('info', 'METRIC', stream === undefined ? {} : { stream }, { type, metric, value, tags });
    },
  };
}

/** All fields that Meltano's parser asks for; one of them missing, null included, and it prints the raw line. */
function structuredLine(level: LogLevel, message: string, context: LogContext, metricInfo?: object): string {
  return JSON.stringify({
    level: PLAIN_LEVEL[level].toLowerCase(),
    pid: process.pid,
    logger_name: 'tap_chat',
    ts: Date.now() / 1000,
    thread_name: 'MainThread',
    app_name: 'tap-chat',
    stream_name: context.stream ?? null,
    message,
    ...(metricInfo === undefined ? {} : { metric_info: metricInfo }),
    ...(context.stack === undefined ? {} : { exception: { type: 'Error', module: null, message, traceback: [] } }),
    extra: context.stack === undefined ? {} : { stack: context.stack },
  });
}

/**
 * Reads the format that Meltano wants from the content of the file that SINGER_SDK_LOG_CONFIG names. undefined, or a
 * content that says nothing of it, means plain lines.
 */
export function logFormatOf(sdkLogConfig: unknown): LogFormat {
  const formatter = (sdkLogConfig as { formatters?: { singer_formatter?: Record<string, unknown> } } | undefined)
    ?.formatters?.singer_formatter;
  if (formatter?.['()'] === 'singer_sdk.logging.StructuredFormatter') return 'structured';
  return formatter?.['format'] === '%(message)s' ? 'message' : 'plain';
}
