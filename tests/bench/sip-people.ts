import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { migrate } from '../../scripts/serve/migrations'
import { startRuntime } from '../../scripts/serve/runtime'
import { secretsOf } from '../../scripts/serve/secrets'
import { readSettings } from '../../scripts/serve/settings'
import { deviceSecret } from '../../worker/sip/device-auth'

export type BenchAgent = { username: string; extension: string; device: string }
export const DEVICE_PASSWORD = 'bench-device-password'

/**
 * A state folder with agents who have a device each (SIP-2), written before anything serves it: hundreds of people by the
 * API would be hundreds of password hashes. None of them can sign in; their telephones can.
 */
export async function stateOfAgents(count: number): Promise<{ stateDir: string; agents: BenchAgent[] }> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'switchroom-bench-sip-'))
  const agents = Array.from({ length: count }, (_, n) => ({
    username: `bench-${n}`,
    extension: String(2_000 + n),
    device: randomBytes(16).toString('hex'),
  }))
  const settings = readSettings({ ...process.env, STATE_DIR: stateDir })
  const { runtime } = await startRuntime(settings, secretsOf(stateDir), 'bench')
  const database = await runtime.getD1Database('DB')
  await migrate(database)
  const person = database.prepare(
    "INSERT INTO users (id, username, name, role, extension, password_hash, created_at) VALUES (?, ?, ?, 'agent', ?, 'none', ?)",
  )
  const device = database.prepare(
    "INSERT INTO devices (id, user_id, name, username, secret, created_at) VALUES (?, ?, 'Bench', ?, ?, ?)",
  )
  const now = Date.now()
  await database.batch(
    agents.flatMap(({ username, extension, device: id }) => [
      person.bind(`user-${username}`, username, username, extension, now),
      device.bind(id, `user-${username}`, username, deviceSecret(username, DEVICE_PASSWORD), now),
    ]),
  )
  await runtime.dispose()
  return { stateDir, agents }
}
