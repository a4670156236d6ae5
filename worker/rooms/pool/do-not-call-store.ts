/** POOL-16: the numbers nobody here may call. A copy of the whole global list: the check asks no one else. */
export class DoNotCallStore {
  constructor(private readonly sql: SqlStorage) {}

  has(number: string): boolean {
    return this.sql.exec('SELECT 1 FROM do_not_call WHERE number=?', number).toArray().length > 0
  }

  /** True: it was not there yet. */
  add(number: string, at: number, by: string): boolean {
    if (this.has(number)) return false
    this.sql.exec('INSERT INTO do_not_call (number, at, by) VALUES (?,?,?)', number, at, by)
    return true
  }

  remove(number: string): boolean {
    const known = this.has(number)
    if (known) this.sql.exec('DELETE FROM do_not_call WHERE number=?', number)
    return known
  }
}
