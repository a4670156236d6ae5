// `npm test`: installs what the tests need, then format, lint, types and every suite. Ends with one line of counts.
import { spawn } from 'node:child_process'
import { ensureBuilt } from './build/ensure-built.mjs'
import { ensureInstalled } from './build/ensure-installed.mjs'
import { root } from './build/root.mjs'
import { setupMachine } from './setup-machine.mjs'

const STEPS = [
  ['format', ['npm', 'run', '--silent', 'format:check']],
  ['lint', ['npm', 'run', '--silent', 'lint']],
  ['types', ['npm', 'run', '--silent', 'types']],
  ['unit', ['npm', 'run', '--silent', 'unit']],
  ['rooms', ['npm', 'run', '--silent', 'test:rooms']],
  ['history', ['npm', 'run', '--silent', 'test:history']],
  ['journeys', ['npm', 'run', '--silent', 'test:journeys']],
  ['calls', ['npm', 'run', '--silent', 'test:calls']],
  ['lab', ['npm', 'run', '--silent', 'test:lab']],
]

ensureInstalled()
setupMachine()
await ensureBuilt()

const only = process.argv.slice(2)
const totals = { passed: 0, failed: 0 }
for (const [name, command] of STEPS) {
  if (only.length && !only.includes(/** @type {string} */ (name))) continue
  console.log(`\n── ${name}`)
  const began = Date.now()
  const { code, counted } = await run(/** @type {string[]} */ (command))
  const isSuite = counted.passed + counted.failed > 0
  totals.passed += isSuite ? counted.passed : code === 0 ? 1 : 0
  totals.failed += isSuite ? Math.max(counted.failed, code === 0 ? 0 : 1) : code === 0 ? 0 : 1
  console.log(
    `── ${name}: ${code === 0 ? 'passed' : `FAILED (${code})`} in ${Math.round((Date.now() - began) / 1000)} s`,
  )
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
process.exit(totals.failed === 0 ? 0 : 1)

/** @param {string[]} command @returns {Promise<{ code: number, counted: { passed: number, failed: number } }>} */
function run([program = '', ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' },
      shell: process.platform === 'win32',
    })
    let text = ''
    const read = (/** @type {NodeJS.WriteStream} */ to) => (/** @type {Buffer} */ part) => {
      to.write(part)
      text += part.toString()
    }
    child.stdout.on('data', read(process.stdout))
    child.stderr.on('data', read(process.stderr))
    child.on('close', (code) => resolve({ code: code ?? 1, counted: count(text) }))
  })
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
