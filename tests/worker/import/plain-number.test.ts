import fc from 'fast-check'
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/examples.mobile.json'
import { describe, expect, it } from 'vitest'
import { numbering, readAny } from '#worker/import/numbering'
import { readPlain } from '#worker/import/plain-number'

const SIGNS = [' ', '', '-', ' (', ') ', '.']

/** An example of the country with another end, as somebody may write it. */
function written(country: ReturnType<typeof getCountries>[number]): fc.Arbitrary<string> {
  const national = getExampleNumber(country, examples)?.nationalNumber ?? '5321234567'
  const code = getCountryCallingCode(country)
  const prefix = fc.constantFrom(
    '',
    '',
    '0',
    '1',
    '8',
    '00',
    '+',
    code,
    `+${code}`,
    `00${code}`,
    `+${code}0`,
    `+${code} (0)`,
  )
  const end = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: national.length + 1 })
  return fc
    .tuple(prefix, fc.nat(national.length), end, fc.constantFrom(...SIGNS), fc.nat(national.length))
    .map(([before, kept, digits, sign, at]) => {
      const number =
        national.slice(0, kept) + digits.slice(0, Math.max(national.length - kept, digits.length % 2)).join('')
      return `${before}${number.slice(0, at)}${sign}${number.slice(at)}`
    })
}

describe('plain numbers', () => {
  it('[IMP-3] are read as libphonenumber reads them, in every country', () => {
    for (const country of getCountries()) {
      fc.assert(
        fc.property(written(country), (text) => {
          const plain = readPlain(text, country)
          if (plain) expect(plain).toEqual(readAny(text, country))
        }),
        { numRuns: 60 },
      )
    }
  })

  it.each([
    ['0532 123 45 67', 'TR', '+905321234567'],
    ['5321234567', 'TR', '+905321234567'],
    ['+90 (532) 123-4567', 'TR', '+905321234567'],
    ['600 12 34 56', 'ES', '+34600123456'],
    ['(212) 555-0123', 'US', '+12125550123'],
    ['0551234567', 'SA', '+966551234567'],
  ])('[IMP-3] %s in %s needs no more than that', (text, country, e164) => {
    expect(readPlain(text, country)).toEqual({ e164, possible: true, assigned: true })
  })

  it.each(['0532 123 45 6', '+49 1512 3456789', '00905321234567', '0532 123 45 67 x5', '444 1 444', 'abc', ''])(
    '[IMP-3] %j is left to libphonenumber',
    (text) => {
      expect(readPlain(text, 'TR')).toBeNull()
      expect(numbering(text, 'TR')).toEqual(readAny(text, 'TR'))
    },
  )
})
