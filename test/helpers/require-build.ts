import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../../', import.meta.url).pathname;

/** Fails early and clearly when the commands under test are missing or older than their sources. */
export default function requireBuild(): void {
  const built = join(ROOT, 'dist/cli/source-chat.js');
  if (!existsSync(built)) throw new Error('dist/ is missing: run `npm run build` first, or `npm test`, which does.');
  if (newest(join(ROOT, 'src')) > statSync(built).mtimeMs + 1000) {
    throw new Error('dist/ is older than src/: run `npm run build` first, or `npm test`, which does.');
  }
}

function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
