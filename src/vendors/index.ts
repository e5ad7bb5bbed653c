import type { Stream, Vendor } from '../core/stream.ts';
import { UTC } from '../core/time-zone.ts';
import type { Config } from '../generated/config.ts';
import type { VendorDependencies } from './dependencies.ts';
import { createLivechat, livechatStreams } from './livechat/livechat.ts';
import { createLivetex, livetexStreams } from './livetex/livetex.ts';

/**
 * The vendors that a configuration asks for, in catalog order. `startDate` is the configuration's, in epoch ms.
 * Nothing is called yet.
 */
export function createVendors(config: Config, startDate: number, dependencies: VendorDependencies): Vendor[] {
  const { livechat, livetex } = config;
  return [
    ...(livechat === undefined ? [] : [createLivechat(livechat, startDate, dependencies)]),
    ...(livetex === undefined ? [] : [createLivetex(livetex, startDate, dependencies)]),
  ];
}

/** Every stream that some configuration can have, in catalog order, for a catalog without a configuration. */
export function describeAllStreams(): Stream[] {
  const cannotRead = () => Promise.reject(new Error('a described stream cannot be read'));
  const settings = { zone: UTC, lookbackDays: 0, openDays: 0, pageSize: 1, startDate: 0 };
  return [...livechatStreams(cannotRead, 0), ...livetexStreams(cannotRead, settings)];
}
