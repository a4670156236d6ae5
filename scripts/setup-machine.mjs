// What the tests need beside npm packages. As root on Debian it installs them; elsewhere it says exactly what is missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** command → Debian package */
const NEEDED = { chromium: 'chromium' }
/** Fonts have no command: without them Arabic is drawn as boxes. */
const FONTS = { place: '/usr/share/fonts/truetype/noto', packages: ['fonts-noto-core', 'fonts-liberation'] }

/** Installs or exits with a list of what to install. */
export function setupMachine() {
  const missing = Object.entries(NEEDED)
    .filter(([command]) => !has(process.env.CHROMIUM && command === 'chromium' ? process.env.CHROMIUM : command))
    .map(([, debian]) => debian)
  if (missing.length && !existsSync(FONTS.place)) missing.push(...FONTS.packages)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !has('apt-get')) {
    console.error(
      `The tests need: ${missing.join(', ')}. On Debian: sudo apt-get install ${missing.join(' ')}. Or set CHROMIUM to a Chromium of yours.`,
    )
    process.exit(1)
  }
  console.log(`Installing ${missing.join(', ')}…`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const quiet = { env, stdio: /** @type {['ignore', 'ignore', 'inherit']} */ (['ignore', 'ignore', 'inherit']) }
  spawnSync('apt-get', ['update', '-q'], quiet)
  const done = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], quiet)
  if (done.status !== 0) process.exit(done.status ?? 1)
}

/** @param {string} command */
function has(command) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command]).status === 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setupMachine()
