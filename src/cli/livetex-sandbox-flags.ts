import type { Options } from 'yargs';
import { MS_PER_DAY } from '../core/timestamps.ts';
import { LIVETEX_DEFAULTS, type LivetexDialect, type LivetexOptions } from '../sandbox/livetex/options.ts';

const DEFAULTS = LIVETEX_DEFAULTS;

/** How far back a live account goes: further than most chats stay open. */
const LIVE_DAYS = 60;

/** The knobs of `source-chat sandbox` that turn LiveTex alone. */
export const livetexSandboxFlags = {
  chats: { type: 'number', default: DEFAULTS.chats, describe: 'how many chats LiveTex has' },
  leads: { type: 'number', default: DEFAULTS.leads, describe: 'how many leads LiveTex has' },
  live: {
    type: 'boolean',
    default: false,
    describe: 'spread chats and leads from 60 days ago to tomorrow: they come into being while it runs',
  },
  'livetex-dialect': {
    choices: ['objects', 'bare', 'v2'] as const,
    default: DEFAULTS.dialect,
    describe: 'how chats and leads look: nobody outside has seen all of it',
  },
  role: {
    choices: ['admin', 'operator'] as const,
    default: DEFAULTS.role,
    describe: 'an operator sees no messages and no texts of leads',
  },
  'token-lifetime': {
    type: 'number',
    default: DEFAULTS.tokenLifetimeSeconds,
    describe: 'seconds until a LiveTex login expires',
  },
  'livetex-drift': {
    type: 'number',
    default: DEFAULTS.drift,
    describe: 'rows that turn up late after each page of chats or leads',
  },
  'livetex-total': {
    choices: ['yes', 'missing', 'text'] as const,
    default: DEFAULTS.total,
    describe: 'whether lists say how many rows there are, or say it as text',
  },
} as const satisfies Record<string, Options>;

type Flags = { [Name in keyof typeof livetexSandboxFlags]: string | number | boolean };

/** Flags that turn both vendors, and what stands in them. */
export type SharedOptions = Pick<LivetexOptions, 'equalTimestamps' | 'forbidden' | 'surprises' | 'unstableTies'>;

/** Turns the parsed knobs into options; `number` reads a whole number from `least` up. */
export function toLivetexOptions(
  flags: Flags,
  number: (name: keyof Flags, least?: number) => number,
  shared: SharedOptions,
): LivetexOptions {
  const now = Date.now();
  return {
    ...DEFAULTS,
    ...shared,
    chats: number('chats'),
    leads: number('leads'),
    ...(flags.live === true ? { from: now - LIVE_DAYS * MS_PER_DAY, to: now + MS_PER_DAY } : {}),
    dialect: flags['livetex-dialect'] as LivetexDialect,
    role: flags.role as LivetexOptions['role'],
    tokenLifetimeSeconds: number('token-lifetime', 1),
    drift: number('livetex-drift'),
    total: flags['livetex-total'] as LivetexOptions['total'],
  };
}
