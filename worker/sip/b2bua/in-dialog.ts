import { isOver } from '#shared/domain/call/call'
import { isTrunk } from '../../carriers/trunk'
import type { SipRequest, SipResponse } from '../message'
import { echoOf } from '../write'
import { endAll, forgetOk } from './ending'
import { followLegs, onHoldAnswer } from './hold'
import { backToPeer } from './join'
import { failMove, leaveEarly, onAwake, onMoveAnswer, onMoveOffer } from './move'
import { adopt, unknownThere } from './orphan'
import { onRefer } from './refer'
import { onRefreshed } from './refresh'
import { repeats } from './repeat'
import { giveUp, onReplaceAnswer } from './replace'
import { accept } from './set-up'
import { answeredTimer, askedTimer, onSessionAnswer, onUpdate, tooBrief } from './session-timer'
import { MOST_PENDING, TRANSACTION_MS, type Leg, type Pending } from './state'
import type { Turn } from './turn'

/** A request of a phone on a leg that exists. */
export function onRequest(turn: Turn, leg: Leg, request: SipRequest, instance: string): void {
  const { method } = request
  const refuse = (status: number, reason: string, headers: string[] = []) => {
    if (method !== 'ACK') turn.respond(leg, echoOf(request), status, reason, { headers })
  }
  if (method === 'INVITE' && request.toTag === null) return onRepeatedInvite(turn, leg, request)
  if (method === 'CANCEL') return onCancel(turn, leg, request)
  if (request.toTag !== leg.localTag || request.fromTag !== leg.remoteTag) {
    // not this dialog; answered where it came from
    return refuse(481, 'Call/Transaction Does Not Exist')
  }
  // the same device on a new socket, or the same agent's page after a reload
  leg.instance = instance
  adopt(turn, leg)
  if (method === 'ACK') return onAck(turn, leg, request)
  if (request.cseq.number <= leg.remoteSeq)
    return repeats(turn, leg, request) ? undefined : refuse(500, 'Out of Order', ['Retry-After: 1'])
  if (leg.state !== 'up' && method !== 'BYE') return refuse(481, 'Call/Transaction Does Not Exist')
  leg.remoteSeq = request.cseq.number

  switch (method) {
    case 'BYE':
      refuse(200, 'OK')
      return onBye(turn, leg)
    case 'OPTIONS':
      return refuse(200, 'OK')
    case 'UPDATE':
      return onUpdate(turn, leg, request, refuse)
    case 'REFER':
      return onRefer(turn, leg, request, refuse)
    case 'INVITE':
      return onReinvite(turn, leg, request, refuse)
    default:
      relay(turn, leg, request, refuse)
  }
}

/** The phone did not hear us, or came back on a new socket: it is told again what it was told last. */
function onRepeatedInvite(turn: Turn, leg: Leg, request: SipRequest): void {
  if (leg.ok || leg.answered) return void repeats(turn, leg, request)
  if (leg.asked && leg.hasRung) turn.respond(leg, leg.asked.echo, 180, 'Ringing')
}

/** RFC 3261 §9.2. A 200 that crosses it is acknowledged and ended when it comes. */
function onCancel(turn: Turn, leg: Leg, request: SipRequest): void {
  if (leg.n !== 0 && leg.insteadOf === undefined)
    return void turn.respond(leg, echoOf(request), 481, 'Call/Transaction Does Not Exist')
  turn.respond(leg, echoOf(request), 200, 'OK')
  if (leg.insteadOf !== undefined)
    return leg.state === 'early' ? giveUp(turn, leg, 487, 'Request Terminated') : undefined
  if (leg.state === 'early' && leg.asked?.cseq === request.cseq.number)
    endAll(turn, 'caller', 487, 'Request Terminated')
}

