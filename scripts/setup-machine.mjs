// What the tests need beside npm packages. As root on Debian it installs them; elsewhere it says exactly what is missing.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The telephony lab (tests/lab): an SBC with its media relay, a telephone, SIP by script, and a TURN server. */
const LAB = {
  kamailio: 'kamailio',
  rtpengine: 'rtpengine-daemon',
  baresip: 'baresip-core',
  sipp: 'sip-tester',
  turnserver: 'coturn',
}
/** Libraries beside a command: file → package. */
const LAB_FILES = {
  '/usr/lib/*/kamailio/modules/websocket.so': 'kamailio-websocket-modules',
  '/usr/lib/*/kamailio/modules/tls.so': 'kamailio-tls-modules',
}
/** command → Debian package */
const NEEDED = { chromium: 'chromium', ...LAB }
/** Fonts have no command: without them Arabic is drawn as boxes. */
const FONTS = { place: '/usr/share/fonts/truetype/noto', packages: ['fonts-noto-core', 'fonts-liberation'] }

/** Installs or exits with a list of what to install. */
export function setupMachine() {
  const missing = Object.entries(NEEDED)
    .filter(([command]) => !has(process.env.CHROMIUM && command === 'chromium' ? process.env.CHROMIUM : command))
    .map(([, debian]) => debian)
  for (const [files, debian] of Object.entries(LAB_FILES)) if (!matches(files)) missing.push(debian)
  if (missing.includes('chromium') && !existsSync(FONTS.place)) missing.push(...FONTS.packages)
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
  // what is installed must not start as a service: it would hold ports that the tests choose for themselves
  const mayPlace = !existsSync(NO_SERVICES)
  if (mayPlace) writeFileSync(NO_SERVICES, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  spawnSync('apt-get', ['update', '-q'], quiet)
  const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '-q', '--no-install-recommends', ...missing]
  const done = spawnSync('apt-get', install, quiet)
  if (mayPlace) rmSync(NO_SERVICES, { force: true })
  if (done.status === 0) return
  console.error(`The tests need ${missing.join(', ')}, and apt-get could not install them (${done.status}).`)
  process.exit(done.status ?? 1)
}
const NO_SERVICES = '/usr/sbin/policy-rc.d'

/** @param {string} files a pattern of the shell */
function matches(files) {
  return spawnSync('sh', ['-c', `ls ${files}`], { stdio: 'ignore' }).status === 0
}

/** @param {string} command */
function has(command) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command]).status === 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setupMachine()
