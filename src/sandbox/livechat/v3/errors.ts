import type { Reply } from '../../replies.ts';
import { V3_ERRORS, type V3ErrorType } from '../options.ts';

/** An error of API v3.6 (livechat-api §3.3). With `asOk` it comes with HTTP status 200. */
export function v3Error(type: V3ErrorType, message: string, asOk = false, data?: object): Reply {
  const error = { type, message, ...(data === undefined ? {} : { data }) };
  return { status: asOk ? 200 : V3_ERRORS[type], body: { error } };
}

/** An error to answer a call with. */
export interface QueuedError {
  readonly type: V3ErrorType;
  readonly message?: string;
  readonly data?: object;
}

/** Errors with which the next calls of API v3.6 are answered, one a call. */
export class V3ErrorQueue {
  readonly #queue: QueuedError[] = [];

  add(...errors: QueuedError[]): void {
    this.#queue.push(...errors);
  }

  take(): QueuedError | undefined {
    return this.#queue.shift();
  }
}
