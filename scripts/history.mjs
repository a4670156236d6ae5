// `npm run test:history`: the histories of POOL-30. --seeds N seeds, --seed S the first, --commands C a seed in one pool,
// --served SECONDS how long the served one goes on (0: not at all).
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { root } from './build/root.mjs'

const number = { type: /** @type {const} */ ('string') }
const { values } = parseArgs({ options: { seeds: number, seed: number, commands: number, served: number } })
const env = { ...process.env }
if (values.seeds) env.HISTORY_SEEDS = values.seeds
if (values.seed) env.HISTORY_SEED = values.seed
if (values.commands) {
  env.HISTORY_COMMANDS = values.commands
  env.HISTORY_HOLD_COMMANDS = values.commands
}
if (values.served) env.SERVED_SECONDS = values.served

// the served one mostly waits for servers: it goes on beside the other, and says what it has to say when both are over
const runs = [run('vitest.history.config.ts', process.stdout)]
let said = ''
if (env.SERVED_SECONDS !== '0') runs.push(run('vitest.served.config.ts', { write: (text) => (said += text) }))
const codes = await Promise.all(runs)
process.stdout.write(said)
process.exit(Math.max(...codes))

/** @param {string} config @param {{ write: (text: string) => unknown }} to @returns {Promise<number>} */
function run(config, to) {
  return new Promise((resolve) => {
    const child = spawn('npx', ['vitest', 'run', '--config', config], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => to.write(part))
    child.on('close', (code) => resolve(code ?? 1))
  })
}
