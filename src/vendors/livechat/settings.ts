import type { Config } from '../../generated/config.ts';
import type { CallBudget } from '../../http/call-budget.ts';
import type { VendorDependencies } from '../dependencies.ts';
import type { ChatSettings } from './chat-bookmark.ts';

/** Defaults of schemas/spec.json; a test holds the two together. */
export const LIVECHAT_DEFAULTS = {
  base_url: 'https://api.livechatinc.com',
  helpdesk_url: 'https://api.helpdesk.com/v1',
  accounts_url: 'https://accounts.livechat.com',
  calls_per_minute: 100,
  price_per_1000_calls: 0.27,
  silos: ['tickets', 'archive'],
  lookback_days: 3,
  open_days: 30,
  request_timeout_seconds: 60,
} as const;

type LivechatConfig = NonNullable<Config['livechat']>;

/** The section of the configuration with every default filled in. */
export type LivechatSettings = Required<Pick<LivechatConfig, keyof typeof LIVECHAT_DEFAULTS>> &
  Pick<LivechatConfig, 'credentials'>;

/** What the streams of an account share. */
export interface AccountContext {
  readonly settings: LivechatSettings;
  readonly chats: ChatSettings;
  /** One for all hosts of the vendor: the limit is the account's. */
  readonly budget: CallBudget;
  readonly dependencies: VendorDependencies;
}
