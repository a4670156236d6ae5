import { read, type CellObject, type WorkBook, type WorkSheet } from 'xlsx'
import type { Cell, Sheet } from '../domain/import/cell'

const EPOCH = Date.UTC(1899, 11, 30)
const MS_A_DAY = 86_400_000

/** SheetJS, the only place that knows it for reading. Throws what SheetJS throws. */
export function sheetsOfBytes(bytes: Uint8Array): Sheet[] {
  return sheetsOf(
    read(bytes, { type: 'array', dense: true, cellText: false, cellHTML: false, cellFormula: false, cellDates: true }),
  )
}

/** An HTML table or XML of 2003 saved as `.xls`. Cells stay text: `raw` keeps the leading zero of a phone. */
export function sheetsOfMarkup(text: string): Sheet[] {
  return sheetsOf(
    read(text, { type: 'string', dense: true, cellText: false, cellFormula: false, cellDates: true, raw: true }),
  )
}

function sheetsOf(book: WorkBook): Sheet[] {
  const hidden = (index: number) => (book.Workbook?.Sheets?.[index]?.Hidden ?? 0) > 0
  const names = book.SheetNames.filter((_, index) => !hidden(index))
  return (names.length > 0 ? names : book.SheetNames).flatMap((name) => {
    const sheet = book.Sheets[name]
    return sheet ? [{ name, firstRow: 1, rows: rowsOf(sheet) }] : []
  })
}

/** Dense sheets are holed arrays by row and column from A1, whatever `!ref` says. */
function rowsOf(sheet: WorkSheet): Cell[][] {
  const data = (sheet as { '!data'?: (CellObject[] | undefined)[] })['!data'] ?? []
  const rows: Cell[][] = []
  for (let index = 0; index < data.length; index += 1) rows.push(Array.from(data[index] ?? [], cellOf))
  return rows
}

function cellOf(cell: CellObject | undefined): Cell {
  switch (cell?.t) {
    case 's':
      return String(cell.v ?? '')
    case 'n':
      return cell.v as number
    case 'b':
      return Boolean(cell.v)
    case 'd':
      return { serialDay: serialOf(cell.v as Date) }
    default:
      return null
  }
}

/** SheetJS counts days before March 1900 one higher than their serial (the leap day Lotus invented). */
function serialOf(date: Date): number {
  const day = (date.getTime() - EPOCH) / MS_A_DAY
  return day < 61 ? day - 1 : day
}
