import { readFileSync } from 'node:fs';

/** Where to read about the program. */
export const PRODUCT_URL = 'https://www.npmjs.com/package/source-chat';

/** The release that is running, as package.json has it, e.g. `1.4.0`. */
export function productVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