function onAck(turn: Turn, leg: Leg, request: SipRequest): void {
  if (leg.ok?.cseq !== request.cseq.number) return
  forgetOk(turn, leg)
  const { ackOwed } = leg
  if (!ackOwed) return
  leg.ackOwed = null
  const other = turn.leg(ackOwed.n)
  if (!other || other.state !== 'up') return
  if (request.body) leg.sdp = request.body
  turn.ack(other, ackOwed.cseq, turn.carry(request.body, other))
}

function onBye(turn: Turn, leg: Leg): void {
  const { state } = turn
  const wasUp = leg.state === 'up'
  leg.state = 'ended'
  forgetOk(turn, leg)
  if (isOver(state.call)) return
  if (!wasUp && leg.n !== 0) return
  // §15.1.2: a BYE in an early dialog leaves its INVITE unanswered, so that is answered too
  if (leg.asked) {
    turn.respond(leg, leg.asked.echo, 487, 'Request Terminated')
    leg.asked = null
  }
  if (leavesMove(turn, leg)) return
  endAll(turn, turn.sideOf(leg), 487, 'Request Terminated', { except: leg })
}

/** Of a transfer under way: one who was to leave has left, or one who was to come went before they talked. */
function leavesMove(turn: Turn, leg: Leg): boolean {
  const { move } = turn.state
  if (move?.gone === leg.n) leaveEarly(turn, leg)
  else if (move && leg.part === move.n && !turn.pair?.includes(leg)) failMove(turn, 480, 'Hung Up')
  else return turn.pair !== null && !turn.pair.includes(leg)
  return true
}

type Refuse = (status: number, reason: string, headers?: string[]) => void

/** RFC 3261 §14.2: one INVITE at a time in each dialog, and, as we stand between, across both. */
function onReinvite(turn: Turn, leg: Leg, request: SipRequest, refuse: Refuse): void {
  const peer = turn.peerOf(leg)
  const brief = isTrunk(leg.aor) ? tooBrief(request) : null
  if (brief) return refuse(422, 'Session Interval Too Small', brief)
  if (leg.asked) return refuse(500, 'Server Internal Error', ['Retry-After: 2'])
  if (isNegotiating(turn, leg) || (peer && (isNegotiating(turn, peer) || peer.asked)))
    return refuse(491, 'Request Pending')
  const contact = request.contact()
  if (contact) leg.remoteTarget = contact.uri
  askedTimer(leg, request, turn.now)
  if (relay(turn, leg, request, refuse)) {
    leg.asked = { echo: echoOf(request), cseq: request.cseq.number, offerless: request.body === '' }
    if (request.body) leg.sdp = request.body
  }
}

/** Whether an offer or its acknowledgement is under way on this leg. */
export function isNegotiating(turn: Turn, leg: Leg): boolean {
  const { legs, pending } = turn.state
  if (leg.ok !== null || pending.some((one) => one.n === leg.n && one.method === 'INVITE')) return true
  // it has made an offer, and waits for its ACK
  return (
    pending.some((one) => one.kind === 'answer' && one.kept === leg.n) ||
    legs.some(({ ackOwed }) => ackOwed?.n === leg.n)
  )
}

/** INVITE, INFO and MESSAGE pass to the other side as requests of our own; the branch finds who waits for the answer. */
function relay(turn: Turn, leg: Leg, request: SipRequest, refuse: Refuse): boolean {
  const peer = turn.peerOf(leg)
  if (!peer) {
    refuse(481, 'Call/Transaction Does Not Exist')
    return false
  }
  // SIP-6: what waits for an answer is kept in rows; a phone that asks on and on is told to wait
  if (turn.state.pending.length >= MOST_PENDING) {
    refuse(503, 'Service Unavailable', ['Retry-After: 1'])
    return false
  }
  const isSdp = request.contentType === 'application/sdp'
  const contentType = request.header('content-type')
  const sent = turn.request(peer, request.method, {
    body: isSdp ? turn.carry(request.body, peer) : request.body,
    ...(contentType ? { contentType } : {}),
  })
  const { branch, cseq } = sent
  turn.state.pending.push({
    kind: 'relay',
    branch,
    n: peer.n,
    method: request.method,
    cseq,
    from: leg.n,
    echo: echoOf(request),
    offerless: request.body === '',
  })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
  return true
}

