import { answer, end, isOver, isTalking, resume, ring, startCall, touch } from '#shared/domain/call/call'
import { isTrunkAtFault } from '#shared/domain/trunk/choice'
import { isGuest } from '../../carriers/demo'
import { isTrunk, SBC } from '../../carriers/trunk'
import { quoted } from '../grammar'
import type { SipResponse } from '../message'
import { asDtlsClient, asOffer, direct, isHolding, withoutCandidates } from '../sdp'
import { keyLines } from './keys'
import { ANSWERED_ELSEWHERE, bye, cancel, endAll } from './ending'
import { followLegs } from './hold'
import { isNegotiating } from './in-dialog'
import { askOffer, backToPeer, closeJoin, passOffer, wake } from './join'
import { learnRoutes, newLeg } from './leg'
import { movedBy } from './moved'
import { notify } from './refer'
import type { Route } from './set-up'
import { RING_MS, type Leg, type Move, type Named, type Part, type Pending } from './state'
import { answeredTimer } from './session-timer'
import { answerChallenge, answerTooBrief, inviteTrunk, type Identity } from './trunk-leg'
import type { Turn } from './turn'

/** Where a transfer leads: devices or an SBC that ring, nowhere, or a leg that another call has given (RFC 3891). */
export type MoveRoute = Exclude<Route, { to: 'agents' }> | { to: 'leg'; aor: string; leg: Leg }
export type MoveOrder = Pick<Move, 'target' | 'replaces' | 'referrer'>

const MOST_TRIES = 5
const NEWCOMER_MOVES_MS = 500

/**
 * SIP-4, SIP-5: the leg `gone` is to leave, and somebody else to come. Until they talk to each other nothing changes for those who talk.
 * False: not now (nobody talks, or a transfer is under way).
 */
export function startMove(turn: Turn, gone: Leg, order: MoveOrder): boolean {
  const { state, pair } = turn
  const kept = turn.peerOf(gone)
  if (!isTalking(state.call) || state.move || !kept || !pair || gone.state !== 'up') return false
  state.pair = [pair[0].n, pair[1].n]
  state.move = { n: nextPart(turn), kept: kept.n, gone: gone.n, step: 'asking', ...order }
  return true
}

const nextPart = ({ state }: Turn): number => Math.max(1, ...(state.parts ?? []).map(({ n }) => n)) + 1
const partOf = (turn: Turn, n: number | undefined): Part | undefined => turn.state.parts?.find((part) => part.n === n)

/** The room has found out where it leads. */
export function moveRouted(turn: Turn, route: MoveRoute, shown: NonNullable<Move['shown']>): void {
  const { state } = turn
  const { move } = state
  const kept = move && turn.leg(move.kept)
  if (!move || move.step !== 'asking' || kept?.state !== 'up' || isOver(state.call)) {
    if (route.to !== 'leg') return
    const stray = { ...route.leg, n: state.legs.length }
    state.legs.push(stray)
    return bye(turn, stray)
  }
  move.shown = shown
  if (route.to === 'nowhere') return failMove(turn, route.status, route.reason)
  begin(turn, move, route.aor)
  if (route.to === 'leg') {
    const leg = { ...route.leg, n: state.legs.length, part: move.n }
    state.legs.push(leg)
    return startJoin(turn)
  }
  move.step = 'ringing'
  if (route.to === 'trunk') ringNewcomer(turn, kept, route.aor, SBC, route.uri, route)
  else {
    const busy = (instance: string) =>
      turn.pair!.some((leg) => leg.state === 'up' && leg.aor === route.aor && leg.instance === instance)
    const devices = route.devices.filter(({ instance }) => !busy(instance))
    if (devices.length === 0) return failMove(turn, 480, 'No Phone Connected')
    for (const { instance, contact } of devices) ringNewcomer(turn, kept, route.aor, instance, contact)
  }
  turn.setTimer('move', turn.now + (route.ringMs ?? RING_MS))
}

function begin(turn: Turn, { n, target, shown }: Move, aor: string): void {
  const { state } = turn
  if (partOf(turn, n)) return // another trunk is tried
  const call = startCall(turn.now)
  const { kept, newcomer, by } = shown!
  const other = kept.user.startsWith('+') ? kept.user : kept.name || kept.user
  state.parts = [...(state.parts ?? []), { n, aor, user: target, name: newcomer.name, other, by: by.name, call }]
  state.call = touch(state.call)
}

