import type { Replaces } from '../replaces'
import { endAll } from './ending'
import { isNegotiating } from './in-dialog'
import { replacedLeg } from './replace'
import type { B2bua, Leg } from './state'
import type { Turn } from './turn'

/**
 * An attended transfer (RFC 5589 §7): the other side of the dialog named is given to another call, and this call is over. The leg stays
 * in its own dialog; what comes for it is passed on. Nothing happens while somebody negotiates or nobody has answered.
 */
export function cede(turn: Turn, aor: string, replaces: Replaces, to: string): void {
  const { state } = turn
  const mine = replacedLeg(state, aor, replaces)
  const given = mine && turn.peerOf(mine)
  if (!mine || !given || mine.state !== 'up' || state.move) return
  if ([mine, given].some((leg) => leg.asked || isNegotiating(turn, leg))) return
  state.ceded = [...(state.ceded ?? []), { leg: { ...given, held: false }, to }]
  state.legs = state.legs.filter((leg) => leg !== given)
  endAll(turn, turn.sideOf(mine), 200, 'Transferred', { headers: ['Reason: SIP;cause=200;text="Transferred"'] })
}

/** A leg that this call gave away. */
export const cededLeg = (state: B2bua, aor: string, sipCallId: string): { leg: Leg; to: string } | undefined =>
  state.ceded?.find(({ leg }) => leg.aor === aor && leg.callId === sipCallId)
