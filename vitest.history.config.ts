import { defineConfig } from 'vitest/config'
import { workerRuntime } from './tests/support/worker-runtime.ts'

const { env } = process

/**
 * The proof of the first promise (POOL-30), in workerd. HISTORY_SEED=7 runs that seed again, HISTORY_SEEDS=5 five of them,
 * HISTORY_COMMANDS=20000 a shorter one.
 */
export default defineConfig({
  plugins: [
    workerRuntime({
      HISTORY_SEED: env.HISTORY_SEED ?? String(Date.now() % 1_000_000),
      HISTORY_SEEDS: env.HISTORY_SEEDS ?? '1',
      HISTORY_COMMANDS: env.HISTORY_COMMANDS ?? '100000',
      HISTORY_HOLD_COMMANDS: env.HISTORY_HOLD_COMMANDS ?? '6000',
    }),
  ],
  test: {
    include: ['tests/worker/history/**/*.test.ts'],
    setupFiles: ['./tests/support/workerd/migrate.ts'],
    testTimeout: 1_800_000,
  },
})
