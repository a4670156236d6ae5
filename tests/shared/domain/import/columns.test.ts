import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cell, Sheet } from '#shared/domain/import/cell'
import { COLUMN_NAMES, type ListedField } from '#shared/domain/import/column-names'
import { fieldOf, recognise } from '#shared/domain/import/columns'
import { extractRows } from '#shared/domain/import/extract'
import { foldHeader } from '#shared/domain/import/text'

const sheet = (...rows: Cell[][]): Sheet => ({ name: 'list', firstRow: 1, rows })
const fieldsOf = (list: Sheet) => recognise(list)?.columns.map((column) => `${column.header}=${column.field}`)

describe('columns', () => {
  it.each([
    [
      ['Ad', 'Soyad', 'Kullanıcı Kodu', 'Telefon Numarası'],
      ['firstName', 'lastName', 'userCode', 'phone'],
    ],
    [
      ['TELEFON NUMARASI', 'SOYADI', 'ADI', 'KULLANICI KODU'],
      ['phone', 'lastName', 'firstName', 'userCode'],
    ],
    [
      ['First Name', 'last_name', 'User Code', 'Phone Number', 'E-mail'],
      ['firstName', 'lastName', 'userCode', 'phone', 'email'],
    ],
    [
      ['Nombre completo', 'Teléfono móvil', 'Código de cliente', 'Observaciones'],
      ['name', 'phone', 'userCode', 'notes'],
    ],
    [
      ['الاسم', 'رقم الجوال', 'رمز المستخدم', 'ملاحظات'],
      ['name', 'phone', 'userCode', 'notes'],
    ],
    [
      ['İSİM SOYİSİM', 'Cep Tel.', 'ÖNCELİK', 'Dil'],
      ['name', 'phone', 'priority', 'language'],
    ],
  ])('[IMP-2] %j', (header, fields) => {
    expect(recognise(sheet(header))?.columns.map((column) => column.field)).toEqual(fields)
  })

  it('[IMP-2] every name is known in any case, with other accents, spaces and signs', () => {
    const names = (Object.entries(COLUMN_NAMES) as [ListedField, string[]][]).flatMap(([field, list]) =>
      list.map((name) => ({ field, name })),
    )
    const sign = fc.constantFrom('', ' ', '  ', '_', '-', '.', ':', '*')
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(fc.boolean()),
        sign,
        sign,
        fc.constantFrom('en', 'tr'),
        ({ field, name }, upper, before, between, locale) => {
          const written = [...name]
            .map((letter, index) => (upper[index] ? letter.toLocaleUpperCase(locale) : letter))
            .join('')
          const spelled = before + written.replaceAll(' ', between || ' ')
          expect(fieldOf(spelled)).toEqual({ field, exact: true })
        },
      ),
    )
  })

  it('[IMP-2] no two fields share a name', () => {
    const folded = Object.values(COLUMN_NAMES).map((names) => new Set(names.map(foldHeader)))
    for (const [index, names] of folded.entries()) {
      for (const other of folded.slice(index + 1)) expect([...names].filter((name) => other.has(name))).toEqual([])
    }
  })

  it('[IMP-2] a phone column is found inside a longer header, but not where it means something else', () => {
    expect(fieldsOf(sheet(['Müşteri', 'Müşteri Telefon No 1', 'Telefon Tipi']))).toEqual([
      'Müşteri=name',
      'Müşteri Telefon No 1=phone',
      'Telefon Tipi=custom',
    ])
    expect(recognise(sheet(['Ad', 'Phone type', 'Telefon modeli']))).toBeNull()
  })

  it('[IMP-2] the exact name wins over a part of one, then the first; further phones are further numbers', () => {
    expect(fieldsOf(sheet(['Ev telefonu', 'Telefon', 'Cep']))).toEqual([
      'Ev telefonu=phone2',
      'Telefon=phone',
      'Cep=phone3',
    ])
  })

  it('[IMP-2] the header need not be the first row: titles, logos and dates stand above it', () => {
    const list = sheet(
      ['Telefon listesi Kasım 2026'],
      [],
      [null, { serialDay: 46_000 }],
      ['Ad', 'Telefon'],
      ['Ayşe', 5_320_001_122],
    )
    const found = recognise(list)!
    expect(found.headerIndex).toBe(3)
    expect([...extractRows(list, found)]).toEqual([{ row: 5, firstName: 'Ayşe', phone: '5320001122' }])
  })

  it('[IMP-2] what is not recognised is kept under its own header, twice the same as two, without one by its letter', () => {
    const list = sheet(['Şehir', 'Telefon', 'Şehir', ''], ['İzmir', '5320001122', 'Aydın', 'x'])
    expect([...extractRows(list, recognise(list)!)]).toEqual([
      { row: 2, phone: '5320001122', custom: { Şehir: 'İzmir', 'Şehir 2': 'Aydın', D: 'x' } },
    ])
  })

  it('[IMP-2] without a phone column nothing is recognised', () => {
    expect(recognise(sheet(['Ad', 'Soyad'], ['Ayşe', 'Demir']))).toBeNull()
    expect(recognise(sheet())).toBeNull()
  })

  it('[IMP-6] a sheet that claims 16,384 columns costs 200', () => {
    const wide = Array.from({ length: 16_384 }, (_, index) => (index === 3 ? 'Telefon' : 'x'))
    expect(recognise(sheet(wide))!.columns).toHaveLength(200)
  })

  it('[IMP-2] no header can reach what every object has', () => {
    const list = sheet(['Telefon', '__proto__', 'constructor'], ['5320001122', 'a', 'b'])
    const [row] = [...extractRows(list, recognise(list)!)]
    expect(Object.entries(row!.custom!)).toEqual([
      ['_proto_', 'a'],
      ['constructor', 'b'],
    ])
  })
})
