import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.mjs'

const PARTS = [
  {
    name: 'web',
    title: 'Building the web app…',
    inputs: [
      'shared',
      'web/src',
      'web/static',
      'web/messages',
      'web/project.inlang',
      'web/svelte.config.js',
      'web/vite.config.ts',
      'package-lock.json',
    ],
    output: 'web/build/index.html',
    run: 'build:web',
  },
  {
    name: 'worker',
    title: 'Building the Worker…',
    inputs: ['shared', 'worker', 'scripts/build-worker.mjs', 'package-lock.json'],
    output: '.build/worker.js',
    run: 'build:worker',
  },
]
const MADE = new Set(['paraglide', 'node_modules', '.svelte-kit', 'build', 'cache'])

/** Builds what has changed since it was built; nothing when nothing has. */
export async function ensureBuilt() {
  mkdirSync(path.join(root, '.build'), { recursive: true })
  const release = await oneAtATime(path.join(root, '.build', 'building'))
  try {
    buildWhatChanged()
  } finally {
    release()
  }
}

function buildWhatChanged() {
  for (const part of PARTS) {
    const stamp = path.join(root, '.build', `${part.name}.stamp`)
    const print = fingerprint(part.inputs)
    if (existsSync(path.join(root, part.output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === print) continue
    console.log(part.title)
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const done = spawnSync(npm, ['run', '--silent', part.run], {
      cwd: root,
      encoding: 'utf8',
      // whoever starts it, a test runner too: an app built for development keeps no service worker
      env: { ...process.env, NODE_ENV: 'production' },
      shell: process.platform === 'win32',
    })
    if (done.status !== 0) {
      console.error(done.stdout, done.stderr)
      throw new Error(`${part.run} failed`)
    }
    writeFileSync(stamp, print)
  }
}

/** Two starts at once must not build into the same folder. The folder of a builder that died is taken over. @param {string} place */
async function oneAtATime(place) {
  for (;;) {
    try {
      mkdirSync(place)
      writeFileSync(path.join(place, 'pid'), String(process.pid))
      return () => rmSync(place, { recursive: true, force: true })
    } catch {
      const pid = existsSync(path.join(place, 'pid')) ? Number(readFileSync(path.join(place, 'pid'), 'utf8')) : 0
      if (pid && !isAlive(pid)) rmSync(place, { recursive: true, force: true })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** @param {string[]} inputs */
function fingerprint(inputs) {
  const hash = createHash('sha256')
  for (const input of inputs)
    for (const file of filesOf(path.join(root, input))) {
      hash.update(path.relative(root, file))
      hash.update(readFileSync(file))
    }
  return hash.digest('hex')
}

/** @param {string} place @returns {string[]} */
function filesOf(place) {
  if (!existsSync(place)) return []
  if (statSync(place).isFile()) return [place]
  return readdirSync(place, { withFileTypes: true })
    .filter((entry) => !MADE.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesOf(path.join(place, entry.name)))
}
