import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customerIdOf } from '#worker/import/customer-id'
import { ShortHmac } from '#worker/import/short-hmac'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const bytes = (text: string) => new TextEncoder().encode(text)
const hex = (words: Int32Array | null) =>
  words && Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest()

/** As CRM-1 says it, bit by bit. */
function plainly(key: string, e164: string): string {
  const bits = Array.from(hmac(key, e164), (byte) => byte.toString(2).padStart(8, '0')).join('')
  return `c${Array.from({ length: 20 }, (_, n) => BASE32[Number.parseInt(bits.slice(n * 5, n * 5 + 5), 2)]).join('')}`
}

describe('customer ids', () => {
  it('[CRM-1] an id is the first 100 bits of the keyed hash, whatever the key and the number', () => {
    const number = fc
      .tuple(fc.integer({ min: 1, max: 999 }), fc.nat(999_999_999_999))
      .map(([code, rest]) => `+${code}${rest}`)
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 100 }), number, (key, e164) => {
        expect(customerIdOf({ NUMBER_KEY: key }, e164)).toBe(plainly(key, e164))
      }),
    )
  })

  it('the hash of a short text is HMAC-SHA256 (RFC 4231, 4.3)', () => {
    expect(hex(new ShortHmac(bytes('Jefe')).of('what do ya want for nothing?'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('texts of every length up to a block agree with node:crypto; longer ones and others are not taken', () => {
    const short = new ShortHmac(bytes('key'))
    for (let length = 0; length <= 55; length += 1) {
      const text = 'a'.repeat(length)
      expect(hex(short.of(text))).toBe(hmac('key', text).toString('hex'))
    }
    expect(short.of('a'.repeat(56))).toBeNull()
    expect(short.of('ı')).toBeNull()
    expect(customerIdOf({ NUMBER_KEY: 'key' }, 'a'.repeat(56))).toBe(plainly('key', 'a'.repeat(56)))
  })
})
