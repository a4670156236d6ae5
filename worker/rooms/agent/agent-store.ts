import type { Owed } from '#shared/protocol/live'
import type { Tries } from '#shared/domain/access/lockout'
import type { DialogStatus } from '../../sip/subscription-body'
import type { AgentProfile } from '../ports'

export type SessionRow = {
  id: string
  kind: 'browser' | 'program'
  refresh_hash: string | null
  opened_at: number
  used_at: number
  expires_at: number
  user_agent: string
}
export type CallRecord = {
  callId: string
  rev: number
  phase: 'ringing' | 'talking'
  since: number
  answered: boolean
  rang: boolean
  /** The lease it was placed for, with what a disposition asked later must name. */
  lease: OwedFor | null
  /** Its disposition was recorded while it went on: nothing is owed after it. */
  disposed: boolean
  /** Which side of it this is, and who the other is, for those who watch this agent (SIP-5). */
  seen?: Pick<DialogStatus, 'other'> & { side: 'caller' | 'callee' }
}
export type OwedFor = {
  poolId: string
  poolName: string
  entryId: string
  token: number
  customerName: string | null
  phone: string
  wrapUpMs: number
  leaseExpiresAt: number
}

/**
 * Rows of one agent: everything but the desk lease, which lives in the pool (decision 0041). What every pull and command reads
 * (its session, calls, dispositions owed) is kept in memory beside the rows: a pull must cost no query here (0136).
 */
