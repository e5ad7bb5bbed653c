/** Who can do something about an error: the user, time, or us. The names are Airbyte's `failure_type` without `_error`. */
export type ErrorKind = 'config' | 'transient' | 'system';

export interface SyncErrorOptions {
  /** For developers and support: never shown as the headline. */
  detail?: string;
  /** Name of the stream that failed; the engine fills it in when the thrower does not know it. */
  stream?: string;
  /** HTTP status, where it was a vendor's answer that failed. */
  status?: number;
  cause?: unknown;
}

/**
 * The one error class. `message` is for the user and complete in itself: what was wrong, where, and what to do.
 * Whoever prints it passes it through the redactor first.
 */
export class SyncError extends Error {
  readonly kind: ErrorKind;
  readonly detail: string | undefined;
  readonly stream: string | undefined;
  readonly status: number | undefined;

  constructor(kind: ErrorKind, message: string, options: SyncErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SyncError';
    this.kind = kind;
    this.detail = options.detail;
    this.stream = options.stream;
    this.status = options.status;
  }
}

/** The reader of our output went away or the disk under it is full: nothing more can be said, the run ends. */
export class OutputClosedError extends Error {
  /** `EPIPE` when the reader closed the pipe, otherwise the system's code, e.g. `ENOSPC`. */
  readonly code: string;

  constructor(code: string, cause: unknown) {
    super(`standard output cannot be written (${code})`, { cause });
    this.name = 'OutputClosedError';
    this.code = code;
  }
}

/** What goes wrong outside SyncError is a bug in source-chat; this is how the user hears of it. */
export function asSyncError(thrown: unknown, stream?: string): SyncError {
  if (thrown instanceof SyncError) {
    return stream === undefined || thrown.stream !== undefined ? thrown : aboutStream(thrown, stream);
  }
  const bug = new SyncError(
    'system',
    'Something went wrong inside source-chat. Please report it with the log of this run.',
    { detail: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown), cause: thrown },
  );
  return stream === undefined ? bug : aboutStream(bug, stream);
}

/** The message with what developers and support want to know, once: for places that have room for one text only. */
export function withDetail({ message, detail }: SyncError): string {
  return detail === undefined || message.includes(`(${detail})`) ? message : `${message} (${detail})`;
}

/** The stack of what went wrong; undefined unless it is a failure of ours: the user can do nothing with one. */
export function stackOf(error: SyncError): string | undefined {
  if (error.kind !== 'system') return undefined;
  return error.cause instanceof Error ? error.cause.stack : error.stack;
}

/** The same error with the stream's name in front of its message. */
export function aboutStream(error: SyncError, stream: string): SyncError {
  const { kind, message, detail, status, cause } = error;
  return new SyncError(kind, `${stream}: ${message}`, {
    stream,
    cause,
    ...(detail === undefined ? {} : { detail }),
    ...(status === undefined ? {} : { status }),
  });
}
