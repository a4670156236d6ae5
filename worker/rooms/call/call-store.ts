import type { Monitor } from '#shared/domain/call/monitor'
import type { B2bua, Leg, Pending } from '../../sip/b2bua/state'
import type { Dial } from './dial-guard'
import type { CallerContext } from '../ports'
import type { Missing } from './missing'

/** A caller whom the pool of the number that was dialled knows. */
export type KnownCaller = { poolId: string; entryId: string; customerName: string | null }

/** What the room knows of a call beside its signalling. */
export type CallFile = {
  callerAor: string
  caller: CallerContext
  /** The lease, only when the number dialled is the lease's. */
  lease: { poolId: string; entryId: string; token: number } | null
  calleeAor: string | null
  other: string
  direction: 'outgoing' | 'internal' | 'incoming'
  /** Of a call to a number that the dialling rules let through (SIP-7). */
  dial?: Dial
  /** Of a call that came in: whose it is. */
  agent?: { userId: string; name: string }
  /** Of a call for a pool: the customer who calls. */
  known?: KnownCaller
  /** Who ordered the transfer under way, or the last one. */
  mover?: CallerContext
  /** The trunks it claimed a channel of. */
  trunks?: string[]
  /** SIP-10: the supervisor at it. Of a monitor's own call: that it has been said to be over. */
  monitor?: Monitor | null
  isMonitorOver?: boolean
  missing: Missing
}

/** The call as rows: one for itself, one a leg, one a pending request. Only what changed is written. */
export class CallStore {
  private readonly written = new Map<string, string>()

  constructor(private readonly sql: SqlStorage) {}

  /** Before anything is kept, or read. */
  open(): void {
    this.sql.exec('CREATE TABLE IF NOT EXISTS part (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID')
  }

  load(): { state: B2bua; file: CallFile } | null {
    this.written.clear()
    const parts = new Map<string, unknown>()
    for (const { key, json } of this.sql.exec<{ key: string; json: string }>('SELECT key, json FROM part')) {
      this.written.set(key, json)
      parts.set(key, JSON.parse(json))
    }
    const head = parts.get('call') as Omit<B2bua, 'legs' | 'pending'> | undefined
    const file = parts.get('file') as CallFile | undefined
    if (!head || !file) return null
    const under = <T>(prefix: string) =>
      [...parts].filter(([key]) => key.startsWith(prefix)).map(([, part]) => part as T)
    const legs = under<Leg>('leg:').sort((a, b) => a.n - b.n)
    return { state: { ...head, legs, pending: under<Pending>('tx:') }, file }
  }

  save(state: B2bua, file: CallFile): void {
    const { legs, pending, ...head } = state
    const parts = new Map<string, string>([
      ['call', JSON.stringify(head)],
      ['file', JSON.stringify(file)],
    ])
    for (const leg of legs) parts.set(`leg:${leg.n}`, JSON.stringify(leg))
    for (const one of pending) parts.set(`tx:${one.branch}`, JSON.stringify(one))
    for (const [key, json] of parts) {
      if (this.written.get(key) === json) continue
      this.sql.exec('INSERT OR REPLACE INTO part (key, json) VALUES (?,?)', key, json)
      this.written.set(key, json)
    }
    for (const key of this.written.keys()) {
      if (parts.has(key)) continue
      this.sql.exec('DELETE FROM part WHERE key=?', key)
      this.written.delete(key)
    }
  }
}
