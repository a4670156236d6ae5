/** The few rows the line keeps: messages for a device that has no socket just now, and tickets already used. */
export const OWED_MS = 32_000
const MOST_OWED = 64
/** Of the last calls; a call lives 4 h, and is rejoined once in a while. */
const MOST_ALIASES = 64

export class SipRows {
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
    this.sql.exec('INSERT OR IGNORE INTO sip_alias (call_id, room) VALUES (?,?)', callId, room)
    this.sql.exec('DELETE FROM sip_alias WHERE n <= (SELECT max(n) FROM sip_alias) - ?', MOST_ALIASES)
    this.known = null
  }

  roomOf(callId: string): string | undefined {
    this.known ??= new Map(
      this.sql
        .exec<{ call_id: string; room: string }>('SELECT call_id, room FROM sip_alias')
        .toArray()
        .map(({ call_id, room }) => [call_id, room]),
    )
    return this.known.get(callId)
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
