import type { ExpectedRow } from '../expected-row.ts';
import type { ConversationNews } from '../livetex/conversation-news.ts';

/** One event as it goes over the wire, and what it has to make of a stream once it is delivered. */
export type Webhook = LivetexWebhook | LivechatWebhook;

interface Posted {
  /** What shares a lane is delivered one after the other. */
  readonly lane: string;
  /** JSON. */
  readonly body: string;
}

export interface LivetexWebhook extends Posted {
  readonly vendor: 'livetex';
  /** Null for an event that is about no conversation. */
  readonly news: ConversationNews | null;
}

export interface LivechatWebhook extends Posted {
  readonly vendor: 'livechat';
  /** Events with the same key are the same event. */
  readonly key: string;
  readonly row: ExpectedRow;
}

export interface WebhookCounters {
  /** Events that were handed over for delivery, those of `again` included. */
  posted: number;
  /** HTTP requests, repetitions included. */
  tries: number;
  /** Answered with 2xx. */
  delivered: number;
  /** Given up after the last try. */
  refused: number;
}
