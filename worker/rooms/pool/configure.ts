import type { Pool } from '#shared/protocol/pools'
import { withCaps } from './numbers'
import { settingsChanged } from './ageing'
import type { PoolStore } from './pool-store'

const STEP = 1_000

/**
 * Takes the settings as D1 has them; an older version than the one known changes nothing. Where the attempts limit, the
 * callback grace or the caps changed, the entries that hang on them are placed anew.
 */
export function configurePool(
  store: PoolStore,
  pool: Pool,
  now: number,
): { pool: Pool; projection: { room: string; seq: number } } {
  const was = store.pool
  if (!was || was.version < pool.version) {
    store.configure(pool)
    settingsChanged(store, was, now)
    const moves =
      was &&
      (was.maxAttempts !== pool.maxAttempts ||
        was.callbackGraceMinutes !== pool.callbackGraceMinutes ||
        JSON.stringify(was.caps) !== JSON.stringify(pool.caps))
    if (moves) placeAgain(store, now)
  }
  return { pool: store.pool ?? pool, projection: { room: `pool:${store.poolId}`, seq: store.lastSeq() } }
}

function placeAgain(store: PoolStore, now: number): void {
  for (let after = 0; ;) {
    const ids = store.entries.pendingIds(after, STEP)
    const changed: number[] = []
    for (const id of ids) {
      const stored = store.entries.get(id)
      if (!stored) continue
      if (store.save(stored, withCaps(store, stored, now), now).entry.state !== stored.entry.state) changed.push(id)
    }
    if (changed.length > 0) store.journal({ kind: 'changed', entries: changed })
    if (ids.length < STEP) return
    after = ids.at(-1)!
  }
}
