import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // These need Python and what it installs: `npm run test:interop`.
    exclude: ['test/interop/**'],
    // The suites spawn the built commands, each a whole Node.js process.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of their time the tests wait: for quota, for time limits, for each other's processes.
    maxWorkers: 4,
    globalSetup: ['test/helpers/require-build.ts', 'test/helpers/scratch-folder.ts'],
  },
});
