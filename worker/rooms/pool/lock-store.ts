import type { EditLock } from '#shared/domain/pool/edit-lock'

type Row = {
  id: number
  lock_id: string
  agent_id: string
  agent_name: string
  since: number
  expires_at: number
}

const lockOf = (row: Row): EditLock => ({
  lockId: row.lock_id,
  agentId: row.agent_id,
  agentName: row.agent_name,
  since: row.since,
  expiresAt: row.expires_at,
})

/** POOL-23: editing locks, one a customer at most; a lapsed one is as good as none and swept now and then. */
export class LockStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS edit_lock (
        id INTEGER PRIMARY KEY,
        lock_id TEXT NOT NULL,
        agent_id TEXT NOT NULL,
        agent_name TEXT NOT NULL,
        since INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      );
    `)
  }

  get(entryId: number): EditLock | null {
    const row = this.sql.exec<Row>('SELECT * FROM edit_lock WHERE id=?', entryId).toArray()[0]
    return row ? lockOf(row) : null
  }

  put(entryId: number, lock: EditLock): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO edit_lock (id, lock_id, agent_id, agent_name, since, expires_at) VALUES (?,?,?,?,?,?)',
      entryId,
      lock.lockId,
      lock.agentId,
      lock.agentName,
      lock.since,
      lock.expiresAt,
    )
  }

  remove(entryId: number): void {
    this.sql.exec('DELETE FROM edit_lock WHERE id=?', entryId)
  }

  /** Customers with a lock, live or lapsed: never more than people at work. */
  all(): { entryId: number; lock: EditLock }[] {
    return this.sql
      .exec<Row>('SELECT * FROM edit_lock ORDER BY expires_at')
      .toArray()
      .map((row) => ({ entryId: row.id, lock: lockOf(row) }))
  }
}
