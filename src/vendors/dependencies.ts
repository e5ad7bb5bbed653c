import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { HttpClient, HttpClientOptions } from '../http/client.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { InboxConfig } from '../inbox/open-inbox.ts';

/** What the vendors need from outside. */
export interface VendorDependencies {
  readonly clock: Clock;
  readonly log: Log;
  /** From now on this is masked wherever it would be shown: for what a vendor gives in exchange for the credentials. */
  readonly addSecret: (secret: string) => void;
  /**
   * Keeps the new value of a setting, named by its path, for the next run: a vendor gives a token in exchange for another one, and
   * the old one is worth nothing any more.
   */
  readonly keepSetting: (path: readonly string[], value: string) => void;
  /** Opens a client for a host. The HTTP library is big: it is loaded when the first stream is read, not before. */
  readonly connectHttp: (options: Omit<HttpClientOptions, 'clock' | 'log' | 'redact'>) => Promise<HttpClient>;
  /** Opens the inbox for reading. Its libraries, too, are loaded when they are needed. */
  readonly openInbox: (config: InboxConfig) => Promise<Inbox>;
}
