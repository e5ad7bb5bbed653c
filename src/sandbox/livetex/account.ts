import type { Facts } from '../facts.ts';
import type { SandboxOptions } from '../options.ts';
import { noise, share } from '../random.ts';
import { chatAt, type LivetexChat } from './chat.ts';
import { creationOf } from './data.ts';
import { type LivetexLead, leadAt } from './lead.ts';
import { LivetexShelf, type LivetexWindow } from './shelf.ts';
import { createLivetexTimes, type LivetexTimes } from './times.ts';
import { LivetexTokens } from './tokens.ts';

/** An account at LiveTex with all that is in it, and its time. */
export interface LivetexAccount {
  readonly options: SandboxOptions;
  readonly chats: LivetexShelf<LivetexChat>;
  readonly leads: LivetexShelf<LivetexLead>;
  /** What the chats come from. */
  readonly chatFacts: Facts;
  readonly tokens: LivetexTokens;
  readonly times: LivetexTimes;
  /** LiveTex's time, in epoch ms. */
  now(): number;
  /** Lets so many ms pass at LiveTex, and nowhere else. */
  advance(ms: number): void;
  /** Rows of a window turn up late or go away, as many as the options say. */
  drift(what: 'chats' | 'leads', window: LivetexWindow): void;
}

export function createLivetexAccount(options: SandboxOptions, clockNow: () => number): LivetexAccount {
  const { seed, agents, livetex } = options;
  const { from, to, equalTimestamps, unstableTies } = livetex;
  let shift = livetex.clockSkewMs;
  let turns = 0;
  const start = clockNow();
  const now = () => (livetex.frozen ? start : clockNow()) + shift;

  const common = { now, seed, unstableTies };
  const facts = (count: number): Facts => ({ seed, count, agents, from, to, equalTimestamps });
  const chatFacts = facts(livetex.chats);
  const leadFacts = facts(livetex.leads);
  const chats = new LivetexShelf<LivetexChat>({
    ...common,
    count: livetex.chats,
    creationOf: (number) => creationOf(chatFacts, 'chat', number),
    rowAt: (number, createdAt, instant) => chatAt(chatFacts, number, createdAt, instant),
  });
  const leads = new LivetexShelf<LivetexLead>({
    ...common,
    count: livetex.leads,
    creationOf: (number) => creationOf(leadFacts, 'lead', number),
    rowAt: (number, createdAt, instant) => leadAt(leadFacts, number, createdAt, instant),
  });

  return {
    options,
    chats,
    leads,
    chatFacts,
    tokens: new LivetexTokens(livetex, seed),
    times: createLivetexTimes(livetex.dialect, livetex.timeZone),
    now,
    advance(ms) {
      shift += ms;
    },
    drift(what, window) {
      const shelf = what === 'chats' ? chats : leads;
      const since = Math.max(window.since, from);
      const before = Math.min(window.before, now() + 1);
      for (let n = 0; n < livetex.drift && since < before; n += 1) {
        turns += 1;
        shelf.insert(since + Math.floor(share(seed, turns, 102) * (before - since)));
      }
      for (let n = 0; n < livetex.driftDeletes; n += 1) {
        turns += 1;
        const { total } = shelf.list(window, 'asc', 0, 0);
        const [number] = shelf.list(window, 'asc', noise(seed, turns, 103) % Math.max(total, 1), 1).numbers;
        if (number !== undefined) shelf.remove(number);
      }
    },
  };
}
