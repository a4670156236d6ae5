import { barred } from '#shared/domain/pool/supervise'
import { STALE_CHECK, type Check } from '../../db/do-not-call'
import { GLOBAL_LIST, type ListName } from './do-not-call-store'
import type { StoredEntry } from './entry-row'
import type { PoolStore, Sweep } from './pool-store'
import { Refused } from './refused'

/** Numbers, or beginnings with a star at their end, that came onto a list. */
export type DoNotCallNews = {
  list: ListName
  /** Of the lists, after this change. */
  version: number
  at: number
  by: { id: string; name: string }
  values: string[]
}
type By = DoNotCallNews['by']

/** What an agent reads when a hold of theirs ended so: a code, put into words by the desk. */
export const BARRED = 'do-not-call'

/**
 * POOL-16: the number is on the pool's list, or on the global one, and its entry out of every hold, in the transaction that
 * acknowledges it; the journal carries it to the list in D1 and to the other pools that follow it.
 */
export function bar(store: PoolStore, number: string, at: number, by: By, now: number): void {
  const list = store.rules.doNotCallWrites === 'pool' ? store.poolId : GLOBAL_LIST
  const added = store.doNotCall.add(list, number, at, by.id)
  for (const stored of store.entries.withPhone(number)) barEntry(store, stored, by, now)
  if (added) store.journal({ kind: 'do-not-call-added', list, number, at, by: by.id, byName: by.name })
}

/** Told by a list: nothing is passed on. What this pool does not have is not kept, but its version is. */
export function block(store: PoolStore, { list, version, at, by, values }: DoNotCallNews, now: number): void {
  store.doNotCall.raiseVersion(version)
  if (!store.doNotCall.follows(list)) return
  const numbers = values.filter((value) => !value.endsWith('*'))
  for (const number of store.doNotCall.here(numbers)) {
    store.doNotCall.add(list, number, at, by.id)
    if (store.pool) for (const stored of store.entries.withPhone(number)) barEntry(store, stored, by, now)
  }
  for (const value of values) if (value.endsWith('*')) blockPrefix(store, list, value.slice(0, -1), at, by, now)
}

/** From now on no such number is pulled; holds on them end at once; the rest follows slice by slice (`sweep`). */
function blockPrefix(store: PoolStore, list: ListName, prefix: string, at: number, by: By, now: number): void {
  if (!store.doNotCall.addPrefix(list, prefix, at, by.id) || !store.pool) return
  for (const { entryId } of store.entries.holders()) {
    const held = store.entries.get(entryId)
    if (held?.phone.startsWith(prefix)) barEntry(store, held, by, now)
  }
  store.sweepFrom(prefix, { after: '', by })
}

const SWEEP_ROWS = 1_000
/** One slice of the customers whose numbers begin so. True: there may be more. */
export function sweep(store: PoolStore, prefix: string, { after, by }: Sweep, now: number): boolean {
  const found = store.entries.phonesFrom(prefix, after, SWEEP_ROWS)
  const changed = found.filter((stored) => stored.entry.state !== 'do-not-call' && store.doNotCall.has(stored.phone))
  for (const stored of changed) endAndSave(store, stored, by, now)
  if (changed.length > 0) store.journal({ kind: 'changed', entries: changed.map(({ entry }) => entry.id) })
  if (found.length < SWEEP_ROWS) return false
  store.sweepFrom(prefix, { after: found.at(-1)!.phone, by })
  return true
}

/** The customer's number is barred: out of every hold, waiting for nothing. */
export function barEntry(store: PoolStore, stored: StoredEntry, by: By, now: number): void {
  if (stored.entry.state === 'do-not-call') return
  endAndSave(store, stored, by, now)
  store.journal({ kind: 'changed', entries: [stored.entry.id] })
}
function endAndSave(store: PoolStore, stored: StoredEntry, by: By, now: number): void {
  store.endHold(stored.entry, 'superseded', by.name, BARRED)
  store.save(stored, barred(stored.entry), now)
}

/** An administrator took it back (POOL-3, POOL-14): off the list that this pool writes, or the global one. */
export function lift(store: PoolStore, number: string): void {
  for (const list of new Set([store.poolId, GLOBAL_LIST])) {
    if (store.doNotCall.remove(list, number)) store.journal({ kind: 'do-not-call-lifted', list, number })
  }
}

/**
 * Before numbers come in: what the lists in D1 said of them. Made against an older version than this pool was told of it may
 * have missed one; refused `conflict`, and the caller asks the lists again.
 */
export function learn(store: PoolStore, check: Check | undefined, now: number): void {
  if (!check) return
  if (check.asOf < store.doNotCall.version) throw new Refused('conflict', STALE_CHECK)
  for (const { list, number } of check.listed) store.doNotCall.add(list, number, now, '')
}
