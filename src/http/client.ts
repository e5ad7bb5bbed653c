import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { Clock } from '../core/clock.ts';
import { SyncError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { isLoopback } from './address.ts';
import type { CallBudget, CallPermit } from './call-budget.ts';
import { exchange, type Reply } from './exchange.ts';
import { type CallPurpose, failureOf } from './failure.ts';
import type { Redact } from './redaction.ts';
import { DEFAULT_LIMITS, decide, type Outcome, type RetryLimits, wasNeverSent } from './retry.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { Session } from './session.ts';
import { errorCodeIn, looksLikeHtml, vendorWords, wordsOf } from './vendor-words.ts';

/** One call of an API. Those with POST are reads as well, and sign-ins: all of them can be repeated. */
export interface ApiCall extends Pick<CallPurpose, 'doing' | 'right' | 'whenGone'> {
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST';
  /** Path below the base address, beginning with a slash. */
  readonly path: string;
  /** Query parameters in the order in which they are sent; undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** What a POST sends along. Never logged: it may hold a password. */
  readonly body?: { readonly contentType: string; readonly text: string };
  /** True for the call that signs in: it goes out without the session's header. */
  readonly isSignIn?: boolean;
  readonly signal: AbortSignal;
  /** Hears of waits for quota, as in ReadRequest. */
  readonly onWait?: ((until: number | null) => void) | undefined;
  /** Hears of each request that is sent, retries included. */
  readonly onCall?: (() => void) | undefined;
  /** How long to keep trying. @default DEFAULT_LIMITS */
  readonly limits?: RetryLimits | undefined;
}

/** Who makes a call: what ends it, who hears of waits and requests, how long to keep trying. A ReadRequest is one. */
export type CallContext = Pick<ApiCall, 'signal' | 'onWait' | 'onCall' | 'limits'>;

export interface ApiAnswer {
  /** The parsed body. */
  readonly data: unknown;
  /**
   * The vendor's clock when it answered (Date header), in epoch ms; ours where it does not say or is behind it. A bookmark
   * made of a clock that is ahead would jump over what is still to change; one that is behind costs a few rows twice.
   */
  readonly serverTime: number;
  /** What the vendor's clock said, however far from ours, so that it can be held against times in its data. */
  readonly vendorTime: number | undefined;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
}

export interface HttpClient {
  /** Makes a call within the budget, with retries. Throws a SyncError that a user can read when it is given up. */
  request(call: ApiCall): Promise<ApiAnswer>;
  /** The vendor's own words in the data of an answer that is not what was asked for: one line without secrets. */
  words(data: unknown): string | undefined;
  /** By how much (ms) the vendor's clock was ahead of ours at its last answer that told; 0 before that. */
  vendorAheadMs(): number;
  /** HTTP requests sent so far, and those of them that are on the vendor's bill. */
  counts(): { readonly calls: number; readonly billedCalls: number };
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** The vendor as people write it, for messages. */
  readonly vendor: string;
  /** Where the API lives, e.g. `https://api.example`; a path is kept. */
  readonly baseUrl: string;
  /** Sent with every call; the Authorization header is never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** Signs in and gives the Authorization header, where the vendor wants that. */
  readonly session?: Session;
  /** What to do when the vendor does not accept the credentials: whole sentences. */
  readonly onUnauthorized: string;
  /** The status that an answer means by what its body says, whatever its HTTP status is. */
  readonly statusIn?: (data: unknown, httpStatus: number) => number | undefined;
  /**
   * The headers without which an answer says that the call cannot be served, such as a region: they are sent from then on, and the
   * call is tried again once.
   */
  readonly headersIn?: (data: unknown) => Readonly<Record<string, string>> | undefined;
  /** Sees the headers of every answer, for what a vendor announces there. */
  readonly onHeaders?: (headers: IncomingHttpHeaders) => void;
  readonly budget: CallBudget;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes secrets out of what the vendor says. */
  readonly redact: Redact;
  /** Longest wait for the head of an answer, and for each next piece of its body, in ms. */
  readonly timeoutMs: number;
  /** Numbers in [0, 1), for the jitter. @default Math.random */
  readonly random?: () => number;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** A whole attempt may take this many time-outs: a server that drips a byte now and then does not hold us for ever. */
const ATTEMPT_TIMEOUTS = 3;
/** Largest answer that is read, packed and unpacked. A page of tickets has some 50 kB; far above it is an accident. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;
/** Answers with this status are not billed (livechat-api §1.4: "every request billed except HTTP 500"). */
const UNBILLED_STATUS = 500;

const UNPACK = {
  gzip: promisify<Buffer, object, Buffer>(gunzip),
  br: promisify<Buffer, object, Buffer>(brotliDecompress),
};

type Attempt =
  | { readonly answer: ApiAnswer }
  | {
      readonly outcome: Outcome;
      readonly words: string | undefined;
      readonly errorCode?: string | undefined;
      /** What the vendor wants to be sent along. */
      readonly lacks?: Readonly<Record<string, string>> | undefined;
    };

/** Makes the client for one vendor's host. Its connections are kept alive until `close`. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { vendor, budget, clock, log, redact, session, timeoutMs, random = Math.random } = options;
  const base = new URL(options.baseUrl);
  const basePath = base.pathname.replace(/\/$/, '');
  const dispatcher = createDispatcher(base);
  let headers: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    ...options.headers,
  };
  let calls = 0;
  let billedCalls = 0;
  let aheadMs = 0;
  /** What the vendor said of our credentials: it would say the same of every further call, and each may be billed. */
  let rejection: SyncError | undefined;

  /** Sends one request, within `longestMs`. */
  const attempt = async (
    call: ApiCall,
    authorization: string | undefined,
    permit: CallPermit,
    longestMs: number,
  ): Promise<Attempt> => {
    const { method = 'GET', body } = call;
    const path = `${basePath}${call.path}${queryText(call.query)}`;
    const began = clock.now();
    calls += 1;
    billedCalls += 1;
    call.onCall?.();
    try {
      const reply = await exchange(dispatcher, {
        origin: base.origin,
        method,
        path,
        body: body?.text,
        headers: {
          ...headers,
          ...(authorization === undefined ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-type': body.contentType }),
        },
        timeoutMs,
        totalTimeoutMs: Math.min(timeoutMs * ATTEMPT_TIMEOUTS, longestMs),
        signal: call.signal,
        onHead: permit.done,
      });
      if (reply.status === UNBILLED_STATUS) billedCalls -= 1;
      options.onHeaders?.(reply.headers);
      log('debug', `${method} ${path} -> ${reply.status}, ${reply.body.length} bytes, ${clock.now() - began} ms`);
      return interpret(reply, await unpack(reply), clock.now(), options);
    } catch (error) {
      permit.done();
      call.signal.throwIfAborted();
      const code = faultCode(error);
      if (wasNeverSent(code)) billedCalls -= 1;
      log('debug', `${method} ${path} -> ${code} after ${clock.now() - began} ms`);
      return { outcome: { kind: 'fault', code }, words: undefined };
    }
  };

  return {
    async request(call) {
      const limits = call.limits ?? DEFAULT_LIMITS;
      const signed = call.isSignIn === true ? undefined : session;
      const { signal, onWait, onCall } = call;
      let renewed = false;
      let equipped = false;
      let failures = 0;
      let throttled = 0;
      let throttledSince: number | undefined;
      let triedMs = 0;
      if (rejection !== undefined) throw rejection;
      while (true) {
        const authorization = await signed?.authorization({ signal, onWait, onCall, limits: call.limits });
        const permit = await budget.acquire(signal, onWait ?? (() => {}));
        const began = clock.now();
        const result = await attempt(call, authorization, permit, Math.max(1, limits.deadlineMs - triedMs));
        if ('answer' in result) {
          const { answer } = result;
          if (answer.vendorTime !== undefined) aheadMs = answer.vendorTime - clock.now();
          return answer;
        }
        const { outcome, words, errorCode, lacks } = result;
        if (lacks !== undefined && !equipped) {
          equipped = true;
          headers = { ...headers, ...lacks };
          log('info', `${vendor} asks for ${describeHeaders(lacks)} while ${call.doing}; trying again with it.`);
          continue;
        }
        if (signed !== undefined && authorization !== undefined && isUnauthorized(outcome) && !renewed) {
          renewed = true;
          signed.refused(authorization);
          log('info', `${vendor}: HTTP 401 while ${call.doing}; signing in again.`);
          continue;
        }
        const now = clock.now();
        triedMs += now - began;
        if (isThrottle(outcome)) {
          throttled += 1;
          throttledSince ??= now;
        } else failures += 1;
        const attempts = { failures, throttled, triedMs, throttledMs: now - (throttledSince ?? now) };
        const decision = decide(outcome, attempts, random, limits);
        if (decision.action === 'fail') {
          const { onUnauthorized } = options;
          const purpose = {
            vendor,
            host: base.host,
            onUnauthorized,
            hasToken: signed !== undefined,
            errorCode,
            ...call,
          };
          const failure = failureOf(outcome, purpose, failures + throttled, words);
          // A session keeps its own: a token that was just given and is refused tells of one right, not of all.
          if (failure.status === 401 && session === undefined) rejection = failure;
          throw failure;
        }
        const seconds = (decision.afterMs / 1000).toFixed(1);
        log('info', `${vendor}: ${describe(outcome)} while ${call.doing}; trying again in ${seconds} s.`);
        // After a 429 it is the budget that waits, for all calls of the vendor.
        if (decision.throttle) budget.throttled(decision.afterMs);
        else {
          await clock.sleep(decision.afterMs, call.signal);
          triedMs += decision.afterMs;
        }
      }
    },
    words: (data) => wordsOf(data, redact),
    vendorAheadMs: () => aheadMs,
    counts: () => ({ calls, billedCalls }),
    close: () => dispatcher.destroy(),
  };
}

function createDispatcher(base: URL): Dispatcher {
  const settings = {
    connect: { timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: 30_000,
    // The streams of a vendor call one after the other; without a bound each second call would open a connection.
    connections: 1,
    maxResponseSize: MAX_BODY_BYTES,
  };
  const { http_proxy, https_proxy, HTTP_PROXY, HTTPS_PROXY } = process.env;
  const variables = { http_proxy, https_proxy, HTTP_PROXY, HTTPS_PROXY };
  const behindProxy = Object.entries(variables).filter(([, address]) => Boolean(address));
  if (behindProxy.length === 0 || isLoopback(base.hostname)) return new Agent(settings);
  try {
    return new EnvHttpProxyAgent(settings);
  } catch (cause) {
    const names = behindProxy.map(([name]) => name).join(', ');
    throw new SyncError('config', `The proxy in ${names} is not an address: write it as http://host:port.`, { cause });
  }
}

async function unpack({ headers, body }: Reply): Promise<string> {
  const decoder = UNPACK[headers['content-encoding']?.toLowerCase() as keyof typeof UNPACK];
  if (decoder === undefined || body.length === 0) return body.toString('utf8');
  return (await decoder(body, { maxOutputLength: MAX_BODY_BYTES })).toString('utf8');
}

function interpret(
  { status, headers }: Reply,
  body: string,
  now: number,
  { redact, statusIn, headersIn }: Pick<HttpClientOptions, 'redact' | 'statusIn' | 'headersIn'>,
): Attempt {
  const { date } = headers;
  const isSuccess = status >= 200 && status <= 299;
  let data: unknown;
  let isJson = true;
  try {
    data = JSON.parse(body.startsWith('\ufeff') ? body.slice(1) : body);
  } catch {
    isJson = false;
  }
  const meant = isJson ? statusIn?.(data, status) : undefined;
  if (!isSuccess || meant !== undefined) {
    const retryAfterMs = parseRetryAfter(headers['retry-after'], date, now);
    return {
      outcome: { kind: 'status', status: meant ?? status, retryAfterMs },
      words: vendorWords(body, redact),
      errorCode: errorCodeIn(body),
      lacks: isJson ? headersIn?.(data) : undefined,
    };
  }
  // Only a web page is quoted: what looks like data may be a customer's.
  if (!isJson) {
    return { outcome: { kind: 'bad_body' }, words: looksLikeHtml(body) ? vendorWords(body, redact) : undefined };
  }
  const said = Date.parse(date ?? '');
  const vendorTime = Number.isNaN(said) ? undefined : said;
  return { answer: { data, serverTime: Math.min(vendorTime ?? now, now), vendorTime, headers } };
}

function isUnauthorized(outcome: Outcome): boolean {
  return outcome.kind === 'status' && outcome.status === 401;
}

function isThrottle(outcome: Outcome): boolean {
  return outcome.kind === 'status' && outcome.status === 429;
}

function describeHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'status') return `HTTP ${outcome.status}`;
  return outcome.kind === 'fault' ? outcome.code : 'an answer that is not JSON';
}

function queryText(query: ApiCall['query']): string {
  // A space becomes %20: not every server takes a query for a form, where it would be a plus.
  const parameters = Object.entries(query ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

/** The code of the innermost error that has one: undici wraps what the system says. */
function faultCode(error: unknown): string {
  let code: string | undefined;
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if ('code' in inner && typeof inner.code === 'string') code = inner.code;
    else code ??= inner.name;
  }
  return code ?? 'unknown';
}
