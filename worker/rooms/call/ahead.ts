import { isTrunk } from '../../carriers/trunk'
import { isAside } from '../../sip/b2bua/monitor'
import type { B2bua, Leg, Send } from '../../sip/b2bua/state'
import type { SipResponse } from '../../sip/message'

/** What of an answer leaves before the call is kept with it (decision 0237), and whether it is kept with the very next commit. */
export type Ahead = { leaves: (send: Send) => boolean; isKeptAtOnce: boolean }

export const ALL: Ahead['leaves'] = () => true

/**
 * How a call rings is a hint that may be lost (RFC 3261 §13.2.2.1): it leaves, and is kept a blink later. That a telephone of the house
 * answered leaves to the caller alone: the ACK waits until it is kept, so a room that lost it hears the 200 again (§13.3.1.4).
 * Null: this answer is kept before anything leaves.
 */
export function aheadOf(state: B2bua, leg: Leg, message: SipResponse): Ahead | null {
  if (state.move || state.call.answeredAt !== null || state.call.endedAt !== null) return null
  if (message.status < 200) return { leaves: ALL, isKeptAtOnce: false }
  const caller = state.legs[0]!
  const isAnswer = message.status < 300 && leg.invite?.branch === message.via.branch
  if (!isAnswer || state.hunt || isAside(state) || isTrunk(leg.aor) || isTrunk(caller.aor)) return null
  return { leaves: ({ aor, instance }) => aor === caller.aor && instance === caller.instance, isKeptAtOnce: true }
}
