import type { SipRequest, SipResponse } from '../message'
import { replacesOf, type Replaces } from '../replaces'
import { echoOf } from '../write'
import { keyLines } from './keys'
import { bye } from './ending'
import { followLegs } from './hold'
import { isNegotiating } from './in-dialog'
import { acceptWithOffer, askOffer } from './join'
import { newLeg } from './leg'
import { accept } from './set-up'
import { TRANSACTION_MS, type B2bua, type Leg, type Pending } from './state'
import type { Turn } from './turn'

/** RFC 3891 §3: the leg that this names, of that AOR alone: nobody takes another's place. */
export function replacedLeg(state: B2bua, aor: string, { callId, toTag, fromTag }: Replaces): Leg | undefined {
  return state.legs.find(
    (leg) => leg.aor === aor && leg.callId === callId && leg.localTag === toTag && leg.remoteTag === fromTag,
  )
}

/**
 * INVITE with Replaces: another dialog of the same AOR takes this one's place, e.g. of a page that was reloaded (PHONE-9). Without an
 * offer, the other side makes it (the kept side always offers); with one, it is the other side's to answer. Until that is so the
 * old leg stays; then it gets a BYE. Answers 481, 486 (early-only), 491.
 */
export function replaceLeg(turn: Turn, old: Leg, request: SipRequest, instance: string): void {
  const { state } = turn
  const n = state.legs.length
  const leg: Leg = {
    ...newLeg(n, old.aor, instance, turn.mint.token()),
    callId: request.callId,
    remoteTag: request.fromTag,
    local: `<${request.to.uri}>`,
    remote: `<${request.from.uri}>`,
    remoteTarget: request.contact()?.uri ?? request.from.uri,
    remoteSeq: request.cseq.number,
    asked: { echo: echoOf(request), cseq: request.cseq.number, offerless: request.body === '' },
    sdp: request.body || null,
    insteadOf: old.n,
    ...(old.part === undefined ? {} : { part: old.part }),
  }
  const refuse = (status: number, reason: string) => {
    turn.respond(leg, echoOf(request), status, reason)
  }
  const kept = turn.peerOf(old)
  if (old.state !== 'up' || !kept) return refuse(481, 'Call/Transaction Does Not Exist')
  if (replacesOf(request)?.earlyOnly) return refuse(486, 'Busy Here')
  // two of one device at once, or somebody negotiates: it may try again (RFC 3261 §14.1)
  const isTaken = state.legs.some(({ insteadOf, state }) => insteadOf === old.n && state === 'early')
  if (isTaken || kept.asked || isNegotiating(turn, kept) || state.move?.step === 'joining')
    return refuse(491, 'Request Pending')
  const pair = turn.pair!
  state.pair = [pair[0].n, pair[1].n]
  state.legs.push(leg)
  if (leg.asked!.offerless) return askOffer(turn, kept, leg)
  const { branch, cseq } = turn.request(kept, 'INVITE', { body: turn.carry(request.body, kept) })
  state.pending.push({ kind: 'offer', branch, n: kept.n, method: 'INVITE', cseq, to: n })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
}

/** The other side has answered for a leg that waits to take a place. */
export function onReplaceAnswer(
  turn: Turn,
  kept: Leg,
  leg: Leg,
  pending: Extract<Pending, { kind: 'offer' }>,
  response: SipResponse,
): void {
  const { state } = turn
  const isOfferless = leg.asked!.offerless
  if (response.status >= 300) return giveUp(turn, leg, response.status, response.reason)
  if (isOfferless) acceptWithOffer(turn, kept, leg, pending, response)
  else {
    turn.ack(kept, response.cseq.number)
    kept.sdp = response.body || kept.sdp
    leg.state = 'up'
    accept(turn, leg, response.body, keyLines(kept))
  }
  const old = turn.leg(leg.insteadOf!)!
  state.pair = state.pair!.map((n) => (n === old.n ? leg.n : n)) as [number, number]
  const { move } = state
  if (move) {
    if (move.kept === old.n) move.kept = leg.n
    if (move.gone === old.n) Object.assign(move, { gone: leg.n, referrer: null })
  }
  if (old.state === 'up') bye(turn, old, 'Reason: SIP;cause=200;text="Replaced"')
  followLegs(turn)
}

/** Its INVITE is refused; the call goes on as it was. */
export function giveUp(turn: Turn, leg: Leg, status: number, reason: string): void {
  if (leg.asked) turn.respond(leg, leg.asked.echo, status, reason)
  leg.asked = null
  leg.state = 'ended'
}
