import type { Stream } from '../../core/stream.ts';
import type { CallBudget } from '../../http/call-budget.ts';
import type { CallContext, HttpClient } from '../../http/client.ts';
import { createAgentsStream } from './agents.ts';
import { createChatsStream } from './chats.ts';
import { createTicketsStream } from './tickets.ts';

/** LiveChat as one kind of credentials opens it. Nothing is connected before it is needed. */
export interface LivechatAccount {
  /** In catalog order. The small one that is never empty comes first: `meltano config test` ends there. */
  readonly streams: Stream[];
  /** Proves that every stream can be read, with calls within this budget. Throws what is missing. */
  check(call: CallContext, budget: CallBudget): Promise<void>;
  /** The clients that have been opened so far. */
  clients(): readonly HttpClient[];
}

/** The streams that any credentials give, for a catalog without them. */
export function describeLivechatStreams(): Stream[] {
  const cannotRead = () => Promise.reject(new Error('a described stream cannot be read'));
  return [createAgentsStream(cannotRead), createTicketsStream(cannotRead, 0), createChatsStream(cannotRead)];
}

/** Opens a client once, whoever asks first. */
export function once<T>(open: (budget: CallBudget) => Promise<T>): {
  get(budget: CallBudget): Promise<T>;
  opened(): T | undefined;
} {
  let pending: Promise<T> | undefined;
  let value: T | undefined;
  return {
    async get(budget) {
      pending ??= open(budget);
      value = await pending;
      return value;
    },
    opened: () => value,
  };
}