function ringNewcomer(
  turn: Turn,
  kept: Leg,
  aor: string,
  instance: string,
  contact: string,
  trunk?: Identity & Pick<Leg, 'keys'>,
): void {
  const { state } = turn
  const { n: part, target, shown } = state.move!
  const n = state.legs.length
  const leg: Leg = {
    ...newLeg(n, aor, instance, turn.mint.token()),
    callId: `${state.id}.${n}@edge`,
    local: trunk ? trunk.local : address(shown!.kept, state.host),
    remote: trunk ? `<${contact}>` : `<sip:${encodeURIComponent(target).replaceAll('%2B', '+')}@${state.host}>`,
    remoteTarget: contact,
    part,
    ...(trunk ? { identity: trunk.identity } : {}),
    ...(trunk?.keys && { keys: trunk.keys }),
  }
  state.legs.push(leg)
  if (trunk) return inviteTrunk(turn, leg, [])
  const headers = [
    `X-Switchroom-Call: ${state.id}.${part}`,
    `Referred-By: ${address(shown!.by, state.host)}`,
    ...keyLines(kept),
  ]
  const { branch, cseq } = turn.request(leg, 'INVITE', { body: firstOffer(kept), headers })
  leg.invite = { branch, cseq }
}

/**
 * What rings a newcomer: the kept side as it described itself last, without the way to it. The real offer comes when they have
 * answered; until then nothing may reach the kept side, which still talks to another.
 */
export const firstOffer = (kept: Leg): string =>
  asDtlsClient(withoutCandidates(direct(asOffer(kept.sdp ?? ''), 'sendrecv')))

const address = ({ name, user }: Named, host: string): string =>
  `${quoted(name)} <sip:${encodeURIComponent(user).replaceAll('%2B', '+')}@${host}>`

/** RFC 3325: who is on the other side now, for phones of our own people alone. */
function whoIs(turn: Turn, who: Named, to: Leg, other: Leg): string[] {
  if (isTrunk(to.aor) || isGuest(to.aor)) return []
  const name = to.part === undefined ? turn.state.id : `${turn.state.id}.${to.part}`
  return [`P-Asserted-Identity: ${address(who, turn.state.host)}`, `X-Switchroom-Call: ${name}`, ...keyLines(other)]
}

/** A response to an INVITE that rang a newcomer. */
export function onNewcomerAnswer(turn: Turn, leg: Leg, response: SipResponse): void {
  const { move } = turn.state
  const isWanted = move?.step === 'ringing' && leg.part === move.n && leg.state === 'early'
  if (response.status < 200) {
    leg.hasRung = true
    if (isWanted && response.status > 100) rang(turn, move)
    return
  }
  const cseq = response.cseq.number
  if (response.status >= 300) return onRefused(turn, leg, response)
  if (leg.acked?.cseq === cseq) return turn.send(leg, leg.acked.text)
  leg.remoteTag = response.toTag
  leg.remoteTarget = response.contact()?.uri ?? leg.remoteTarget
  leg.sdp = response.body || null
  learnRoutes(leg, response)
  answeredTimer(turn, leg, response)
  turn.ack(leg, cseq)
  if (!isWanted) return bye(turn, leg)
  leg.state = 'up'
  for (const other of newcomers(turn)) if (other !== leg) cancel(turn, other, ANSWERED_ELSEWHERE)
  turn.clearTimer('move')
  startJoin(turn)
}

function rang(turn: Turn, move: Move): void {
  const part = partOf(turn, move.n)!
  if (part.call.state !== 'initiated') return
  part.call = ring(part.call)
  turn.state.call = touch(turn.state.call)
  notify(turn, 180, 'Ringing')
}

function onRefused(turn: Turn, leg: Leg, response: SipResponse): void {
  const { state } = turn
  turn.ackRefusal(leg, leg.invite!.branch, response)
  if (leg.state === 'ended' || leg.state === 'up' || answerChallenge(turn, leg, response)) return
  if (answerTooBrief(turn, leg, response)) return
  const wasAsked = leg.state === 'early'
  leg.state = 'ended'
  leg.status = response.status
  const { move } = state
  if (!wasAsked || move?.step !== 'ringing' || leg.part !== move.n) return
  if (response.status < 600 && newcomers(turn).some(({ state }) => state === 'early')) return
  if (isTrunk(leg.aor) && !leg.hasRung && isTrunkAtFault(response.status)) {
    state.triedTrunks = [...(state.triedTrunks ?? []), leg.aor]
    turn.clearTimer('move')
    move.step = 'asking' // the room looks for another way
    return
  }
  failMove(turn, response.status, response.status === 486 ? 'Busy Here' : 'Declined')
}

const newcomers = (turn: Turn): Leg[] =>
  turn.state.legs.filter(({ part, insteadOf }) => part === turn.state.move?.n && insteadOf === undefined)

/** The newcomer is up. Also the second try, after glare. */
export function startJoin(turn: Turn): void {
  const { state } = turn
  const { move } = state
  const newcomer = newcomers(turn).find((leg) => leg.state === 'up')
  const kept = move && turn.leg(move.kept)
  if (!move || !newcomer || kept?.state !== 'up') return
  move.step = 'joining'
  move.tries = (move.tries ?? 0) + 1
  if (move.tries > MOST_TRIES) return failMove(turn, 500, 'Not Joined')
  if (kept.asked || isNegotiating(turn, kept) || isNegotiating(turn, newcomer))
    return turn.setTimer('join', turn.now + NEWCOMER_MOVES_MS)
  state.holdWanted = false
  kept.held = newcomer.held = false
  const gone = turn.leg(move.gone)!
  if (isHolding(gone.sdp) && !move.isAwake) return wake(turn, kept, gone.sdp!)
  askOffer(turn, kept, newcomer, whoIs(turn, move.shown!.newcomer, kept, newcomer))
}

