import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, createSystemClock } from '../core/clock.ts';
import { CallLog } from './call-log.ts';
import { createConfigs, type SandboxConfigs } from './configs.ts';
import { createControls } from './controls.ts';
import { FaultPlan, retryAfterOf } from './faults.ts';
import { createLivechatAccount, type LivechatAccount } from './livechat/account.ts';
import { answerLivechat, isTokenPath, unrelatedError } from './livechat/apis.ts';
import { isHelpdeskPath } from './livechat/helpdesk/helpdesk-api.ts';
import { TicketShelf } from './livechat/ticket-shelf.ts';
import { isV3Path } from './livechat/v3/v3-api.ts';
import { createLivetexAccount, type LivetexAccount } from './livetex/account.ts';
import { answerLivetex, isLivetexPath } from './livetex/web-api.ts';
import { type GivenSandboxOptions, SANDBOX_DEFAULTS, type SandboxOptions } from './options.ts';
import { createOracle, type Oracle } from './oracle.ts';
import { RateLimit } from './rate-limit.ts';
import { type ApiRequest, type Reply, readBody, sendJson, sendText } from './replies.ts';
import { createWebhooks, type Webhooks } from './webhooks/webhooks.ts';

/** A running imitation of the vendors. */
export interface Sandbox extends SandboxConfigs {
  /** Where it listens, e.g. `http://127.0.0.1:4096`. */
  readonly url: string;
  readonly tickets: TicketShelf;
  /** Chats end, are rated, begin: `start`, `say`, `end`, `rate`, `tag`. */
  readonly livechatChats: LivechatAccount['chats'];
  /** OAuth at LiveChat: what was given out, and how to take it back. */
  readonly livechatTokens: LivechatAccount['tokens'];
  /** Errors with which the next calls of API v3.6 are answered. */
  readonly livechatErrors: LivechatAccount['errors'];
  readonly livetex: Pick<LivetexAccount, 'chats' | 'leads'>;
  readonly oracle: Oracle;
  readonly calls: CallLog;
  readonly faults: FaultPlan;
  readonly webhooks: Webhooks;
  /** Lets so many ms pass at LiveTex: rows come into being, chats end, tokens expire, webhooks tell of it. */
  advance(ms: number): void;
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
  given: GivenSandboxOptions = {},
  { clock = createSystemClock(), onCall = () => {} }: SandboxHooks = {},
): Promise<Sandbox> {
  const options: SandboxOptions = {
    ...SANDBOX_DEFAULTS,
    ...given,
    livechat: { ...SANDBOX_DEFAULTS.livechat, ...given.livechat },
    livetex: { ...SANDBOX_DEFAULTS.livetex, ...given.livetex },
  };
  const shelf = new TicketShelf({ ...options, count: options.tickets }, options.unstableTies);
  const livechat = createLivechatAccount(options, shelf, () => clock.now());
  const livetex = createLivetexAccount(options, () => clock.now());
  const webhooks = createWebhooks({ options, tickets: shelf, livetex, clock });
  const oracle = createOracle(livechat, livetex, webhooks);
  const calls = new CallLog();
  const faults = new FaultPlan();
  faults.set(options.faults, options.faultEvery);
  const rateLimit = new RateLimit(options.rateLimit, options.rateWindowMs);
  const now = () => clock.now();
  const advance = (ms: number) => {
    livetex.advance(ms);
    void webhooks.postLivetex();
  };
  const control = createControls({
    options,
    tickets: shelf,
    livechat,
    livetex,
    oracle,
    calls,
    faults,
    webhooks,
    advance,
    now,
  });

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://sandbox.example');
    const now = clock.now();
    const vendorNow = isLivetexPath(url.pathname) ? livetex.now() : now;
    response.sendDate = false;
    response.setHeader('date', new Date(vendorNow).toUTCString());
    if (url.pathname.startsWith('/_sandbox/')) return control(url, response);

    const path = url.pathname + url.search;
    const body = request.method === 'POST' ? await readBody(request) : '';
    const log = (outcome: string) => calls.add({ at: now, path, outcome, ...askedOf(url.pathname, body) });
    const fail = (status: number, message: string) => {
      const reply = unrelatedError(url.pathname, status, message, options.livechat.errorsAsOk);
      sendJson(response, reply.status, reply.body);
    };
    onCall(path);
    if (options.latencyMs > 0) await clock.sleep(options.latencyMs);
    const retryAfter = rateLimit.take(now);
    if (retryAfter !== undefined) {
      log('429');
      response.setHeader('retry-after', String(Math.ceil(retryAfter / 1000)));
      return fail(429, 'Too many requests');
    }
    const fault = faults.take();
    const isLost = isTokenPath(url.pathname) && fault !== undefined && !ANSWERED.has(fault);
    const reply = isLost ? NOTHING : answer(request, url, body);
    for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
    log(fault ?? String(reply.status));
    switch (fault) {
      case undefined:
        break;
      case 'reset':
        return request.socket.resetAndDestroy();
      case 'hang':
        return;
      case '500':
      case '503':
        return fail(Number(fault), 'Internal server error');
      case 'html':
        return sendText(
          response,
          200,
          '<!doctype html><html><head><title>Please sign in</title></head></html>',
          'text/html',
        );
      case 'truncated': {
        const text = JSON.stringify(reply.body);
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
        response.write(text.slice(0, Math.floor(text.length / 2)), () => request.socket.destroy());
        return;
      }
      case 'empty-page': {
        const empty = emptied(url.pathname, reply.body);
        if (empty !== undefined) return sendJson(response, 200, empty);
        break;
      }
      default: {
        const header = retryAfterOf(fault, vendorNow, FAULT_RETRY_SECONDS);
        if (header !== undefined) response.setHeader('retry-after', header);
        return fail(429, 'Too many requests');
      }
    }
    const packed = options.gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    sendJson(response, reply.status, reply.body, packed);
    reply.afterwards?.();
  };

  const answer = (request: IncomingMessage, url: URL, body: string | undefined): Reply => {
    const { method = 'GET', headers } = request;
    const { pathname: path, searchParams: query } = url;
    if (body === undefined) return { status: 413, body: { error: 'Too large' } };
    if (isLivetexPath(path)) {
      const { authorization, 'content-type': contentType = '' } = headers;
      return answerLivetex({ method, path, query, contentType, authorization, body }, livetex);
    }
    const asked: ApiRequest = { method, path, query, headers, body };
    return answerLivechat(asked, livechat);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      // A bug of the sandbox: the client shows what it says.
      if (!response.headersSent) sendJson(response, 501, { error: String(error) });
      else response.destroy();
    });
  });
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    webhooks.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const url = `http://${reachableHost(options.host)}:${port}`;
  return {
    ...createConfigs(url, () => livechat.tokens.refreshToken),
    url,
    tickets: shelf,
    livechatChats: livechat.chats,
    livechatTokens: livechat.tokens,
    livechatErrors: livechat.errors,
    livetex,
    oracle,
    calls,
    faults,
    webhooks,
    advance,
    close() {
      webhooks.close();
      return closeServer(server);
    },
  };
}

/** Faults that come after the vendor did what was asked. */
const ANSWERED: ReadonlySet<string> = new Set(['reset', 'hang', 'truncated', 'empty-page']);
const NOTHING: Reply = { status: 503, body: {} };

/** The same answer without its rows; undefined when it is no list of them. */
function emptied(path: string, body: unknown): unknown {
  if (Array.isArray(body)) return isHelpdeskPath(path) || isV3Path(path) ? [] : undefined;
  if (typeof body !== 'object' || body === null) return undefined;
  const names = ['tickets', 'results', 'chats', 'chats_summary'];
  const list = names.find((name) => Array.isArray((body as Record<string, unknown>)[name]));
  return list === undefined ? undefined : { ...body, [list]: [] };
}

/** What a call of API v3.6 asked for, which stands in its body. */
function askedOf(path: string, body: string | undefined): { body?: string } {
  return isV3Path(path) && body !== undefined ? { body } : {};
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
