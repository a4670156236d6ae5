import { sortSome } from './hours'
import type { PoolStore } from './pool-store'

const STEP = 500

/**
 * Moves what time has moved since: lapsed leases, retries and callbacks come due. Whoever asks the pool for anything that
 * depends on time calls this first, so nothing waits for the alarm; the alarm only keeps the pictures fresh.
 */
export function wakeDue(store: PoolStore, now: number): void {
  if (!store.pool) return
  sortSome(store)
  for (;;) {
    const awake = store.entries.awake(now, STEP)
    const changed: number[] = []
    for (const stored of awake) {
      const saved = store.save(stored, stored.entry, now)
      if (stored.entry.lease && !saved.entry.lease) {
        store.attempts.endGrant(stored.entry.id, stored.entry.lease.token, 'lapsed')
      }
      if (saved.entry.state !== stored.entry.state) changed.push(stored.entry.id)
    }
    if (changed.length > 0) store.journal({ kind: 'changed', entries: changed })
    if (awake.length < STEP) return
  }
}
