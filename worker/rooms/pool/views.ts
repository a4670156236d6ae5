import { zoneOfCustomer } from '#shared/domain/pool/callback'
import { stateCounts } from '#shared/domain/pool/counts'
import { dayOf } from '#shared/domain/pool/figures'
import type { PoolStats } from '#shared/protocol/pools'
import type { LeaseView } from '#shared/protocol/pulls'
import { pastOf } from './history'
import { shownPhones } from './phones'
import type { PoolStore } from './pool-store'
import type { HeldLease } from './pull'

/** What the desk needs of a lease, in one answer: customer, entry, the pool's words and keys, history. */
export function leaseView(store: PoolStore, held: HeldLease): LeaseView | null {
  const { pool } = store
  const stored = store.entries.get(held.entryId)
  if (!pool || !stored) return null
  const { createdAt: _made, updatedAt: _changed, ...known } = store.cards.get(held.entryId)
  const { callback } = stored.entry
  const phones = shownPhones(store, stored)
  const next = phones?.find((phone) => phone.isNext)
  const others = store.entries.sharing(stored).map(({ entry }) => {
    const { name, userCode } = store.cards.get(entry.id)
    return { name, userCode }
  })
  return {
    lease: {
      id: store.leaseId(held.entryId, held.token),
      token: held.token,
      expiresAt: held.expiresAt,
      since: held.since,
    },
    customer: {
      id: stored.customerId,
      ...known,
      phone: next?.number ?? stored.phone,
      phoneGiven: next?.given ?? known.phoneGiven,
      zone: zoneOfCustomer(next?.number ?? stored.phone, known.timeZone, pool.timeZone),
    },
    ...(phones ? { phones } : {}),
    ...(others.length > 0 ? { sharedWith: others } : {}),
    entry: {
      id: String(held.entryId),
      poolId: pool.id,
      attempt: held.attempt,
      maxAttempts: pool.maxAttempts,
      priority: stored.entry.priority,
      callback: callback && { at: callback.at, note: callback.note },
    },
    pool: {
      id: pool.id,
      name: pool.name,
      timeZone: pool.timeZone,
      country: pool.country,
      script: pool.script,
      wrapUpSeconds: pool.wrapUpSeconds,
      dispositions: pool.dispositions,
      scripts: pool.scripts,
      form: pool.form,
      mode: store.rules.mode,
      countdownSeconds: store.rules.countdownSeconds,
    },
    history: pastOf(store, held.entryId),
  }
}

/** POOL-26: from counters that follow every change; nothing is scanned. */
export function poolStats(store: PoolStore, now: number): PoolStats {
  const today = store.attempts.figures(dayOf(now, store.pool?.timeZone ?? 'UTC'))
  return {
    ...stateCounts(store.entries.laneCounts()),
    byDisposition: store.attempts.byDisposition(),
    attemptsToday: today.attempts,
    reachedToday: today.reached,
  }
}
