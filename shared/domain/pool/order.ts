import type { Kind } from './dialling'
import { inClass, UNSORTED } from './hours-class'
import { CALLBACK_ANYONE, callbackMine, callbackOwned, GENERAL, ownedBy, type Lane } from './lane'

/** What decides between two entries that may both be pulled now. */
export type Candidate = { lane: Lane; priority: number; attempts: number; id: number }

/**
 * The lanes an agent may pull from, best first; lanes of the same rank stand side by side. `classes`: those that calling
 * hours leave open now (POOL-18).
 */
export function lanesFor(agentId: string, classes: readonly number[] = [UNSORTED]): Lane[][] {
  const open = (lane: Lane) => classes.map((hoursClass) => inClass(lane, hoursClass))
  return [[callbackMine(agentId)], [CALLBACK_ANYONE, callbackOwned(agentId)], open(ownedBy(agentId)), open(GENERAL)]
}

function rankOf(lane: Lane): number {
  if (lane.startsWith('callback-mine:')) return 0
  if (lane === CALLBACK_ANYONE || lane.startsWith('callback-owned:')) return 1
  return lane.startsWith('owned:') ? 2 : 3
}

/**
 * POOL-2, the one comparison: callbacks promised to me → callbacks due to anyone → owned by me → priority, high first →
 * the kind whose turn it is by the pool's mix → original arrival. Inside a lane the store's index is in the same order.
 */
export function compare(a: Candidate, b: Candidate, kind: Kind = 'retry'): number {
  const isWanted = ({ attempts }: Candidate) => Number(attempts > 0 === (kind === 'retry'))
  return rankOf(a.lane) - rankOf(b.lane) || b.priority - a.priority || isWanted(b) - isWanted(a) || a.id - b.id
}

export function first<C extends Candidate>(candidates: readonly C[], kind: Kind = 'retry'): C | null {
  return candidates.reduce<C | null>((best, next) => (best && compare(best, next, kind) <= 0 ? best : next), null)
}
