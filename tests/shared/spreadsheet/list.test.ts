import { describe, expect, it } from 'vitest'
import { utils, write } from 'xlsx'
import { readList } from '#shared/spreadsheet/list'
import type { FileLimits } from '#shared/spreadsheet/refusal'
import { zip } from '#shared/spreadsheet/zip-writer'
import { fileOf, turkishList } from '#tests/support/lists'

const LIMITS: FileLimits = { bytes: 10_000_000, unzippedBytes: 30_000_000, rows: 20_000 }
const read = (bytes: Uint8Array, name = 'list.xlsx', limits = LIMITS, country = 'TR') =>
  readList(bytes, { name, country }, limits)
const text = (content: string) => new TextEncoder().encode(content)
const PEOPLE = [
  ['Ad', 'Soyad', 'Telefon'],
  ['Ayşe', 'Işık', '05320001122'],
  ['Ömer', 'Çağ', 5_330_001_122],
]
const ROWS = [
  { row: 2, firstName: 'Ayşe', lastName: 'Işık', phone: '05320001122' },
  { row: 3, firstName: 'Ömer', lastName: 'Çağ', phone: '5330001122' },
]

describe('a file as a list', () => {
  it.each(['xlsx', 'xls', 'ods', 'xlsb', 'biff5'] as const)('[IMP-1] .%s', async (kind) => {
    const people =
      kind === 'biff5' ? PEOPLE.map((row) => row.map((cell) => String(cell).replace(/[şıÇğÖ]/g, 'x'))) : PEOPLE
    const list = await read(fileOf(people, kind), `list.${kind === 'biff5' ? 'xls' : kind}`)
    expect(list).toMatchObject({
      ok: true,
      value: {
        sheet: 'Liste',
        rows: [
          { row: 2, phone: '05320001122' },
          { row: 3, phone: '5330001122' },
        ],
      },
    })
    if (kind !== 'biff5') expect(list).toMatchObject({ ok: true, value: { rows: ROWS } })
  })

  it.each([
    ['comma', PEOPLE.map((row) => row.join(',')).join('\r\n')],
    ['semicolon', PEOPLE.map((row) => row.join(';')).join('\n')],
    ['tab', PEOPLE.map((row) => row.join('\t')).join('\n')],
    ['quotes', PEOPLE.map((row) => row.map((cell) => `"${cell}"`).join(';')).join('\r\n')],
    ['byte order mark', `\ufeff${PEOPLE.map((row) => row.join(';')).join('\r\n')}`],
  ])('[IMP-1] .csv, %s', async (_, content) => {
    expect(await read(text(content), 'list.csv')).toMatchObject({ ok: true, value: { rows: ROWS } })
  })

  it('[IMP-1] .csv of an old Windows, and of UTF-16', async () => {
    const content = PEOPLE.map((row) => row.join(';')).join('\r\n')
    const turkish = Uint8Array.from(
      content,
      (letter) => ({ ş: 0xfe, ı: 0xfd, ğ: 0xf0, Ş: 0xde, İ: 0xdd, Ğ: 0xd0 })[letter] ?? letter.charCodeAt(0),
    )
    expect(await read(turkish, 'list.csv')).toMatchObject({ ok: true, value: { rows: ROWS } })
    const wide = new Uint8Array(new Uint16Array([...`\ufeff${content}`].map((letter) => letter.charCodeAt(0))).buffer)
    expect(await read(wide, 'list.csv')).toMatchObject({ ok: true, value: { rows: ROWS } })
  })

  it('[IMP-1] a first line sep=; is not a row', async () => {
    expect(await read(text('sep=;\r\nAd;Telefon\r\nAyşe;05320001122'), 'list.csv')).toMatchObject({
      ok: true,
      value: { rows: [{ row: 3, firstName: 'Ayşe' }] },
    })
  })

  it('[IMP-1] an HTML table under the name .xls keeps the leading zero', async () => {
    const table = `<html><body><table>${PEOPLE.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table></body></html>`
    expect(await read(text(table), 'list.xls')).toMatchObject({ ok: true, value: { rows: ROWS } })
  })

  it('[IMP-2] the first sheet that names a phone column is the list; dates, booleans and formulas are read as their values', async () => {
    const book = utils.book_new()
    utils.book_append_sheet(book, utils.aoa_to_sheet([['Rapor'], ['Kasım']]), 'Kapak')
    const sheet = utils.aoa_to_sheet(
      [[], ['Telefon', 'Tarih', 'VIP', 'Borç'], ['05320001122', new Date(Date.UTC(2026, 10, 20)), true, 0]],
      { cellDates: true, UTC: true },
    )
    sheet['D3'] = { t: 'n', f: 'SUM(1,2)', v: 3 }
    utils.book_append_sheet(book, sheet, 'Liste')
    for (const bookType of ['xlsx', 'ods', 'xls'] as const) {
      const bytes = new Uint8Array(write(book, { type: 'array', bookType, cellDates: false }) as ArrayBuffer)
      const list = await read(bytes, `list.${bookType}`)
      expect(list, bookType).toMatchObject({
        ok: true,
        value: {
          sheet: 'Liste',
          rows: [{ row: 3, phone: '05320001122', custom: { Tarih: '2026-11-20', VIP: 'true', Borç: '3' } }],
        },
      })
    }
  })

  it('[IMP-4] 5,000 rows with Turkish headers', async () => {
    const list = await read(fileOf(turkishList().rows))
    if (!list.ok) throw new Error(list.refusal)
    expect(list.value.rows).toHaveLength(5_000)
    expect(list.value.columns.map((column) => column.field)).toEqual([
      'firstName',
      'lastName',
      'userCode',
      'phone',
      'notes',
      'custom',
    ])
  })
})

