// `npm run test:history`: the histories of POOL-30. --seeds N seeds, --seed S the first, --commands C a seed in one pool,
// --served SECONDS how long the served one goes on (0: not at all).
import { spawnSync } from 'node:child_process'
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

const configs = ['vitest.history.config.ts', ...(env.SERVED_SECONDS === '0' ? [] : ['vitest.served.config.ts'])]
const codes = configs.map(
  (config) => spawnSync('npx', ['vitest', 'run', '--config', config], { cwd: root, env, stdio: 'inherit' }).status ?? 1,
)
process.exit(Math.max(...codes))
