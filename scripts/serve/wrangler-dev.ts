import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../build/root.mjs'
import { secretsOf } from './secrets'
import { readSettings } from './settings'
import { endLeftover, lockState } from './state-lock'

/** Opens the state folder in `wrangler dev`. No door of ours stands in front: for this machine only. */
export async function wranglerDev(): Promise<void> {
  const settings = readSettings()
  mkdirSync(settings.stateDir, { recursive: true, mode: 0o700 })
  await lockState(settings.stateDir, async () => ({ error: 'wrangler dev is running on this state.' })).catch(
    (fault: Error) => {
      console.error(fault.message)
      process.exit(1)
    },
  )
  endLeftover(settings.stateDir)
  const wrangler = path.join(root, 'node_modules/wrangler/bin/wrangler.js')
  const env = {
    ...process.env,
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    NO_COLOR: '1',
  }
  const persist = ['--persist-to', settings.stateDir]
  spawnSync(process.execPath, [wrangler, 'd1', 'migrations', 'apply', 'DB', '--local', ...persist], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  // a file of its own, not the command line: other users of the machine can read that
  const vars = path.join(settings.stateDir, 'dev.vars')
  const values = {
    ...secretsOf(settings.stateDir),
    DEMO: settings.demo ? '1' : '0',
    PUBLIC_ORIGIN: settings.origins.join(','),
    ...settings.vars,
  }
  writeFileSync(
    vars,
    Object.entries(values)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
      .join(''),
    { mode: 0o600 },
  )
  const flags = [
    '--ip',
    '127.0.0.1',
    '--port',
    String(settings.port),
    '--show-interactive-dev-session=false',
    '--log-level',
    'warn',
    '--env-file',
    vars,
  ]
  const child = spawn(process.execPath, [wrangler, 'dev', ...flags, ...persist], { cwd: root, env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
  child.once('exit', (code) => process.exit(code ?? 0))
}
