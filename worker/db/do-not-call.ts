/** POOL-16: the global list. Each pool's room keeps a copy of it. */
export type ListedNumber = { number: string; at: number; byId: string; reason: string | null; byName?: string | null }
const SELECT =
  'SELECT n.number, n.at, n.by_id AS byId, n.reason, u.name AS byName FROM do_not_call n LEFT JOIN users u ON u.id=n.by_id'

/** `ending`: digits the number ends with; empty for all. */
export async function numbersAfter(db: D1Database, after: string, limit: number, ending = ''): Promise<ListedNumber[]> {
  const query = `${SELECT} WHERE n.number > ?1 AND (?3 = '' OR substr(n.number, -length(?3)) = ?3) ORDER BY n.number LIMIT ?2`
  return (await db.prepare(query).bind(after, limit, ending).all<ListedNumber>()).results
}

export async function listedNumber(db: D1Database, number: string): Promise<ListedNumber | null> {
  return db.prepare(`${SELECT} WHERE n.number=?`).bind(number).first<ListedNumber>()
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
