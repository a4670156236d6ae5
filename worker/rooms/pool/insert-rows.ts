/** A statement of the rooms' storage takes at most so many bound values. */
const MOST_BOUND = 100

type Value = string | number | null

/**
 * Many rows with few statements. OR FAIL: SQLite keeps no copy of the pages that one statement touches (it would write them to a
 * temporary file); what was written before a row fails is undone with the group. `same`: columns that have one value in all rows, bound once; others are found. A JSON text taken apart by
 * SQLite costs twice as much, because every column parses it again.
 */
export function insertRows(
  sql: SqlStorage,
  table: string,
  same: Readonly<Record<string, Value>>,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): void {
  const [names, fixed] = [Object.keys(same), Object.values(same)]
  const varying: number[] = []
  columns.forEach((name, column) => {
    // a list is silent about much: what all rows say alike is bound once; the first column is the key
    if (column > 0 && rows.length > 1 && rows.every((row) => row[column] === rows[0]![column])) {
      names.push(name)
      fixed.push(rows[0]![column]!)
    } else varying.push(column)
  })
  const own = varying.map((column) => columns[column]!)
  const together = Math.floor((MOST_BOUND - fixed.length) / own.length)
  for (let from = 0; from < rows.length; from += together) {
    const bound = [...fixed]
    const to = Math.min(from + together, rows.length)
    for (let row = from; row < to; row += 1) for (const column of varying) bound.push(rows[row]![column]!)
    sql.exec(statement(table, names, own, to - from), ...bound)
  }
}

const statements = new Map<string, string>()
function statement(table: string, same: readonly string[], columns: readonly string[], rows: number): string {
  const key = `${table}/${same.join()}/${columns.join()}/${rows}`
  let text = statements.get(key)
  if (text === undefined) {
    const fixed = same.map((_, index) => `?${index + 1}`)
    const values = Array.from({ length: rows }, (_, row) => {
      const own = columns.map((_, column) => `?${same.length + row * columns.length + column + 1}`)
      return `(${[...fixed, ...own].join(',')})`
    })
    text = `INSERT OR FAIL INTO ${table} (${[...same, ...columns].join(', ')}) VALUES ${values.join(',')}`
    statements.set(key, text)
  }
  return text
}
