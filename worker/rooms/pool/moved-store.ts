import type { Entry } from '#shared/domain/pool/entry'
import type { StoredEntry } from './entry-row'

export type Moved = { stored: StoredEntry; toPoolId: string }

/**
 * POOL-24: who is on the way to another pool (`transit`: out of everyone's reach until the other pool has answered), and what
 * is kept of those who went (`moved_entry`, beside their cards: their attempts stay in these books, and a late disposition finds
 * them still).
 */
export class MovedStore {
  /** null: not read. Every save asks, and hardly ever is anybody on the way. */
  private onTheWay: Set<number> | null = null

  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS transit (entry_id INTEGER PRIMARY KEY, bulk_id TEXT NOT NULL, batch TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS moved_entry (
        id INTEGER PRIMARY KEY,
        phone TEXT NOT NULL,
        to_pool TEXT NOT NULL,
        at INTEGER NOT NULL,
        body TEXT NOT NULL
      );
    `)
  }

  /** Writes were undone. */
  reload(): void {
    this.onTheWay = null
  }

  depart(entryId: number, bulkId: string, batch: string): void {
    this.onTheWay = null
    this.sql.exec('INSERT INTO transit (entry_id, bulk_id, batch) VALUES (?,?,?)', entryId, bulkId, batch)
  }

  /** The batch that waits for the other pool's answer; null: none. There is one at a time. */
  waiting(): { bulkId: string; batch: string; ids: number[] } | null {
    const rows = this.sql
      .exec<{ entry_id: number; bulk_id: string; batch: string }>('SELECT * FROM transit ORDER BY entry_id')
      .toArray()
    const first = rows[0]
    return first ? { bulkId: first.bulk_id, batch: first.batch, ids: rows.map((row) => row.entry_id) } : null
  }

  isOnTheWay(entryId: number): boolean {
    this.onTheWay ??= new Set(
      [...this.sql.exec<{ id: number }>('SELECT entry_id AS id FROM transit')].map(({ id }) => id),
    )
    return this.onTheWay.has(entryId)
  }

  arrive(entryId: number): void {
    this.onTheWay = null
    this.sql.exec('DELETE FROM transit WHERE entry_id=?', entryId)
  }

  put({ stored, toPoolId }: Moved, now: number): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO moved_entry (id, phone, to_pool, at, body) VALUES (?,?,?,?,?)',
      stored.entry.id,
      stored.phone,
      toPoolId,
      now,
      JSON.stringify(stored),
    )
  }

  /** A late attempt counts with the entry that went. */
  keep(before: StoredEntry, entry: Entry): StoredEntry {
    this.sql.exec('UPDATE moved_entry SET body=? WHERE id=?', JSON.stringify({ ...before, entry }), entry.id)
    return { ...before, entry }
  }

  get(entryId: number): Moved | null {
    const row = this.sql
      .exec<{ body: string; to_pool: string }>('SELECT body, to_pool FROM moved_entry WHERE id=?', entryId)
      .toArray()[0]
    return row ? { stored: JSON.parse(row.body) as StoredEntry, toPoolId: row.to_pool } : null
  }
}
