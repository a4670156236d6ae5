/** POOL-16: a list as pools know it: the global one, or the pool's own under its id. */
export type ListName = string
export const GLOBAL_LIST: ListName = 'global'

const VERSION = 'do-not-call-version'

/**
 * POOL-16: what bars the numbers of this pool. Of the lists, which may have millions of numbers, it keeps the ones this pool
 * has, as a customer's or in an import on its way; of beginnings it keeps all (decision 0110). `version`: up to which version of the lists it was told; a check made
 * against an older one may have missed what was not kept.
 */
export class DoNotCallStore {
  /** Beginnings in memory: a check takes at most one look per length. */
  private prefixes = new Map<string, Set<ListName>>()
  private lengths: number[] = []

  constructor(
    private readonly sql: SqlStorage,
    private readonly poolId: string,
    /** Of these numbers those in an import on its way. */
    private readonly onTheWay: (numbers: readonly string[]) => readonly string[] = () => [],
  ) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS do_not_call_bar (number TEXT NOT NULL, list TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, PRIMARY KEY (number, list)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS do_not_call_prefix (prefix TEXT NOT NULL, list TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, PRIMARY KEY (prefix, list)) WITHOUT ROWID;
    `)
    this.takeOver()
    this.reload()
  }

  /** Until version 0110 every pool kept the whole global list. */
  private takeOver(): void {
    if (this.sql.exec('SELECT 1 FROM do_not_call LIMIT 1').toArray().length === 0) return
    this.sql.exec(
      `INSERT OR IGNORE INTO do_not_call_bar (number, list, at, by)
         SELECT number, 'global', at, by FROM do_not_call WHERE number IN (SELECT phone FROM entry)`,
    )
    this.sql.exec('DELETE FROM do_not_call')
  }

  reload(): void {
    const rows = this.sql
      .exec<{ prefix: string; list: string }>('SELECT prefix, list FROM do_not_call_prefix')
      .toArray()
    this.prefixes = new Map()
    for (const { prefix, list } of rows) {
      this.prefixes.set(prefix, (this.prefixes.get(prefix) ?? new Set()).add(list))
    }
    this.lengths = [...new Set(rows.map(({ prefix }) => prefix.length))]
  }

  /** Whether a number this pool has may not be called. */
  has(number: string): boolean {
    return (
      this.hasPrefixOf(number) ||
      this.sql.exec('SELECT 1 FROM do_not_call_bar WHERE number=? LIMIT 1', number).toArray().length > 0
    )
  }

  /** Of many numbers those that may not be called. */
  among(numbers: readonly string[]): Set<string> {
    const listed = this.sql
      .exec<{ number: string }>(
        'SELECT DISTINCT b.number FROM json_each(?) j CROSS JOIN do_not_call_bar b ON b.number=j.value',
        JSON.stringify(numbers),
      )
      .toArray()
      .map((row) => row.number)
    const begun = this.lengths.length > 0 ? numbers.filter((number) => this.hasPrefixOf(number)) : []
    return new Set([...listed, ...begun])
  }

  hasPrefixOf(number: string): boolean {
    return this.lengths.some((length) => this.prefixes.has(number.slice(0, length)))
  }

  /** Of many numbers those this pool has. */
  here(numbers: string[]): string[] {
    const found = this.sql
      .exec<{ value: string }>(`SELECT number.value FROM json_each(?) number WHERE ${HERE}`, JSON.stringify(numbers))
      .toArray()
      .map((row) => row.value)
    return [...new Set([...found, ...this.onTheWay(numbers)])]
  }

  /** True: it was not there yet. The caller knows that this pool has the number. */
  add(list: ListName, number: string, at: number, by: string): boolean {
    return (
      this.sql
        .exec(
          'INSERT OR IGNORE INTO do_not_call_bar (number, list, at, by) VALUES (?,?,?,?) RETURNING 1',
          number,
          list,
          at,
          by,
        )
        .toArray().length > 0
    )
  }

  addPrefix(list: ListName, prefix: string, at: number, by: string): boolean {
    const known = this.prefixes.get(prefix)?.has(list) ?? false
    if (known) return false
    this.sql.exec('INSERT INTO do_not_call_prefix (prefix, list, at, by) VALUES (?,?,?,?)', prefix, list, at, by)
    this.reload()
    return true
  }

  /** A number, or a beginning with its star. True: it was there. */
  remove(list: ListName, value: string): boolean {
    const isPrefix = value.endsWith('*')
    const gone = isPrefix
      ? this.sql.exec('DELETE FROM do_not_call_prefix WHERE prefix=? AND list=? RETURNING 1', value.slice(0, -1), list)
      : this.sql.exec('DELETE FROM do_not_call_bar WHERE number=? AND list=? RETURNING 1', value, list)
    const was = gone.toArray().length > 0
    if (isPrefix) this.reload()
    return was
  }

  follows(list: ListName): boolean {
    return list === GLOBAL_LIST || list === this.poolId
  }

  get version(): number {
    const row = this.sql.exec<{ value: string }>('SELECT value FROM setting WHERE key=?', VERSION).toArray()[0]
    return row ? Number(row.value) : 0
  }

  raiseVersion(to: number): void {
    if (to <= this.version) return
    this.sql.exec('INSERT OR REPLACE INTO setting (key, value) VALUES (?,?)', VERSION, String(to))
  }
}

/** Whatever keeps numbers that may be called has its line here, or in `onTheWay`. */
const HERE = `(
  EXISTS (SELECT 1 FROM entry WHERE phone=number.value)
  OR EXISTS (SELECT 1 FROM alias WHERE alias.number=number.value)
)`
