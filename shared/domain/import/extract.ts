import { isRounded, textOf, type Cell, type Sheet } from './cell'
import type { Column, Recognition } from './columns'
import type { GivenFields } from './staged'

/** One row by field, as text: what travels to the edge from a browser, and what a program's file becomes there. */
export type ExtractedRow = GivenFields & { row: number }

/** Past this a cell is too long whatever it is (`ROW_LIMIT`): no more of it has to travel to be refused. */
export const CELL_LIMIT = 8_001

/** What a list tells of earlier work is shown to the agent under its own header as well. */
const ALSO_SHOWN: ReadonlySet<string> = new Set([
  'status',
  'lastSeenAt',
  'lastCalledAt',
  'lastCalledBy',
  'attempts',
  'source',
  'position',
])
const PHONES: ReadonlySet<string> = new Set(['phone', 'phone2', 'phone3'])

/**
 * The rows under the header that have anything in them, numbered as the spreadsheet numbers them. Browser and edge call
 * this one function, so a file gives the same rows on either way.
 */
export function* extractRows(sheet: Sheet, { headerIndex, columns }: Recognition): Generator<ExtractedRow> {
  for (let index = headerIndex + 1; index < sheet.rows.length; index += 1) {
    const row = extractRow(sheet.numbers?.[index] ?? sheet.firstRow + index, sheet.rows[index]!, columns)
    if (row) yield row
  }
}

/** null: nothing stands there. */
export function extractRow(number: number, cells: readonly Cell[], columns: readonly Column[]): ExtractedRow | null {
  const row: ExtractedRow = { row: number }
  let filled = false
  for (const { index, field, header } of columns) {
    const cell = cells[index]
    if (cell === null || cell === undefined) continue
    const text = (isRounded(cell) && PHONES.has(field) ? roundedText(cell as number) : textOf(cell)).trim()
    if (text === '') continue
    filled = true
    const clipped = text.length > CELL_LIMIT ? text.slice(0, CELL_LIMIT) : text
    if (field !== 'custom') row[field] = clipped
    if (field === 'custom' || ALSO_SHOWN.has(field)) (row.custom ??= {})[header] = clipped
  }
  return filled ? row : null
}

/** Written as the spreadsheet shows it, so that the reason given and the value shown agree. */
const roundedText = (value: number): string => value.toExponential(2).replace('e', 'E')
