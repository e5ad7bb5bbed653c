import type { Options } from 'yargs';
import { isTimeZone } from '../core/time-zone.ts';
import { FAULT_KINDS, type FaultKind } from '../sandbox/faults.ts';
import {
  type Dialect,
  SANDBOX_DEFAULTS,
  type SandboxOptions,
  WEBHOOK_APIS,
  WEBHOOK_VENDORS,
  type WebhookApi,
  type WebhookTargets,
} from '../sandbox/options.ts';
import { livechatSandboxFlags, toLivechatOptions } from './livechat-sandbox-flags.ts';
import { livetexSandboxFlags, toLivetexOptions } from './livetex-sandbox-flags.ts';

const DEFAULTS = SANDBOX_DEFAULTS;

/** A pace at which a person can follow what comes in. */
const WEBHOOK_EVERY_SECONDS = 2;

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
  churn: {
    type: 'number',
    default: DEFAULTS.churn,
    describe: 'tickets, or chats of LiveChat, that change after each page of them',
  },
  surprises: { type: 'boolean', default: DEFAULTS.surprises, describe: 'send fields that no documentation knows' },
  'big-text': { type: 'number', default: DEFAULTS.bigText, describe: 'one ticket has a text of so many characters' },
  gzip: { type: 'boolean', default: DEFAULTS.gzip, describe: 'pack the answers' },
  forbid: { type: 'string', default: '', describe: 'what may not be read: agents, tickets, chats, leads' },
  webhooks: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'address to post webhooks to, with livetex or livechat in its path; may be given twice',
  },
  'webhook-every': {
    type: 'number',
    default: WEBHOOK_EVERY_SECONDS,
    describe: 'seconds between two webhooks of a vendor; 0: only when asked at /_sandbox/webhooks?count=1',
  },
  'webhook-apis': {
    type: 'string',
    default: WEBHOOK_APIS.join(','),
    describe: "where LiveChat's webhooks come from, by turns",
  },
  ...livechatSandboxFlags,
  ...livetexSandboxFlags,
} as const satisfies Record<string, Options>;

/** What can be forbidden at each vendor. */
const LIVECHAT_PARTS = ['agents', 'tickets', 'chats'] as const;
const LIVETEX_PARTS = ['chats', 'leads'] as const;
const FORBIDDABLE = [...new Set([...LIVECHAT_PARTS, ...LIVETEX_PARTS])];

type Flag = string | number | boolean;
type Flags = { [Name in Exclude<keyof typeof sandboxFlags, 'webhooks'>]: Flag } & {
  readonly webhooks?: readonly string[] | undefined;
};

/** Turns the parsed knobs into options. Throws an Error with a sentence for the user when one makes no sense. */
export function toSandboxOptions(flags: Flags): SandboxOptions {
  const number = (name: Exclude<keyof Flags, 'webhooks'>, least = 0) => {
    const value = flags[name];
    if (!Number.isInteger(value) || (value as number) < least) {
      throw new Error(`--${name} must be a whole number from ${least} up`);
    }
    return value as number;
  };
  const forbidden = namesOf(String(flags.forbid), FORBIDDABLE, '--forbid');
  const equalTimestamps = number('equal-timestamps', 1);
  const unstableTies = flags['unstable-ties'] === true;
  const surprises = flags.surprises === true;
  const webhooks = webhookTargets(flags.webhooks ?? []);
  const webhookEvery = number('webhook-every');
  const apis = namesOf(String(flags['webhook-apis']), WEBHOOK_APIS, '--webhook-apis') as WebhookApi[];
  if (apis.length === 0) throw new Error(`--webhook-apis needs at least one of ${WEBHOOK_APIS.join(', ')}`);
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
    webhooks,
    webhookApis: apis,
    webhookEverySeconds: Object.keys(webhooks).length === 0 ? 0 : webhookEvery,
    livechat: toLivechatOptions(flags, number, forbidden),
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

/** Which vendor an address is for is said by its path. */
function webhookTargets(addresses: readonly string[]): WebhookTargets {
  const targets: { livetex?: string; livechat?: string } = {};
  for (const address of addresses) {
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new Error(`--webhooks needs an address that begins with http:// or https://, not "${address}"`);
    }
    const [vendor, other] = WEBHOOK_VENDORS.filter((name) => url.pathname.split('/').includes(name));
    if (vendor === undefined || other !== undefined) {
      const example = 'http://127.0.0.1:8080/livetex/SECRET';
      throw new Error(
        `--webhooks cannot tell whose webhooks go to "${address}": its path must have livetex or livechat in it, as in ${example}`,
      );
    }
    if (targets[vendor] !== undefined) throw new Error(`--webhooks has two addresses for ${vendor}: give one`);
    targets[vendor] = address;
  }
  return targets;
}

function timeZone(name: string): string {
  if (!isTimeZone(name)) throw new Error(`--time-zone does not know "${name}": write it as Europe/Warsaw`);
  return name;
}
