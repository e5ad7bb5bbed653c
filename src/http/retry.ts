/** What came of one attempt at a call, as far as the decision about another one needs it. */
export type Outcome =
  /** An answer with a status that is no success. `retryAfterMs` is what its Retry-After says. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterMs: number | undefined }
  /** No answer, or a broken one: undici's or the system's error code. */
  | { readonly kind: 'fault'; readonly code: string }
  /** A success whose body is no JSON: cut off, or a web page of something in between. */
  | { readonly kind: 'bad_body' };

/** How far a call has come. */
export interface Attempts {
  /** Failed attempts so far, this one included; answers with 429 do not count. */
  readonly failures: number;
  /** Answers with 429 so far, this one included. */
  readonly throttled: number;
  /** Time spent on attempts and on waits between them, in ms; not the waits for quota. */
  readonly triedMs: number;
  /** Time since the first answer with 429, in ms. */
  readonly throttledMs: number;
}

export interface RetryLimits {
  /** Attempts that may fail before the call does. */
  readonly maxFailures: number;
  /** Longest time that 429 answers may hold a call up, in ms. Limited by time, not by count: a storm ends when it ends. */
  readonly maxThrottledMs: number;
  /** Time after which a call that failed is not tried again, however few attempts it had, in ms. */
  readonly deadlineMs: number;
}

/**
 * The waits between six attempts add up to a minute at most; with answers that hang, the deadline comes first. A vendor
 * that is down longer is down, and the platform's own retry comes later than ours.
 */
export const DEFAULT_LIMITS: RetryLimits = { maxFailures: 6, maxThrottledMs: 30 * 60_000, deadlineMs: 10 * 60_000 };

/** For a call that a person waits for: an early answer that says what is wrong is worth more than a late success. */
export const IMPATIENT_LIMITS: RetryLimits = { maxFailures: 3, maxThrottledMs: 15_000, deadlineMs: 15_000 };

export type Decision =
  | { readonly action: 'fail' }
  /** Try again after this time. `throttle`: the vendor asked for less, so all calls of the vendor wait. */
  | { readonly action: 'retry'; readonly afterMs: number; readonly throttle: boolean };

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const LONGEST_THROTTLE_WAIT_MS = 60_000;
/** A Retry-After below this asks for no wait at all. */
const SHORTEST_ASKED_WAIT_MS = 1000;

/** 408 and 5xx pass; 501 and 505 say "never" (RFC 9110 §15). Every other 4xx stays what it is, and costs as much again. */
const RETRIED_STATUS = (status: number) => status === 408 || (status >= 500 && status !== 501 && status !== 505);

/**
 * Faults that stay: certificates, and addresses that no retry makes right. Everything else between us and the vendor
 * (resets, time-outs, name servers, broken answers) is worth another attempt.
 */
const PERMANENT_FAULTS = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_INVALID_URL',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UND_ERR_INVALID_ARG',
]);

/** Faults of an attempt that never reached the vendor, who cannot bill it. */
const FAULTS_BEFORE_SENDING = new Set([
  ...PERMANENT_FAULTS,
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** True for faults that came before a request was sent. */
export function wasNeverSent(code: string): boolean {
  return FAULTS_BEFORE_SENDING.has(code);
}

/** True for faults of the TLS certificate or the address, which the user has to put right. */
export function isPermanentFault(code: string): boolean {
  return PERMANENT_FAULTS.has(code);
}

/** A name that does not resolve and a body that is no JSON may pass, but seldom do: two more attempts are enough. */
const DOUBTFUL_FAILURES = 3;

/**
 * Decides whether a call is tried again and when. Waits grow exponentially with full jitter (a random share of the
 * whole), so that many clients do not come back at once; `random` gives numbers in [0, 1).
 */
export function decide(
  outcome: Outcome,
  attempts: Attempts,
  random: () => number,
  limits: RetryLimits = DEFAULT_LIMITS,
): Decision {
  if (outcome.kind === 'status' && outcome.status === 429) {
    // "At once" and a time that has passed are no answer to go by: then at least half of our own wait.
    const asked = outcome.retryAfterMs ?? 0;
    const own = backoff(attempts.throttled, LONGEST_THROTTLE_WAIT_MS, () => 0.5 + random() / 2);
    const wait = asked < SHORTEST_ASKED_WAIT_MS ? Math.max(asked, own) : asked;
    return attempts.throttledMs + wait > limits.maxThrottledMs
      ? { action: 'fail' }
      : { action: 'retry', afterMs: wait, throttle: true };
  }
  if (outcome.kind === 'status' && !RETRIED_STATUS(outcome.status)) return { action: 'fail' };
  if (outcome.kind === 'fault' && isPermanentFault(outcome.code)) return { action: 'fail' };
  const doubtful = outcome.kind === 'bad_body' || (outcome.kind === 'fault' && outcome.code === 'ENOTFOUND');
  if (attempts.failures >= (doubtful ? DOUBTFUL_FAILURES : limits.maxFailures)) return { action: 'fail' };
  if (attempts.triedMs >= limits.deadlineMs) return { action: 'fail' };
  const asked = outcome.kind === 'status' ? Math.min(outcome.retryAfterMs ?? 0, LONGEST_THROTTLE_WAIT_MS) : 0;
  return {
    action: 'retry',
    afterMs: Math.max(asked, backoff(attempts.failures, LONGEST_WAIT_MS, random)),
    throttle: false,
  };
}

function backoff(attempt: number, longestMs: number, random: () => number): number {
  return Math.floor(random() * Math.min(longestMs, FIRST_WAIT_MS * 2 ** attempt));
}
