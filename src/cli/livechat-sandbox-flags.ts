import { LIVECHAT_DEFAULTS, type LivechatOptions } from '../sandbox/livechat/options.ts';

const DEFAULTS = LIVECHAT_DEFAULTS;

/** The knobs of `source-chat sandbox` that turn LiveChat and HelpDesk alone. */
export const livechatSandboxFlags = {
  'livechat-chats': { type: 'number', default: DEFAULTS.chats, describe: 'how many chats LiveChat has' },
  'livechat-token-lifetime': {
    type: 'number',
    default: DEFAULTS.tokenLifetimeSeconds,
    describe: 'seconds until an access token of LiveChat expires',
  },
  'rest-v2': {
    // Otherwise 410 would be a number.
    type: 'string',
    choices: ['here', '404', '410', 'unsupported_version'] as const,
    default: 'here',
    describe: 'whether the REST API v2 is still there, or how it says that it is gone',
  },
  'without-helpdesk': {
    type: 'boolean',
    default: !DEFAULTS.helpdeskBought,
    describe: 'the account has LiveChat but no HelpDesk',
  },
} as const;

type Flags = { [Name in keyof typeof livechatSandboxFlags]: string | number | boolean };

/** Turns the parsed knobs into options; `number` reads a whole number from `least` up. `forbidden` names what may not be read. */
export function toLivechatOptions(
  flags: Flags,
  number: (name: keyof Flags, least?: number) => number,
  forbidden: readonly string[],
): LivechatOptions {
  const gone = flags['rest-v2'] as 'here' | NonNullable<LivechatOptions['v2Gone']>;
  return {
    ...DEFAULTS,
    chats: number('livechat-chats'),
    tokenLifetimeSeconds: number('livechat-token-lifetime', 1),
    v2Gone: gone === 'here' ? null : gone,
    helpdeskBought: flags['without-helpdesk'] !== true,
    forbiddenV3: (['agents', 'chats'] as const).filter((part) => forbidden.includes(part)),
    forbiddenHelpdesk: forbidden.includes('tickets') ? ['tickets'] : [],
  };
}
