/**
 * One cell as a spreadsheet keeps it: text; a number; a boolean; an instant of a date format as its serial day (days since
 * 1899-12-30, a file of the 1904 epoch already shifted); a formula is its cached value; an error value is an empty cell.
 */
export type Cell = string | number | boolean | { serialDay: number } | null
/** Rows of cells; `firstRow` is the sheet's line of rows[0], 1-based; `numbers` where empty rows were left out. */
export type Sheet = { name: string; firstRow: number; rows: Cell[][]; numbers?: number[] }

const MS_A_DAY = 86_400_000
const SERIAL_EPOCH = Date.UTC(1899, 11, 30)

/**
 * IMP-3: a cell's text. A number is written digit by digit, never in powers of ten and never with the grouping of its
 * display format, because phone numbers and codes live in number cells; a whole number loses no digit up to 2^53.
 */
export function textOf(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'string') return cell
  if (typeof cell === 'boolean') return cell ? 'true' : 'false'
  if (typeof cell === 'number') return numberText(cell)
  return dateText(cell.serialDay)
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (Number.isInteger(value)) return Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value)
  const short = String(value)
  // 15 significant digits is what a spreadsheet shows and keeps: 0.1 + 0.2 reads 0.3
  return short.length <= 16 || short.includes('e') ? short : String(Number(value.toPrecision(15)))
}

/** ISO 8601: a date, a date with its time when it has one, or a time alone for a serial under one day. */
function dateText(serialDay: number): string {
  if (!Number.isFinite(serialDay) || serialDay < 0 || serialDay > 2_958_466) return ''
  const instant = new Date(Math.round((SERIAL_EPOCH + serialDay * MS_A_DAY) / 1000) * 1000).toISOString()
  const time = instant.slice(11, 19)
  if (serialDay < 1) return time
  return time === '00:00:00' ? instant.slice(0, 10) : `${instant.slice(0, 10)} ${time}`
}

/** Whole numbers past 15 digits were rounded by the spreadsheet itself: their tail is zeros nobody typed. */
export function isRounded(cell: Cell | undefined): boolean {
  return typeof cell === 'number' && Math.abs(cell) >= 1e15
}
