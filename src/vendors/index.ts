import type { Stream, Vendor } from '../core/stream.ts';
import { openTimeZone, UTC } from '../core/time-zone.ts';
import type { Config } from '../generated/config.ts';
import type { VendorDependencies } from './dependencies.ts';
import { createInboxVendor, inboxStreams } from './inbox-vendor.ts';
import { describeLivechatStreams } from './livechat/account.ts';
import { createLivechat } from './livechat/livechat.ts';
import { createLivetex, LIVETEX_DEFAULTS, livetexStreams } from './livetex/livetex.ts';

/** The order of the streams in every catalog. A stream of a vendor comes from its API, or from the inbox with its webhooks. */
const CATALOG_ORDER = [
  'livechat_agents',
  'livechat_tickets',
  'livechat_chats',
  'livechat_events',
  'livetex_chats',
  'livetex_leads',
  'livetex_conversations',
];

/**
 * The vendors that a configuration asks for, and the inbox, which is read like one. `startDate` is the configuration's, in
 * epoch ms. Nothing is called yet.
 */
export function createVendors(config: Config, startDate: number, dependencies: VendorDependencies): Vendor[] {
  const { livechat, livetex, inbox } = config;
  const zone = () => openTimeZone(livetex?.time_zone ?? LIVETEX_DEFAULTS.time_zone);
  return [
    ...(livechat === undefined ? [] : [createLivechat(livechat, startDate, dependencies)]),
    ...(livetex === undefined ? [] : [createLivetex(livetex, startDate, dependencies)]),
    ...(inbox === undefined ? [] : [createInboxVendor(inbox, zone(), dependencies)]),
  ];
}

/** The streams that vendors can give, in catalog order. */
export function streamsOf(vendors: readonly Vendor[]): Stream[] {
  return inOrder(vendors.flatMap((vendor) => vendor.streams));
}

/** Every stream that some configuration can have, in catalog order, for a catalog without a configuration. */
export function describeAllStreams(): Stream[] {
  const cannotRead = () => Promise.reject(new Error('a described stream cannot be read'));
  const settings = { zone: UTC, lookbackDays: 0, openDays: 0, pageSize: 1, startDate: 0 };
  return inOrder([
    ...describeLivechatStreams(),
    ...livetexStreams(cannotRead, settings),
    ...inboxStreams(cannotRead, UTC),
  ]);
}

function inOrder(streams: Stream[]): Stream[] {
  return streams.sort((a, b) => CATALOG_ORDER.indexOf(a.name) - CATALOG_ORDER.indexOf(b.name));
}
