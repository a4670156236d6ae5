import { defineConfig } from '@playwright/test'
import { CHROMIUM_FLAGS, findChromium } from './tests/support/chromium'

/** Journeys: what a person does, in Debian's Chromium, against the real Worker. */
const CALLS = [
  'the-call',
  'extension-call',
  'phone-check',
  'idle-call',
  'server-hold',
  'live-floor',
  'owed-after-crash',
  'recording',
  'transfer',
  'call-waiting',
  'monitor',
  'rejoin',
  'survives-cuts',
  'frozen-page',
].map((name) => `${name}.spec.ts`)

/** What is kept of a failure: each project's in a folder of its own, so that the next one leaves it there. */
const kept = (name: string) => ({ name, outputDir: `test-results/${name}` })

export default defineConfig({
  // calls have sound, and sound wants a processor: they run one at a time, after the rest
  projects: [
    // a browser of its own would install the app anew in every journey: only those about it do
    { ...kept('pages'), testIgnore: CALLS, use: { serviceWorkers: 'block' } },
    { ...kept('calls'), testMatch: CALLS, workers: 1 },
    // a telephone network on this machine: Kamailio, rtpengine, baresip
    { ...kept('lab'), testDir: 'tests/lab', workers: 1 },
    // two hundred cuts of a call; a quarter of an hour, asked for by name (npm run test:survival)
    { ...kept('survival'), testDir: 'tests/survival', workers: 1 },
  ],
  globalTeardown: './tests/support/demo-state.ts',
  testDir: 'tests/journeys',
  testMatch: '*.spec.ts',
  timeout: 90_000,
  expect: { timeout: 10_000 },
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  reporter: [['list']],
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: findChromium(), args: CHROMIUM_FLAGS, ignoreDefaultArgs: ['--mute-audio'] },
  },
})
