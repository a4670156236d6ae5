import { spawnSync } from 'node:child_process'

/** What headless Chromium needs to be a telephone, and to keep quiet about hosts it cannot reach. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox', // the tests may run as root, where Chromium refuses its sandbox
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export function findChromium(): string {
  const named = process.env.CHROMIUM ?? 'chromium'
  const found = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', named], { encoding: 'utf8' }).stdout.trim()
  if (!found)
    throw new Error(`${named} is not installed: run "node scripts/setup-machine.mjs", or set CHROMIUM to its path`)
  return found
}
