import { createHash, createHmac } from 'node:crypto'
import type { Env } from '../env'
import { ShortHmac } from './short-hmac'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const CHARACTERS = 20
const BLOCK = 64

let known: { secret: string; hmac: ShortHmac } | null = null
function hmacOf(secret: string): ShortHmac {
  if (known?.secret !== secret) {
    const key = new TextEncoder().encode(secret)
    // RFC 2104, section 2: a key longer than a block is its hash
    known = { secret, hmac: new ShortHmac(key.length > BLOCK ? createHash('sha256').update(key).digest() : key) }
  }
  return known.hmac
}

/**
 * CRM-1: `c` and 20 characters of base32 (100 bits) of HMAC-SHA256(NUMBER_KEY, E.164): every pool makes the same id for a
 * number, and nobody without the key can turn an id back by trying all numbers.
 */
export function customerIdOf({ NUMBER_KEY }: Pick<Env, 'NUMBER_KEY'>, e164: string): string {
  return idOf(hmacOf(NUMBER_KEY).of(e164) ?? wordsOf(createHmac('sha256', NUMBER_KEY).update(e164).digest()))
}

function idOf(words: Int32Array): string {
  let id = 'c'
  for (let n = 0; n < CHARACTERS; n += 1) {
    const [at, shift] = [(n * 5) >> 5, 27 - ((n * 5) & 31)]
    // five bits, of which the last may stand in the next word
    const bits = shift >= 0 ? words[at]! >>> shift : (words[at]! << -shift) | (words[at + 1]! >>> (32 + shift))
    id += BASE32[bits & 31]
  }
  return id
}

const wordsOf = (hash: Buffer) => Int32Array.from({ length: 8 }, (_, n) => hash.readInt32BE(n * 4))
