import type { LaneCounts } from './counts'
import { parkAt } from './park'
import type { Entry } from './entry'
import { classOfLane } from './hours-class'
import { CALLBACK_ANYONE, type Lane } from './lane'
import type { PoolRules } from './rules'

/** POOL-8: what may keep a customer from being called, and `ready`. `reserved`: due, for one agent alone. */
export type Rule =
  | 'ready'
  | 'reserved'
  | 'leased'
  | 'notDue'
  | 'callbackLater'
  | 'outsideHours'
  | 'cap'
  | 'heldElsewhere'
  | 'paused'
  | 'exhausted'
  | 'completed'
  | 'doNotCall'
  | 'poolPaused'
  | 'poolClosed'

const BY_LANE: Record<string, Rule> = {
  leased: 'leased',
  'not-due': 'notDue',
  'callback-later': 'callbackLater',
  cap: 'cap',
  'held-elsewhere': 'heldElsewhere',
  paused: 'paused',
  unreachable: 'exhausted',
  completed: 'completed',
  'do-not-call': 'doNotCall',
}
export type PoolState = 'open' | 'paused' | 'closed'
type Now = { state: PoolState; isOpen: (hoursClass: number) => boolean }

/** The rule that keeps back who stands in this lane. */
export function ruleOf(lane: Lane, { state, isOpen }: Now): Rule {
  const known = BY_LANE[lane]
  if (known) return known
  const hoursClass = classOfLane(lane)
  if (hoursClass !== null && !isOpen(hoursClass)) return 'outsideHours'
  if (state !== 'open') return state === 'paused' ? 'poolPaused' : 'poolClosed'
  const isForAnyone = lane === CALLBACK_ANYONE || (hoursClass !== null && !lane.startsWith('owned:'))
  return isForAnyone ? 'ready' : 'reserved'
}

/** POOL-8: every entry is in one lane and every lane under one rule, so these add up to the pool. */
export function whyCounts(lanes: LaneCounts, now: Now): Map<Rule, number> {
  const counts = new Map<Rule, number>()
  for (const [lane, n] of lanes) {
    if (n === 0) continue
    const rule = ruleOf(lane, now)
    counts.set(rule, (counts.get(rule) ?? 0) + n)
  }
  return counts
}

export type Held = { rule: Rule; until: number | null; agentId: string | null }
type Hours = { isOpen: boolean; changesAt: number | null; opensAfter: (at: number) => number | null }

/**
 * POOL-8 for one settled entry: every rule that holds now, and when time alone brings the customer back; null: now, or not
 * by time. A promised call is not held back by hours (POOL-15).
 */
export function whyEntry(
  entry: Entry,
  rules: PoolRules,
  state: PoolState,
  hours: Hours,
  now: number,
): { rules: Held[]; nextDueAt: number | null } {
  const held: Held[] = []
  const add = (rule: Rule, until: number | null = null, agentId: string | null = null) =>
    held.push({ rule, until, agentId })
  if (entry.state === 'leased') add('leased', entry.lease?.expiresAt ?? null, entry.lease?.agentId ?? null)
  else if (entry.state !== 'pending') add(BY_LANE[entry.state]!)
  if (state !== 'open') add(state === 'paused' ? 'poolPaused' : 'poolClosed')
  const { callback, ownerId } = entry
  const isWaiting = entry.state === 'pending'
  if (isWaiting) {
    if (callback && now < callback.at) add('callbackLater', callback.at, callback.for)
    if (!callback && entry.dueAt !== null && now < entry.dueAt) add('notDue', entry.dueAt)
    const park = parkAt(entry.parked, now)
    if (park) add(park.why === 'cap' ? 'cap' : 'heldElsewhere', park.until)
    if (!callback && !hours.isOpen) add('outsideHours', hours.changesAt)
    const graceEnds = callback && callback.at + rules.callbackGraceMs
    if (ownerId !== null) add('reserved', null, ownerId)
    else if (callback?.for && now >= callback.at && now < graceEnds!) add('reserved', graceEnds, callback.for)
  }
  const untils = held.filter(({ rule }) => rule !== 'reserved').map(({ until }) => until)
  const isTimed = isWaiting && state === 'open' && untils.every((until) => until !== null)
  const from = Math.max(now, ...untils.map((until) => until ?? 0))
  const nextDueAt = isTimed && from > now ? (callback ? from : hours.opensAfter(from)) : null
  return { rules: held.length > 0 ? held : [{ rule: 'ready', until: null, agentId: null }], nextDueAt }
}
