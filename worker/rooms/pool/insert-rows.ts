/** A statement of the rooms' storage takes at most so many bound values. */
const MOST_BOUND = 100

type Value = string | number | null

/**
 * Many rows with few statements. `same`: columns that have one value in all rows, bound once. A JSON text taken apart by
 * SQLite costs twice as much, because every column parses it again.
 */
export function insertRows(
  sql: SqlStorage,
  table: string,
  same: Readonly<Record<string, Value>>,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): void {
  const fixed = Object.values(same)
  const together = Math.floor((MOST_BOUND - fixed.length) / columns.length)
  for (let from = 0; from < rows.length; from += together) {
    const some = rows.slice(from, from + together)
    sql.exec(statement(table, Object.keys(same), columns, some.length), ...fixed, ...some.flat())
  }
}

const statements = new Map<string, string>()
function statement(table: string, same: readonly string[], columns: readonly string[], rows: number): string {
  const key = `${table}/${same.length}/${columns.length}/${rows}`
  let text = statements.get(key)
  if (text === undefined) {
    const fixed = same.map((_, index) => `?${index + 1}`)
    const values = Array.from({ length: rows }, (_, row) => {
      const own = columns.map((_, column) => `?${same.length + row * columns.length + column + 1}`)
      return `(${[...fixed, ...own].join(',')})`
    })
    text = `INSERT INTO ${table} (${[...same, ...columns].join(', ')}) VALUES ${values.join(',')}`
    statements.set(key, text)
  }
  return text
}
