import { createSystemClock } from '../../src/core/clock.ts';
import type { Row, Stream, Vendor } from '../../src/core/stream.ts';
import type { Config } from '../../src/generated/config.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { createRedactor } from '../../src/http/redaction.ts';
import { createVendors } from '../../src/vendors/index.ts';

/** The time at which contract tests begin. */
const NOW = Date.parse('2026-01-15T12:00:00Z');

/** The one vendor of a configuration, with its true hosts behind it. Its secret is `the-key`. */
export function vendorOf(config: Config): Vendor {
  const began = Date.now();
  const clock = { ...createSystemClock(), now: () => NOW + Date.now() - began };
  const log = () => {};
  const [vendor] = createVendors(config, Date.parse(config.start_date), {
    clock,
    log,
    addSecret: () => {},
    keepSetting: () => {},
    openInbox: () => Promise.reject(new Error('not in this test')),
    connectHttp: async (options) =>
      createHttpClient({
        ...options,
        headers: { 'user-agent': 'source-chat/0.0.0', ...options.headers },
        clock,
        log,
        redact: createRedactor(['the-key']),
      }),
  });
  if (vendor === undefined) throw new Error('no vendor');
  return vendor;
}

/** All rows that a stream gives without a bookmark. */
export async function rowsOf(stream: Stream | undefined): Promise<Row[]> {
  const rows: Row[] = [];
  const request = {
    mode: 'incremental' as const,
    bookmark: undefined,
    signal: new AbortController().signal,
    log: () => {},
    onWait: () => {},
    onCall: () => {},
  };
  for await (const item of stream?.read(request) ?? []) if (item.kind === 'rows') rows.push(...item.rows);
  return rows;
}
