import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createSystemClock } from '../../src/core/clock.ts';
import { createCallBudget } from '../../src/http/call-budget.ts';
import { type ApiCall, createHttpClient, type HttpClientOptions } from '../../src/http/client.ts';

export const clock = createSystemClock();
export const log = () => {};

/** A client's options, with which nothing waits for long. */
export const OPTIONS: HttpClientOptions = {
  vendor: 'LiveChat',
  baseUrl: 'http://127.0.0.1:1',
  headers: {},
  onUnauthorized: 'Check the key.',
  budget: createCallBudget({ limit: 1000, windowMs: 60_000, clock, log }),
  clock,
  redact: (text) => text,
  log,
  timeoutMs: 5000,
  random: () => 0.01,
};

/** A real server that answers with `listener`, and a client for it. */
export async function pair(listener: RequestListener, more: Partial<HttpClientOptions> = {}) {
  const server = createServer(listener);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient({
    ...OPTIONS,
    baseUrl: `http://127.0.0.1:${port}`,
    budget: createCallBudget({ limit: 1000, windowMs: 60_000, clock, log }),
    ...more,
  });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, port, connections: () => connections };
}

/** A call of a list of things. */
export const call = (more: Partial<ApiCall> = {}): ApiCall => ({
  path: '/things',
  doing: 'listing things',
  right: 'read things',
  signal: new AbortController().signal,
  ...more,
});

/** Answers with HTTP 200. */
export const answer = (response: ServerResponse, body: Buffer | string, headers: Record<string, string> = {}) =>
  response.writeHead(200, headers).end(body);