/** A response to a request of ours within a dialog. */
export function onPendingAnswer(
  turn: Turn,
  leg: Leg,
  pending: Exclude<Pending, { kind: 'probe' }>,
  response: SipResponse,
): void {
  if (response.status < 200) return
  forgetPending(turn, pending)
  const isRefused = response.status >= 300
  if (pending.method === 'INVITE' || pending.method === 'UPDATE') answeredTimer(turn, leg, response)
  if (pending.method === 'INVITE') {
    if (isRefused) turn.ackRefusal(leg, pending.branch, response)
    else {
      leg.remoteTarget = response.contact()?.uri ?? leg.remoteTarget
      // what is offered to a newcomer counts when they have answered
      if (response.body && pending.kind !== 'offer' && pending.kind !== 'answer') leg.sdp = response.body
    }
  }
  if (pending.kind === 'session') return onSessionAnswer(turn, leg, pending.method, response)
  if (pending.kind === 'hold') return onHoldAnswer(turn, leg, pending, response)
  if (pending.kind === 'offer') return onOffer(turn, leg, pending, response)
  if (pending.kind === 'refresh') return onRefreshed(turn, leg, response)
  if (pending.kind === 'wake') return onAwake(turn, leg, response)
  if (pending.kind === 'answer') return onMoveAnswer(turn, leg, pending, response)

  const from = turn.leg(pending.from)
  if (!from || from.state !== 'up') {
    // who asked has hung up meanwhile; the answer is acknowledged all the same
    if (pending.method === 'INVITE' && !isRefused) turn.ack(leg, response.cseq.number)
    return
  }
  // who asked has a dialog still, and it may have its other side again: 481 would end it; a challenge is not theirs to answer
  const status = STANDS_FOR[response.status] ?? response.status
  if (pending.method !== 'INVITE') {
    turn.respond(from, pending.echo, status, response.reason, bodyOf(response))
  } else if (isRefused) {
    turn.respond(from, pending.echo, status, response.reason)
    from.asked = null
  } else {
    if (pending.offerless) from.ackOwed = { n: leg.n, cseq: response.cseq.number }
    else turn.ack(leg, response.cseq.number)
    accept(turn, from, response.body)
    followLegs(turn)
  }
  if (response.status === 481) unknownThere(turn, leg)
}

const STANDS_FOR: Record<number, number> = { 481: 480, 401: 403, 407: 403 }

function onOffer(turn: Turn, kept: Leg, pending: Extract<Pending, { kind: 'offer' }>, response: SipResponse): void {
  const newcomer = turn.leg(pending.to)
  if (newcomer?.insteadOf === undefined) return onMoveOffer(turn, kept, newcomer, response)
  if (newcomer.state === 'early' && kept.state === 'up') onReplaceAnswer(turn, kept, newcomer, pending, response)
  else if (response.status < 300) backToPeer(turn, kept, response.cseq.number)
}

function bodyOf(response: SipResponse): { body?: string; contentType?: string } {
  const contentType = response.header('content-type')
  return response.body && contentType ? { body: response.body, contentType } : {}
}

export function forgetPending(turn: Turn, pending: Pending): void {
  turn.state.pending = turn.state.pending.filter((one) => one.branch !== pending.branch)
  turn.clearTimer(`tx:${pending.branch}`)
}

/** This leg is gone without a BYE: the call ends for the others. */
export function lose(turn: Turn, leg: Leg): void {
  if (leg.state === 'ended') return
  leg.state = 'ended'
  forgetOk(turn, leg)
  if (leavesMove(turn, leg)) return
  endAll(turn, 'server', 480, 'Gone')
}
