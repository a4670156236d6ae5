/**
 * When a trunk tries its SBC again (SIP-9). After a cut: at once nearly, doubling from 250 ms to 4 s, each time by a chance of
 * half to the whole, so that many trunks do not come back in step; an SBC that starts again is found within 5 s.
 * After refused credentials: from 30 s to 10 min, as SBCs bar who keeps guessing.
 */
export const FIRST_MS = 250
export const MOST_MS = 4_000
export const REFUSED_FIRST_MS = 30_000
export const REFUSED_MOST_MS = 600_000

/** Milliseconds. `failures` ≥ 1 in a row; `fraction` 0…1 is the chance. */
export function reconnectDelay(failures: number, isRefused: boolean, fraction: number): number {
  const [first, most] = isRefused ? [REFUSED_FIRST_MS, REFUSED_MOST_MS] : [FIRST_MS, MOST_MS]
  const whole = Math.min(most, first * 2 ** Math.min(20, Math.max(0, failures - 1)))
  return Math.round(whole * (0.5 + fraction / 2))
}
