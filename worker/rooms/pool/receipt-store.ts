import type { Receipt } from '#shared/domain/pool/receipt'

/** POOL-20: what was checked when a customer in hand was dialled, until the attempt is booked with it. One a grant. */
export class ReceiptStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(
      'CREATE TABLE IF NOT EXISTS dial_receipt (entry_id INTEGER NOT NULL, token INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (entry_id, token)) WITHOUT ROWID',
    )
  }

  put(entryId: number, token: number, receipt: Receipt): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO dial_receipt (entry_id, token, body) VALUES (?,?,?)',
      entryId,
      token,
      JSON.stringify(receipt),
    )
  }

  /** Taken: the attempt keeps it from now on. */
  take(entryId: number, token: number): Receipt | null {
    const row = this.sql
      .exec<{ body: string }>('DELETE FROM dial_receipt WHERE entry_id=? AND token=? RETURNING body', entryId, token)
      .toArray()[0]
    return row ? (JSON.parse(row.body) as Receipt) : null
  }
}
