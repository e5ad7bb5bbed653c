import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type Clock, createSystemClock } from '../core/clock.ts';
import { CallLog } from './call-log.ts';
import { FAULT_KINDS, type FaultKind, FaultPlan, retryAfterOf } from './faults.ts';
import { SANDBOX_API_KEY, SANDBOX_DEFAULTS, SANDBOX_LOGIN, type SandboxOptions } from './options.ts';
import { createOracle, type ExpectedRow, type Oracle } from './oracle.ts';
import { noise } from './random.ts';
import { RateLimit } from './rate-limit.ts';
import { answerRestV2 } from './rest-v2.ts';
import { TicketShelf } from './ticket-shelf.ts';

/** A running imitation of the vendors. */
export interface Sandbox {
  /** Where it listens, e.g. `http://127.0.0.1:4096`. */
  readonly url: string;
  readonly tickets: TicketShelf;
  readonly oracle: Oracle;
  readonly calls: CallLog;
  readonly faults: FaultPlan;
  /** A configuration with which source-chat reads from here. */
  config(livechat?: object): Record<string, unknown>;
  close(): Promise<void>;
}

export interface SandboxHooks {
  readonly clock?: Clock;
  /** Called before each answer of an API, with path and query: tests change the data here, between two pages. */
  readonly onCall?: (path: string) => void;
}

/** Wait that a 429 fault asks for, in seconds: long enough to be seen, short enough for a demo. */
const FAULT_RETRY_SECONDS = 1;

/** Starts a sandbox on this machine and resolves when it listens. */
export async function startSandbox(
  given: Partial<SandboxOptions> = {},
  { clock = createSystemClock(), onCall = () => {} }: SandboxHooks = {},
): Promise<Sandbox> {
  const options = { ...SANDBOX_DEFAULTS, ...given };
  const shelf = new TicketShelf({ ...options, count: options.tickets }, options.unstableTies);
  const oracle = createOracle(shelf, options);
  const calls = new CallLog();
  const faults = new FaultPlan();
  faults.set(options.faults, options.faultEvery);
  const rateLimit = new RateLimit(options.rateLimit, options.rateWindowMs);

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://sandbox.example');
    const now = clock.now();
    response.sendDate = false;
    response.setHeader('date', new Date(now).toUTCString());
    if (url.pathname.startsWith('/_sandbox/')) return control(url, response);

    const path = url.pathname + url.search;
    const log = (outcome: string) => calls.add({ at: now, path, outcome });
    onCall(path);
    if (options.latencyMs > 0) await clock.sleep(options.latencyMs);
    const retryAfter = rateLimit.take(now);
    if (retryAfter !== undefined) {
      log('429');
      response.setHeader('retry-after', String(Math.ceil(retryAfter / 1000)));
      return send(response, 429, { error: 'Too many requests' });
    }
    const fault = faults.take();
    const answer = answerRestV2(url.pathname, url.searchParams, request.headers, shelf, options) ?? {
      status: 404,
      body: { error: 'Not found' },
    };
    log(fault ?? String(answer.status));
    switch (fault) {
      case undefined:
        break;
      case 'reset':
        return request.socket.resetAndDestroy();
      case 'hang':
        return;
      case '500':
      case '503':
        return send(response, Number(fault), { error: 'Internal server error' });
      case 'html':
        return sendText(
          response,
          200,
          '<!doctype html><html><head><title>Please sign in</title></head></html>',
          'text/html',
        );
      case 'truncated': {
        const body = JSON.stringify(answer.body);
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
        response.write(body.slice(0, Math.floor(body.length / 2)), () => request.socket.destroy());
        return;
      }
      case 'empty-page':
        if (typeof answer.body === 'object' && answer.body !== null && 'tickets' in answer.body) {
          return send(response, 200, { ...answer.body, tickets: [] });
        }
        break;
      default: {
        const header = retryAfterOf(fault, now, FAULT_RETRY_SECONDS);
        if (header !== undefined) response.setHeader('retry-after', header);
        return send(response, 429, { error: 'Too many requests' });
      }
    }
    const packed = options.gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    send(response, answer.status, answer.body, packed);
    if (url.pathname === '/tickets' && answer.status === 200) churn();
  };

  let turns = 0;
  let modifications = 0;
  const churn = () => {
    for (let n = 0; n < options.churn && shelf.size > 0; n += 1) {
      turns += 1;
      shelf.modify(noise(options.seed, turns, 100) % shelf.size, clock.now());
    }
  };

  /** For the demo and for people with curl: what was called, what must be found, and a change at the vendor. */
  const control = async (url: URL, response: ServerResponse) => {
    switch (url.pathname) {
      case '/_sandbox/calls':
        return send(response, 200, { count: calls.count, outcomes: calls.outcomes, calls: calls.calls });
      case '/_sandbox/oracle': {
        const rows = url.searchParams.get('stream') === 'livechat_agents' ? oracle.agents() : oracle.tickets();
        response.writeHead(200, { 'content-type': 'application/jsonl' });
        return Readable.from(asLines(rows)).pipe(response);
      }
      case '/_sandbox/modify': {
        const count = Number(url.searchParams.get('count') ?? '1');
        for (let n = 0; n < count && shelf.size > 0; n += 1) {
          modifications += 1;
          shelf.modify(noise(options.seed, modifications, 101) % shelf.size, clock.now());
        }
        return send(response, 200, { modified: count });
      }
      case '/_sandbox/create':
        return send(response, 200, { id: shelf.ticket(shelf.create(clock.now()))?.id });
      case '/_sandbox/faults': {
        const kinds = (url.searchParams.get('kinds') ?? '').split(',').filter((kind) => kind !== '');
        const unknown = kinds.find((kind) => !FAULT_KINDS.includes(kind as FaultKind));
        if (unknown !== undefined) return send(response, 400, { error: `no such fault: ${unknown}` });
        faults.set(kinds as FaultKind[], Number(url.searchParams.get('every') ?? options.faultEvery));
        return send(response, 200, { kinds });
      }
      default:
        return send(response, 404, { error: 'not a control of the sandbox' });
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      // A bug of the sandbox: the client shows what it says.
      if (!response.headersSent) send(response, 501, { error: String(error) });
      else response.destroy();
    });
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://${reachableHost(options.host)}:${port}`;
  return {
    url,
    tickets: shelf,
    oracle,
    calls,
    faults,
    config: (livechat = {}) => ({
      start_date: '2023-01-01T00:00:00Z',
      livechat: {
        credentials: { auth_type: 'api_key', login: SANDBOX_LOGIN, api_key: SANDBOX_API_KEY },
        base_url: url,
        ...livechat,
      },
    }),
    close: () => closeServer(server),
  };
}

/** How this machine calls a host that is listened on, as it stands in an address. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

function send(response: ServerResponse, status: number, body: unknown, packed = false): void {
  sendText(response, status, JSON.stringify(body), 'application/json; charset=utf-8', packed);
}

function sendText(response: ServerResponse, status: number, text: string, type: string, packed = false): void {
  const body = packed ? gzipSync(text) : Buffer.from(text);
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(body);
}

function* asLines(rows: Iterable<ExpectedRow>): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}
