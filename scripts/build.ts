/** Builds dist/ from src/. */
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'rolldown';
import { BUNDLES } from './bundles.ts';

const DIST = new URL('../dist/', import.meta.url);

rmSync(DIST, { recursive: true, force: true });
for (const bundle of BUNDLES) await build(bundle);
for (const bin of ['source-chat', 'tap-chat']) chmodSync(new URL(`cli/bin-${bin}.cjs`, DIST), 0o755);