describe('a file that cannot be taken', () => {
  const refusalOf = async (...asked: Parameters<typeof read>) => {
    const list = await read(...asked)
    return list.ok ? 'taken' : list.refusal
  }
  const zipped = async (members: { name: string; parts: string[] }[]) => {
    const parts: Uint8Array[] = []
    for await (const part of zip(members)) parts.push(part)
    return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer())
  }

  it('[IMP-6] text under the name .xlsx, a picture, a document, a broken zip', async () => {
    expect(await refusalOf(text('Ad,Telefon\nAyşe,05320001122'))).toBe('file-unreadable')
    expect(await refusalOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0), 'list.csv')).toBe(
      'file-unreadable',
    )
    expect(await refusalOf(await zipped([{ name: 'word/document.xml', parts: ['<w/>'] }]))).toBe('file-unreadable')
    expect(await refusalOf(await zipped([{ name: '[Content_Types].xml', parts: ['<Types/>'] }]))).toBe(
      'file-unreadable',
    )
    const whole = fileOf(PEOPLE)
    expect(await refusalOf(whole.subarray(0, whole.length / 2))).toBe('file-unreadable')
    const torn = whole.slice()
    torn.fill(0xff, whole.length * 0.2, whole.length * 0.6)
    expect(await refusalOf(torn)).toBe('file-unreadable')
    const compound = fileOf(PEOPLE, 'xls')
    expect(await refusalOf(compound.subarray(0, 600), 'list.xls')).toMatch(/^file-(unreadable|empty)$/)
  })

  it('[IMP-6] nothing in it', async () => {
    expect(await refusalOf(new Uint8Array())).toBe('file-empty')
    expect(await refusalOf(fileOf([]))).toBe('file-empty')
    expect(await refusalOf(fileOf([['Ad', 'Telefon']]))).toBe('file-empty')
    expect(await refusalOf(text('\r\n\r\n'), 'list.csv')).toBe('file-empty')
  })

  it('[IMP-2] no phone column is said', async () => {
    expect(
      await refusalOf(
        fileOf([
          ['Ad', 'Soyad'],
          ['Ayşe', 'Işık'],
        ]),
      ),
    ).toBe('no-phone-column')
  })

  it('[IMP-6] too many bytes, rows, or bytes once unzipped, whatever the zip says of itself', async () => {
    expect(await refusalOf(fileOf(PEOPLE), 'list.xlsx', { ...LIMITS, bytes: 100 })).toBe('file-too-large')
    expect(await refusalOf(fileOf(PEOPLE), 'list.xlsx', { ...LIMITS, rows: 1 })).toBe('file-too-large')
    const bomb = await zipped([
      { name: '[Content_Types].xml', parts: ['<Types/>'] },
      { name: 'xl/workbook.xml', parts: Array.from({ length: 40 }, () => ' '.repeat(1_000_000)) },
    ])
    expect(bomb.length).toBeLessThan(100_000)
    expect(await refusalOf(bomb)).toBe('file-too-large')
    // the same with its sizes said to be small, in the directory
    const view = new DataView(bomb.buffer)
    for (let at = 0; at < bomb.length - 46; at += 1)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true)
    expect(await refusalOf(bomb)).toBe('file-too-large')
  })

  it('[IMP-6] a password is said to be one', async () => {
    const sealed = await zipped([
      { name: 'content.xml', parts: ['sealed'] },
      {
        name: 'META-INF/manifest.xml',
        parts: ['<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>'],
      },
    ])
    expect(await refusalOf(sealed, 'list.ods')).toBe('file-encrypted')
  })
})
