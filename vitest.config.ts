import { defineConfig } from 'vitest/config'

/** Pure code: the domain, protocols, the browser's logic. Rooms run in workerd: vitest.rooms.config.ts. */
export default defineConfig({
  test: {
    include: [
      'tests/shared/**/*.test.ts',
      'tests/web/**/*.test.ts',
      'tests/worker/sip/**/*.test.ts',
      'tests/worker/recording/**/*.test.ts',
    ],
    testTimeout: 30_000,
  },
})
