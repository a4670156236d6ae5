import type { SipResponse } from '../message'
import { asOffer } from '../sdp'
import { isNegotiating } from './in-dialog'
import { TRANSACTION_MS, type Leg } from './state'
import type { Turn } from './turn'

/**
 * The connection to a trunk's SBC was cut and is another one now: the SBC may hold the old one for the way to us, so each dialog tells
 * it anew by a re-INVITE, which refreshes its target (RFC 3261 §12.2.1). It offers what was described before; nobody hears a difference.
 */
export function refreshTargets(turn: Turn, aor: string): void {
  for (const leg of turn.pair ?? []) if (leg.aor === aor && leg.state === 'up') refreshTarget(turn, leg)
}

/** Also when it is tried again. */
export function refreshTarget(turn: Turn, leg: Leg): void {
  const peer = turn.peerOf(leg)
  if (leg.state !== 'up' || !peer?.sdp || turn.state.move) return
  // whoever negotiates now refreshes it by that, if it is us; else it is our turn later
  if (leg.asked || isNegotiating(turn, leg)) return later(turn, leg)
  leg.raised += 1
  const body = turn.carry(asOffer(peer.sdp), leg)
  const { branch, cseq } = turn.request(leg, 'INVITE', { body })
  turn.state.pending.push({ kind: 'refresh', branch, n: leg.n, method: 'INVITE', cseq })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
}

/** A refusal leaves the session as it was (§14.1); only a glare is tried again. */
export function onRefreshed(turn: Turn, leg: Leg, response: SipResponse): void {
  if (response.status < 300) turn.ack(leg, response.cseq.number)
  else if (response.status === 491) later(turn, leg)
}

/** RFC 3261 §14.1. */
function later(turn: Turn, leg: Leg): void {
  turn.setTimer(`refresh:${leg.n}`, turn.now + Math.round(2_100 + turn.mint.fraction() * 1_900))
}
