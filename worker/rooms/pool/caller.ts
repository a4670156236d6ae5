import type { CallerCard } from '#shared/protocol/caller-card'
import { withNumber } from './numbers'
import type { PoolStore } from './pool-store'
import { leaseView } from './views'

/** SIP-9: whom of the pool a number belongs to; of several the first. */
export function whoCalls(store: PoolStore, number: string): { entryId: string; customerName: string | null } | null {
  const [found] = withNumber(store, number)
  return found ? { entryId: String(found.entry.id), customerName: store.cards.get(found.entry.id).name } : null
}

/** PHONE-3: what the desk shows of a customer who calls: all it shows of one in hand, without a hold. Null: gone meanwhile. */
export function callerCard(store: PoolStore, entryId: string): CallerCard | null {
  const stored = store.entries.get(Number(entryId))
  if (!stored) return null
  const { id, attempts } = stored.entry
  const view = leaseView(store, { entryId: id, token: 0, since: 0, expiresAt: 0, attempt: attempts + 1 })
  if (!view) return null
  const { lease: _none, ...card } = view
  return card
}
