import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { INBOX_VENDORS, type Inbox, InboxError, type InboxVendor } from '../inbox/inbox.ts';
import { QueueFullError } from './commit-queue.ts';
import { createMetrics } from './metrics.ts';
import { createNotices } from './notices.ts';
import type { ReceiverOptions, ReceiverSecrets, VendorSecrets } from './options.ts';
import { createReception, isSame, RETRY_AFTER_DOWN, TITLES } from './reception.ts';
import { Refusal } from './refusal.ts';

/** Time for the headers of a request, and for all of it, in ms: who is slower than this is no vendor, or gone. */
const HEADERS_LIMIT_MS = 10_000;
const REQUEST_LIMIT_MS = 20_000;
/** How often those limits are looked at. */
const LIMITS_EVERY_MS = 1000;
/** A connection without a request is kept so long: vendors that send often need not greet anew. */
const KEEP_ALIVE_MS = 65_000;
/** Bytes of all headers of a request. */
const MAX_HEADER_BYTES = 16 * 1024;
/** After so many seconds it is worth another try when too much waits. */
const RETRY_AFTER_FULL = 1;
/** How long requests that are under way may take when the receiver is told to end, in ms. */
const DRAIN_LIMIT_MS = 8000;

export interface Receiver {
  readonly port: number;
  /** Takes no more requests, finishes those that are under way and commits what it has. */
  close(): Promise<void>;
}

/**
 * Starts the webhook server: one address a vendor, `/<vendor>/<secret>`. It answers 200 when an event is on disk, 4xx for what
 * can never be stored, 503 for what is worth another try. Rejects with the system's error when it cannot listen.
 */
export async function startReceiver(
  options: ReceiverOptions,
  secrets: ReceiverSecrets,
  inbox: Inbox,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Receiver> {
  const notice = createNotices(log, clock);
  const metrics = createMetrics(
    () => reception.waiting(),
    () => reception.held(),
  );
  const reception = createReception(options.maxBodyBytes, inbox, { clock, log, notice, metrics });
  let isClosing = false;
  const answer =
    (vendor: InboxVendor, vendorSecrets: VendorSecrets) => async (request: FastifyRequest, reply: FastifyReply) => {
      const { secret } = request.params as { secret: string };
      if (!isSame(secret, vendorSecrets.path)) {
        notice('warn', `A request to the address of ${TITLES[vendor]} has a wrong secret: it was answered with 404.`);
        return refuse(reply, NOT_FOUND);
      }
      if (request.method !== 'POST') return refuse(reply.header('allow', 'POST'), NOT_POST);
      try {
        await reception.receive(vendor, vendorSecrets, request.raw);
        return reply.send('ok\n');
      } catch (error) {
        const refusal = asRefusal(error);
        const why = error === refusal || error instanceof QueueFullError ? refusal.message : wordsOf(error);
        notice('warn', `A webhook of ${TITLES[vendor]} was answered with ${refusal.status}: ${why}`);
        return refuse(reply, refusal);
      }
    };

  const app = createApp(options);
  // Connections that are kept open would hold up the end.
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  if (options.ratePerMinute > 0) {
    await app.register(rateLimit, {
      max: options.ratePerMinute,
      timeWindow: 60_000,
      // A client that is gone already has no address any more.
      keyGenerator: (request) => (request.ip === undefined ? '' : normalizeIP(request.ip)),
      addHeadersOnExceeding: NO_HEADERS,
      addHeaders: { ...NO_HEADERS, 'retry-after': true },
      errorResponseBuilder: (_request, { ttl }) => new Refusal(429, 'Too many requests.', Math.ceil(ttl / 1000)),
    });
  }
  app.addHook('onResponse', async ({ routeOptions }, reply) => {
    const vendor = INBOX_VENDORS.find((name) => routeOptions.url?.startsWith(`/${name}/`));
    if (vendor !== undefined || reply.statusCode >= 400) metrics.answered(vendor ?? 'none', reply.statusCode);
  });
  // Whatever a vendor calls it: it is JSON, or refused as none.
  app.addHook('onRequest', async (request) => {
    delete request.raw.headers['content-type'];
  });
  // Bodies are read where the secret has been seen to be right.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  for (const [vendor, vendorSecrets] of secrets) {
    app.route({
      method: app.supportedMethods,
      url: `/${vendor}/:secret`,
      handler: answer(vendor, vendorSecrets),
    });
  }
  const unlimited = { config: { rateLimit: false } };
  app.get('/healthz', unlimited, (_request, reply) => reply.send('ok\n'));
  app.get('/readyz', unlimited, async (_request, reply) =>
    (await reception.isReady())
      ? reply.send('ok\n')
      : refuse(reply, new Refusal(503, 'The inbox cannot be used.', RETRY_AFTER_DOWN)),
  );
  app.get('/metrics', unlimited, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  app.setNotFoundHandler((_request, reply) => refuse(reply, NOT_FOUND));
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof Refusal) && statusOf(error) >= 500) notice('error', wordsOf(error));
    return refuse(reply, asRefusal(error));
  });

  await app.listen({ port: options.port, host: options.host });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      isClosing = true;
      // Who is too slow now tries again: nothing was acknowledged.
      const impatience = setTimeout(() => app.server.closeAllConnections(), DRAIN_LIMIT_MS);
      await app.close();
      clearTimeout(impatience);
      await reception.drain();
    },
  };
}

const NOT_FOUND = new Refusal(404, 'There is nothing here.');
const NOT_POST = new Refusal(405, 'The address is right; events are sent to it with POST.');
const NO_HEADERS = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };

function createApp({ tls, trustProxy, maxConnections }: ReceiverOptions): FastifyInstance {
  return Fastify({
    serverFactory(handler) {
      const server =
        tls === undefined
          ? createServer(LIMITS, handler)
          : // Of the protocol beneath the server nobody here sees anything.
            (createTlsServer({ ...LIMITS, handshakeTimeout: HEADERS_LIMIT_MS, ...tls }, handler) as unknown as Server);
      server.maxConnections = maxConnections;
      return server;
    },
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    forceCloseConnections: 'idle',
    // Who comes over an open connection while it ends is served as well: nothing is gained by sending him away.
    return503OnClosing: false,
    // Addresses are pasted by people.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_HEADER_BYTES },
    frameworkErrors: (error, _request, reply) => {
      refuse(reply as unknown as FastifyReply, asRefusal(error));
    },
  });
}

const LIMITS = {
  headersTimeout: HEADERS_LIMIT_MS,
  requestTimeout: REQUEST_LIMIT_MS,
  connectionsCheckingInterval: LIMITS_EVERY_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
} as const;

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof QueueFullError) return new Refusal(503, 'Too many events wait to be stored.', RETRY_AFTER_FULL);
  const status = statusOf(error);
  if (status < 500) return new Refusal(status, 'The request cannot be understood.');
  return new Refusal(503, 'The event cannot be stored now.', RETRY_AFTER_DOWN);
}

/** The status that the framework's own errors carry. */
function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' && status >= 400 ? status : 500;
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return error instanceof InboxError ? words : `something went wrong inside source-chat (${words}). Please report it.`;
}

function refuse(reply: FastifyReply, { status, message, retryAfter }: Refusal): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  // The rest of a body that nobody wants is not read.
  return reply.code(status).header('connection', 'close').send(`${message}\n`);
}
