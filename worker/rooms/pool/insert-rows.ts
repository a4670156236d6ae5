type Value = string | number | null

/**
 * Many rows with one statement. `same`: columns that have one value in all rows, bound once; others are found. The rows travel as one
 * JSON text: to bind each value of each row costs half as much again.
 *
 * OR FAIL: SQLite keeps no copy of the pages that one statement touches (it writes them to a temporary file beyond 16 of
 * them); what was written before a row fails is undone with the group.
 */
export function insertRows(
  sql: SqlStorage,
  table: string,
  same: Readonly<Record<string, Value>>,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): void {
  if (rows.length === 0) return
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
  const text = JSON.stringify(
    varying.length === columns.length ? rows : rows.map((row) => varying.map((at) => row[at]!)),
  )
  sql.exec(statement(table, names, own), ...fixed, text.includes('\\ud') ? wellFormed(text) : text)
}

/** Half a character outside the basic plane: bound, it would be U+FFFD; in a JSON text SQLite would keep it. */
const wellFormed = (text: string) =>
  JSON.stringify(JSON.parse(text), (_key, value: unknown) => (typeof value === 'string' ? asBytes(value) : value))
const asBytes = (text: string) => new TextDecoder().decode(new TextEncoder().encode(text))

const statements = new Map<string, string>()
function statement(table: string, same: readonly string[], columns: readonly string[]): string {
  const key = `${table}/${same.join()}/${columns.join()}`
  let text = statements.get(key)
  if (text === undefined) {
    const values = [...same.map((_, index) => `?${index + 1}`), ...columns.map((_, column) => `value->>${column}`)]
    text = `INSERT OR FAIL INTO ${table} (${[...same, ...columns].join(', ')}) SELECT ${values.join(', ')} FROM json_each(?${same.length + 1})`
    statements.set(key, text)
  }
  return text
}
