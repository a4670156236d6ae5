import type { StoredEntry } from './entry-row'

/** POOL-27: numbers of a customer beside the primary one. A customer with one number has no row here. */
export class PhoneStore {
  /** So that pools without such customers ask nothing. */
  private hasAny = false

  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS alias (entry_id INTEGER NOT NULL, n INTEGER NOT NULL, number TEXT NOT NULL, given TEXT NOT NULL, PRIMARY KEY (entry_id, number)) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS alias_number ON alias(number);
    `)
    this.reload()
  }

  reload(): void {
    this.hasAny = this.sql.exec('SELECT 1 FROM alias LIMIT 1').toArray().length > 0
  }

  /** Further numbers of an entry, in the order of its list; those it has already are kept where they are. */
  add(entryId: number, primary: string, aliases: readonly { number: string; given: string }[]): void {
    let n = this.sql.exec<{ n: number }>('SELECT count(*) AS n FROM alias WHERE entry_id=?', entryId).one().n
    for (const { number, given } of aliases) {
      if (number === primary) continue
      n += 1
      this.sql.exec(
        'INSERT OR IGNORE INTO alias (entry_id, n, number, given) VALUES (?,?,?,?)',
        entryId,
        n,
        number,
        given,
      )
    }
    if (aliases.length > 0) this.reload()
  }

  removeMany(entryIds: readonly number[]): void {
    if (!this.hasAny) return
    this.sql.exec('DELETE FROM alias WHERE entry_id IN (SELECT value FROM json_each(?))', JSON.stringify(entryIds))
  }

  aliasesOf(entryId: number): { number: string; given: string }[] {
    if (!this.hasAny) return []
    return this.sql
      .exec<{ number: string; given: string }>('SELECT number, given FROM alias WHERE entry_id=? ORDER BY n', entryId)
      .toArray()
  }

  /** Every number of the customer, the primary one first. */
  numbersOf({ entry, phone }: StoredEntry): string[] {
    return [phone, ...this.aliasesOf(entry.id).map(({ number }) => number)]
  }

  /** Entries that have one of these numbers beside another primary one. */
  aliased(numbers: readonly string[]): number[] {
    if (!this.hasAny) return []
    return this.sql
      .exec<{ id: number }>(
        'SELECT DISTINCT entry_id AS id FROM alias WHERE number IN (SELECT value FROM json_each(?))',
        JSON.stringify(numbers),
      )
      .toArray()
      .map(({ id }) => id)
  }
}
