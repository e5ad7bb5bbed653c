import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export interface ExchangeRequest {
  /** Scheme and host. */
  readonly origin: string;
  readonly method: 'GET' | 'POST';
  /** Path with query. */
  readonly path: string;
  /** What is sent along; its type stands in the headers. */
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Longest wait for the head of the answer, and for each next piece of its body, in ms. */
  readonly timeoutMs: number;
  /** Longest time for the whole of it, in ms: a server that drips a byte now and then keeps the other limit quiet. */
  readonly totalTimeoutMs: number;
  readonly signal: AbortSignal;
  /** The head of the answer has arrived. */
  readonly onHead: () => void;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire: possibly packed. */
  readonly body: Buffer;
}

/**
 * Sends one request and collects its answer, without retries or judgement. Rejects with the signal's reason, with an
 * error with the code ATTEMPT_TIMEOUT, or with undici's error.
 *
 * It uses undici's dispatch interface: a body stream for each page would cost as much again as the request.
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<Reply> {
  const { origin, method, path, body: sent = null, headers, timeoutMs, totalTimeoutMs, signal, onHead } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let stopped: Error | undefined;
    const stop = (reason: Error) => {
      stopped ??= reason;
      // Before the connection stands there is nothing to abort yet: onRequestStart does it.
      controller?.abort(reason);
      settle(() => reject(stopped));
    };
    const onAbort = () => stop(signal.reason as Error);
    const timer = setTimeout(() => {
      stop(Object.assign(new Error(`no complete answer within ${totalTimeoutMs} ms`), { code: 'ATTEMPT_TIMEOUT' }));
    }, totalTimeoutMs);
    const settle = (how: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      how();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();

    let status = 0;
    let answerHeaders: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        if (stopped !== undefined) started.abort(stopped);
      },
      onResponseStart(_controller, statusCode, responseHeaders) {
        // 1xx answers only announce the real one.
        if (statusCode < 200) return;
        status = statusCode;
        answerHeaders = responseHeaders;
        onHead();
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        settle(() => resolve({ status, headers: answerHeaders, body }));
      },
      onResponseError(_controller, error) {
        settle(() => reject(error));
      },
    };
    try {
      dispatcher.dispatch(
        { origin, path, method, body: sent, headers, headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
        handler,
      );
    } catch (error) {
      // undici refuses what it is given: nothing was sent.
      settle(() => reject(error));
    }
  });
}
