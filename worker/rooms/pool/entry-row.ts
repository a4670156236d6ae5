import type { Entry } from '#shared/domain/pool/entry'
import type { Lane } from '#shared/domain/pool/lane'
import type { Park } from '#shared/domain/pool/park'

/** An entry with what the room knows beside it. `lane` is where it stands in the index and in the counts. */
export type StoredEntry = {
  entry: Entry
  phone: string
  customerId: string
  lane: Lane
  /** POOL-18: of its zones and jurisdiction. */
  hoursClass: number
  lastDisposition: string | null
  /** Another customer here had the number before (IMP-4): they are never held at the same time. */
  isSecond: boolean
  /** It went to another pool: this is what is kept of it here. */
  movedTo?: string
}
/** As it stands in the table `entry`. */
export type EntryRow = {
  id: number
  phone: string
  second: number
  customer_id: string
  state: Entry['state']
  priority: number
  owner: string | null
  attempts: number
  earlier: number
  due_at: number | null
  callback_at: number | null
  callback_for: string | null
  callback_note: string | null
  callback_by: string | null
  holder: string | null
  granted_at: number | null
  expires_at: number | null
  token: number
  missing: string | null
  last_disposition: string | null
  parked: Park['why'] | null
  parked_until: number | null
  lane: string
  hours_class: number
  wake_at: number | null
}

export const stored = (row: EntryRow): StoredEntry => ({
  entry: {
    id: row.id,
    state: row.state,
    priority: row.priority,
    ownerId: row.owner,
    attempts: row.attempts,
    earlierAttempts: row.earlier,
    dueAt: row.due_at,
    callback:
      row.callback_at === null
        ? null
        : { at: row.callback_at, for: row.callback_for, note: row.callback_note, by: row.callback_by },
    lease:
      row.holder === null
        ? null
        : { agentId: row.holder, token: row.token, grantedAt: row.granted_at ?? 0, expiresAt: row.expires_at ?? 0 },
    lastToken: row.token,
    missingAttempt: row.missing,
    parked: row.parked === null ? null : { why: row.parked, until: row.parked_until },
  },
  phone: row.phone,
  isSecond: row.second !== 0,
  customerId: row.customer_id,
  lane: row.lane,
  hoursClass: row.hours_class,
  lastDisposition: row.last_disposition,
})
