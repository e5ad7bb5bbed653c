import { readFileSync } from 'node:fs';

/** The release that is running, as package.json has it, e.g. `1.4.0`. */
export function productVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
