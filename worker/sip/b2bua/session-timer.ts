import { isTrunk } from '../../carriers/trunk'
import type { SipRequest, SipResponse } from '../message'
import { asOffer } from '../sdp'
import { echoOf } from '../write'
import { isNegotiating, lose } from './in-dialog'
import { TRANSACTION_MS, type Leg } from './state'
import type { Turn } from './turn'

/**
 * Session timers of trunk legs (RFC 4028, SIP-3): a call whose other end has vanished without a BYE must not hold a channel, and a
 * proxy on the way may forget a call that nobody refreshes. We refresh where it is left to us, by UPDATE (RFC 3311) if the other
 * side takes it, else by re-INVITE with the same description; where it is theirs, silence ends the call. The timer is a row.
 *
 *   2xx, Session-Expires ─▶ armed ─ ours: half of it ─▶ UPDATE ─ 2xx ─▶ armed again
 *                             │                            └─ 481, 408, silence ─▶ BYE
 *                             └─ theirs: nothing came until shortly before its end ─▶ BYE
 */
export type SessionTimer = {
  seconds: number
  /** Who refreshes; `expiresAt`: when it is over without. */
  isOurs: boolean
  expiresAt: number
}

/** Seconds: §4 recommends half an hour, §5 allows no less than 90. */
const INTERVAL_S = 1_800
const MIN_SE_S = 90
const RETRY_MS = 30_000
const timerOf = (leg: Leg): string => `session:${leg.n}`

export type SessionExpires = { seconds: number; refresher: 'uac' | 'uas' | null }

/** Null: there is none; undefined: malformed (§4). */
export function parseSessionExpires(header: string | null): SessionExpires | null | undefined {
  if (header === null) return null
  const found = /^\s*(\d{1,9})\s*((?:;[^;]*)*)$/.exec(header)
  if (!found) return undefined
  const refresher = /;\s*refresher\s*=\s*(ua[cs])\s*(?:;|$)/i.exec(found[2]!)?.[1]?.toLowerCase() ?? null
  return { seconds: Number(found[1]), refresher: refresher as SessionExpires['refresher'] }
}

/** §6: the lines of a 422, when a request asks for less than we take; null: it does not. Malformed is not asked for. */
export function tooBrief(request: SipRequest): string[] | null {
  const asked = parseSessionExpires(request.header('session-expires'))
  return asked && asked.seconds < MIN_SE_S ? [`Min-SE: ${MIN_SE_S}`] : null
}

/** §7.1, 7.4: of every INVITE and UPDATE that we send to an SBC; one without would switch the timer off. */
export function sessionLines(leg: Leg): string[] {
  if (!isTrunk(leg.aor)) return []
  const { seconds = INTERVAL_S, isOurs = true } = leg.timer ?? {}
  const least = leg.minSe ?? MIN_SE_S
  const refresher = isOurs ? 'uac' : 'uas'
  return ['Supported: timer', `Session-Expires: ${Math.max(seconds, least)};refresher=${refresher}`, `Min-SE: ${least}`]
}

/** What an INVITE or UPDATE of theirs asks for (§9); answered by `sessionAnswerLines`. */
export function askedTimer(leg: Leg, request: SipRequest, now: number): void {
  if (!isTrunk(leg.aor)) return
  const asked = parseSessionExpires(request.header('session-expires'))
  const knows = request.list('supported')?.some((tag) => tag.toLowerCase() === 'timer') === true
  learnUpdate(leg, request)
  if (!asked && !knows) {
    delete leg.timer
    return
  }
  const seconds = Math.max(asked?.seconds ?? INTERVAL_S, MIN_SE_S)
  // left to us to say: it stays as it was, and is ours to begin with
  const isOurs = asked?.refresher ? asked.refresher === 'uas' : (leg.timer?.isOurs ?? true)
  leg.timer = { seconds, isOurs, expiresAt: now + seconds * 1000 }
}

/** Of our 2xx (§9): who refreshes, and that they must understand it if it is them. Arms the timer. */
export function sessionAnswerLines(turn: Turn, leg: Leg): string[] {
  const { timer } = leg
  if (!timer) return []
  arm(turn, leg, timer)
  const expires = `Session-Expires: ${timer.seconds};refresher=${timer.isOurs ? 'uas' : 'uac'}`
  return timer.isOurs ? [expires] : [expires, 'Require: timer']
}

/** §7.2: their 2xx to an INVITE or UPDATE of ours says who refreshes; without a word there is no timer. */
export function answeredTimer(turn: Turn, leg: Leg, response: SipResponse): void {
  if (!isTrunk(leg.aor) || response.status < 200 || response.status >= 300) return
  learnUpdate(leg, response)
  const given = parseSessionExpires(response.header('session-expires'))
  if (!given || given.seconds === 0) {
    delete leg.timer
    return turn.clearTimer(timerOf(leg))
  }
  const { seconds, refresher } = given
  arm(turn, leg, { seconds, isOurs: refresher !== 'uas', expiresAt: turn.now + seconds * 1000 })
}

