import { recognise } from '#shared/domain/import/columns'

const DIGITS = 7
const DELIMITERS = [';', '\t', '|', ',']
const looksLikeNumber = (cell: string) =>
  cell.replace(/\D/g, '').length >= DIGITS || /^'?\+?[\d\s]+\*$/.test(cell.trim())

/** What separates cells in these lines; null: each line is one cell. */
export const delimiterOf = (lines: readonly string[]): string | null =>
  DELIMITERS.find((one) => lines.filter((line) => line.includes(one)).length > lines.length / 2) ?? null

/** RFC 4180 within one line: a number has no line break. */
export function cellsOf(line: string, delimiter: string | null): string[] {
  if (delimiter === null) return [line]
  if (!line.includes('"')) return line.split(delimiter)
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (const char of line) {
    if (char === '"') isQuoted = !isQuoted
    else if (char === delimiter && !isQuoted) {
      cells.push(cell)
      cell = ''
    } else cell += char
  }
  return [...cells, cell]
}

/**
 * POOL-16: where the numbers of a list stand, from its first rows: in the column whose header names a phone, else in the one
 * with the most cells that look like numbers. `headers`: rows before the first number.
 */
export function numberColumn(rows: readonly string[][]): { index: number; headers: number } {
  const found = recognise({ name: '', firstRow: 1, rows: rows.map((row) => [...row]) })
  const named = found?.columns.find(({ field }) => field === 'phone')
  if (found && named) return { index: named.index, headers: found.headerIndex + 1 }
  const width = Math.max(1, ...rows.map((row) => row.length))
  const count = (index: number) => rows.filter((row) => looksLikeNumber(row[index] ?? '')).length
  const index = Array.from({ length: width }, (_, at) => at).reduce((a, b) => (count(b) > count(a) ? b : a), 0)
  const first = rows[0]?.[index] ?? ''
  return { index, headers: first !== '' && !/\d/.test(first) ? 1 : 0 }
}
