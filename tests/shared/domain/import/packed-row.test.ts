import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packRow, unpackRow } from '#shared/domain/import/packed-row'
import { readRow } from '#shared/domain/import/row'
import type { StagedRow, ValidRow } from '#shared/domain/import/staged'
import type { Numbering } from '#shared/domain/import/phone'

const numbering: Numbering = (text) => ({
  e164: `+90${text.replace(/\D/g, '')}`,
  possible: /\d{3}/.test(text),
  assigned: true,
})
const cell = fc.option(
  fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      'Erin',
      ' Erin  Ay ',
      '-5',
      'high',
      'tr',
      'Europe/Istanbul',
      'vip, new',
      'erin@example.org',
    ),
    fc.string({ maxLength: 12 }),
  ),
  { nil: undefined },
)
const phone = fc.constantFrom('0532 111 22 33', ' 5321112233', '0532 111 22 33 / 0532 111 22 34', 'abc', '')
const given = fc
  .record({
    phone,
    name: cell,
    firstName: cell,
    lastName: cell,
    userCode: cell,
    email: cell,
    notes: cell,
    priority: cell,
    language: cell,
    timeZone: cell,
    tags: cell,
    phone2: cell,
    status: cell,
    attempts: cell,
    custom: fc.option(fc.dictionary(fc.constantFrom('Şehir', ' City ', 'x'), fc.constantFrom('İzmir', ' a  b', '')), {
      nil: undefined,
    }),
  })
  .map((cells) => Object.fromEntries(Object.entries(cells).filter(([, text]) => text !== undefined)))

const staged = (row: ReturnType<typeof readRow>): StagedRow => (row.fault ? row : { ...row, customerId: 'c1' })
const travelled = (row: StagedRow) => unpackRow(JSON.parse(JSON.stringify(packRow(row))) as StagedRow)

describe('rows on their way', () => {
  it('[IMP-5] a row comes out as it went in, whatever its cells', () => {
    fc.assert(
      fc.property(given, (cells) => {
        const row = staged(readRow({ row: 2, ...cells }, 'TR', numbering))
        expect(travelled(row)).toEqual(row)
      }),
    )
  })

  it('[IMP-5] also where nothing understood is what the cells say', () => {
    const row: ValidRow = {
      row: 3,
      given: { name: 'Erin', custom: { a: 'b' }, userCode: 'A1' },
      name: null,
      fault: null,
      phone: '+905321112233',
      phoneGiven: '0532',
      customerId: 'c2',
      phones: [{ number: '+905321112234', given: '0532' }],
      past: { attempts: 2 },
      fields: {
        name: 'Other',
        userCode: null,
        email: 'e@x.org',
        notes: 'n',
        language: 'tr',
        timeZone: null,
        tags: ['a'],
        custom: {},
      },
      priority: 0,
      warnings: ['date-ignored'],
    }
    expect(travelled(row)).toEqual(row)
  })

  it('[IMP-5] a list that an older release staged is read as it is', () => {
    const row = staged(readRow({ row: 2, name: 'Erin', phone: '0532 111 22 33' }, 'TR', numbering))
    expect(unpackRow(row)).toEqual(row)
  })

  it('an ordinary row is its cells, its number and its id', () => {
    const cells = { row: 2, firstName: 'Erin', lastName: 'Ay', phone: '0532 111 22 33', custom: { City: 'İzmir' } }
    const row = staged(readRow(cells, 'TR', numbering))
    expect(Object.keys(packRow(row)).sort()).toEqual(['customerId', 'given', 'phone', 'row'])
  })
})
