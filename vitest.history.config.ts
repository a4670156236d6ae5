import { mkdirSync } from 'node:fs'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'

mkdirSync('web/build', { recursive: true })

/**
 * The proof of the first promise (POOL-30), in workerd. HISTORY_SEED=7 runs that seed again, HISTORY_SEEDS=5 five of them,
 * HISTORY_COMMANDS=20000 a shorter one.
 */
export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      main: './worker/index.ts',
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        cf: false,
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations('./migrations'),
          SESSION_KEY: 'test-session-key-test-session-key-0123456789',
          PASSWORD_PEPPER: 'test-pepper',
          NUMBER_KEY: 'test-number-key',
          LOG_LEVEL: 'error',
          HISTORY_SEED: process.env.HISTORY_SEED ?? String(Date.now() % 1_000_000),
          HISTORY_SEEDS: process.env.HISTORY_SEEDS ?? '1',
          HISTORY_COMMANDS: process.env.HISTORY_COMMANDS ?? '100000',
          HISTORY_HOLD_COMMANDS: process.env.HISTORY_HOLD_COMMANDS ?? '6000',
        },
      },
    })),
  ],
  test: {
    include: ['tests/worker/history/**/*.test.ts'],
    setupFiles: ['./tests/support/workerd/migrate.ts'],
    testTimeout: 1_800_000,
  },
})
