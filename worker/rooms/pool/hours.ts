import type { Lane } from '#shared/domain/pool/lane'
import { lanesFor } from '#shared/domain/pool/order'
import type { PoolStore } from './pool-store'

/** Up to so many classes their lanes are simply looked into; of more, first which have anybody in them. */
const FEW = 6
const SORT_STEP = 500

/** POOL-18: the lanes an agent may pull from now, best rank first. Costs the same whatever the size of the pool. */
export function openLanes(store: PoolStore, agentId: string, now: number): Lane[][] {
  const { hours } = store
  const open = hours.classes().filter((hoursClass) => hours.isOpen(hoursClass, now))
  const ranks = lanesFor(agentId, open)
  if (open.length <= FEW) return ranks
  const inUse = store.entries.lanesInUse(ranks.flat())
  return ranks.map((lanes) => lanes.filter((lane) => inUse.has(lane)))
}

/** When somebody comes within their hours whom this agent may call, of those that hours keep back; null: nobody will. */
export function opensNextFor(store: PoolStore, agentId: string, now: number): number | null {
  const { hours } = store
  const closed = hours.classes().filter((hoursClass) => !hours.isOpen(hoursClass, now))
  const times = closed.flatMap((hoursClass) => {
    const inUse = store.entries.lanesInUse(lanesFor(agentId, [hoursClass]).slice(-2).flat())
    return inUse.size > 0 ? (hours.opening(hoursClass, now).changesAt ?? []) : []
  })
  return times.length > 0 ? Math.min(...times) : null
}

/** A room older than classes sorts its entries a step at a time, whenever it is asked for something. */
export function sortSome(store: PoolStore): void {
  const after = store.hours.unsortedAfter
  if (after === null) return
  const ids = store.entries.idsAfter(after, SORT_STEP)
  for (const id of ids) store.entries.putInClass(id, store.cards.get(id).timeZone)
  store.hours.sortedTo(ids.length < SORT_STEP ? null : ids.at(-1)!)
}
