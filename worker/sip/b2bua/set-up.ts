import { answer, isOver, ring, startCall } from '#shared/domain/call/call'
import type { SipRequest, SipResponse } from '../message'
import { echoOf } from '../write'
import { ANSWERED_ELSEWHERE, bye, cancel, closeCall, endAll } from './ending'
import { MAX_CALL_MS, RING_MS, TRANSACTION_MS, WATCH_MS, type B2bua, type Leg, type Named } from './state'
import { ringDevice } from './device-leg'
import { huntsOn, isBesides, ringWave } from './hunt'
import { keyLines } from './keys'
import { learnRoutes, newLeg } from './leg'
import { reached } from './reached'
import { answeredTimer, sessionAnswerLines } from './session-timer'
import { answerChallenge, answerTooBrief, passesOn, ringTrunk, type Identity } from './trunk-leg'
import type { Turn } from './turn'

export type Opening = {
  id: string
  aor: string
  instance: string
  callerName: string
  callerUser: string
  localTag: string
}

/** The caller's leg, from its INVITE. Nothing is sent: 100 was, and where to is not known yet. */
export function openCall(invite: SipRequest, opening: Opening, now: number): B2bua {
  const caller: Leg = {
    ...newLeg(0, opening.aor, opening.instance, opening.localTag),
    callId: invite.callId,
    remoteTag: invite.fromTag,
    local: `<${invite.to.uri}>`,
    remote: `<${invite.from.uri}>`,
    remoteTarget: invite.contact()?.uri ?? invite.from.uri,
    remoteSeq: invite.cseq.number,
    asked: { echo: echoOf(invite), cseq: invite.cseq.number, offerless: invite.body === '' },
    sdp: invite.body || null,
  }
  const { id, callerName, callerUser } = opening
  return {
    id,
    call: startCall(now),
    host: invite.target.host,
    dialled: invite.target.user ?? '',
    callerName,
    callerUser,
    isRouted: false,
    legs: [caller],
    pending: [],
    holdWanted: false,
  }
}

type Agent = { aor: string; name: string; devices: { instance: string; contact: string }[] }

/** Where a call goes: the devices of one AOR, rung together, those of some agents of a pool, an SBC, or nowhere. */
export type Route =
  | { to: 'devices'; aor: string; devices: { instance: string; contact: string }[]; ringMs?: number; callee?: Named }
  | ({ to: 'trunk'; aor: string; uri: string; ringMs: number; keys?: 'info' } & Identity)
  /** The next wave of a hunt; `callerName`: of a caller whom the pool knows. */
  | { to: 'agents'; agents: Agent[]; callerName?: string; ringMs: number }
  | { to: 'nowhere'; status: number; reason: string; headers: string[] }

/** SIP-3: forks to all devices at once. The caller may have given up while we asked. */
export function fork(turn: Turn, route: Route): void {
  const { caller, state } = turn
  if (state.isRouted || isOver(state.call) || !caller.asked) return
  state.isRouted = true
  if (route.to === 'nowhere') return endAll(turn, 'server', route.status, route.reason, { headers: route.headers })
  if (route.to === 'trunk') return ringTrunk(turn, route)
  if (route.to === 'agents') return ringWave(turn, route)
  const devices = route.devices.filter(({ instance }) => !(route.aor === caller.aor && instance === caller.instance))
  if (route.callee) state.callee = route.callee
  if (devices.length === 0) return endAll(turn, 'server', 480, 'No Phone Connected')
  for (const { instance, contact } of devices) ringDevice(turn, route.aor, instance, contact)
  turn.setTimer('ring', turn.now + (route.ringMs ?? RING_MS))
  turn.setTimer('fork', turn.now + TRANSACTION_MS)
}

/** A response to an INVITE that rang a device. */
export function onForkAnswer(turn: Turn, leg: Leg, response: SipResponse): void {
  if (response.status < 200) onProvisional(turn, leg, response)
  else if (response.status < 300) onAnswered(turn, leg, response)
  else onRefused(turn, leg, response)
}

function onProvisional(turn: Turn, leg: Leg, response: SipResponse): void {
  const { caller, state } = turn
  leg.hasRung = true
  if (response.status === 100 || leg.state !== 'early' || !caller.asked) return
  state.call = ring(state.call)
  // one dialog towards the caller: early media only when it can be only one device's
  const body = turn.rung.length === 1 ? response.body : ''
  if (caller.hasRung && !body) return
  caller.hasRung = true
  const extras = { headers: reached(turn), ...(body ? { body } : {}) }
  turn.respond(caller, caller.asked.echo, body ? 183 : 180, body ? 'Session Progress' : 'Ringing', extras)
}

