import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textOf } from '#shared/domain/import/cell'
import type { Numbering } from '#shared/domain/import/phone'
import { readRow, ROW_LIMIT } from '#shared/domain/import/row'
import type { GivenFields } from '#shared/domain/import/staged'

/** Digits of ten are Turkish mobiles here; what libphonenumber says is tested with phones. */
const numbering: Numbering = (text) => {
  const digits = text.replace(/\D/g, '').slice(-10)
  return digits.length === 10 ? { e164: `+90${digits}`, possible: true, assigned: digits.startsWith('5') } : null
}
const read = (given: GivenFields) => readRow({ row: 7, phone: '5320001122', ...given }, 'TR', numbering)
const faultOf = (given: GivenFields) => read(given).fault

describe('a row', () => {
  it('[IMP-3] only a phone is required, and its text is kept beside the number', () => {
    expect(read({ phone: ' 532 000 11 22 ' })).toMatchObject({
      row: 7,
      fault: null,
      name: null,
      phone: '+905320001122',
      phoneGiven: '532 000 11 22',
      warnings: [],
    })
  })

  it('[IMP-2] a name is one column or first and last', () => {
    expect(read({ firstName: ' Ahmet ', lastName: 'Yılmaz' }).name).toBe('Ahmet Yılmaz')
    expect(read({ lastName: 'Yılmaz' }).name).toBe('Yılmaz')
    expect(read({ name: 'Ahmet\u00a0 Yılmaz', firstName: 'x' }).name).toBe('Ahmet Yılmaz')
  })

  it('[IMP-3] limits: name 200, notes 2,000, user code 64', () => {
    expect(faultOf({ name: 'x'.repeat(200), notes: 'y'.repeat(2_000), userCode: '1'.repeat(64) })).toBeNull()
    expect(faultOf({ name: 'x'.repeat(201) })).toMatchObject({ reason: 'name-too-long', column: 'name' })
    expect(faultOf({ firstName: 'x'.repeat(150), lastName: 'y'.repeat(100) })).toMatchObject({
      reason: 'name-too-long',
      column: 'firstName',
    })
    expect(faultOf({ notes: 'x'.repeat(2_001) })).toMatchObject({ reason: 'notes-too-long', column: 'notes' })
    expect(faultOf({ userCode: 'x'.repeat(65) })).toMatchObject({ reason: 'user-code-too-long', column: 'userCode' })
  })

  it('[IMP-6] a row of 10,000 characters has one clear reason, wherever they stand', () => {
    const long = 'x'.repeat(10_000)
    for (const given of [
      { name: long },
      { notes: long },
      { userCode: long },
      { email: long },
      { tags: long },
      { custom: { Şehir: long } },
      { phone: long },
      { priority: long },
    ]) {
      const fault = faultOf(given)
      expect(fault).toMatchObject({ reason: expect.stringMatching(/-too-long$/) })
      expect(fault!.value!.length).toBeLessThanOrEqual(200)
    }
  })

  it('[IMP-3] no row, however odd, throws; each is taken or refused for one reason', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constant('5320001122'),
    )
    const fields = [
      'name',
      'firstName',
      'lastName',
      'phone',
      'userCode',
      'email',
      'notes',
      'priority',
      'language',
      'timeZone',
      'tags',
    ] as const
    const given = fc.record(
      { ...Object.fromEntries(fields.map((field) => [field, text])), custom: fc.dictionary(text, text) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(given, (cells) => {
        const row = readRow({ row: 2, ...(cells as GivenFields) }, 'TR', numbering)
        if (row.fault) {
          expect(row.fault.reason).toBeTruthy()
          return
        }
        expect(row.phone).toMatch(/^\+90\d{10}$/)
        const total = JSON.stringify(row.fields).length
        expect(total).toBeLessThan(ROW_LIMIT * 8)
      }),
    )
  })

  it('[IMP-3] what is not required and cannot be understood is left out with a warning', () => {
    expect(read({ email: 'nobody', priority: 'soon', language: 'klingonca', timeZone: 'Mars/Olympus' })).toMatchObject({
      fault: null,
      fields: { email: null, language: null, timeZone: null },
      priority: null,
      warnings: ['email-ignored', 'language-ignored', 'time-zone-ignored', 'priority-ignored'],
    })
  })

  it('[IMP-2] fields read in our languages', () => {
    expect(
      read({
        email: 'Erin@example.com',
        priority: 'Yüksek',
        language: 'Türkçe',
        timeZone: 'europe/istanbul',
        tags: 'vip; ekim,vip',
      }),
    ).toMatchObject({
      fields: { email: 'Erin@example.com', language: 'tr', timeZone: 'Europe/Istanbul', tags: ['vip', 'ekim'] },
      priority: 10,
      warnings: [],
    })
    expect(read({ priority: '-100' })).toMatchObject({ priority: -100 })
    expect(read({ priority: '101' })).toMatchObject({ priority: null, warnings: ['priority-ignored'] })
  })

  it('[IMP-3] [POOL-27] a second number in the cell is the customer’s second number, and said', () => {
    const two: Numbering = (text) =>
      /^\d{10}$/.test(text) ? { e164: `+90${text}`, possible: true, assigned: true } : null
    const row = readRow({ row: 2, phone: '5320001122 / 5330001122' }, 'TR', two)
    expect(row).toMatchObject({
      phone: '+905320001122',
      phones: [{ number: '+905330001122', given: '5320001122 / 5330001122' }],
      warnings: ['phone-second-kept'],
    })
  })

  it('[IMP-2] [POOL-27] columns for further phones are further numbers; one that is none is left out, and said', () => {
    const row = read({ phone: '05320001122', phone2: '0533 000 11 22', phone3: 'yok' })
    expect(row).toMatchObject({
      phone: '+905320001122',
      phones: [{ number: '+905330001122', given: '0533 000 11 22' }],
      warnings: ['phone-other-ignored'],
    })
    expect(read({ phone: '05320001122', phone2: '+90 532 000 11 22' })).not.toHaveProperty('phones')
  })

  it('[IMP-2] earlier work is read: status, when last seen, attempts, owner', () => {
    const past = { status: 'Ulaşıldı', lastSeenAt: '03.04.2026 14:30', attempts: '4', owner: 'Alice' }
    expect(readRow({ row: 2, phone: '05320001122', ...past }, 'TR', numbering, 'Europe/Istanbul')).toMatchObject({
      past: { status: 'Ulaşıldı', lastSeenAt: Date.UTC(2026, 3, 3, 11, 30), attempts: 4, owner: 'Alice' },
      warnings: [],
    })
    expect(read({ phone: '05320001122', lastSeenAt: '31.02.2026', attempts: 'many' })).toMatchObject({
      warnings: ['attempts-ignored', 'date-ignored'],
    })
  })
})

describe('a cell as text', () => {
  it.each([
    [905_321_234_567, '905321234567'],
    [5.32e9, '5320000000'],
    [0.1 + 0.2, '0.3'],
    [-12.5, '-12.5'],
    [1e21, '1e+21'],
    [true, 'true'],
    [null, ''],
    ['  as it is ', '  as it is '],
    [{ serialDay: 46_000 }, '2025-12-09'],
    [{ serialDay: 46_000.5 }, '2025-12-09 12:00:00'],
    [{ serialDay: 0.25 }, '06:00:00'],
    [{ serialDay: Number.NaN }, ''],
  ])('[IMP-3] %j is %s', (cell, text) => {
    expect(textOf(cell)).toBe(text)
  })

  it('[IMP-3] a whole number loses no digit', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(textOf(value)).toBe(BigInt(value).toString())
      }),
    )
  })
})
