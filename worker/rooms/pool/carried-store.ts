import type { TriedNumber } from '#shared/domain/pool/phones'
import type { PastAttempt } from '#shared/protocol/pulls'

/** An attempt of the pool a customer came from, as the desk shows it; its figures and limits stay in that pool's books. */
export type CarriedAttempt = { past: PastAttempt; flags: readonly string[]; number: string }

/** POOL-24: what was tried before customers were transferred here. Nobody who came by a list has a row. */
export class CarriedStore {
  /** So that pools nobody was transferred to ask nothing. */
  private hasAny = false

  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS carried_attempt (
        entry_id INTEGER NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (entry_id, at, id)
      ) WITHOUT ROWID;
    `)
    this.reload()
  }

  reload(): void {
    this.hasAny = this.sql.exec('SELECT 1 FROM carried_attempt LIMIT 1').toArray().length > 0
  }

  add(entryId: number, attempts: readonly CarriedAttempt[]): void {
    for (const attempt of attempts) {
      this.sql.exec(
        'INSERT OR IGNORE INTO carried_attempt (entry_id, at, id, body) VALUES (?,?,?,?)',
        entryId,
        attempt.past.at,
        attempt.past.id,
        JSON.stringify(attempt),
      )
      this.hasAny = true
    }
  }

  /** Newest first. */
  of(entryId: number, limit: number): CarriedAttempt[] {
    if (!this.hasAny) return []
    return this.sql
      .exec<{ body: string }>(
        'SELECT body FROM carried_attempt WHERE entry_id=? ORDER BY at DESC LIMIT ?',
        entryId,
        limit,
      )
      .toArray()
      .map(({ body }) => JSON.parse(body) as CarriedAttempt)
  }

  /** POOL-27: on which numbers, oldest first. */
  tried(entryId: number, limit: number): TriedNumber[] {
    return this.of(entryId, limit).reverse()
  }
}
