import type { Entry } from '#shared/domain/pool/entry'
import { inClass } from '#shared/domain/pool/hours-class'
import { placeOf } from '#shared/domain/pool/lane'
import type { PoolRules } from '#shared/domain/pool/rules'
import type { StoredEntry } from './entry-row'
import { insertRows } from './insert-rows'

/** A customer who comes into the pool; `timeZone` as its list gives it. */
export type Arriving = {
  entry: Omit<Entry, 'id'>
  phone: string
  customerId: string
  timeZone: string | null
  lastDisposition?: string | null
  /** A second person on a number that stands here already. */
  isSecond?: boolean
}
/** As it stands once it is in. */
export type Arrived = StoredEntry & { wakeAt: number | null }
type HoursClassOf = (phone: string, timeZone: string | null) => number

/** Those who come in, in the order of their arrival numbers from `first`, where the rules place them. */
export function placeArriving(
  arriving: readonly Arriving[],
  first: number,
  hoursClassOf: HoursClassOf,
  rules: PoolRules,
  now: number,
): Arrived[] {
  return arriving.map(
    ({ entry, phone, customerId, timeZone, lastDisposition = null, isSecond = false }, index): Arrived => {
      const { lane: base, wakeAt } = placeOf({ ...entry, id: 0 }, rules, now)
      const hoursClass = hoursClassOf(phone, timeZone)
      return {
        entry: { ...entry, id: first + index },
        phone,
        isSecond,
        customerId,
        lane: inClass(base, hoursClass),
        hoursClass,
        lastDisposition,
        wakeAt,
      }
    },
  )
}

/** Customers of a list mostly differ in their number alone: those alike are written together. */
export function writeArrived(sql: SqlStorage, arrived: readonly Arrived[]): void {
  const alike = new Map<string, { same: Record<string, string | number | null>; rows: (string | number)[][] }>()
  for (const { entry, phone, isSecond, customerId, lane, hoursClass, lastDisposition, wakeAt } of arrived) {
    const same = {
      state: entry.state,
      priority: entry.priority,
      owner: entry.ownerId,
      attempts: entry.attempts,
      earlier: entry.earlierAttempts,
      due_at: entry.dueAt,
      token: entry.lastToken,
      lane,
      hours_class: hoursClass,
      retry: Number(entry.attempts > 0),
      wake_at: wakeAt,
      last_disposition: lastDisposition,
      second: isSecond ? entry.id : 0,
    }
    const key = Object.values(same).join()
    const group = alike.get(key) ?? { same, rows: [] as (string | number)[][] }
    group.rows.push([entry.id, phone, customerId])
    alike.set(key, group)
  }
  for (const { same, rows } of alike.values()) insertRows(sql, 'entry', same, ['id', 'phone', 'customer_id'], rows)
}
