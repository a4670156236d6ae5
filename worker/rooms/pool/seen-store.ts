/**
 * POOL-21: when a list, or the pool a customer came from, says they were last seen. Kept whether the pool ages or not: it may
 * begin to. A customer of whom nobody said so has no row here.
 */
export class SeenStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(
      'CREATE TABLE IF NOT EXISTS told_seen (id INTEGER PRIMARY KEY, seen_at INTEGER NOT NULL, at INTEGER NOT NULL)',
    )
  }

  /** The newest word wins; `at`: when it was said. */
  put(entryId: number, seenAt: number, at: number): void {
    this.sql.exec(
      `INSERT INTO told_seen (id, seen_at, at) VALUES (?,?,?)
         ON CONFLICT(id) DO UPDATE SET seen_at=max(seen_at, excluded.seen_at), at=excluded.at`,
      entryId,
      seenAt,
      at,
    )
  }

  get(entryId: number): { seenAt: number; at: number } | null {
    const query = 'SELECT seen_at AS seenAt, at FROM told_seen WHERE id=?'
    return this.sql.exec<{ seenAt: number; at: number }>(query, entryId).toArray()[0] ?? null
  }

  remove(entryIds: readonly number[]): void {
    this.sql.exec('DELETE FROM told_seen WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(entryIds))
  }
}
