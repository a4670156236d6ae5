import { isTalking } from '#shared/domain/call/call'
import type { SipResponse } from '../message'
import { adopt, unknownThere } from './orphan'
import { TRANSACTION_MS, type Leg } from './state'
import type { Turn } from './turn'

/**
 * Asks each phone whether it still knows the dialog (RFC 3261 §11 within §12.2): a page that was reloaded has its device's
 * line again, but not its call, and says 481; it has 20 s to rejoin. Any other answer means that it is there; so does silence, which a socket cut
 * explains (the orphan rule deals with that).
 */
export function probe(turn: Turn): void {
  if (!isTalking(turn.state.call)) return
  for (const leg of turn.state.legs.filter(({ state, ok }) => state === 'up' && !ok)) {
    if (turn.state.pending.some((one) => one.kind === 'probe' && one.n === leg.n)) continue
    const { branch, cseq } = turn.request(leg, 'OPTIONS')
    turn.state.pending.push({ kind: 'probe', branch, n: leg.n, method: 'OPTIONS', cseq })
    turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
  }
}

export function onProbeAnswer(turn: Turn, leg: Leg, response: SipResponse): void {
  if (response.status === 481) unknownThere(turn, leg)
  else if (response.status < 300) adopt(turn, leg)
}
