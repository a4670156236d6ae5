/**
 * POOL-16: the lists of who may not be called, in D1: the global one and one a pool. Pools keep of them only what they have
 * (decision 0110); `version` rises in the same transaction as every change, so that a check can say what it was made against.
 */
export const GLOBAL = 'global'

export type ListedNumber = {
  list: string
  number: string
  at: number
  byId: string
  byName?: string | null
  reason: string | null
}
/** A value of a list: a number in E.164, or with a star at its end the beginning of numbers. */
export const isPrefix = (value: string) => value.endsWith('*')
const prefixOf = (value: string) => value.slice(0, -1)

const VERSION = 'SELECT version FROM do_not_call_version WHERE id=1'
export const RAISE_VERSION = 'UPDATE do_not_call_version SET version=version+1 WHERE id=1'

const numbersBy = (index: string) => `SELECT n.list, n.number, n.at, coalesce(n.by_id, i.by_id) AS byId,
  coalesce(n.reason, i.reason, i.file_name) AS reason, u.name AS byName FROM do_not_call_numbers n ${index}
  LEFT JOIN do_not_call_imports i ON i.id=n.import_id LEFT JOIN users u ON u.id=coalesce(n.by_id, i.by_id)`
const NUMBERS = numbersBy('')
/** Named, because the planner takes the primary key for its order and walks the whole list. */
const NUMBERS_BY_ENDING = numbersBy('INDEXED BY do_not_call_ending')
const PREFIXES = `SELECT n.list, n.prefix || '*' AS number, n.at, n.by_id AS byId, n.reason, u.name AS byName
  FROM do_not_call_prefixes n LEFT JOIN users u ON u.id=n.by_id`

type Query = { list: string; after: string; limit: number; ending?: string; beginning?: string }

/** A page of a list by number. `ending`: the last digits; from four on an index finds them. `beginning`: E.164 from its plus. */
export async function numbersAfter(
  db: D1Database,
  { list, after, limit, ending = '', beginning = '' }: Query,
): Promise<ListedNumber[]> {
  const where = ['n.list=?1', 'n.number>?2']
  const bound: (string | number)[] = [list, after, limit]
  const bind = (value: string) => `?${bound.push(value)}`
  if (beginning) where.push(`n.number>=${bind(beginning)}`, `n.number<${bind(`${beginning}:`)}`)
  if (ending.length >= 4) where.push(`substr(n.number, -4)=${bind(ending.slice(-4))}`)
  if (ending) {
    const place = bind(ending)
    where.push(`substr(n.number, -length(${place}))=${place}`)
  }
  const query = `${ending.length >= 4 ? NUMBERS_BY_ENDING : NUMBERS} WHERE ${where.join(' AND ')} ORDER BY n.number LIMIT ?3`
  const { results } = await db
    .prepare(query)
    .bind(...bound)
    .all<ListedNumber>()
  return results
}

/** Every beginning of a list; there are few. */
export async function prefixesOf(db: D1Database, lists: string[]): Promise<ListedNumber[]> {
  const query = `${PREFIXES} WHERE n.list IN (SELECT value FROM json_each(?)) ORDER BY n.prefix`
  return (await db.prepare(query).bind(JSON.stringify(lists)).all<ListedNumber>()).results
}

export async function countNumbers(db: D1Database, list: string): Promise<number> {
  const query = 'SELECT count(*) AS n FROM do_not_call_numbers WHERE list=?'
  return (await db.prepare(query).bind(list).first<{ n: number }>())?.n ?? 0
}

/** Everything that bars this number: itself or a beginning of it, on these lists. */
export async function barsOf(db: D1Database, number: string, lists: string[]): Promise<ListedNumber[]> {
  const on = JSON.stringify(lists)
  const [numbers, prefixes] = await db.batch<ListedNumber>([
    db.prepare(`${NUMBERS} WHERE n.list IN (SELECT value FROM json_each(?1)) AND n.number=?2`).bind(on, number),
    db
      .prepare(
        `${PREFIXES} WHERE n.list IN (SELECT value FROM json_each(?1)) AND n.prefix IN (SELECT value FROM json_each(?2))`,
      )
      .bind(on, JSON.stringify(beginningsOf(number))),
  ])
  return [...numbers!.results, ...prefixes!.results]
}
const beginningsOf = (number: string) => Array.from({ length: number.length - 1 }, (_, at) => number.slice(0, at + 2))

/** What one value of one list says; null: it is not on it. */
export async function listedValue(db: D1Database, list: string, value: string): Promise<ListedNumber | null> {
  const query = isPrefix(value)
    ? `${PREFIXES} WHERE n.list=? AND n.prefix=?`
    : `${NUMBERS} WHERE n.list=? AND n.number=?`
  return db
    .prepare(query)
    .bind(list, isPrefix(value) ? prefixOf(value) : value)
    .first<ListedNumber>()
}

/** The refusal's detail when a pool has heard of a newer version than a check was made against: look again. */
export const STALE_CHECK = 'the do-not-call lists changed meanwhile'
export type Check = { asOf: number; listed: Listed[] }
export type Listed = { number: string; list: string; byId: string | null; byName: string | null }
/** Which of these numbers stand on the global list or on this pool's, and as of which version. Beginnings every pool knows. */
export async function checkNumbers(db: D1Database, poolId: string, numbers: string[]): Promise<Check> {
  const [version, listed] = await db.batch([
    db.prepare(VERSION),
    db
      .prepare(
        `SELECT n.number, n.list, n.by_id AS byId, u.name AS byName FROM json_each(?1) j
           CROSS JOIN do_not_call_numbers n ON n.list IN ('${GLOBAL}', ?2) AND n.number=j.value LEFT JOIN users u ON u.id=n.by_id`,
      )
      .bind(JSON.stringify(numbers), poolId),
  ])
  return {
    asOf: (version!.results[0] as { version: number }).version,
    listed: listed!.results as Listed[],
  }
}

export async function doNotCallVersion(db: D1Database): Promise<number> {
  return (await db.prepare(VERSION).first<{ version: number }>())!.version
}

type Changed = { changed: boolean; version: number }

/** `changed`: it was not on the list yet. */
export async function listValue(db: D1Database, row: Omit<ListedNumber, 'byName'>): Promise<Changed> {
  const { list, number, at, byId, reason } = row
  const insert = isPrefix(number)
    ? db
        .prepare('INSERT OR IGNORE INTO do_not_call_prefixes (list, prefix, at, by_id, reason) VALUES (?,?,?,?,?)')
        .bind(list, prefixOf(number), at, byId, reason)
    : db
        .prepare('INSERT OR IGNORE INTO do_not_call_numbers (list, number, at, by_id, reason) VALUES (?,?,?,?,?)')
        .bind(list, number, at, byId, reason)
  return changedBy(db, insert)
}

/** `changed`: it was on the list. */
export async function unlistValue(db: D1Database, list: string, value: string): Promise<Changed> {
  const remove = isPrefix(value)
    ? db.prepare('DELETE FROM do_not_call_prefixes WHERE list=? AND prefix=?').bind(list, prefixOf(value))
    : db.prepare('DELETE FROM do_not_call_numbers WHERE list=? AND number=?').bind(list, value)
  return changedBy(db, remove)
}

async function changedBy(db: D1Database, change: D1PreparedStatement): Promise<Changed> {
  const [done, , version] = await db.batch([change, db.prepare(RAISE_VERSION), db.prepare(VERSION)])
  return { changed: done!.meta.changes > 0, version: (version!.results[0] as { version: number }).version }
}
