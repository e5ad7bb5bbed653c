import type { Log } from './log.ts';
import type { StreamSchema } from './schema.ts';

export type SyncMode = 'full_refresh' | 'incremental';

/** A row on its way from a vendor to a face, by column name. */
export type Row = Record<string, unknown>;

/** What a stream remembers between runs, without the envelope (`version`, …) that core/bookmark.ts puts around it. */
export type BookmarkFields = Readonly<Record<string, unknown>>;

/** What a stream's read yields, in the order in which it is to reach the reader. */
export type StreamItem =
  /** Rows as the vendor's mapper made them; the engine shapes them to the schema. */
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** All rows that this bookmark covers have been yielded before it. */
  | { readonly kind: 'bookmark'; readonly bookmark: BookmarkFields }
  /** About how many rows this run will give. */
  | { readonly kind: 'estimate'; readonly rows: number };

/** What the engine hands to a stream for one run. */
export interface ReadRequest {
  readonly mode: SyncMode;
  /** Where the last run ended; undefined to read from the start. */
  readonly bookmark: BookmarkFields | undefined;
  /** Aborted when the run is to end at once. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** To be called when a call has to wait for quota until an instant (epoch ms), and with null when the wait is over. */
  readonly onWait: (until: number | null) => void;
  /** To be called for each request that is sent, retries included. */
  readonly onCall: () => void;
}

/** About what a read would take. */
export interface Forecast {
  /** Rows that it would give; undefined where nobody tells before. */
  readonly rows: number | undefined;
  /** Calls of the vendor's API that it would make; undefined where nobody tells before. */
  readonly calls: number | undefined;
}

/** A stream as both faces see it: what it is called, how its rows look, and one way to read it. */
export interface Stream {
  /** Lower snake case: targets take a hyphen for a schema separator (singer §0.2). */
  readonly name: string;
  readonly schema: StreamSchema;
  /** Top-level columns that identify a row; never null. */
  readonly primaryKey: readonly string[];
  /** Top-level date-time column that grows whenever a row changes; undefined when there is none. */
  readonly cursorField?: string;
  readonly syncModes: readonly SyncMode[];
  /** The newest bookmark format that this release reads and the one it writes. */
  readonly bookmarkVersion: number;
  /** Names of the bookmark fields that the stream writes; any other name is kept as it came. */
  readonly bookmarkFields: readonly string[];
  read(request: ReadRequest): AsyncIterable<StreamItem>;
  /** Asks the vendor, with a few calls, what a read would take. Not there where a read calls nobody. */
  forecast?(request: ReadRequest): Promise<Forecast>;
}

/** What a vendor's calls amounted to in this process. */
export interface Usage {
  /** HTTP requests sent, retries included. */
  readonly calls: number;
  /** Those of them that the vendor bills. */
  readonly billedCalls: number;
  /** Time that calls spent waiting for quota, in milliseconds. */
  readonly waitedMs: number;
  /** How many calls the configuration allows in a minute. */
  readonly callsPerMinute: number;
  /** Price of 1,000 billed calls in US dollars; undefined when the vendor does not bill calls. */
  readonly pricePer1000?: number;
}

/** A vendor as configured: the streams it can give, in catalog order, and what they share. */
export interface Vendor {
  /** As people write it: `LiveChat`. */
  readonly title: string;
  readonly streams: readonly Stream[];
  /**
   * Proves that the credentials work for every stream, with as few calls as that takes. Resolves when they do, throws a
   * SyncError that says what is missing otherwise.
   */
  check(request: { readonly signal: AbortSignal }): Promise<void>;
  /** Undefined for what makes no calls. */
  usage(): Usage | undefined;
  /** Closes the connections. */
  close(): Promise<void>;
}
