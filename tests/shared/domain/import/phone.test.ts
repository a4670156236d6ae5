import fc from 'fast-check'
import { isPossiblePhoneNumber as possibleByMin } from 'libphonenumber-js/min'
import { describe, expect, it } from 'vitest'
import { readPhone } from '#shared/domain/import/phone'
import { numbering } from '#worker/import/numbering'

const phoneOf = (text: string, country = 'TR') => {
  const read = readPhone(text, country, numbering)
  return read.ok ? [read.value.phone, ...(read.value.second ? [read.value.second] : [])].join(' + ') : read.refusal
}

describe('phones', () => {
  it.each([
    ['0532 123 45 67', '+905321234567'],
    ['5321234567', '+905321234567'],
    ['905321234567', '+905321234567'],
    ['+90 (532) 123-45-67', '+905321234567'],
    ['00905321234567', '+905321234567'],
    ['0090 532 123 45 67', '+905321234567'],
    ['٠٥٣٢١٢٣٤٥٦٧', '+905321234567'],
    ['۰۵۳۲ ۱۲۳ ۴۵ ۶۷', '+905321234567'],
    ['\u202d+90 532 123 45 67\u202c', '+905321234567'],
    ['5321234567.0', '+905321234567'],
    ['Cep: 0532 123 45 67', '+905321234567'],
    ['+90 212 555 01 23 dahili 12', '+902125550123'],
    ['+506-5123-4567', '+50651234567'],
  ])('[IMP-3] %s is %s', (text, phone) => {
    expect(phoneOf(text)).toBe(phone)
  })

  it.each([
    ['', 'phone-missing'],
    ['   ', 'phone-missing'],
    ['5,32E+09', 'phone-rounded'],
    ['5.32123E+9', 'phone-rounded'],
    ['112', 'phone-short'],
    ['5555', 'phone-short'],
    ['abc', 'phone-invalid'],
    ['+', 'phone-invalid'],
    ['0532 123', 'phone-invalid'],
    ['9'.repeat(40), 'phone-invalid'],
    ['5'.repeat(10_000), 'phone-invalid'],
    ['/'.repeat(10_000), 'phone-invalid'],
    ['1 '.repeat(5_000), 'phone-invalid'],
  ])('[IMP-3] %s is refused: %s', (text, reason) => {
    expect(phoneOf(text)).toBe(reason)
  })

  it.each([
    '0532 123 45 67 / 0533 765 43 21',
    '0532 123 45 67;05337654321',
    '05321234567 veya 05337654321',
    '0532 123 45 67\n0533 765 43 21',
    '0532 123 45 67 0533 765 43 21',
    '(0532)1234567,(0533)7654321',
  ])('[IMP-3] two numbers in a cell: %j', (text) => {
    expect(phoneOf(text)).toBe('+905321234567 + +905337654321')
  })

  it('[IMP-3] of two where one cannot be read the other is taken; the same twice is one', () => {
    expect(phoneOf('yok / 0533 765 43 21')).toBe('+905337654321')
    expect(phoneOf('0532 123 45 67 / +905321234567')).toBe('+905321234567')
  })

  it('[IMP-3] a possible number of a range that is not given out is taken, and said', () => {
    expect(readPhone('+90 111 111 11 11', 'TR', numbering)).toMatchObject({ ok: true, value: { assigned: false } })
    expect(readPhone('0532 123 45 67', 'TR', numbering)).toMatchObject({ ok: true, value: { assigned: true } })
  })

  it('[IMP-3] the pool’s country completes a number; one with its own country code is not touched', () => {
    expect(phoneOf('8888 0142', 'CR')).toBe('+50688880142')
    expect(phoneOf('5123-456', 'CR')).toBe('phone-invalid')
    expect(phoneOf('+1-202-555-0143', 'CR')).toBe('+12025550143')
    expect(phoneOf('(202) 555-0143', 'US')).toBe('+12025550143')
    expect(phoneOf('011 90 532 123 45 67', 'US')).toBe('+905321234567')
  })

  it('[IMP-3] writing a number in any usual way changes nothing', () => {
    const gap = fc.constantFrom('', ' ', '-', '.', ' ')
    const way = fc.constantFrom('+90', '0090', '0', '90', '')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999 }), way, gap, fc.boolean(), (number, prefix, between, arabic) => {
        const tail = String(number).padStart(7, '0')
        const written = [prefix, '532', tail.slice(0, 3), tail.slice(3, 5), tail.slice(5)].filter(Boolean).join(between)
        const text = arabic ? written.replace(/\d/g, (digit) => String.fromCharCode(0x0660 + Number(digit))) : written
        expect(phoneOf(text)).toBe(`+90532${tail}`)
      }),
    )
  })

  it('[IMP-3] what was read reads as itself: E.164 in, the same E.164 out', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: fc.constantFrom(...'0123456789+-() /;٠٥٣') }),
        fc.constantFrom('TR', 'US', 'CR', 'SA', 'DE'),
        (text, country) => {
          const read = readPhone(text, country, numbering)
          if (!read.ok) return
          expect(read.value.phone).toMatch(/^\+[1-9]\d{1,14}$/)
          expect(readPhone(read.value.phone, country, numbering)).toMatchObject({
            ok: true,
            value: { phone: read.value.phone },
          })
        },
      ),
      { numRuns: 500 },
    )
  })

  it('[IMP-3] *possible* is the same in the small metadata that a browser could load', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('+90', '+1', '+506', '+34', '+49', '+966', '+44'),
        fc.integer({ min: 1, max: 99_999_999_999 }),
        (code, number) => {
          const read = numbering(`${code}${number}`, 'TR')
          if (read && !/^\+\d{1,3}0/.test(read.e164)) expect(possibleByMin(read.e164)).toBe(read.possible)
        },
      ),
      { numRuns: 500 },
    )
  })
})
