import { type ErrorKind, type SyncError, stackOf } from '../../core/errors.ts';
import type { LogLevel } from '../../core/log.ts';
import type { RowChange } from '../../core/row-shaper.ts';
import type { Bookmark } from '../../core/sink.ts';

/** How one message of the Airbyte protocol (v0, airbyte_protocol.yaml) is written. Every function gives one line of JSON. */

export interface StreamDescriptor {
  readonly name: string;
  /** Echoed exactly as the configured catalog has it, left out where it has none (airbyte §1.7 "Namespace"). */
  readonly namespace?: string;
}

export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

export function specMessage(spec: unknown): string {
  return JSON.stringify({ type: 'SPEC', spec });
}

export function catalogMessage(catalog: unknown): string {
  return JSON.stringify({ type: 'CATALOG', catalog });
}

export function connectionStatusMessage(status: 'SUCCEEDED' | 'FAILED', message?: string): string {
  return JSON.stringify({ type: 'CONNECTION_STATUS', connectionStatus: { status, message } });
}

/** The whole configuration as it has to be from now on: the platform stores it in place of the old one. */
export function controlMessage(config: unknown, now: number): string {
  const control = { type: 'CONNECTOR_CONFIG', emitted_at: now, connectorConfig: { config } };
  return JSON.stringify({ type: 'CONTROL', control });
}

export function logMessage(level: LogLevel, message: string, stack?: string): string {
  return JSON.stringify({ type: 'LOG', log: { level: level.toUpperCase(), message, stack_trace: stack } });
}

/** Makes the writer of a stream's RECORDs: what does not change from row to row is written once, here. */
export function recordWriter(
  descriptor: StreamDescriptor,
): (json: string, changes: readonly RowChange[] | undefined, emittedAt: number) => string {
  const { name, namespace } = descriptor;
  const head = namespace === undefined ? '' : `"namespace":${JSON.stringify(namespace)},`;
  const prefix = `{"type":"RECORD","record":{${head}"stream":${JSON.stringify(name)},"data":`;
  return (json, changes, emittedAt) => {
    const meta = changes === undefined ? '' : `,"meta":${JSON.stringify({ changes })}`;
    return `${prefix}${json},"emitted_at":${emittedAt}${meta}}}`;
  };
}

/**
 * A STREAM state. `recordCount` must equal the number of RECORDs since the stream's last STATE, and is written with a
 * decimal point, as the protocol asks.
 */
export function stateMessage(descriptor: StreamDescriptor, bookmark: Bookmark, recordCount: number): string {
  const stream = JSON.stringify({ stream_descriptor: descriptor, stream_state: bookmark });
  return `{"type":"STATE","state":{"type":"STREAM","stream":${stream},"sourceStats":{"recordCount":${recordCount}.0}}}`;
}

/** A stream's status; with `quotaReset` (epoch ms) it says that the stream waits for quota until then. */
export function statusMessage(
  descriptor: StreamDescriptor,
  status: StreamStatus,
  now: number,
  quotaReset?: number,
): string {
  const reasons =
    quotaReset === undefined
      ? undefined
      : [{ type: 'RATE_LIMITED', rate_limited: { quota_reset: Math.ceil(quotaReset) } }];
  return traceMessage('STREAM_STATUS', now, { stream_status: { stream_descriptor: descriptor, status, reasons } });
}

export function estimateMessage(descriptor: StreamDescriptor, rows: number, now: number): string {
  return traceMessage('ESTIMATE', now, { estimate: { ...descriptor, type: 'STREAM', row_estimate: rows } });
}

/** An error; with a descriptor it concerns that stream only. `mask` takes secrets out. */
export function errorMessage(
  error: SyncError,
  now: number,
  mask: (text: string) => string,
  descriptor?: StreamDescriptor,
): string {
  const stack = stackOf(error);
  return traceMessage('ERROR', now, {
    error: {
      message: mask(error.message),
      internal_message: error.detail === undefined ? undefined : mask(error.detail),
      stack_trace: stack === undefined ? undefined : mask(stack),
      failure_type: FAILURE_TYPE[error.kind],
      stream_descriptor: descriptor,
    },
  });
}

const FAILURE_TYPE: Record<ErrorKind, string> = {
  config: 'config_error',
  transient: 'transient_error',
  system: 'system_error',
};

function traceMessage(type: string, now: number, payload: object): string {
  return JSON.stringify({ type: 'TRACE', trace: { type, emitted_at: now, ...payload } });
}
