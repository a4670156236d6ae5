import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { folded, needles, searchable } from '#shared/domain/pool/entry-filter'

const found = (text: string, name: string | null, userCode: string | null, phone: string) =>
  needles(text).some((part) => searchable({ name, userCode }, phone).includes(part))

describe('what a search finds', () => {
  it('[POOL-24] letters without case and accents; I, İ, ı and i are one, and so are the forms of alif', () => {
    expect(folded('IŞIL Şahin')).toBe(folded('ışıl ŞAHİN'))
    expect(folded('أحمد')).toBe(folded('احمد'))
    expect(folded('  Núñez   ')).toBe('nunez')
  })

  it('[POOL-24] a number however it is written, and a user code', () => {
    for (const text of ['0532 123 45 67', '+90 532 123', '٠٥٣٢١٢٣', '532-123'])
      expect(found(text, 'Erin', null, '+905321234567'), text).toBe(true)
    expect(found('usr-00', 'Erin', 'USR-001', '+905321234567')).toBe(true)
    expect(found('12', 'Erin 1', null, '+905300000000')).toBe(false)
  })

  it('[POOL-24] any part of a name, typed in any case', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), fc.nat(), fc.nat(), (name, a, b) => {
        const from = a % name.length
        const part = name.slice(from, from + 1 + (b % (name.length - from)))
        fc.pre(folded(part) !== '' && folded(name).includes(folded(part)))
        expect(found(part.toUpperCase(), name, null, '+1') || found(part, name, null, '+1')).toBe(true)
      }),
    )
  })
})
