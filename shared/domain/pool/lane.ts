import { freed, type Entry } from './entry'
import { parkAt } from './park'
import type { PoolRules } from './rules'

/**
 * Where an entry stands now: exactly one lane each, so the counts of all lanes add up to the pool (POOL-8).
 * Four kinds can be pulled from; `:agent` names the only one who may:
 *   callback-mine:A · callback-anyone · callback-owned:A · owned:A · general
 * the others say what blocks.
 */
export type Lane = string
export type Place = {
  lane: Lane
  /** When time alone moves it to another lane; null: never. */
  wakeAt: number | null
}

export const callbackMine = (agentId: string): Lane => `callback-mine:${agentId}`
export const callbackOwned = (agentId: string): Lane => `callback-owned:${agentId}`
export const ownedBy = (agentId: string): Lane => `owned:${agentId}`
export const CALLBACK_ANYONE: Lane = 'callback-anyone'
export const GENERAL: Lane = 'general'

/** Whether somebody may pull from it, calling hours allowing. */
export const isPullable = (lane: Lane): boolean => /^(?:callback-(?:mine:|owned:|anyone)|owned:|general)/.test(lane)

/**
 * What time alone does: a lapsed lease stops counting (POOL-6), and a waiting entry whose attempts are spent is
 * unreachable (POOL-11). A promised callback is exempt from the limit (POOL-15); an owed disposition keeps it waiting.
 */
export function settle(entry: Entry, rules: PoolRules, now: number): Entry {
  const held = entry.lease && entry.lease.expiresAt <= now ? freed(entry) : entry
  const settled = held.parked && !parkAt(held.parked, now) ? { ...held, parked: null } : held
  const spent =
    settled.state === 'pending' &&
    settled.callback === null &&
    settled.attempts >= rules.maxAttempts &&
    (settled.dueAt === null || settled.dueAt <= now)
  return spent ? { ...settled, state: 'unreachable', dueAt: null } : settled
}

/** The lane of a settled entry. A due time decides whether it may be pulled, never its rank (POOL-2). */
export function placeOf(entry: Entry, rules: PoolRules, now: number): Place {
  if (entry.state === 'leased') return { lane: 'leased', wakeAt: entry.lease?.expiresAt ?? null }
  if (entry.state !== 'pending') return { lane: entry.state, wakeAt: null }
  const { callback, ownerId } = entry
  if (callback && now < callback.at) return { lane: 'callback-later', wakeAt: callback.at }
  if (!callback && entry.dueAt !== null && now < entry.dueAt) return { lane: 'not-due', wakeAt: entry.dueAt }
  const park = parkAt(entry.parked, now)
  if (park) return { lane: park.why, wakeAt: park.until }
  if (callback) {
    if (ownerId !== null) return { lane: callbackOwned(ownerId), wakeAt: null }
    const graceEnds = callback.at + rules.callbackGraceMs
    if (callback.for !== null && now < graceEnds) return { lane: callbackMine(callback.for), wakeAt: graceEnds }
    return { lane: CALLBACK_ANYONE, wakeAt: null }
  }
  return { lane: ownerId === null ? GENERAL : ownedBy(ownerId), wakeAt: null }
}
