import type { MeterRefusal } from '#shared/domain/dialling/meter'
import type { MeteredCall } from './meter-port'

type Running = { agentId: string; answeredAt: number | null; price: number }
const RUNNING = 'SELECT agent_id AS agentId, answered_at AS answeredAt, price FROM running'

export class MeterStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS running (
        call_id TEXT PRIMARY KEY, agent_id TEXT NOT NULL, begun_at INTEGER NOT NULL, answered_at INTEGER, price REAL NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS begun (call_id TEXT PRIMARY KEY, agent_id TEXT NOT NULL, at INTEGER NOT NULL, refusal TEXT) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS begun_at ON begun(at);
      CREATE TABLE IF NOT EXISTS spent (day TEXT PRIMARY KEY, amount REAL NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS limits (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, body TEXT NOT NULL);
    `)
  }

  running(callId: string): Running | null {
    return this.sql.exec<Running>(`${RUNNING} WHERE call_id=?`, callId).toArray()[0] ?? null
  }
  allRunning(): Running[] {
    return this.sql.exec<Running>(RUNNING).toArray()
  }
  begun(callId: string): { refusal: MeterRefusal | null } | null {
    const row = this.sql
      .exec<{ refusal: string | null }>('SELECT refusal FROM begun WHERE call_id=?', callId)
      .toArray()[0]
    return row ? { refusal: row.refusal as MeterRefusal | null } : null
  }
  /** Refused ones do not count: knocking must not keep the door shut. */
  begunSince(at: number, agentId: string | null): number {
    const of = agentId === null ? '' : ' AND agent_id=?2'
    const given = agentId === null ? [at] : [at, agentId]
    return this.sql
      .exec<{ n: number }>(`SELECT count(*) AS n FROM begun WHERE at > ?1 AND refusal IS NULL${of}`, ...given)
      .one().n
  }

  begin(call: MeteredCall, now: number, refusal: MeterRefusal | null): void {
    const { callId, agentId, answeredAt, pricePerMinute } = call
    this.sql.exec('INSERT INTO begun (call_id, agent_id, at, refusal) VALUES (?,?,?,?)', callId, agentId, now, refusal)
    if (refusal !== null) return
    this.sql.exec('INSERT INTO running VALUES (?,?,?,?,?)', callId, agentId, now, answeredAt, pricePerMinute)
  }
  answered(callId: string, at: number | null): void {
    if (at !== null) this.sql.exec('UPDATE running SET answered_at=? WHERE call_id=?', at, callId)
  }
  end(callId: string, day: string, cost: number): void {
    this.sql.exec('DELETE FROM running WHERE call_id=?', callId)
    if (cost <= 0) return
    this.sql.exec(
      'INSERT INTO spent (day, amount) VALUES (?,?) ON CONFLICT (day) DO UPDATE SET amount = amount + excluded.amount',
      day,
      cost,
    )
  }
  spentOn(day: string): number {
    return this.sql.exec<{ amount: number }>('SELECT amount FROM spent WHERE day=?', day).toArray()[0]?.amount ?? 0
  }

  /** An agent's room may still hold older rules than another's: the newest that was ever heard counts. */
  newest(limits: MeteredCall['limits']): MeteredCall['limits'] {
    const row = this.sql.exec<{ version: number; body: string }>('SELECT version, body FROM limits').toArray()[0]
    if (row && row.version > limits.version) return JSON.parse(row.body) as MeteredCall['limits']
    if (!row || row.version < limits.version)
      this.sql.exec('INSERT OR REPLACE INTO limits VALUES (1,?,?)', limits.version, JSON.stringify(limits))
    return limits
  }

  /** Bounded work, at each new call. */
  forget(now: number, lostMs: number): void {
    this.sql.exec('DELETE FROM running WHERE begun_at < ?', now - lostMs)
    this.sql.exec('DELETE FROM begun WHERE call_id IN (SELECT call_id FROM begun WHERE at < ? LIMIT 50)', now - lostMs)
    this.sql.exec('DELETE FROM spent WHERE day < ?', new Date(now - 400 * 24 * 3600_000).toISOString().slice(0, 10))
  }
}
