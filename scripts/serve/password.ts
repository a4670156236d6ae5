import { mkdirSync } from 'node:fs'
import { migrate } from './migrations'
import { newPassword } from './people'
import { startRuntime } from './runtime'
import { secretsOf } from './secrets'
import { readSettings } from './settings'
import { ask, endLeftover, lockPath, lockState } from './state-lock'

/** AUTH-4: a forgotten password. The person is signed out everywhere and must choose another at the next sign-in. */
export async function passwordFor(username: string): Promise<void> {
  const settings = readSettings()
  mkdirSync(settings.stateDir, { recursive: true, mode: 0o700 })
  const running = await ask(lockPath(settings.stateDir), { ask: 'password', username })
  tell(running ? (running as Reply) : await withoutServer(username))
  process.exit(process.exitCode ?? 0)
}

type Reply = { username?: string; password?: string; error?: string }

async function withoutServer(username: string): Promise<Reply> {
  const settings = readSettings()
  const unlock = await lockState(settings.stateDir, async () => ({ error: 'busy' }))
  endLeftover(settings.stateDir)
  const secrets = secretsOf(settings.stateDir)
  const { runtime } = await startRuntime(settings, secrets, 'console')
  await migrate(await runtime.getD1Database('DB'))
  const reply = await newPassword(runtime, secrets, { ask: 'password', username }).catch((fault: Error) => ({
    error: fault.message,
  }))
  await runtime.dispose()
  unlock()
  return reply as Reply
}

function tell(reply: Reply): void {
  if (reply.password)
    console.log(`New password of ${reply.username}: ${reply.password}\nIt must be changed at the next sign-in.`)
  else {
    console.error(reply.error ?? 'No answer.')
    process.exitCode = 1
  }
}
