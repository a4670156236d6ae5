export const FIRST_WAIT_MS = 1_000
export const LONGEST_WAIT_MS = 60_000

/**
 * How long to wait after the n-th try that got no answer (n from 1): doubles from a second to a minute, and jitter takes
 * up to half of it away, so that a floor of agents does not come back in one beat. `chance` is in [0, 1).
 */
export function backoffMs(tries: number, chance: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(Math.max(tries, 1) - 1, 16))
  return Math.round(full * (1 - chance / 2))
}