/** The first 200 wins; any other is acknowledged and ended (RFC 3261 §13.2.2.4, §16.7 step 5). */
function onAnswered(turn: Turn, leg: Leg, response: SipResponse): void {
  const { caller, state } = turn
  const cseq = response.cseq.number
  if (leg.acked?.cseq === cseq) return turn.send(leg, leg.acked.text) // our ACK was lost
  if (caller.ackOwed?.n === leg.n) return // its ACK waits for the caller's
  leg.remoteTag = response.toTag
  leg.remoteTarget = response.contact()?.uri ?? leg.remoteTarget
  leg.sdp = response.body || null
  learnRoutes(leg, response)
  answeredTimer(turn, leg, response)
  turn.clearTimer(`cancel:${leg.n}`)
  const { asked } = caller
  if (leg.state !== 'early' || !asked || caller.state !== 'early') {
    turn.ack(leg, cseq)
    return bye(turn, leg)
  }
  leg.state = 'up'
  caller.state = 'up'
  if (asked.offerless) caller.ackOwed = { n: leg.n, cseq }
  else turn.ack(leg, cseq)
  accept(turn, caller, response.body, [...reached(turn), ...keyLines(leg)])
  state.call = answer(state.call, turn.now)
  for (const other of turn.rung) if (other !== leg) cancel(turn, other, ANSWERED_ELSEWHERE)
  turn.clearTimer('ring')
  turn.clearTimer('fork')
  turn.setTimer('watch', turn.now + WATCH_MS)
  turn.setTimer('max', turn.now + Math.min(state.maxMs ?? MAX_CALL_MS, MAX_CALL_MS))
}

/** 200 to the INVITE this phone waits with; repeated by the room until its ACK. */
export function accept(turn: Turn, leg: Leg, body: string, headers: string[] = []): void {
  const { echo, cseq } = leg.asked!
  const text = turn.respond(leg, echo, 200, 'OK', {
    body: turn.carry(body, leg),
    headers: [...headers, ...sessionAnswerLines(turn, leg)],
  })
  leg.asked = null
  leg.ok = { cseq, text, since: turn.now }
  turn.setTimer(`ack:${leg.n}`, turn.now + TRANSACTION_MS)
}

function onRefused(turn: Turn, leg: Leg, response: SipResponse): void {
  turn.ackRefusal(leg, leg.invite!.branch, response)
  if (leg.state === 'ended' || leg.state === 'up' || answerChallenge(turn, leg, response)) return
  if (answerTooBrief(turn, leg, response)) return
  turn.clearTimer(`cancel:${leg.n}`)
  leg.state = 'ended'
  leg.status = response.status
  if (response.status >= 600) for (const other of turn.rung) if (!isBesides(turn, leg, other)) cancel(turn, other)
  settleFork(turn)
}

/** When nobody rings any more, the caller gets the best refusal (RFC 3261 §16.7 step 6). */
export function settleFork(turn: Turn): void {
  const { caller } = turn
  if (!caller.asked || caller.state !== 'early' || turn.rung.some((leg) => leg.state === 'early')) return
  if (passesOn(turn) || huntsOn(turn)) return
  const status = best(turn.rung.map((leg) => leg.status).filter((status) => status !== null))
  turn.respond(caller, caller.asked.echo, status, REASONS[status] ?? 'Call Failed', { headers: reached(turn) })
  caller.asked = null
  caller.state = 'ended'
  closeCall(turn, 'callee', status)
}

function best(statuses: number[]): number {
  const global = statuses.find((status) => status >= 600)
  if (global !== undefined) return global
  for (const wanted of [486, 480, 404]) if (statuses.includes(wanted)) return wanted
  // redirections are not followed, challenges are not answered
  const plain = statuses.filter((status) => status >= 400 && status !== 401 && status !== 407 && status !== 487)
  return plain.length > 0 ? Math.min(...plain) : 480
}

const REASONS: Record<number, string> = {
  404: 'Not Found',
  408: 'Request Timeout',
  480: 'Temporarily Unavailable',
  486: 'Busy Here',
  488: 'Not Acceptable Here',
  600: 'Busy Everywhere',
  603: 'Decline',
}
