import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { Env } from '../env'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const CHARACTERS = 20

let known: { secret: string; key: KeyObject } | null = null
function keyOf(secret: string): KeyObject {
  if (known?.secret !== secret) known = { secret, key: createSecretKey(secret, 'utf8') }
  return known.key
}

/**
 * CRM-1: `c` and 20 characters of base32 (100 bits) of HMAC-SHA256(NUMBER_KEY, E.164): every pool makes the same id for a
 * number, and nobody without the key can turn an id back by trying all numbers.
 */
export function customerIdOf(env: Pick<Env, 'NUMBER_KEY'>, e164: string): string {
  const hash = createHmac('sha256', keyOf(env.NUMBER_KEY)).update(e164).digest()
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
