/** POOL-16: the global list. Each pool's room keeps a copy of it. */
export type ListedNumber = { number: string; at: number; byId: string; reason: string | null }
const COLUMNS = 'number, at, by_id AS byId, reason'

export async function numbersAfter(db: D1Database, after: string, limit: number): Promise<ListedNumber[]> {
  const query = `SELECT ${COLUMNS} FROM do_not_call WHERE number > ? ORDER BY number LIMIT ?`
  return (await db.prepare(query).bind(after, limit).all<ListedNumber>()).results
}

export async function listedNumber(db: D1Database, number: string): Promise<ListedNumber | null> {
  return db.prepare(`SELECT ${COLUMNS} FROM do_not_call WHERE number=?`).bind(number).first<ListedNumber>()
}

/** True: it was not on the list. */
export async function listNumber(db: D1Database, row: ListedNumber): Promise<boolean> {
  const { meta } = await db
    .prepare('INSERT OR IGNORE INTO do_not_call (number, at, by_id, reason) VALUES (?,?,?,?)')
    .bind(row.number, row.at, row.byId, row.reason)
    .run()
  return meta.changes > 0
}

/** True: it was on the list. */
export async function unlistNumber(db: D1Database, number: string): Promise<boolean> {
  return (await db.prepare('DELETE FROM do_not_call WHERE number=?').bind(number).run()).meta.changes > 0
}
