import type { JournalRow } from './room'

export type Timer = { name: string; at: number; data: string }

/** Rows that every room has: remembered commands, the journal, timers. */
export function openShellTables(sql: SqlStorage): void {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS command (id TEXT PRIMARY KEY, reply TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS command_at ON command(at);
    CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, event TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS timer (name TEXT PRIMARY KEY, at INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS room_name (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL);
  `)
}

/** The room's own name. The runtime tells it to who is called by it, and not to who is woken by an alarm: so it is kept (0226). */
export function ownName(sql: SqlStorage, told: string | undefined): string | undefined {
  const kept = sql.exec<{ name: string }>('SELECT name FROM room_name').toArray()[0]?.name
  if (told !== undefined && kept === undefined) sql.exec('INSERT INTO room_name (one, name) VALUES (1,?)', told)
  return told ?? kept
}

/** How long a command id is remembered: longer than any outbox keeps retrying before it asks its person. */
const REMEMBER_MS = 30 * 24 * 3600_000

export class ShellStore {
  /** Whether its tables are there: a room that opens late has none before it has something to keep. */
  private opened: boolean | undefined = undefined
  private appended = false
  /** undefined: not known. Asked after every group, so it is kept beside the rows. */
  private next: number | null | undefined = undefined

  constructor(private readonly sql: SqlStorage) {}

  /** Writes were undone: what is kept beside the rows is read again. */
  reload(): void {
    this.next = undefined
    this.opened = undefined
  }

  get isOpen(): boolean {
    this.opened ??= this.sql.exec("SELECT 1 FROM sqlite_master WHERE name='room_name'").toArray().length > 0
    return this.opened
  }

  /** Whether the journal grew since this was last asked. */
  takeAppended(): boolean {
    const { appended } = this
    this.appended = false
    return appended
  }

  knownReply(commandId: string): string | undefined {
    return this.sql.exec<{ reply: string }>('SELECT reply FROM command WHERE id=?', commandId).toArray()[0]?.reply
  }

  remember(commandId: string, reply: string, now: number): void {
    this.sql.exec('INSERT INTO command (id, reply, at) VALUES (?,?,?)', commandId, reply, now)
  }

  /** Called by rooms now and then; bounded work. */
  forgetOldCommands(now: number): void {
    this.sql.exec('DELETE FROM command WHERE id IN (SELECT id FROM command WHERE at < ? LIMIT 500)', now - REMEMBER_MS)
  }

  append(eventId: string, event: unknown): number {
    this.appended = true
    const row = this.sql
      .exec<{ seq: number }>(
        'INSERT INTO journal (event_id, event) VALUES (?,?) RETURNING seq',
        eventId,
        JSON.stringify(event),
      )
      .one()
    return row.seq
  }

  /** Of a row of the same transaction that is still to be committed. */
  rewrite(seq: number, event: unknown): void {
    this.sql.exec('UPDATE journal SET event=? WHERE seq=?', JSON.stringify(event), seq)
  }

  /** The number the next journal row will exceed: what a reply's `projection.seq` names. */
  lastSeq(): number {
    return this.sql.exec<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name='journal'").toArray()[0]?.seq ?? 0
  }

  hasJournal(): boolean {
    return this.isOpen && this.sql.exec('SELECT 1 FROM journal LIMIT 1').toArray().length > 0
  }

  journalHead(limit: number): JournalRow[] {
    if (!this.isOpen) return []
    return this.sql
      .exec<{ seq: number; event_id: string; event: string }>(
        'SELECT seq, event_id, event FROM journal ORDER BY seq LIMIT ?',
        limit,
      )
      .toArray()
      .map((row) => ({ seq: row.seq, eventId: row.event_id, event: row.event }))
  }

  forgetJournal(upToSeq: number): void {
    this.sql.exec('DELETE FROM journal WHERE seq <= ?', upToSeq)
  }

  setTimer(name: string, at: number, data: unknown = null): void {
    this.next = undefined
    this.sql.exec('INSERT OR REPLACE INTO timer (name, at, data) VALUES (?,?,?)', name, at, JSON.stringify(data))
  }

  clearTimer(name: string): void {
    this.next = undefined
    this.sql.exec('DELETE FROM timer WHERE name=?', name)
  }

  timerAt(name: string): number | null {
    return this.sql.exec<{ at: number }>('SELECT at FROM timer WHERE name=?', name).toArray()[0]?.at ?? null
  }

  nextTimerAt(): number | null {
    if (!this.isOpen) return null
    if (this.next === undefined)
      this.next = this.sql.exec<{ at: number | null }>('SELECT min(at) AS at FROM timer').one().at
    return this.next
  }

  dueTimers(now: number): Timer[] {
    if (!this.isOpen) return []
    return this.sql.exec<Timer>('SELECT name, at, data FROM timer WHERE at <= ? ORDER BY at LIMIT 200', now).toArray()
  }
}
