import type { Stream, Vendor } from '../core/stream.ts';
import type { TimeZone } from '../core/time-zone.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { InboxConfig } from '../inbox/open-inbox.ts';
import type { VendorDependencies } from './dependencies.ts';
import { createEventsStream } from './livechat/events.ts';
import { createConversationsStream } from './livetex/conversations.ts';

/** The streams that exist as webhooks only, in catalog order. `zone` is that of LiveTex's times without one. */
export function inboxStreams(open: () => Promise<Inbox>, zone: TimeZone): Stream[] {
  return [createEventsStream(open), createConversationsStream(open, zone)];
}

/** The inbox as a vendor: what it holds needs no credentials of LiveChat or LiveTex, and is read beside their APIs. */
export function createInboxVendor(config: InboxConfig, zone: TimeZone, { openInbox }: VendorDependencies): Vendor {
  let opened: Promise<Inbox> | undefined;
  const open = () => {
    opened ??= openInbox(config);
    return opened;
  };
  return {
    title: 'The inbox',
    streams: inboxStreams(open, zone),
    async check() {
      const inbox = await open();
      await inbox.head();
    },
    usage: () => undefined,
    async close() {
      // What could not be opened has been told of by then.
      const inbox = await opened?.catch(() => undefined);
      await inbox?.close();
    },
  };
}
