import type { Stream, Vendor } from '../core/stream.ts';
import type { Config } from '../generated/config.ts';
import type { VendorDependencies } from './dependencies.ts';
import { createLivechat, livechatStreams } from './livechat/livechat.ts';

/**
 * The vendors that a configuration asks for, in catalog order. `startDate` is the configuration's, in epoch ms.
 * Nothing is called yet.
 */
export function createVendors(config: Config, startDate: number, dependencies: VendorDependencies): Vendor[] {
  return config.livechat === undefined ? [] : [createLivechat(config.livechat, startDate, dependencies)];
}

/** Every stream that some configuration can have, in catalog order, for a catalog without a configuration. */
export function describeAllStreams(): Stream[] {
  const cannotRead = () => Promise.reject(new Error('a described stream cannot be read'));
  return livechatStreams(cannotRead, 0);
}
