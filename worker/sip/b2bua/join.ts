import type { SipResponse } from '../message'
import { asAnswer, asDtlsClient, asOffer, direct, raiseVersion } from '../sdp'
import { accept } from './set-up'
import { keyLines } from './keys'
import { TRANSACTION_MS, type Leg, type Pending } from './state'
import type { Turn } from './turn'

/**
 * Two legs that are up are brought together without a media server (RFC 3725 §4.2, flow II): the kept side always offers.
 *
 *   kept ◀─ INVITE, no offer ─ edge
 *   kept ── 200, offer ──────▶ edge ─ INVITE, offer ──▶ newcomer
 *   kept ◀─ ACK, answer ────── edge ◀─ 200, answer ──── newcomer
 *
 * A newcomer that waits with an INVITE of its own without an offer (a page that was reloaded) gets the offer in its 200, and its ACK
 * brings the answer.
 */
export function askOffer(turn: Turn, kept: Leg, newcomer: Leg, headers: string[] = []): void {
  const { branch, cseq } = turn.request(kept, 'INVITE', { headers })
  turn.state.pending.push({ kind: 'offer', branch, n: kept.n, method: 'INVITE', cseq, to: newcomer.n })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
}

/**
 * RFC 3264 §6.1: a phone that was put on hold goes on offering that it will not send. So it is offered what who leaves said last, as if
 * they took it off hold; they go on sending nothing.
 */
export function wake(turn: Turn, kept: Leg, sdp: string): void {
  kept.raised += 1
  const body = raiseVersion(asOffer(direct(sdp, 'sendrecv')), kept.raised)
  const { branch, cseq } = turn.request(kept, 'INVITE', { body })
  turn.state.pending.push({ kind: 'wake', branch, n: kept.n, method: 'INVITE', cseq })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
}

type OfferPending = Extract<Pending, { kind: 'offer' }>
type AnswerPending = Extract<Pending, { kind: 'answer' }>

/** The kept side's offer goes to a newcomer that is up. Its ACK waits. */
export function passOffer(turn: Turn, kept: Leg, newcomer: Leg, response: SipResponse, headers: string[]): void {
  const keptCseq = response.cseq.number
  // one who talked to another before keeps the part they had in DTLS: browsers will not change it
  const isFresh = newcomer.callId.startsWith(`${turn.state.id}.`)
  const body = turn.carry(isFresh ? asDtlsClient(response.body) : response.body, newcomer)
  const { branch, cseq } = turn.request(newcomer, 'INVITE', { body, headers })
  const sent = { branch, n: newcomer.n, method: 'INVITE', cseq }
  turn.state.pending.push({ kind: 'answer', ...sent, kept: kept.n, keptCseq, offer: response.body })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
}

/** Both know each other: they talk. */
export function closeJoin(turn: Turn, newcomer: Leg, pending: AnswerPending, response: SipResponse): void {
  const kept = turn.leg(pending.kept)!
  turn.ack(newcomer, response.cseq.number)
  newcomer.sdp = response.body
  kept.sdp = pending.offer
  turn.ack(kept, pending.keptCseq, turn.carry(response.body, kept))
}

/** The newcomer would not: the kept side is answered in the name of the one it talks to, so that nothing changes. */
export function backToPeer(turn: Turn, kept: Leg, keptCseq: number): void {
  const peer = turn.peerOf(kept)
  turn.ack(kept, keptCseq, peer?.sdp ? turn.carry(asAnswer(peer.sdp, kept.sdp), kept) : '')
}

/** RFC 3891 §3: the newcomer asked for the kept side's offer, and gets it. */
export function acceptWithOffer(turn: Turn, kept: Leg, newcomer: Leg, pending: OfferPending, offer: SipResponse): void {
  newcomer.state = 'up'
  newcomer.ackOwed = { n: kept.n, cseq: pending.cseq }
  kept.sdp = offer.body || kept.sdp
  accept(turn, newcomer, offer.body, keyLines(kept))
}
