import { defineConfig } from 'vitest/config'

/**
 * POOL-30 over HTTP: the product as `npm start` serves it, killed and started again. SERVED_SECONDS says how long agents
 * work, HISTORY_SEED what they do.
 */
export default defineConfig({
  test: { include: ['tests/served/**/*.test.ts'], testTimeout: 3_600_000, hookTimeout: 300_000 },
})
