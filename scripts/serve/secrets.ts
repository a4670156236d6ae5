import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Made once for a state folder; without them its passwords and customer ids mean nothing. */
export type Secrets = {
  SESSION_KEY: string
  PASSWORD_PEPPER: string
  NUMBER_KEY: string
  RECORDING_KEYS: string
  INSTANCE_ID: string
}

export function secretsOf(stateDir: string): Secrets {
  const file = path.join(stateDir, 'secrets.json')
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Secrets) : null
  // a state made before there were recordings has no key for them yet
  if (kept?.RECORDING_KEYS) return kept
  const made: Secrets = {
    SESSION_KEY: randomBytes(32).toString('base64url'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64url'),
    NUMBER_KEY: randomBytes(32).toString('base64url'),
    RECORDING_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    INSTANCE_ID: randomBytes(4).toString('hex'),
    ...kept,
  }
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 })
  return made
}
