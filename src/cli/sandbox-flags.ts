import type { Options } from 'yargs';
import { isTimeZone } from '../core/time-zone.ts';
import { FAULT_KINDS, type FaultKind } from '../sandbox/faults.ts';
import { type Dialect, SANDBOX_DEFAULTS, type SandboxOptions } from '../sandbox/options.ts';
import { livetexSandboxFlags, toLivetexOptions } from './livetex-sandbox-flags.ts';

const DEFAULTS = SANDBOX_DEFAULTS;

/** The knobs of `source-chat sandbox`. */
export const sandboxFlags = {
  port: { type: 'number', default: DEFAULTS.port, describe: 'where to listen; 0 takes a free port' },
  host: { type: 'string', default: DEFAULTS.host, describe: 'address to listen on' },
  tickets: {
    type: 'number',
    default: DEFAULTS.tickets,
    describe: 'how many tickets there are; millions take no memory',
  },
  agents: { type: 'number', default: DEFAULTS.agents, describe: 'how many agents there are' },
  seed: { type: 'number', default: DEFAULTS.seed, describe: 'the same seed gives the same data' },
  'time-zone': {
    type: 'string',
    default: DEFAULTS.timeZone,
    describe: 'zone of the account, which decides about days',
  },
  dialect: {
    choices: ['assembled', 'docs', 'ms'] as const,
    default: DEFAULTS.dialect,
    describe: 'how dates and groups look: the sources disagree',
  },
  envelope: { choices: ['list', 'array'] as const, default: DEFAULTS.envelope, describe: 'with or without totals' },
  cap: { type: 'number', default: DEFAULTS.cap, describe: 'how many tickets a list shows at most' },
  'equal-timestamps': { type: 'number', default: DEFAULTS.equalTimestamps, describe: 'rows that share each time' },
  'unstable-ties': {
    type: 'boolean',
    default: DEFAULTS.unstableTies,
    describe: 'equal times change places at each call',
  },
  latency: { type: 'number', default: DEFAULTS.latencyMs, describe: 'milliseconds before each answer' },
  'rate-limit': { type: 'number', default: DEFAULTS.rateLimit, describe: 'most calls in any 60 seconds; 0: no limit' },
  faults: { type: 'string', default: '', describe: `what goes wrong, by turns: ${FAULT_KINDS.join(', ')}` },
  'fault-every': {
    type: 'number',
    default: DEFAULTS.faultEvery,
    describe: 'every how many calls something goes wrong',
  },
  churn: { type: 'number', default: DEFAULTS.churn, describe: 'tickets that change after each page of them' },
  surprises: { type: 'boolean', default: DEFAULTS.surprises, describe: 'send fields that no documentation knows' },
  'big-text': { type: 'number', default: DEFAULTS.bigText, describe: 'one ticket has a text of so many characters' },
  gzip: { type: 'boolean', default: DEFAULTS.gzip, describe: 'pack the answers' },
  forbid: { type: 'string', default: '', describe: 'what may not be read: agents, tickets, chats, leads' },
  ...livetexSandboxFlags,
} as const satisfies Record<string, Options>;

/** What can be forbidden at each vendor. */
const LIVECHAT_PARTS = ['agents', 'tickets'] as const;
const LIVETEX_PARTS = ['chats', 'leads'] as const;

type Flags = { [Name in keyof typeof sandboxFlags]: string | number | boolean };

/** Turns the parsed knobs into options. Throws an Error with a sentence for the user when one makes no sense. */
export function toSandboxOptions(flags: Flags): SandboxOptions {
  const number = (name: keyof Flags, least = 0) => {
    const value = flags[name];
    if (!Number.isInteger(value) || (value as number) < least) {
      throw new Error(`--${name} must be a whole number from ${least} up`);
    }
    return value as number;
  };
  const forbidden = namesOf(String(flags.forbid), [...LIVECHAT_PARTS, ...LIVETEX_PARTS], '--forbid');
  const equalTimestamps = number('equal-timestamps', 1);
  const unstableTies = flags['unstable-ties'] === true;
  const surprises = flags.surprises === true;
  return {
    ...DEFAULTS,
    port: number('port'),
    host: String(flags.host),
    tickets: number('tickets'),
    agents: number('agents', 1),
    seed: number('seed'),
    timeZone: timeZone(String(flags['time-zone'])),
    dialect: flags.dialect as Dialect,
    envelope: flags.envelope as 'list' | 'array',
    cap: number('cap', 1),
    equalTimestamps,
    unstableTies,
    latencyMs: number('latency'),
    rateLimit: number('rate-limit'),
    faults: namesOf(String(flags.faults), FAULT_KINDS, '--faults') as FaultKind[],
    faultEvery: number('fault-every', 1),
    churn: number('churn'),
    surprises,
    bigText: number('big-text'),
    gzip: flags.gzip === true,
    forbidden: LIVECHAT_PARTS.filter((part) => forbidden.includes(part)),
    livetex: toLivetexOptions(flags, number, {
      equalTimestamps,
      unstableTies,
      surprises,
      forbidden: LIVETEX_PARTS.filter((part) => forbidden.includes(part)),
    }),
  };
}

function namesOf(text: string, known: readonly string[], flag: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== '' && !known.includes(name));
  if (unknown !== undefined) throw new Error(`${flag} does not know "${unknown}": choose from ${known.join(', ')}`);
  return names.filter((name) => name !== '');
}

function timeZone(name: string): string {
  if (!isTimeZone(name)) throw new Error(`--time-zone does not know "${name}": write it as Europe/Warsaw`);
  return name;
}