export class AgentStore {
  private readonly sessionsRead = new Map<string, SessionRow>()
  private callsRead: CallRecord[] | null = null
  private owedRead: Owed[] | null = null

  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS session (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, refresh_hash TEXT, opened_at INTEGER NOT NULL, used_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, user_agent TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS refresh_used (hash TEXT PRIMARY KEY, session_id TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS ended_session (id TEXT PRIMARY KEY, code TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS sign_in_tries (address TEXT PRIMARY KEY, body TEXT NOT NULL, last_at INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS live_call (call_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS owed (lease_id TEXT PRIMARY KEY, body TEXT NOT NULL, ended_at INTEGER NOT NULL) WITHOUT ROWID;
    `)
  }

  /** Writes were undone: the rows are read again. */
  forget(): void {
    this.sessionsRead.clear()
    this.callsRead = null
    this.owedRead = null
  }

  // one-row things
  profile(): AgentProfile | null {
    return this.kept<AgentProfile>('profile')
  }
  keepProfile(profile: AgentProfile): void {
    this.keep('profile', profile)
  }
  kept<T>(name: string): T | null {
    const row = this.sql.exec<{ body: string }>('SELECT body FROM kept WHERE name=?', name).toArray()[0]
    return row ? (JSON.parse(row.body) as T) : null
  }
  keep(name: string, body: unknown): void {
    this.sql.exec('INSERT OR REPLACE INTO kept (name, body) VALUES (?,?)', name, JSON.stringify(body))
  }

  // sessions
  session(id: string): SessionRow | null {
    const known = this.sessionsRead.get(id)
    if (known !== undefined) return known
    const row = this.sql.exec<SessionRow>('SELECT * FROM session WHERE id=?', id).toArray()[0] ?? null
    // whoever is asked for and is not there may be anyone: nothing is kept of them
    if (row) this.sessionsRead.set(id, row)
    return row
  }
  sessions(): SessionRow[] {
    return this.sql.exec<SessionRow>('SELECT * FROM session').toArray()
  }
  addSession(row: SessionRow): void {
    this.sql.exec(
      'INSERT INTO session (id, kind, refresh_hash, opened_at, used_at, expires_at, user_agent) VALUES (?,?,?,?,?,?,?)',
      row.id,
      row.kind,
      row.refresh_hash,
      row.opened_at,
      row.used_at,
      row.expires_at,
      row.user_agent,
    )
  }
  sessionUsed(id: string, usedAt: number, expiresAt: number): void {
    this.sessionsRead.delete(id)
    this.sql.exec('UPDATE session SET used_at=?, expires_at=? WHERE id=?', usedAt, expiresAt, id)
  }
  rotateRefresh(row: SessionRow, hash: string, now: number, expiresAt: number): void {
    this.sessionsRead.delete(row.id)
    this.sql.exec('INSERT OR IGNORE INTO refresh_used (hash, session_id) VALUES (?,?)', row.refresh_hash, row.id)
    this.sql.exec('UPDATE session SET refresh_hash=?, used_at=?, expires_at=? WHERE id=?', hash, now, expiresAt, row.id)
  }
  wasRefreshUsed(hash: string): boolean {
    return this.sql.exec('SELECT 1 FROM refresh_used WHERE hash=?', hash).toArray().length > 0
  }
  /** Why a session ended is remembered for a while, so that its owner is told the right thing. */
  endSession(id: string, code: string, now: number): void {
    this.sessionsRead.delete(id)
    this.sql.exec('DELETE FROM session WHERE id=?', id)
    this.sql.exec('DELETE FROM refresh_used WHERE session_id=?', id)
    this.sql.exec('INSERT OR REPLACE INTO ended_session (id, code, at) VALUES (?,?,?)', id, code, now)
    this.sql.exec('DELETE FROM ended_session WHERE at < ?', now - ENDED_KEPT_MS)
  }
  endedBecause(id: string): string | null {
    return this.sql.exec<{ code: string }>('SELECT code FROM ended_session WHERE id=?', id).toArray()[0]?.code ?? null
  }

  /** The latest, for lines that outlived their session while a call went on. */
  endedSessions(): { id: string; code: string }[] {
    return this.sql
      .exec<{ id: string; code: string }>('SELECT id, code FROM ended_session ORDER BY at DESC LIMIT 100')
      .toArray()
  }

  // sign-in tries
  tries(address: string): Tries | null {
    const row = this.sql.exec<{ body: string }>('SELECT body FROM sign_in_tries WHERE address=?', address).toArray()[0]
    return row ? (JSON.parse(row.body) as Tries) : null
  }
  keepTries(address: string, tries: Tries | null): void {
    if (tries === null) this.sql.exec('DELETE FROM sign_in_tries WHERE address=?', address)
    else {
      this.sql.exec(
        'INSERT OR REPLACE INTO sign_in_tries (address, body, last_at) VALUES (?,?,?)',
        address,
        JSON.stringify(tries),
        tries.lastAt,
      )
      // bounded: whoever comes from many addresses pushes out the oldest
      this.sql.exec(
        'DELETE FROM sign_in_tries WHERE address NOT IN (SELECT address FROM sign_in_tries ORDER BY last_at DESC LIMIT 500)',
      )
    }
  }

  // calls that go on
  calls(): CallRecord[] {
    this.callsRead ??= this.sql
      .exec<{ body: string }>('SELECT body FROM live_call')
      .toArray()
      .map((row) => JSON.parse(row.body) as CallRecord)
    return this.callsRead
  }
  keepCall(call: CallRecord): void {
    this.callsRead = null
    this.sql.exec('INSERT OR REPLACE INTO live_call (call_id, body) VALUES (?,?)', call.callId, JSON.stringify(call))
  }
  dropCall(callId: string): void {
    this.callsRead = null
    this.sql.exec('DELETE FROM live_call WHERE call_id=?', callId)
  }

  // dispositions owed
  owed(): Owed[] {
    this.owedRead ??= this.sql
      .exec<{ body: string }>('SELECT body FROM owed ORDER BY ended_at')
      .toArray()
      .map((row) => JSON.parse(row.body) as Owed)
    return this.owedRead
  }
  keepOwed(leaseId: string, owed: Owed): void {
    this.owedRead = null
    this.sql.exec(
      'INSERT OR REPLACE INTO owed (lease_id, body, ended_at) VALUES (?,?,?)',
      leaseId,
      JSON.stringify(owed),
      owed.endedAt,
    )
  }
  dropOwed(leaseId: string): void {
    this.owedRead = null
    this.sql.exec('DELETE FROM owed WHERE lease_id=?', leaseId)
  }
}

const ENDED_KEPT_MS = 30 * 24 * 3600_000
