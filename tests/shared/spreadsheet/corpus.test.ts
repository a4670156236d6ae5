import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { textOf, type Cell } from '#shared/domain/import/cell'
import type { FileLimits } from '#shared/spreadsheet/refusal'
import { openSheets } from '#shared/spreadsheet/sheets'
import { sheetsOfBytes } from '#shared/spreadsheet/workbook'
import { openXlsx, Unusual } from '#shared/spreadsheet/xlsx-reader'
import { checkDirectory } from '#shared/spreadsheet/zip'

/** Spreadsheets that nobody here wrote (calamine's tests); beside a checkout on machines that have them, never in it. */
const CORPUS = path.resolve(import.meta.dirname, '../../../../shared/data/spreadsheets')
const isHere = existsSync(CORPUS)
const files = isHere ? readdirSync(CORPUS).filter((name) => /\.(?:xls[xmb]?|ods)$/.test(name)) : []
const LIMITS: FileLimits = { bytes: 100_000_000, unzippedBytes: 1_000_000_000, rows: 500_000 }
const REFUSALS = ['file-unreadable', 'file-encrypted', 'file-empty', 'file-too-large']
const bytesOf = (name: string) => new Uint8Array(readFileSync(path.join(CORPUS, name)))

type Texts = { name: string; cells: Map<string, string> }[]
function textsOf(name: string, rows: { number: number; cells: readonly Cell[] }[]): Texts[number] {
  const cells = new Map<string, string>()
  for (const { number, cells: row } of rows)
    row.forEach((cell, column) => {
      const text = textOf(cell).replaceAll('\r\n', '\n').trim()
      if (text !== '') cells.set(`R${number}C${column + 1}`, text)
    })
  return { name, cells }
}

describe.skipIf(!isHere)(`spreadsheets of others${isHere ? '' : ` (skipped: ${CORPUS} is not there)`}`, () => {
  it.each(files)('[IMP-6] %s gives its cells, or one refusal', { timeout: 10_000 }, async (name) => {
    const opened = await openSheets(bytesOf(name), { name, country: 'TR' }, LIMITS, () => {})
    if (name.startsWith('pass_protected')) return expect(opened).toMatchObject({ refusal: 'file-encrypted' })
    if (!opened.ok) return expect(REFUSALS).toContain(opened.refusal)
    let cells = 0
    for (const sheet of opened.value)
      for await (const { rows, numbers } of sheet.batches()) {
        expect(rows.length).toBe(numbers.length)
        cells += rows.reduce((sum, row) => sum + row.filter((cell) => cell !== null).length, 0)
      }
    expect(cells).toBeGreaterThanOrEqual(0)
  })

  it.each(files.filter((name) => /\.xls[xm]$/.test(name)))(
    '[IMP-1] %s reads the same row by row as SheetJS reads it whole',
    { timeout: 10_000 },
    async (name) => {
      const bytes = bytesOf(name)
      const members = await checkDirectory(bytes, LIMITS)
      if (!members.ok) return expect(REFUSALS).toContain(members.refusal)
      const sheets = await openXlsx(bytes, members.value, LIMITS).catch((fault: unknown) => {
        if (fault instanceof Unusual) return null
        throw fault
      })
      if (!sheets) return
      const ours: Texts = []
      for (const sheet of sheets) {
        const rows: { number: number; cells: Cell[] }[] = []
        for await (const batch of sheet.batches())
          batch.rows.forEach((cells, index) => rows.push({ number: batch.numbers[index]!, cells }))
        ours.push(textsOf(sheet.name, rows))
      }
      const theirs = sheetsOfBytes(bytes).map((sheet) =>
        textsOf(
          sheet.name,
          sheet.rows.map((cells, index) => ({ number: index + 1, cells })),
        ),
      )
      // SheetJS lists sheets of charts too
      const filled = (sheets: Texts) =>
        sheets.filter(({ cells }) => cells.size > 0).map(({ name, cells }) => [name, Object.fromEntries(cells)])
      expect(filled(ours)).toEqual(filled(theirs))
    },
  )
})

it.skipIf(isHere)(`spreadsheets of others are not here: ${CORPUS}`, () => {})
