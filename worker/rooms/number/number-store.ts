import type { NumberStand } from '#shared/domain/number/number'
import { NO_TRIES, together, type Tries } from '#shared/domain/number/caps'

type Row = { sole: string | null; pool: string | null; key: string | null }

/** The numbers of one shard. A number that one pool alone has is one row and nothing more. */
export class NumberStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS number (number TEXT PRIMARY KEY, sole TEXT, pool TEXT, key TEXT) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS place (number TEXT NOT NULL, pool TEXT NOT NULL, PRIMARY KEY (number, pool)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS call (number TEXT NOT NULL, call_id TEXT NOT NULL, PRIMARY KEY (number, call_id)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS tries (number TEXT NOT NULL, pool TEXT NOT NULL, total INTEGER NOT NULL, recent TEXT NOT NULL, PRIMARY KEY (number, pool)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS turn (one INTEGER PRIMARY KEY CHECK (one=1), n INTEGER NOT NULL);
    `)
  }

  get(number: string): NumberStand | null {
    const row = this.sql.exec<Row>('SELECT sole, pool, key FROM number WHERE number=?', number).toArray()[0]
    if (!row) return null
    const list = (query: string) => this.sql.exec<{ one: string }>(query, number).toArray()
    return {
      sole: row.sole,
      hold: row.pool !== null && row.key !== null ? { pool: row.pool, key: row.key } : null,
      places: list('SELECT pool AS one FROM place WHERE number=? ORDER BY pool').map(({ one }) => one),
      calls: list('SELECT call_id AS one FROM call WHERE number=? ORDER BY call_id').map(({ one }) => one),
    }
  }

  put(number: string, was: NumberStand | null, stand: NumberStand): void {
    if (was === stand) return
    const { sole, hold } = stand
    this.sql.exec(
      'INSERT OR REPLACE INTO number (number, sole, pool, key) VALUES (?,?,?,?)',
      number,
      sole,
      hold?.pool ?? null,
      hold?.key ?? null,
    )
    this.list('place', 'pool', number, was?.places ?? [], stand.places)
    this.list('call', 'call_id', number, was?.calls ?? [], stand.calls)
  }

  /** Numbers nobody had: this pool's alone. Answers those that somebody had. */
  addFresh(pool: string, numbers: readonly string[]): string[] {
    const json = JSON.stringify(numbers)
    const known = this.sql
      .exec<{ number: string }>('SELECT number FROM number WHERE number IN (SELECT value FROM json_each(?))', json)
      .toArray()
      .map((row) => row.number)
    this.sql.exec(
      'INSERT OR IGNORE INTO number (number, sole) SELECT value, ?1 FROM json_each(?2) WHERE true',
      pool,
      json,
    )
    return known
  }

  /** POOL-19: a pool's own count; older news of it, with fewer, changes nothing. */
  setTries(number: string, pool: string, { total, recent }: Tries): void {
    this.sql.exec(
      `INSERT INTO tries (number, pool, total, recent) VALUES (?,?,?,?)
       ON CONFLICT(number, pool) DO UPDATE SET total=excluded.total, recent=excluded.recent WHERE excluded.total>=total`,
      number,
      pool,
      total,
      JSON.stringify(recent),
    )
  }

  /** What other pools tried. */
  triesBut(number: string, pool: string): Tries {
    const rows = this.sql
      .exec<{ total: number; recent: string }>(
        'SELECT total, recent FROM tries WHERE number=? AND pool<>?',
        number,
        pool,
      )
      .toArray()
    if (rows.length === 0) return NO_TRIES
    return together(rows.map(({ total, recent }) => ({ total, recent: JSON.parse(recent) as number[] })))
  }

  /** Orders what this shard says: a pool believes no older word against a newer one. */
  nextTurn(): number {
    return this.sql
      .exec<{ n: number }>('INSERT INTO turn (one, n) VALUES (1,1) ON CONFLICT(one) DO UPDATE SET n=n+1 RETURNING n')
      .one().n
  }

  private list(table: string, column: string, number: string, was: readonly string[], is: readonly string[]): void {
    for (const one of was)
      if (!is.includes(one)) this.sql.exec(`DELETE FROM ${table} WHERE number=? AND ${column}=?`, number, one)
    for (const one of is)
      if (!was.includes(one))
        this.sql.exec(`INSERT OR IGNORE INTO ${table} (number, ${column}) VALUES (?,?)`, number, one)
  }
}
