import type { IncomingHttpHeaders } from 'node:http';
import type { Log } from '../../core/log.ts';

/**
 * Makes the function that looks at the headers of LiveChat's answers: a version of the API that is about to end says so, with the
 * day (livechat-api §3.1). One warning for each word, however many answers have it.
 */
export function watchVersion(log: Log): (headers: IncomingHttpHeaders) => void {
  const told = new Set<string>();
  return (headers) => {
    for (const [name, words] of [
      ['legacy', 'is kept with few repairs'],
      ['deprecation', 'works'],
    ] as const) {
      const day = headers[name];
      if (typeof day !== 'string' || told.has(name)) continue;
      told.add(name);
      const until = /^\d{4}-\d{2}-\d{2}$/.test(day) ? `until ${day}` : 'for a limited time';
      log(
        'warn',
        `LiveChat says that the version of its API that this release uses ${words} ${until}: update source-chat before then.`,
      );
    }
  };
}
