import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { read, utils } from 'xlsx'
import { csvParts, defuse } from '#shared/spreadsheet/csv-writer'
import { readList } from '#shared/spreadsheet/list'
import { xlsxStream, type OutCell } from '#shared/spreadsheet/xlsx-writer'

const xlsx = async (header: string[], rows: OutCell[][]) =>
  new Uint8Array(await new Response(xlsxStream({ name: 'Çıktı/1', header, rows })).arrayBuffer())
const csv = async (header: string[], rows: OutCell[][]) => {
  let text = ''
  for await (const part of csvParts(header, rows)) text += part
  return text
}

describe('a spreadsheet written row by row', () => {
  it('[IMP-7] another program reads what was written; text is never a formula', async () => {
    const book = read(
      await xlsx(
        ['Who', '=Whom'],
        [
          ['=1+1', '+905320001122'],
          [null, -5],
          [{ localSerial: 46_000.5 }, { durationMs: 3_723_000 }],
        ],
      ),
      { type: 'array' },
    )
    const sheet = book.Sheets[book.SheetNames[0]!]!
    expect(book.SheetNames).toEqual(['Çıktı 1'])
    expect(sheet['A2']).toMatchObject({ t: 's', v: '=1+1' })
    expect(sheet['A2'].f).toBeUndefined()
    expect(utils.sheet_to_json(sheet, { header: 1, raw: false, defval: '' })).toEqual([
      ['Who', '=Whom'],
      ['=1+1', '+905320001122'],
      ['', '-5'],
      ['2025-12-09 12:00:00', '1:02:03'],
    ])
  })

  it('[IMP-7] any text comes back as it was, but for what XML cannot hold', async () => {
    const sound = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map((text) => text.replace(/\r\n?/g, '\n'))
    await fc.assert(
      fc.asyncProperty(fc.array(sound, { minLength: 1, maxLength: 20 }), async (texts) => {
        const book = read(
          await xlsx(
            ['Text'],
            texts.map((text) => [text]),
          ),
          { type: 'array' },
        )
        const sheet = book.Sheets[book.SheetNames[0]!]!
        expect(texts.map((_, index) => sheet[`A${index + 2}`]?.v)).toEqual(texts)
      }),
      { numRuns: 50 },
    )
    const odd = read(await xlsx(['Text'], [['a\u0000b\ud800c']]), { type: 'array' })
    expect(odd.Sheets[odd.SheetNames[0]!]!['A2'].v).toBe('abc')
  })

  it('[IMP-7] ten thousand rows and more are one file', async () => {
    const bytes = await xlsx(
      ['Phone', 'Name'],
      Array.from({ length: 12_000 }, (_, index) => [`+9053200${index}`, 'Ayşe']),
    )
    const list = await readList(bytes, { name: 'x.xlsx', country: 'TR' }, { bytes: 1e8, unzippedBytes: 1e9, rows: 1e6 })
    expect(list.ok && list.value.rows.length).toBe(12_000)
  })
})

describe('comma separated', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+cmd|calc', "'+cmd|calc"],
    ['-2+3', "'-2+3"],
    ['\t=1', "'\t=1"],
    ['+905321234567', '+905321234567'],
    ['+90 (532) 123-45-67', '+90 (532) 123-45-67'],
    ['-12.5', '-12.5'],
    ['-7', '-7'],
    ['Ayşe', 'Ayşe'],
  ])('[IMP-7] %j is written %j', (text, written) => {
    expect(defuse(text)).toBe(written)
  })

  it('[IMP-7] quotes, line breaks and commas survive; times and durations read as times', async () => {
    const rows: OutCell[][] = [
      ['a "b", c\nd', 5],
      [null, { durationMs: 61_000 }],
      [{ localSerial: 46_000.25 }, '+905321234567'],
    ]
    expect(await csv(['x', 'y'], rows)).toBe(
      '\ufeffx,y\r\n"a ""b"", c\nd",5\r\n,0:01:01\r\n2025-12-09 06:00:00,+905321234567\r\n',
    )
  })
})
