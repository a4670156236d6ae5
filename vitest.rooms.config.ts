import { defineConfig } from 'vitest/config'
import { workerRuntime } from './tests/support/worker-runtime.ts'

const LIBRARIES = [
  '@hono/zod-openapi',
  'drizzle-orm',
  'drizzle-orm/d1',
  'drizzle-orm/sqlite-core',
  'hono',
  'hono/body-limit',
  'hono/cookie',
  'hono/factory',
  'hono/http-exception',
  'hono/route',
  'jose',
  'libphonenumber-js/max',
  'papaparse',
  'sdp-transform',
  'uuidv7',
  'xlsx',
  'zod',
]

/** Rooms, routes and the journal, in workerd with real Durable Objects and D1. Storage is isolated per file. */
export default defineConfig({
  plugins: [
    workerRuntime({
      RECORDING_KEYS: '1:test-recording-key-test-recording-key-01234567',
      DEMO: '1',
      PUBLIC_ORIGIN: 'http://switchroom.test',
    }),
  ],
  test: {
    include: ['tests/worker/**/*.test.ts'],
    exclude: ['tests/worker/sip/**', 'tests/worker/history/**', 'tests/worker/recording/**'],
    setupFiles: ['./tests/support/workerd/migrate.ts'],
    testTimeout: 30_000,
    // a busy machine takes its time: what is waited for may take longer than Vitest's second
    expect: { poll: { timeout: 5_000 } },
    // a file is a runtime of its own and mostly waits: two at once also where there are two cores
    maxWorkers: 2,
    // each file loads the Worker anew, module by module: its libraries are one module each
    deps: { optimizer: { ssr: { enabled: true, include: LIBRARIES } } },
  },
})
