import { hold, isTalking, resume } from '#shared/domain/call/call'
import type { SipResponse } from '../message'
import { asOffer, direct, isHolding, raiseVersion } from '../sdp'
import { isNegotiating } from './in-dialog'
import { TRANSACTION_MS, type Leg, type Pending } from './state'
import type { Turn } from './turn'

/**
 * SIP-4: hold by the server, without a media server. Each side is offered the other's last description with another
 * direction and a raised version (third-party call control, RFC 3725 §4). A leg that negotiates just now is offered later.
 */
export function wantHold(turn: Turn, on: boolean): void {
  if (!isTalking(turn.state.call)) return
  turn.state.holdWanted = on
  offerHold(turn)
}

export function offerHold(turn: Turn): void {
  const { state } = turn
  if (!isTalking(state.call)) return
  let isLater = false
  for (const leg of talking(turn)) {
    if (leg.held === state.holdWanted) continue
    const peer = turn.peerOf(leg)
    if (!peer?.sdp) continue
    if (leg.asked || isNegotiating(turn, leg)) isLater = true
    else offer(turn, leg, peer.sdp)
  }
  if (isLater) later(turn)
}

function offer(turn: Turn, leg: Leg, sdp: string): void {
  const { holdWanted } = turn.state
  leg.raised += 1
  const body = raiseVersion(asOffer(direct(sdp, holdWanted ? 'inactive' : 'sendrecv')), leg.raised)
  const { branch, cseq } = turn.request(leg, 'INVITE', { body })
  turn.state.pending.push({ kind: 'hold', branch, n: leg.n, method: 'INVITE', cseq, held: holdWanted })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
}

export function onHoldAnswer(
  turn: Turn,
  leg: Leg,
  pending: Extract<Pending, { kind: 'hold' }>,
  response: SipResponse,
): void {
  if (response.status < 300) {
    turn.ack(leg, response.cseq.number)
    leg.held = pending.held
    if (leg.held !== turn.state.holdWanted) later(turn)
  } else if (response.status === 491) later(turn)
  else turn.state.holdWanted = !pending.held // it will not have it: the wish is dropped, not repeated for ever
  followLegs(turn)
}

/** RFC 3261 §14.1: after a glare, the side that owns the Call-ID waits 2.1 to 4 s. */
function later(turn: Turn): void {
  turn.setTimer('hold', turn.now + Math.round(2_100 + turn.mint.fraction() * 1_900))
}

/** After each negotiation: on hold when the server holds both legs, or one phone holds the other. */
export function followLegs(turn: Turn): void {
  const up = talking(turn)
  if (up.length < 2) return
  const byPhone = up.some((leg) => isHolding(leg.sdp))
  const follow = byPhone || up.every((leg) => leg.held) ? hold : up.every((leg) => !leg.held) ? resume : null
  if (!follow) return
  turn.state.call = follow(turn.state.call)
  for (const part of turn.state.parts ?? []) part.call = follow(part.call)
}

const talking = (turn: Turn): Leg[] => (turn.pair ?? []).filter((leg) => leg.state === 'up')
