import type { Env } from '../env'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const CHARACTERS = 20
const keys = new Map<string, Promise<CryptoKey>>()

function keyOf(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret)
  if (!key) {
    key = crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ])
    keys.set(secret, key)
  }
  return key
}

/**
 * CRM-1: `c` and 20 characters of base32 (100 bits) of HMAC-SHA256(NUMBER_KEY, E.164): every pool makes the same id for a
 * number, and nobody without the key can turn an id back by trying all numbers.
 */
export async function customerIdOf(env: Pick<Env, 'NUMBER_KEY'>, e164: string): Promise<string> {
  const hash = new Uint8Array(
    await crypto.subtle.sign('HMAC', await keyOf(env.NUMBER_KEY), new TextEncoder().encode(e164)),
  )
  let id = 'c'
  let bits = 0
  let held = 0
  for (const byte of hash) {
    bits = (bits << 8) | byte
    held += 8
    while (held >= 5 && id.length <= CHARACTERS) {
      held -= 5
      id += BASE32[(bits >> held) & 31]
    }
    bits &= (1 << held) - 1
  }
  return id
}