function learnUpdate(leg: Leg, message: SipRequest | SipResponse): void {
  const allowed = message.list('allow')
  if (allowed && allowed.length > 0) leg.takesUpdate = allowed.includes('UPDATE')
}

/** §10: refreshed at half of the time; given up 32 s before its end, or a third of it. */
function arm(turn: Turn, leg: Leg, timer: SessionTimer): void {
  const ms = timer.seconds * 1000
  leg.timer = { ...timer, expiresAt: turn.now + ms }
  turn.setTimer(timerOf(leg), turn.now + Math.round(timer.isOurs ? ms / 2 : ms - Math.min(TRANSACTION_MS, ms / 3)))
}

/** The row came due. */
export function sessionDue(turn: Turn, leg: Leg): void {
  const { timer } = leg
  if (leg.state !== 'up' || !timer) return
  if (!timer.isOurs || timer.expiresAt <= turn.now) expire(turn, leg)
  else refresh(turn, leg)
}

/** §10: nobody refreshed it: a BYE, and the call is over. */
export function expire(turn: Turn, leg: Leg): void {
  if (leg.state !== 'up') return
  lose(turn, leg)
  turn.request(leg, 'BYE', { headers: ['Reason: SIP;cause=408;text="Session expired"'] })
}

function refresh(turn: Turn, leg: Leg): void {
  if (turn.state.pending.some((one) => one.kind === 'session' && one.n === leg.n)) return
  const peer = turn.peerOf(leg)
  const method = leg.takesUpdate ? 'UPDATE' : 'INVITE'
  // an INVITE needs its turn, and both descriptions (RFC 3261 §14)
  if (method === 'INVITE' && (!peer?.sdp || leg.asked || isNegotiating(turn, leg) || turn.state.move))
    return later(turn, leg)
  if (method === 'INVITE') leg.raised += 1
  const body = method === 'INVITE' ? turn.carry(asOffer(peer!.sdp!), leg) : ''
  const { branch, cseq } = turn.request(leg, method, { body })
  turn.state.pending.push({ kind: 'session', branch, n: leg.n, method, cseq })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
}

/** RFC 3261 §14.1; but not beyond its end. */
function later(turn: Turn, leg: Leg, ms = Math.round(2_100 + turn.mint.fraction() * 1_900)): void {
  turn.setTimer(timerOf(leg), Math.min(turn.now + ms, leg.timer!.expiresAt))
}

/** The final answer to a refresh of ours; a 2xx has armed the timer already. */
export function onSessionAnswer(turn: Turn, leg: Leg, method: string, response: SipResponse): void {
  const { status } = response
  if (status < 300) {
    if (method === 'INVITE') turn.ack(leg, response.cseq.number)
    return
  }
  if (leg.state !== 'up' || !leg.timer) return
  if (status === 481 || status === 408) return expire(turn, leg)
  if (status === 422 && takeMinimum(leg, response)) return refresh(turn, leg)
  if (method === 'UPDATE' && (status === 405 || status === 501)) {
    leg.takesUpdate = false
    return refresh(turn, leg)
  }
  later(turn, leg, status === 491 || status === 500 ? undefined : RETRY_MS)
}

/** §7.3: a 422 says how long it must be at least. False: we asked for that already. */
export function takeMinimum(leg: Leg, response: SipResponse): boolean {
  const least = /^\s*(\d{1,9})/.exec(response.header('min-se') ?? '')?.[1]
  if (!isTrunk(leg.aor) || !least || Number(least) <= (leg.minSe ?? MIN_SE_S)) return false
  leg.minSe = Number(least)
  if (leg.timer) leg.timer = { ...leg.timer, seconds: Math.max(leg.timer.seconds, leg.minSe) }
  return true
}

/**
 * RFC 3311: an UPDATE of an SBC refreshes the session, and may repeat its description. One that changes it is refused: it has the
 * re-INVITE for that, which reaches the telephone.
 */
export function onUpdate(
  turn: Turn,
  leg: Leg,
  request: SipRequest,
  refuse: (status: number, reason: string, headers?: string[]) => void,
): void {
  if (!isTrunk(leg.aor)) return refuse(405, 'Method Not Allowed')
  const brief = tooBrief(request)
  if (brief) return refuse(422, 'Session Interval Too Small', brief)
  const peer = turn.peerOf(leg)
  if (request.body && (request.body !== leg.sdp || !peer?.sdp)) return refuse(488, 'Not Acceptable Here')
  const contact = request.contact()
  if (contact) leg.remoteTarget = contact.uri
  askedTimer(leg, request, turn.now)
  const body = request.body ? turn.carry(peer!.sdp!, leg) : ''
  turn.respond(leg, echoOf(request), 200, 'OK', { headers: sessionAnswerLines(turn, leg), ...(body ? { body } : {}) })
}
