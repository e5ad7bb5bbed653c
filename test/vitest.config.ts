import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // The suites spawn the built commands, each a whole Node.js process.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: 'test/helpers/require-build.ts',
  },
});
