import type { NumbersAhead } from './numbers-ahead'

/** What a number must be told to its NumberRoom: a lease that ended (`key`), or only that something was tried. */
export type Owed = { seq: number; number: string; key: string | null }
export type HeldNumber = { number: string; key: string; entryId: number }

/**
 * What the pool knows of numbers that it does not have to itself (POOL-1). A number without a mark is the pool's own: it
 * is leased without asking anyone.
 */
export class NumberStore {
  /** What rows there are at all: a pool whose customers stand nowhere else asks none of the tables. */
  private has = { marks: false, holds: false, calls: false }
  hasOwed = false
  hasUnregistered = false
  /** Entries up to here came before numbers were registered; after `from` they still wait for it. */
  private early = { from: 0, to: 0 }

  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS number_mark (number TEXT PRIMARY KEY, turn INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS number_mark_new ON number_mark(number) WHERE turn=0;
      CREATE TABLE IF NOT EXISTS number_hold (number TEXT PRIMARY KEY, key TEXT NOT NULL, entry_id INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS number_hold_entry ON number_hold(entry_id);
      CREATE TABLE IF NOT EXISTS number_owed (seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, key TEXT);
      CREATE TABLE IF NOT EXISTS live_call (call_id TEXT PRIMARY KEY, entry_id INTEGER NOT NULL, since INTEGER NOT NULL, is_over INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS live_call_entry ON live_call(entry_id);
    `)
    const known = sql.exec("SELECT 1 FROM setting WHERE key='numbers'").toArray().length > 0
    if (!known) {
      const { last } = sql.exec<{ last: number | null }>('SELECT max(id) AS last FROM entry').one()
      this.setEarly({ from: 0, to: last ?? 0 })
    }
    this.reload()
  }

  reload(): void {
    const any = (query: string) => this.sql.exec(query).toArray().length > 0
    this.has = {
      marks: any('SELECT 1 FROM number_mark LIMIT 1'),
      holds: any('SELECT 1 FROM number_hold LIMIT 1'),
      calls: any('SELECT 1 FROM live_call LIMIT 1'),
    }
    this.hasOwed = any('SELECT 1 FROM number_owed LIMIT 1')
    const { value } = this.sql.exec<{ value: string }>("SELECT value FROM setting WHERE key='numbers'").one()
    this.early = JSON.parse(value) as { from: number; to: number }
    this.hasUnregistered = this.early.from < this.early.to || any('SELECT 1 FROM number_mark WHERE turn=0 LIMIT 1')
  }

  // ---- marks --------------------------------------------------------------------------------------------------------

  /** The turn of the newest word that the number is not ours alone; 0: not registered yet; null: it is our own. */
  markOf(number: string, entryId: number): number | null {
    const row = this.has.marks
      ? this.sql.exec<{ turn: number }>('SELECT turn FROM number_mark WHERE number=?', number).toArray()[0]
      : undefined
    if (row) return row.turn
    return entryId > this.early.from && entryId <= this.early.to ? 0 : null
  }

  mark(number: string, turn: number): void {
    this.sql.exec(
      'INSERT INTO number_mark (number, turn) VALUES (?1,?2) ON CONFLICT(number) DO UPDATE SET turn=max(turn, ?2)',
      number,
      turn,
    )
    this.has.marks = true
    if (turn === 0) this.hasUnregistered = true
  }

  markMany(numbers: readonly string[], turn: number): void {
    this.sql.exec(
      `INSERT INTO number_mark (number, turn) SELECT value, ?1 FROM json_each(?2) WHERE true
         ON CONFLICT(number) DO UPDATE SET turn=max(turn, excluded.turn)`,
      turn,
      JSON.stringify(numbers),
    )
    this.has.marks = true
    if (turn === 0) this.hasUnregistered = true
  }

  /** The word that it is our own counts only where no newer one says otherwise. */
  unmark(number: string, turn: number): void {
    if (this.has.marks) this.sql.exec('DELETE FROM number_mark WHERE number=? AND turn<?', number, turn)
  }

  private unmarkMany(own: readonly (readonly [string, number])[]): void {
    if (!this.has.marks || own.length === 0) return
    this.sql.exec(
      `DELETE FROM number_mark WHERE number IN (
         SELECT mark.number FROM json_each(?) j CROSS JOIN number_mark mark ON mark.number=j.value->>0 WHERE mark.turn<j.value->>1)`,
      JSON.stringify(own),
    )
  }

  /** New in the pool: what was not registered ahead is marked until it is. */
  arrived(numbers: readonly string[], ahead: NumbersAhead): void {
    const fresh: string[] = []
    const own: [string, number][] = []
    for (const number of numbers) {
      const turn = ahead.turnOf(number)
      if (turn === null) fresh.push(number)
      else own.push([number, turn])
    }
    this.unmarkMany(own)
    if (fresh.length === 0) return
    this.sql.exec(
      'INSERT OR IGNORE INTO number_mark (number, turn) SELECT value, 0 FROM json_each(?) WHERE true',
      JSON.stringify(fresh),
    )
    this.has.marks = true
    this.hasUnregistered = true
  }

  // ---- registering --------------------------------------------------------------------------------------------------

  unregistered(limit: number): string[] {
    if (!this.has.marks) return []
    return this.sql
      .exec<{ number: string }>('SELECT number FROM number_mark WHERE turn=0 LIMIT ?', limit)
      .toArray()
      .map(({ number }) => number)
  }

  /** The next numbers of a pool older than this rule, with the entry they reach to; null: all are registered. */
  earlyNumbers(limit: number): { numbers: string[]; to: number } | null {
    if (this.early.from >= this.early.to) return null
    const rows = this.sql
      .exec<{ id: number; phone: string }>(
        'SELECT id, phone FROM entry WHERE id>? AND id<=? ORDER BY id LIMIT ?',
        this.early.from,
        this.early.to,
        limit,
      )
      .toArray()
    return { numbers: rows.map(({ phone }) => phone), to: rows.at(-1)?.id ?? this.early.to }
  }

  earlyDone(to: number): void {
    this.setEarly({ ...this.early, from: to })
  }

  private setEarly(early: { from: number; to: number }): void {
    this.sql.exec("INSERT OR REPLACE INTO setting (key, value) VALUES ('numbers', ?)", JSON.stringify(early))
    this.early = early
  }

  // ---- holds --------------------------------------------------------------------------------------------------------

  hold({ number, key, entryId }: HeldNumber): void {
    this.sql.exec('INSERT OR REPLACE INTO number_hold (number, key, entry_id) VALUES (?,?,?)', number, key, entryId)
    this.has.holds = true
  }

  holdOn(number: string): HeldNumber | null {
    if (!this.has.holds) return null
    const query = 'SELECT number, key, entry_id AS entryId FROM number_hold WHERE number=?'
    return this.sql.exec<HeldNumber>(query, number).toArray()[0] ?? null
  }

  /** The lease of this entry is over: whoever keeps its numbers will hear of it. */
  endHolds(entryId: number): void {
    if (!this.has.holds) return
    const ended = this.sql
      .exec<{ number: string; key: string }>('DELETE FROM number_hold WHERE entry_id=? RETURNING number, key', entryId)
      .toArray()
    for (const { number, key } of ended) this.owe(number, key)
  }

  // ---- what NumberRooms must hear --------------------------------------------------------------------------------------

  owe(number: string, key: string | null): void {
    this.sql.exec('INSERT INTO number_owed (number, key) VALUES (?,?)', number, key)
    this.hasOwed = true
  }

  owed(limit: number): Owed[] {
    return this.sql.exec<Owed>('SELECT seq, number, key FROM number_owed ORDER BY seq LIMIT ?', limit).toArray()
  }

  paid(seqs: readonly number[]): void {
    this.sql.exec('DELETE FROM number_owed WHERE seq IN (SELECT value FROM json_each(?))', JSON.stringify(seqs))
  }

  // ---- calls placed for a lease ---------------------------------------------------------------------------------------

  /** A call that is over stays over, whatever is heard later. */
  noteCall(callId: string, entryId: number, since: number, isOver: boolean): void {
    this.sql.exec('DELETE FROM live_call WHERE entry_id=? AND is_over=1 AND since<?', entryId, since)
    this.sql.exec(
      `INSERT INTO live_call (call_id, entry_id, since, is_over) VALUES (?,?,?,?)
       ON CONFLICT(call_id) DO UPDATE SET is_over=max(is_over, excluded.is_over)`,
      callId,
      entryId,
      since,
      Number(isOver),
    )
    this.has.calls = true
  }

  /** When the live call with this customer began; null: there is none. */
  callSince(entryId: number): number | null {
    if (!this.has.calls) return null
    const query = 'SELECT max(since) AS since FROM live_call WHERE entry_id=? AND is_over=0'
    return this.sql.exec<{ since: number | null }>(query, entryId).one().since
  }
}
