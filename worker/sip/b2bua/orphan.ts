import { isGuest } from '../../carriers/demo'
import { isTrunk } from '../../carriers/trunk'
import { lose } from './in-dialog'
import type { Leg } from './state'
import type { Turn } from './turn'

/** How long a call waits for a page that went, or came back without it, to rejoin (PHONE-9). */
export const REJOIN_MS = 20_000

/**
 * The page of this leg has gone (it said so, or it answers 481): the other side is kept for who comes back with Replaces.
 *
 *   up ──page gone──▶ orphaned ──anything said in its dialog──▶ up
 *                        ├──INVITE with Replaces──▶ (another leg in its place)
 *                        └──20 s──▶ lost
 * An SBC and a guest do not come back.
 */
export function orphan(turn: Turn, leg: Leg): void {
  if (leg.state !== 'up' || leg.orphanedAt !== undefined) return
  if (isTrunk(leg.aor) || isGuest(leg.aor)) return lose(turn, leg)
  leg.orphanedAt = turn.now
  turn.setTimer(`orphan:${leg.n}`, turn.now + REJOIN_MS)
}

export function adopt(turn: Turn, leg: Leg): void {
  if (leg.orphanedAt === undefined) return
  delete leg.orphanedAt
  turn.clearTimer(`orphan:${leg.n}`)
}

/** Its time to be rejoined is over. Timers are not early; the clock of another machine may be, by little. */
export const isForsaken = ({ orphanedAt }: Leg, now: number): boolean =>
  orphanedAt !== undefined && now - orphanedAt >= REJOIN_MS - 100

/** RFC 3261 §12.2.1.2: the phone knows the dialog no more. */
export function unknownThere(turn: Turn, leg: Leg): void {
  if (isForsaken(leg, turn.now)) lose(turn, leg)
  else orphan(turn, leg)
}
