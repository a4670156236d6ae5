import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { certificateFor } from './certificate'
import { openDoor } from './proxy'
import { migrate } from './migrations'
import { newPassword } from './people'
import { isWorkers, startRuntime } from './runtime'
import { secretsOf } from './secrets'
import { clearHalfSeeded, seedFirstStart } from './first-start'
import { readSettings } from './settings'
import { endLeftover, forgetRuntime, lockState, noteRuntime, StateInUse } from './state-lock'

/** Serves Switchroom on its state folder until it is told to stop. */
export async function serve(): Promise<void> {
  const settings = readSettings()
  mkdirSync(settings.stateDir, { recursive: true, mode: 0o700 })
  let console_: (request: unknown) => Promise<unknown> = async () => ({ error: 'Switchroom is still starting.' })
  const unlock = await lockState(settings.stateDir, (request) => console_(request)).catch((fault: unknown) => {
    if (!(fault instanceof StateInUse)) throw fault
    console.error(fault.message)
    process.exit(1)
  })
  endLeftover(settings.stateDir)
  clearHalfSeeded(settings.stateDir)

  const secrets = secretsOf(settings.stateDir)
  const proxySecret = randomBytes(24).toString('base64url')
  const { runtime, url, straight, pids } = await startRuntime(settings, secrets, proxySecret)
  noteRuntime(settings.stateDir, pids)
  await migrate(await runtime.getD1Database('DB'))
  console_ = (request) => newPassword(runtime, secrets, request)

  const address = settings.origins[0]!
  const howTo = await seedFirstStart({ runtime, settings, secrets, proxySecret, inside: url, address })
  const certificate = settings.https ? await certificateFor(settings.stateDir) : null
  const door = await openDoor(
    { host: url.hostname, files: Number(url.port), worker: Number(straight.port), isWorkers, secret: proxySecret },
    settings,
    certificate,
  ).catch(async (fault: NodeJS.ErrnoException) => {
    console.error(
      fault.code === 'EADDRINUSE' ? `Port ${settings.port} is taken. Set PORT to a free one.` : fault.message,
    )
    await runtime.dispose()
    process.exit(1)
  })

  const others = settings.origins.length > 2 ? [`Also at ${settings.origins.slice(1).join(', ')}`] : []
  // in one piece: who waits for the first line has the others too
  console.log([`Switchroom is ready at ${address}`, ...howTo, ...others].join('\n'))

  const stop = async () => {
    door.close()
    door.closeAllConnections()
    await runtime.dispose()
    forgetRuntime(settings.stateDir)
    unlock()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop())
}
