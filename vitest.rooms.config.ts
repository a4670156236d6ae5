import { mkdirSync } from 'node:fs'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'

// wrangler wants the assets folder to exist; the rooms need no page of it
mkdirSync('web/build', { recursive: true })

/** Rooms, routes and the journal, in workerd with real Durable Objects and D1. Storage is isolated per file. */
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
          RECORDING_KEYS: '1:test-recording-key-test-recording-key-01234567',
          DEMO: '1',
          PUBLIC_ORIGIN: 'http://switchroom.test',
          LOG_LEVEL: 'error',
        },
      },
    })),
  ],
  test: {
    include: ['tests/worker/**/*.test.ts'],
    exclude: ['tests/worker/sip/**', 'tests/worker/history/**', 'tests/worker/recording/**'],
    setupFiles: ['./tests/support/workerd/migrate.ts'],
    testTimeout: 30_000,
    // a file is a runtime of its own and mostly waits: two at once also where there are two cores
    maxWorkers: 2,
  },
})
