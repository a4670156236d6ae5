/**
 * AUTH-2: failed sign-ins of one account from one address. The pair is what is locked, so somebody who guesses from
 * elsewhere can never lock the owner out. Times in epoch ms.
 */
export type Tries = { failures: number; lastAt: number; lockedUntil: number | null }

/** Free failures before the first lock. */
export const FREE_FAILURES = 5
export const FIRST_LOCK_MS = 30_000
export const LONGEST_LOCK_MS = 15 * 60_000
/** Failures are forgotten after this much quiet. */
export const FORGET_MS = 30 * 60_000

export function isLocked(tries: Tries | null, now: number): boolean {
  return tries !== null && tries.lockedUntil !== null && tries.lockedUntil > now
}

/** Each failure past the free ones locks twice as long as the one before. */
export function afterFailure(tries: Tries | null, now: number): Tries {
  const before = tries && now - tries.lastAt < FORGET_MS ? tries.failures : 0
  const failures = before + 1
  const past = failures - FREE_FAILURES
  const lockedUntil = past < 0 ? null : now + Math.min(FIRST_LOCK_MS * 2 ** Math.min(past, 20), LONGEST_LOCK_MS)
  return { failures, lastAt: now, lockedUntil }
}
