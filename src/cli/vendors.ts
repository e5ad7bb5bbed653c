import type { Log } from '../core/log.ts';
import { PRODUCT_URL, productVersion } from '../core/product.ts';
import type { Vendor } from '../core/stream.ts';
import type { NamedUsage } from '../output/summary.ts';
import { createVendors } from '../vendors/index.ts';
import type { CheckedConfig } from './config.ts';
import type { KeepSetting } from './kept-settings.ts';
import type { Runtime } from './runtime.ts';

/** Makes the vendors of a configuration, with the real network behind them. */
export function openVendors(
  { config, startDate }: CheckedConfig,
  { clock, mask, addSecrets }: Runtime,
  log: Log,
  keepSetting: KeepSetting,
): Vendor[] {
  // HelpDesk may block what does not say who it is (livechat-api §4.1).
  const userAgent = `source-chat/${productVersion()} (+${PRODUCT_URL})`;
  return createVendors(config, startDate, {
    clock,
    log,
    keepSetting,
    addSecret: (secret) => addSecrets([secret]),
    async openInbox(inbox) {
      const { openInbox } = await import('../inbox/open-inbox.ts');
      return openInbox(inbox, 'reader', clock);
    },
    async connectHttp(options) {
      const { createHttpClient } = await import('../http/client.ts');
      const headers = { 'user-agent': userAgent, ...options.headers };
      return createHttpClient({ ...options, headers, clock, log, redact: mask });
    },
  });
}

/** What each vendor's calls amount to now. */
export function usagesOf(vendors: readonly Vendor[]): NamedUsage[] {
  return vendors.flatMap(({ title, usage: usageNow }) => {
    const usage = usageNow();
    return usage === undefined ? [] : [{ title, usage }];
  });
}
