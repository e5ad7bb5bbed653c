import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { INBOX_VENDORS, type Inbox, type InboxVendor, type NewEvent } from '../inbox/inbox.ts';
import { ByteBudget, readBody } from './body.ts';
import { CommitQueue } from './commit-queue.ts';
import { readEvent } from './event-text.ts';
import { recogniseLivechat } from './livechat-events.ts';
import { recogniseLivetex } from './livetex-events.ts';
import type { Metrics } from './metrics.ts';
import type { Notice } from './notices.ts';
import type { VendorSecrets } from './options.ts';
import { Refusal } from './refusal.ts';

/** Bytes of bodies in memory, of all requests together, and events that wait for the store. */
const MAX_HELD_BYTES = 128 * 1024 * 1024;
const MAX_WAITING_EVENTS = 10_000;
/** After so many seconds a vendor may try again when the store is down. */
export const RETRY_AFTER_DOWN = 10;
/** How long an answer to the question whether the store is there is good, in ms. */
const PROBE_MS = 1000;

const RECOGNISE = { livetex: recogniseLivetex, livechat: recogniseLivechat } as const;
export const TITLES = { livetex: 'LiveTex', livechat: 'LiveChat' } as const;

/** What happens to an event between its request and the inbox. */
export interface Reception {
  /** Keeps the event in a request's body. Resolves when it is on disk; rejects with a Refusal, or with what the store throws. */
  receive(vendor: InboxVendor, secrets: VendorSecrets, request: IncomingMessage): Promise<void>;
  /** Whether it is worth sending events. */
  isReady(): Promise<boolean>;
  /** Events that wait for the store. */
  waiting(): number;
  /** Bytes of bodies in memory. */
  held(): number;
  /** Resolves when nothing waits any more. */
  drain(): Promise<void>;
}

export interface ReceptionDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly notice: Notice;
  readonly metrics: Pick<Metrics, 'accepted' | 'committed'>;
}

/** `maxBodyBytes` is the longest body, packed and unpacked. */
export function createReception(
  maxBodyBytes: number,
  inbox: Inbox,
  { clock, log, notice, metrics }: ReceptionDependencies,
): Reception {
  const budget = new ByteBudget(MAX_HELD_BYTES);
  let failedAt: number | undefined;
  let probe: { readonly at: number; readonly result: Promise<boolean> } | undefined;
  const queue = new CommitQueue({
    inbox,
    maxEvents: MAX_WAITING_EVENTS,
    maxCharacters: MAX_HELD_BYTES,
    onCommit(events, added, ms) {
      metrics.committed(events, added, ms);
      if (failedAt !== undefined) log('info', 'The inbox can be used again.');
      failedAt = undefined;
      probe = undefined;
    },
    onFailure() {
      failedAt = clock.now();
    },
  });

  /** Whoever asks within a second gets the same answer: the store has other work. */
  const canRead = () => {
    if (probe === undefined || clock.now() - probe.at >= PROBE_MS) {
      const result = inbox.head().then(
        () => true,
        () => false,
      );
      probe = { at: clock.now(), result };
    }
    return probe.result;
  };

  return {
    async receive(vendor, secrets, request) {
      const body = await readBody(request, request.headers, maxBodyBytes, budget);
      try {
        const { event, isForeseen, isOthers } = understand(vendor, secrets, body.take(), clock.now());
        await queue.add(event);
        metrics.accepted(vendor, isForeseen ? event.kind : 'other');
        if (!isForeseen) notice('warn', unforeseen(vendor, event.kind, isOthers));
      } finally {
        body.release();
      }
    },
    async isReady() {
      // A full disk can be read: only the last attempt to write tells. After a while it is worth another one.
      const hasFailed = failedAt !== undefined && clock.now() - failedAt < RETRY_AFTER_DOWN * 1000;
      return !hasFailed && (await canRead());
    },
    waiting: () => queue.size,
    held: () => budget.taken,
    drain: () => queue.drain(),
  };
}

/**
 * Makes an event of a body that was received at an instant (epoch ms). Of what it takes to do so nothing is held while the event
 * waits to be stored. Throws a Refusal for what is no event, or not the vendor's.
 */
function understand(vendor: InboxVendor, { inBody }: VendorSecrets, bytes: Buffer, receivedAt: number) {
  const { content, text, credentials } = readEvent(bytes);
  for (const [name, given] of credentials) {
    const wanted = inBody.get(name);
    if (wanted !== undefined && !(typeof given === 'string' && isSame(given, wanted))) {
      throw new Refusal(403, 'The credential in the body is not the one that is configured.');
    }
  }
  const { kind, subject, isForeseen } = RECOGNISE[vendor](content);
  const digest = hash('sha256', `${vendor}\n${text}`, 'hex');
  const event: NewEvent = { vendor, kind, subject, receivedAt, hash: digest, body: text };
  // Not the vendor's own, for those it would have been.
  const isOthers = !isForeseen && INBOX_VENDORS.some((other) => RECOGNISE[other](content).isForeseen);
  return { event, isForeseen, isOthers };
}

function unforeseen(vendor: InboxVendor, kind: string, isOthers: boolean): string {
  return isOthers
    ? `An event at the address of ${TITLES[vendor]} looks like one of the other vendor's (${kind}). It is kept, but makes no good row: are the addresses swapped?`
    : `${TITLES[vendor]} sent an event that this release does not know (${kind}). It is kept as it came.`;
}

/** Compares without telling by the time it takes how much is right. */
export function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', wanted, 'buffer'));
}