/** Taken off hold; one that would not is asked for its offer all the same. */
export function onAwake(turn: Turn, kept: Leg, response: SipResponse): void {
  if (response.status < 300) turn.ack(kept, response.cseq.number)
  const { move } = turn.state
  if (!move) return
  if (response.status === 491 || response.status === 500) return again(turn)
  move.isAwake = true
  startJoin(turn)
}

/** The kept side was asked for its offer, for a newcomer that is up. */
export function onMoveOffer(turn: Turn, kept: Leg, newcomer: Leg | undefined, response: SipResponse): void {
  const { move } = turn.state
  const isRefused = response.status >= 300
  if (!move || newcomer?.state !== 'up' || kept.state !== 'up') {
    if (!isRefused) backToPeer(turn, kept, response.cseq.number)
    return
  }
  if (response.status === 491 || response.status === 500) return again(turn)
  if (isRefused || !response.body) return failMove(turn, response.status, 'Not Joined')
  passOffer(turn, kept, newcomer, response, whoIs(turn, move.shown!.kept, newcomer, kept))
}

export function onMoveAnswer(
  turn: Turn,
  newcomer: Leg,
  pending: Extract<Pending, { kind: 'answer' }>,
  response: SipResponse,
): void {
  const kept = turn.leg(pending.kept)!
  const { move } = turn.state
  if (response.status < 300 && kept.state === 'up' && move) {
    closeJoin(turn, newcomer, pending, response)
    return complete(turn, move, newcomer)
  }
  if (response.status < 300) turn.ack(newcomer, response.cseq.number)
  if (kept.state === 'up') backToPeer(turn, kept, pending.keptCseq)
  if (response.status === 491 || response.status === 500) return again(turn)
  failMove(turn, response.status < 300 ? 480 : response.status, 'Not Joined')
}

/** RFC 3261 §14.1. */
const again = (turn: Turn): void => turn.setTimer('join', turn.now + Math.round(2_100 + turn.mint.fraction() * 1_900))

function complete(turn: Turn, move: Move, newcomer: Leg): void {
  const { state } = turn
  const gone = turn.leg(move.gone)!
  const part = partOf(turn, move.n)!
  part.call = answer(part.call, turn.now)
  leave(turn, gone)
  notify(turn, 200, 'OK')
  state.move = null
  state.pair = state.pair!.map((n) => (n === gone.n ? newcomer.n : n)) as [number, number]
  if (gone.state === 'up') bye(turn, gone, 'Reason: SIP;cause=200;text="Transferred"', movedBy(move))
  state.call = resume(touch(state.call))
  followLegs(turn)
}

/** For whom the call ends here, though it goes on for others. */
function leave(turn: Turn, gone: Leg): void {
  const { state } = turn
  const part = partOf(turn, gone.part)
  const side = turn.sideOf(gone)
  if (part) part.call = end(part.call, 'server', 200, turn.now)
  else if (!state.left?.[side]) state.left = { ...state.left, [side]: end(state.call, side, 200, turn.now) }
}

/** Who ordered it has hung up: it goes on without them. */
export function leaveEarly(turn: Turn, gone: Leg): void {
  leave(turn, gone)
  gone.state = 'ended'
  turn.state.call = touch(turn.state.call)
}

/** Nobody came. Who was to leave talks on; one who has left is called back once (SIP-5). */
export function failMove(turn: Turn, status: number, reason: string): void {
  const { state } = turn
  const { move } = state
  if (!move) return
  endNewcomers(turn, status)
  notify(turn, status, reason)
  state.move = null
  const gone = turn.leg(move.gone)!
  if (gone.state === 'up') return
  const calledBack = gone.aor
  if (move.isRecall || isTrunk(calledBack) || isGuest(calledBack)) return endAll(turn, 'server', 480, 'Nobody Came')
  const { kept, gone: left } = move
  const order = { target: calledBack, replaces: null, referrer: null, isRecall: true }
  state.move = { n: nextPart(turn), kept, gone: left, step: 'asking', ...order }
}

/** Those who ring or were about to talk are let go; their part is over. */
export function endNewcomers(turn: Turn, status: number): void {
  const { state } = turn
  const { move } = state
  if (!move) return
  for (const leg of newcomers(turn)) {
    if (leg.state === 'up') bye(turn, leg)
    else cancel(turn, leg)
  }
  for (const name of ['move', 'join']) turn.clearTimer(name)
  const part = partOf(turn, move.n)
  if (part) part.call = end(part.call, status === 487 ? 'caller' : 'callee', status, turn.now)
  state.call = touch(state.call)
}
