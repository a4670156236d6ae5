import { isRounded, textOf, type Sheet } from './cell'
import type { Recognition } from './columns'
import type { GivenFields } from './staged'

/** One row by field, as text: what travels to the edge from a browser, and what a program's file becomes there. */
export type ExtractedRow = GivenFields & { row: number }

/** Past this a cell is too long whatever it is (`ROW_LIMIT`): no more of it has to travel to be refused. */
export const CELL_LIMIT = 8_001

/**
 * The rows under the header that have anything in them, numbered as the spreadsheet numbers them. Browser and edge call
 * this one function, so a file gives the same rows on either way.
 */
export function* extractRows(sheet: Sheet, { headerIndex, columns }: Recognition): Generator<ExtractedRow> {
  for (let index = headerIndex + 1; index < sheet.rows.length; index += 1) {
    const cells = sheet.rows[index]!
    const row: ExtractedRow = { row: sheet.firstRow + index }
    let filled = false
    for (const column of columns) {
      const cell = cells[column.index]
      const text = (column.field === 'phone' && isRounded(cell) ? roundedText(cell as number) : textOf(cell)).trim()
      if (text === '') continue
      filled = true
      const clipped = text.slice(0, CELL_LIMIT)
      if (column.field === 'custom') (row.custom ??= {})[column.header] = clipped
      else row[column.field] = clipped
    }
    if (filled) yield row
  }
}

/** Written as the spreadsheet shows it, so that the reason given and the value shown agree. */
const roundedText = (value: number): string => value.toExponential(2).replace('e', 'E')
