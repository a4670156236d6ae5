import { dayOf } from '../pool/figures'

/** POOL-19: how often a number may be tried, over all pools; null: no such limit. A day is the pool's calendar day. */
export type Caps = { perDay: number | null; perWeek: number | null; lifetime: number | null }

/** What was tried on a number: how often ever, and when in the last seven days. */
export type Tries = { total: number; recent: readonly number[] }

export const WEEK_MS = 7 * 24 * 3600_000
export const NO_TRIES: Tries = { total: 0, recent: [] }

export const triesOf = (times: readonly number[], now: number): Tries => ({
  total: times.length,
  recent: times.filter((at) => at > now - WEEK_MS),
})

export const together = (all: readonly Tries[]): Tries => ({
  total: all.reduce((sum, tries) => sum + tries.total, 0),
  recent: all.flatMap((tries) => tries.recent),
})

/**
 * POOL-19: null while the number may be tried; else when that begins again (null: never, its lifetime cap is spent).
 * Several caps may be spent; the last one to clear decides.
 */
export function spentUntil(tries: Tries, caps: Caps, timeZone: string, now: number): { until: number | null } | null {
  if (caps.lifetime !== null && tries.total >= caps.lifetime) return { until: null }
  const clears: number[] = []
  if (caps.perDay !== null) {
    const today = dayOf(now, timeZone)
    if (tries.recent.filter((at) => dayOf(at, timeZone) === today).length >= caps.perDay)
      clears.push(nextMidnight(now, timeZone))
  }
  if (caps.perWeek !== null) {
    const week = tries.recent.filter((at) => at > now - WEEK_MS).sort((a, b) => b - a)
    // the newest that must have left the seven days for one more to be allowed
    if (week.length >= caps.perWeek) clears.push(week[caps.perWeek - 1]! + WEEK_MS)
  }
  return clears.length > 0 ? { until: Math.max(...clears) } : null
}

/** The first moment of the next calendar day of a zone, to the minute; days may have 23 or 25 hours. */
export function nextMidnight(now: number, timeZone: string): number {
  const today = dayOf(now, timeZone)
  let before = now
  let after = now + 26 * 3600_000
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (dayOf(middle, timeZone) === today) before = middle
    else after = middle
  }
  return after
}
