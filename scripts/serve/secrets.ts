import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Made once for a state folder; without them its passwords and customer ids mean nothing. */
export type Secrets = { SESSION_KEY: string; PASSWORD_PEPPER: string; NUMBER_KEY: string; INSTANCE_ID: string }

export function secretsOf(stateDir: string): Secrets {
  const file = path.join(stateDir, 'secrets.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets
  const made: Secrets = {
    SESSION_KEY: randomBytes(32).toString('base64url'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64url'),
    NUMBER_KEY: randomBytes(32).toString('base64url'),
    INSTANCE_ID: randomBytes(4).toString('hex'),
  }
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 })
  return made
}
