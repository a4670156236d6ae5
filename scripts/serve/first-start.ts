import { createHash, randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Miniflare } from 'miniflare'
import { addAdministrator, generatePassword, hasPeople } from './people'
import { seedDemo } from './seed'
import type { Secrets } from './secrets'
import type { Settings } from './settings'

export type FirstStart = {
  runtime: Miniflare
  settings: Settings
  secrets: Secrets
  proxySecret: string
  inside: URL
  address: string
}

const seedingMark = (stateDir: string) => path.join(stateDir, 'seeding')

/** A first start that was cut off leaves half a demo and a password nobody saw: it begins again from nothing. */
export function clearHalfSeeded(stateDir: string): void {
  if (!existsSync(seedingMark(stateDir))) return
  rmSync(path.join(stateDir, 'v3'), { recursive: true, force: true })
  rmSync(seedingMark(stateDir), { force: true })
}

const SETUP_MS = 24 * 3600_000

/** On an empty state: the demo, or a one-time link for the first administrator. Answers how to sign in, in words. */
export async function seedFirstStart(start: FirstStart): Promise<string[]> {
  const { runtime, settings, secrets } = start
  const database = await runtime.getD1Database('DB')
  if (await hasPeople(database)) return [`Sign in as before; npm run password -- USER makes a new password.`]

  if (settings.demo) {
    const password = settings.adminPassword ?? generatePassword()
    writeFileSync(seedingMark(settings.stateDir), '')
    await addAdministrator(database, secrets, { username: 'admin', name: 'Dora Administrator', password })
    await seedDemo(start, password)
    rmSync(seedingMark(settings.stateDir), { force: true })
    return [
      `Sign in as admin, supervisor, alice or bob; the password of all four is: ${password}`,
      `The customer's telephone, in a second window: ${start.address}/demo/telephone`,
    ]
  }
  if (settings.adminPassword) {
    await addAdministrator(database, secrets, {
      username: 'admin',
      name: 'Administrator',
      password: settings.adminPassword,
    })
    return ['Sign in as admin with the password of ADMIN_PASSWORD.']
  }
  const token = randomBytes(24).toString('base64url')
  await database
    .prepare(
      "INSERT OR REPLACE INTO setup (id, token_hash, expires_at, used_at) VALUES ('first-administrator', ?, ?, NULL)",
    )
    .bind(createHash('sha256').update(token).digest('hex'), Date.now() + SETUP_MS)
    .run()
  return [`Make the first administrator with this link, good once and for 24 hours: ${start.address}/set-up#${token}`]
}
