import { barred } from '#shared/domain/pool/supervise'
import type { PoolStore } from './pool-store'

/**
 * POOL-16: the number is on this pool's list, and its entry out of every hold, in the transaction that acknowledges it;
 * the journal carries it to the global list and to every other pool.
 */
export function bar(store: PoolStore, number: string, at: number, by: string, now: number): void {
  if (!block(store, number, at, by, now)) return
  store.journal({ kind: 'do-not-call-added', number, at, by })
}

/** As `bar`, but told by the global list: nothing is passed on. True: it was new here. */
export function block(store: PoolStore, number: string, at: number, by: string, now: number): boolean {
  const added = store.doNotCall.add(number, at, by)
  if (!store.pool) return added
  const stored = store.entries.byPhone(number)
  if (stored && stored.entry.state !== 'do-not-call') {
    store.endHold(stored.entry, 'superseded', by, 'do-not-call')
    store.save(stored, barred(stored.entry), now)
    store.journal({ kind: 'changed', entries: [stored.entry.id] })
  }
  return added
}

/** An administrator took it back (POOL-3, POOL-14). */
export function lift(store: PoolStore, number: string): void {
  if (store.doNotCall.remove(number)) store.journal({ kind: 'do-not-call-lifted', number })
}
