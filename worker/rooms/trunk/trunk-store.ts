import { trunkSettings, type TrunkFault } from '#shared/protocol/trunks'
import type { TrunkAccount } from '../ports'

/** What of a trunk outlives its room's eviction: its settings, its last fault, and who has a channel. */
export class TrunkStore {
  constructor(private readonly sql: SqlStorage) {
    this.open()
  }

  open(): void {
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS channel (call_id TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
    `)
  }

  account(): TrunkAccount | null {
    const kept = this.kept<TrunkAccount>('account')
    return kept && { ...kept, ...trunkSettings.parse(kept) }
  }
  keepAccount(account: TrunkAccount): void {
    this.keep('account', account)
  }

  fault(): TrunkFault | null {
    return this.kept<TrunkFault>('fault')
  }
  keepFault(fault: TrunkFault): void {
    this.keep('fault', fault)
  }

  channels(): string[] {
    return this.sql
      .exec<{ call_id: string }>('SELECT call_id FROM channel ORDER BY since')
      .toArray()
      .map((row) => row.call_id)
  }
  /** False: all channels are taken. The same call has one, however often it asks. */
  claim(callId: string, most: number, now: number): boolean {
    const taken = this.channels()
    if (taken.includes(callId)) return true
    if (taken.length >= most) return false
    this.sql.exec('INSERT INTO channel (call_id, since) VALUES (?,?)', callId, now)
    return true
  }
  free(callId: string): void {
    this.sql.exec('DELETE FROM channel WHERE call_id=?', callId)
  }

  private kept<T>(key: string): T | null {
    const row = this.sql.exec<{ json: string }>('SELECT json FROM kept WHERE key=?', key).toArray()[0]
    return row ? (JSON.parse(row.json) as T) : null
  }
  private keep(key: string, value: unknown): void {
    this.sql.exec('INSERT OR REPLACE INTO kept (key, json) VALUES (?,?)', key, JSON.stringify(value))
  }
}
