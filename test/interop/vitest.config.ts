import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/interop/**/*.test.ts'],
    // Each step starts a Python program with hundreds of modules; a test has a dozen steps.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    globalSetup: ['test/helpers/require-build.ts', 'test/helpers/scratch-folder.ts'],
  },
});
