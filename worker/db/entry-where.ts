import { ANYBODY, NOBODY, needles, type EntryFilter } from '#shared/domain/pool/entry-filter'

/** Where an entry's facts stand: in D1's projection, or in the pool's own tables. Both are SQLite, so one builder serves both. */
export type EntryColumns = {
  state: string
  owner: string
  priority: string
  tries: string
  lastDisposition: string
  /** JSON array. */
  tags: string
  callbackAt: string
  callbackFor: string
  /** A condition with one placeholder: the import's id. */
  onList: string
  /** null: the text is looked for elsewhere. */
  search: string | null
}
export type Where = { sql: string; binds: (string | number)[] }

/** POOL-24: the conditions of a filter; '1' when nothing narrows. */
export function entryWhere(filter: EntryFilter, columns: EntryColumns, now: number): Where {
  const parts: string[] = []
  const binds: (string | number)[] = []
  const add = (sql: string, ...bound: (string | number)[]) => {
    parts.push(sql)
    binds.push(...bound)
  }
  const anyOf = (column: string, values: readonly string[] | undefined) => {
    if (values) add(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(values))
  }
  anyOf(columns.state, filter.states)
  anyOf(columns.lastDisposition, filter.lastDispositions)
  person(columns.owner, filter.owner)
  person(columns.callbackFor, filter.callbackFor, `${columns.callbackAt} IS NOT NULL`)
  if (filter.concerns !== undefined)
    add(`(${columns.owner}=? OR ${columns.callbackFor}=?)`, filter.concerns, filter.concerns)
  if (filter.priorityFrom !== undefined) add(`${columns.priority}>=?`, filter.priorityFrom)
  if (filter.priorityTo !== undefined) add(`${columns.priority}<=?`, filter.priorityTo)
  if (filter.attemptsFrom !== undefined) add(`${columns.tries}>=?`, filter.attemptsFrom)
  if (filter.attemptsTo !== undefined) add(`${columns.tries}<=?`, filter.attemptsTo)
  if (filter.tags) {
    const wanted = 'SELECT value FROM json_each(?)'
    add(`EXISTS (SELECT 1 FROM json_each(${columns.tags}) WHERE value IN (${wanted}))`, JSON.stringify(filter.tags))
  }
  if (filter.importId !== undefined) add(columns.onList, filter.importId)
  if (filter.callback === 'promised') add(`${columns.callbackAt} IS NOT NULL`)
  if (filter.callback === 'none') add(`${columns.callbackAt} IS NULL`)
  if (filter.callback === 'due') add(`${columns.callbackAt}<=?`, now)
  if (filter.callback === 'later') add(`${columns.callbackAt}>?`, now)
  if (filter.text !== undefined && columns.search !== null) {
    const found = needles(filter.text)
    const like = `${columns.search} LIKE ? ESCAPE '\\'`
    add(`(${found.map(() => like).join(' OR ')})`, ...found.map((part) => `%${part.replace(/[\\%_]/g, '\\$&')}%`))
  }
  return { sql: parts.length > 0 ? parts.join(' AND ') : '1', binds }

  function person(column: string, who: string | undefined, besides = '1') {
    if (who === NOBODY) add(`${column} IS NULL AND ${besides}`)
    else if (who === ANYBODY) add(`${column} IS NOT NULL`)
    else if (who !== undefined) add(`${column}=?`, who)
  }
}
