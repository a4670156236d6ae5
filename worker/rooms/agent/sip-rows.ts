/** The few rows the line keeps: messages for a device that has no socket just now, and tickets already used. */
export const OWED_MS = 32_000
const MOST_OWED = 64
/** Of the last calls: a call lives 4 h at most. */
const MOST_ALIASES = 512
/** In the place of a Call-ID, which has no blank: the room that stands ready for the next call. */
const NEXT = ' '

export class SipRows {
  /** Call-ID → room. */
  private known: Map<string, string> | null = null
  /** False: nothing waits for anybody, so a REGISTER need not look. */
  private mayOwe = true

  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS sip_owed (n INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS sip_alias (n INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT UNIQUE NOT NULL, room TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS sip_ticket (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
    `)
  }

  /** A dialog that took another's place (RFC 3891) belongs to that one's call. */
  alias(callId: string, room: string): void {
    if (this.aliases().has(callId)) return
    this.sql.exec('INSERT OR IGNORE INTO sip_alias (call_id, room) VALUES (?,?)', callId, room)
    this.sql.exec('DELETE FROM sip_alias WHERE n <= (SELECT max(n) FROM sip_alias) - ?', MOST_ALIASES)
    // not read again: what is taken may not be written yet
    this.remember(callId, room)
  }

  private remember(callId: string, room: string): void {
    const aliases = this.aliases()
    aliases.set(callId, room)
    const oldest = aliases.size > 2 * MOST_ALIASES && [...aliases.keys()].find((known) => known !== NEXT)
    if (oldest) aliases.delete(oldest)
  }

  roomOf(callId: string): string | undefined {
    return this.aliases().get(callId)
  }

  private aliases(): Map<string, string> {
    this.known ??= new Map(
      this.sql
        .exec<{ call_id: string; room: string }>('SELECT call_id, room FROM sip_alias')
        .toArray()
        .map(({ call_id, room }) => [call_id, room]),
    )
    return this.known
  }

  get hasNext(): boolean {
    return this.aliases().has(NEXT)
  }

  /** This room stands ready for the next call. */
  keepNext(room: string): void {
    this.alias(NEXT, room)
  }

  /** The room that stands ready, if there is one, is this call's from now on; `keep` writes that down. */
  takeNext(callId: string): { keep: () => void } | null {
    const aliases = this.aliases()
    const room = aliases.get(NEXT)
    if (room === undefined || aliases.has(callId)) return null
    aliases.delete(NEXT)
    this.remember(callId, room)
    return { keep: () => void this.sql.exec('UPDATE sip_alias SET call_id=? WHERE call_id=?', callId, NEXT) }
  }

  /** The room this Call-ID was given has another call: it has the one of its name. False: it was given none. */
  dismiss(callId: string): boolean {
    if (!this.aliases().delete(callId)) return false
    this.sql.exec('DELETE FROM sip_alias WHERE call_id IN (?,?)', callId, NEXT)
    return true
  }

  /** Kept as long as SIP's own retransmissions would last (RFC 3261, Timer B and H: 64·T1). */
  owe(instance: string, texts: string[], now: number): void {
    this.mayOwe = true
    for (const text of texts)
      this.sql.exec('INSERT INTO sip_owed (instance, text, at) VALUES (?,?,?)', instance, text, now)
    this.sql.exec('DELETE FROM sip_owed WHERE n <= (SELECT max(n) FROM sip_owed) - ?', MOST_OWED)
  }

  /** What waited for this device, in order; asking for it settles it. Reads only, when nothing waits. */
  settle(instance: string, now: number): string[] {
    if (!this.mayOwe) return []
    const texts = this.sql
      .exec<{ text: string }>('SELECT text FROM sip_owed WHERE instance=? AND at>? ORDER BY n', instance, now - OWED_MS)
      .toArray()
    if (texts.length > 0) this.sql.exec('DELETE FROM sip_owed WHERE instance=?', instance)
    this.mayOwe = this.sql.exec('SELECT 1 FROM sip_owed LIMIT 1').toArray().length > 0
    return texts.map((row) => row.text)
  }

  /** When the next row grows too old; null: none is left. */
  forgetOld(now: number): number | null {
    this.sql.exec('DELETE FROM sip_owed WHERE at<=?', now - OWED_MS)
    this.sql.exec('DELETE FROM sip_ticket WHERE expires_at<=?', now)
    const { at } = this.sql.exec<{ at: number | null }>('SELECT min(at) AS at FROM sip_owed').one()
    return at === null ? null : at + OWED_MS
  }

  /** True once for each ticket. */
  redeem(ticketId: string, expiresAt: number, now: number): boolean {
    if (expiresAt <= now) return false
    return (
      this.sql
        .exec('INSERT OR IGNORE INTO sip_ticket (id, expires_at) VALUES (?,?) RETURNING id', ticketId, expiresAt)
        .toArray().length === 1
    )
  }
}
