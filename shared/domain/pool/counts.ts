import { classOfLane } from './hours-class'
import type { Lane } from './lane'
import { lanesFor } from './order'

/** How many entries stand in each lane; every entry is in exactly one. */
export type LaneCounts = ReadonlyMap<Lane, number>

export type StateCounts = {
  total: number
  pending: number
  leased: number
  completed: number
  unreachable: number
  doNotCall: number
  paused: number
}

/** POOL-3: totals are pending + leased + completed + unreachable + do-not-call + paused. */
export function stateCounts(lanes: LaneCounts): StateCounts {
  const of = (lane: Lane) => lanes.get(lane) ?? 0
  const total = [...lanes.values()].reduce((sum, n) => sum + n, 0)
  const others = {
    leased: of('leased'),
    completed: of('completed'),
    unreachable: of('unreachable'),
    doNotCall: of('do-not-call'),
    paused: of('paused'),
  }
  const pending = total - Object.values(others).reduce((sum, n) => sum + n, 0)
  return { total, pending, ...others }
}

export type BlockedCounts = Partial<
  Record<
    | 'leased'
    | 'assignedToAnother'
    | 'notDue'
    | 'callbackLater'
    | 'exhausted'
    | 'completed'
    | 'doNotCall'
    | 'paused'
    | 'outsideHours'
    | 'cap'
    | 'heldElsewhere'
    | 'poolPaused'
    | 'poolClosed',
    number
  >
>
type PoolState = 'open' | 'paused' | 'closed'

/**
 * POOL-8: why an agent gets nothing, by the rule that blocks. Counts add up to the pool: what only another agent may pull
 * is *assigned to another*, what rests because I skipped it is *not due*, and in a pool that is not open all that would be
 * mine to pull is blocked by that. `isOpen`: whether calling hours leave a class of customers open now (POOL-18).
 */
export function blockedFor(
  lanes: LaneCounts,
  agentId: string,
  resting: number,
  state: PoolState,
  isOpen: (hoursClass: number) => boolean = () => true,
): BlockedCounts {
  const of = (lane: Lane) => lanes.get(lane) ?? 0
  const { total, leased, completed, unreachable, doNotCall, paused } = stateCounts(lanes)
  const { mine, outsideHours } = mineOf(lanes, agentId, isOpen)
  const [cap, heldElsewhere] = [of('cap'), of('held-elsewhere')]
  const waiting = of('not-due') + of('callback-later') + cap + heldElsewhere
  const known = mine + outsideHours + leased + completed + unreachable + doNotCall + paused + waiting
  const ready = mine - resting
  const counts: Required<BlockedCounts> = {
    leased,
    assignedToAnother: total - known,
    notDue: of('not-due') + resting,
    callbackLater: of('callback-later'),
    exhausted: unreachable,
    completed,
    doNotCall,
    paused,
    outsideHours,
    cap,
    heldElsewhere,
    poolPaused: state === 'paused' ? ready : 0,
    poolClosed: state === 'closed' ? ready : 0,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))
}

/** What I may pull now, and what I might if its hours were open. */
function mineOf(lanes: LaneCounts, agentId: string, isOpen: (hoursClass: number) => boolean) {
  const bases = new Set(lanesFor(agentId).flat())
  let [mine, outsideHours] = [0, 0]
  for (const [lane, n] of lanes) {
    if (!bases.has(lane.split('@')[0]!)) continue
    const hoursClass = classOfLane(lane)
    if (hoursClass === null || isOpen(hoursClass)) mine += n
    else outsideHours += n
  }
  return { mine, outsideHours }
}
