import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { gzipSync } from 'node:zlib';
import type { Clock } from '../../core/clock.ts';

/** What came of one post. */
export interface PostAnswer {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
}

/** Posts bodies over connections that stay open. */
export interface Poster {
  /** Never rejects: a connection that breaks, and an answer that is too late, are no answer. */
  post(url: string, body: string, closing: AbortSignal): Promise<PostAnswer>;
  close(): void;
}

/** LiveChat takes what is not answered within ten seconds for not delivered (livechat-api §5). */
const ANSWER_LIMIT_MS = 10_000;

const NO_ANSWER: PostAnswer = { status: undefined, retryAfter: undefined };

export function createPoster(clock: Clock, packed: boolean): Poster {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  const send = (url: string, body: string, signal: AbortSignal) =>
    new Promise<PostAnswer>((resolve) => {
      const bytes = packed ? gzipSync(body) : Buffer.from(body);
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'content-length': bytes.length,
        ...(packed ? { 'content-encoding': 'gzip' } : {}),
      };
      const isSecure = new URL(url).protocol === 'https:';
      const common = { method: 'POST', headers, signal };
      const request = isSecure
        ? httpsRequest(url, { ...common, agent: agents.https })
        : httpRequest(url, { ...common, agent: agents.http });
      request.on('error', () => resolve(NO_ANSWER));
      request.on('response', (response) => {
        resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'] });
        // Nobody reads what it says; the connection is free again when all of it has come.
        response.on('error', () => {});
        response.resume();
      });
      request.end(bytes);
    });

  return {
    async post(url, body, closing) {
      const stop = new AbortController();
      const onClose = () => stop.abort();
      closing.addEventListener('abort', onClose, { once: true });
      const answered = new AbortController();
      clock.sleep(ANSWER_LIMIT_MS, answered.signal).then(onClose, () => {});
      try {
        return await send(url, body, stop.signal);
      } finally {
        answered.abort();
        closing.removeEventListener('abort', onClose);
      }
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
