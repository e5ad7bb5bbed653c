import { isIP } from 'node:net';
import type { Options } from 'yargs';
import { RECEIVER_DEFAULTS, type ReceiverOptions } from '../receiver/options.ts';
import { fileOption } from './command-line.ts';
import { readTextFile } from './input-files.ts';

const DEFAULTS = RECEIVER_DEFAULTS;

/** The knobs of `source-chat listen`. */
export const listenFlags = {
  port: { type: 'string', default: String(DEFAULTS.port), describe: 'where to listen; 0 takes a free port' },
  host: {
    type: 'string',
    default: DEFAULTS.host,
    describe: 'address to listen on; 0.0.0.0 for all, as a container needs',
  },
  'public-url': { type: 'string', describe: 'how the vendors reach this receiver, for the addresses that are printed' },
  'show-secrets': { type: 'boolean', default: false, describe: 'print the addresses with their secrets' },
  'tls-cert': fileOption('certificate chain, a PEM file, for TLS without a proxy'),
  'tls-key': fileOption('key of the certificate, a PEM file'),
  'trust-proxy': {
    type: 'string',
    default: '',
    describe: "addresses or networks of proxies whose X-Forwarded-For is believed, e.g. '127.0.0.1,10.0.0.0/8'",
  },
  'rate-limit': {
    type: 'string',
    default: String(DEFAULTS.ratePerMinute),
    describe: 'most requests a minute of one address; 0: no limit',
  },
  'max-connections': {
    type: 'string',
    default: String(DEFAULTS.maxConnections),
    describe: 'most connections at a time',
  },
  'max-body-kb': {
    type: 'string',
    default: String(DEFAULTS.maxBodyBytes / 1024),
    describe: 'longest event, in units of 1,024 bytes',
  },
} as const satisfies Record<string, Options>;

/** What `source-chat listen` was asked for. */
export interface ListenRequest {
  readonly receiver: Omit<ReceiverOptions, 'tls'>;
  /** Files with certificate and key. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly publicUrl: string | undefined;
  readonly showSecrets: boolean;
}

type Flags = { [Name in keyof typeof listenFlags]: string | number | boolean | undefined };

/** Turns the parsed knobs into options. Throws an Error with a sentence for the user when one makes no sense. */
export function toListenRequest(flags: Flags): ListenRequest {
  const number = (name: keyof Flags, least: number, most = Number.MAX_SAFE_INTEGER) => {
    // Taken as text: for yargs an empty one, of a variable that is not set, is 0.
    const text = String(flags[name]);
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new Error(`--${name} must be a whole number from ${least}${most < 1e15 ? ` to ${most}` : ' up'}`);
    }
    return value;
  };
  const { 'tls-cert': cert, 'tls-key': key, 'public-url': publicUrl } = flags;
  if ((cert === undefined) !== (key === undefined)) throw new Error('--tls-cert and --tls-key belong together');
  if (publicUrl !== undefined && !/^https?:\/\/[^?#@]+$/.test(URL.parse(String(publicUrl))?.href ?? '')) {
    throw new Error('--public-url must be an address such as https://hooks.company.example');
  }
  if (flags.host === '') throw new Error('--host is empty: leave it out, or name an address');
  const trustProxy = String(flags['trust-proxy'])
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const strange = trustProxy.find((part) => !isNetwork(part));
  if (strange !== undefined) {
    throw new Error(`--trust-proxy must be addresses or networks such as 10.0.0.0/8, not ${JSON.stringify(strange)}`);
  }
  return {
    receiver: {
      port: number('port', 0, 65_535),
      host: String(flags.host),
      trustProxy,
      ratePerMinute: number('rate-limit', 0),
      maxConnections: number('max-connections', 1),
      maxBodyBytes: number('max-body-kb', 1, 102_400) * 1024,
    },
    tls: cert === undefined ? undefined : { cert: String(cert), key: String(key) },
    publicUrl: publicUrl === undefined ? undefined : String(publicUrl).replace(/\/+$/, ''),
    showSecrets: flags['show-secrets'] === true,
  };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    longest > 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
  );
}

/** The receiver's options, with certificate and key read from their files. Throws a configuration error for one that cannot be read. */
export function receiverOptionsOf({ receiver, tls }: ListenRequest): ReceiverOptions {
  return {
    ...receiver,
    tls:
      tls === undefined
        ? undefined
        : { cert: readTextFile(tls.cert, 'certificate'), key: readTextFile(tls.key, 'key of the certificate') },
  };
}
