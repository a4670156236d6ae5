import { mkdirSync } from 'node:fs'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'

/** The Worker as tests in workerd run it, with real Durable Objects and D1; `bindings` beside what every such test has. */
export function workerRuntime(bindings: Record<string, string>): ReturnType<typeof cloudflareTest> {
  // wrangler wants the assets folder to exist; the rooms need no page of it
  mkdirSync('web/build', { recursive: true })
  return cloudflareTest(async () => ({
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
        ...bindings,
      },
    },
  }))
}
