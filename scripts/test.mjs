// `npm test`: installs what the tests need, then format, lint, types and every suite. Ends with one line of counts.
// `npm test -- rooms calls`: those alone.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { ensureBuilt } from './build/ensure-built.mjs'
import { ensureInstalled } from './build/ensure-installed.mjs'
import { root } from './build/root.mjs'
import { setupMachine } from './setup-machine.mjs'

/**
 * What goes on at the same time, on two processors. Rooms and journeys keep both busy and have them to themselves. A call
 * takes as long as people talk, and mostly waits: what only computes goes on behind it, and gives way to it.
 * @type {Array<{ front: string[], behind: string[][] }>}
 */
const ROUNDS = [
  { front: ['rooms'], behind: [] },
  { front: ['journeys'], behind: [] },
  { front: ['calls', 'lab'], behind: [['history'], ['format', 'lint', 'types', 'unit']] },
]
/** @type {Record<string, string>} the step's npm script */
const SCRIPTS = {
  format: 'format:check',
  lint: 'lint',
  types: 'types',
  unit: 'unit',
  rooms: 'test:rooms',
  history: 'test:history',
  journeys: 'test:journeys',
  calls: 'test:calls',
  lab: 'test:lab',
}

ensureInstalled()
setupMachine()
await ensureBuilt()

const only = process.argv.slice(2)
const totals = { passed: 0, failed: 0 }
/** What a failed step said, told again at the very end: who reads a long log reads its last page. @type {string[]} */
const failures = []
/** What gives way is a group of its own, which a Ctrl+C does not reach. @type {Set<number>} */
const groups = new Set()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => {
    for (const pid of groups) process.kill(-pid, signal)
    process.exit(1)
  })
for (const { front, behind } of ROUNDS)
  await Promise.all([inTurn(front, false), ...behind.map((steps) => inTurn(steps, front.some(isWanted)))])
for (const failure of failures) console.log(`\n${failure}`)
console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed === 0 ? 0 : 1)

/** @param {string} name */
function isWanted(name) {
  return only.length === 0 || only.includes(name)
}

/**
 * Steps one after another; what one said is shown whole when it is over.
 * @param {string[]} names
 * @param {boolean} givesWay
 */
async function inTurn(names, givesWay) {
  for (const name of names.filter(isWanted)) {
    console.log(`── ${name} begins`)
    const began = Date.now()
    const { code, text } = await run(/** @type {string} */ (SCRIPTS[name]), givesWay)
    const counted = count(text)
    const isSuite = counted.passed + counted.failed > 0
    totals.passed += isSuite ? counted.passed : code === 0 ? 1 : 0
    totals.failed += isSuite ? Math.max(counted.failed, code === 0 ? 0 : 1) : code === 0 ? 0 : 1
    const result = code === 0 ? 'passed' : `FAILED (${code})`
    if (code !== 0) failures.push(`── what failed of ${name}\n${whatFailed(text)}`)
    console.log(`\n── ${name}\n${text}── ${name}: ${result} in ${Math.round((Date.now() - began) / 1000)} s\n`)
  }
}

/**
 * @param {string} script
 * @param {boolean} givesWay
 * @returns {Promise<{ code: number, text: string }>}
 */
function run(script, givesWay) {
  return new Promise((resolve) => {
    const isWindows = process.platform === 'win32'
    const child = spawn(isWindows ? 'npm.cmd' : 'npm', ['run', '--silent', script], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: '1', AS_BUILT: '1', NO_COLOR: '1', FORCE_COLOR: '0' },
      shell: isWindows,
      detached: givesWay && !isWindows,
    })
    if (givesWay && child.pid) giveWay(child.pid)
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (/** @type {string} */ part) => (text += part))
    child.on('close', (code) => {
      if (child.pid) groups.delete(child.pid)
      resolve({ code: code ?? 1, text })
    })
  })
}

/** @param {number} pid */
function giveWay(pid) {
  if (process.platform !== 'win32') groups.add(pid)
  os.setPriority(pid, os.constants.priority.PRIORITY_LOW)
  try {
    // Linux shares out the processors by session first, and browsers are started in sessions of their own
    writeFileSync(`/proc/${pid}/autogroup`, String(os.constants.priority.PRIORITY_LOW))
  } catch {
    // not Linux, or a Linux without groups
  }
}

/** The closing lines of Vitest (`Tests  3 failed | 12 passed (15)`) and Playwright (`12 passed (1.2m)`). @param {string} text */
function count(text) {
  const counted = { passed: 0, failed: 0 }
  for (const line of text.split('\n')) {
    if (!/^\s*(Tests\s|\d+ (passed|failed))/.test(line)) continue
    counted.passed += Number(/(\d+) passed/.exec(line)?.[1] ?? 0)
    counted.failed += Number(/(\d+) failed/.exec(line)?.[1] ?? 0)
  }
  return counted
}

/**
 * From where Vitest ("Failed Tests 1") or Playwright ("  1) [calls] › …") begins to tell of failures; of a step that does
 * neither, its end. 12,000 characters at most.
 * @param {string} text
 */
function whatFailed(text) {
  const from = text.search(/^.*Failed (Tests|Suites) \d+|^ {2}1\) \[/m)
  return (from < 0 ? text.slice(-4_000) : text.slice(from)).slice(0, 12_000)
}
