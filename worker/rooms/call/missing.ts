import { isForsaken } from '../../sip/b2bua/orphan'
import { WATCH_MS, type Leg } from '../../sip/b2bua/state'

/** Legs whose device had no socket when it was looked for, since when. */
export type Missing = Record<string, number>

/** A look that comes so much too late was not ours to make. */
const LATE_MS = 3_000
export const isTooLate = (at: number, now: number): boolean => now - at > LATE_MS

/** The leg's device is there. */
export function found(missing: Missing, { n }: Leg): Missing {
  if (missing[n] === undefined) return missing
  const { [n]: _, ...others } = missing
  return others
}

/**
 * The orphan rule (SIP-3): a device that has had no socket at two looks, 30 s apart, or 20 s after its page said that it goes, has
 * left its call.
 */
export function notFound(missing: Missing, leg: Leg, now: number): { missing: Missing; hasLeft: boolean } {
  const since: number | undefined = missing[leg.n]
  const isLong = since !== undefined && now - since >= WATCH_MS - 1_000
  return { missing: { ...missing, [leg.n]: since ?? now }, hasLeft: isLong || isForsaken(leg, now) }
}
