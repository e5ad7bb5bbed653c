import type { InboxVendor } from '../inbox/inbox.ts';

/** How a receiver listens, and how much it takes on. */
export interface ReceiverOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** Certificate and key in PEM; undefined where a proxy does TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Whose X-Forwarded-For is believed: addresses and networks of proxies; empty for nobody's. */
  readonly trustProxy: readonly string[];
  /** Requests that one address may send in a minute; 0 for any number. */
  readonly ratePerMinute: number;
  readonly maxConnections: number;
  /** Longest body, in bytes, packed and unpacked. */
  readonly maxBodyBytes: number;
}

export const RECEIVER_DEFAULTS = {
  port: 8080,
  host: '127.0.0.1',
  ratePerMinute: 6000,
  maxConnections: 1000,
  maxBodyBytes: 8 * 1024 * 1024,
} as const;

/** What proves that an event comes from the vendor. */
export interface VendorSecrets {
  /** Last part of the address. */
  readonly path: string;
  /** Credentials that an event has to carry if it carries any, by folded name: `token`, `secretkey`. */
  readonly inBody: ReadonlyMap<string, string>;
}

/** The vendors that the receiver has an address for. */
export type ReceiverSecrets = ReadonlyMap<InboxVendor, VendorSecrets>;
