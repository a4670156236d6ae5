import { end, isOver } from '#shared/domain/call/call'
import type { EndedBy } from '#shared/domain/call/hangup-cause'
import { GRACE_MS, MAX_CALL_MS, TRANSACTION_MS, type Leg } from './state'
import type { Turn } from './turn'

/** Nobody waits for the answer: what a device without a socket misses is owed to it. */
export function bye(turn: Turn, leg: Leg, ...headers: (string | undefined)[]): void {
  leg.state = 'ended'
  forgetOk(turn, leg)
  // §15.1.2: what it asked and nobody answered is answered first
  if (leg.asked) turn.respond(leg, leg.asked.echo, 487, 'Request Terminated')
  leg.asked = null
  turn.request(leg, 'BYE', { headers: headers.filter((line) => line !== undefined) })
}

/**
 * RFC 3261 §9.1. Sent at once, even before a provisional answer: a socket keeps the order. Its 487 ends the leg, and
 * after 64·T1 it has ended without (§9.1).
 */
export function cancel(turn: Turn, leg: Leg, reason?: string): void {
  if (leg.state !== 'early' || !leg.invite) return
  leg.state = 'cancelled'
  turn.request(leg, 'CANCEL', { ...leg.invite, headers: reason ? [reason] : [] })
  turn.setTimer(`cancel:${leg.n}`, turn.now + TRANSACTION_MS)
}

/** The phone that gets this shows no missed call (RFC 3326, as RFC 3261's forking proxies use it). */
export const ANSWERED_ELSEWHERE = 'Reason: SIP;cause=200;text="Call completed elsewhere"'

export function forgetOk(turn: Turn, leg: Leg): void {
  if (!leg.ok) return
  leg.ok = null
  turn.clearTimer(`ack:${leg.n}`)
}

/** Ends every leg but `except` in the way its state asks for, and the call. `status`, `reason`: for a caller still waiting. */
export function endAll(
  turn: Turn,
  by: EndedBy,
  status: number,
  reason: string,
  { except, headers }: { except?: Leg; headers?: string[] } = {},
): void {
  const { caller } = turn
  // SIP has no way to take back a 2xx: a leg that is up gets a BYE, one that rings a CANCEL, one that waits its answer
  for (const leg of turn.rung) {
    if (leg === except) continue
    if (leg.state === 'up') bye(turn, leg, headers?.[0])
    else if (leg.state === 'early' && leg.asked) {
      // it wanted to take another's place
      turn.respond(leg, leg.asked.echo, 481, 'Call/Transaction Does Not Exist')
      leg.asked = null
      leg.state = 'ended'
    } else cancel(turn, leg)
  }
  if (caller !== except && caller.state === 'up') bye(turn, caller, headers?.[0])
  else if (caller.state === 'early' && caller.asked) {
    turn.respond(caller, caller.asked.echo, status, reason, headers ? { headers } : {})
    caller.asked = null
    caller.state = 'ended'
  }
  closeCall(turn, by, status)
}

export function closeCall(turn: Turn, by: EndedBy, status: number | null): void {
  if (isOver(turn.state.call)) return
  turn.state.call = end(turn.state.call, by, status, turn.now)
  for (const part of turn.state.parts ?? []) part.call = end(part.call, by, 487, turn.now)
  turn.state.move = null
  for (const name of ['ring', 'fork', 'hold', 'watch', 'max', 'move', 'join']) turn.clearTimer(name)
  // what comes for a leg that was given away must find its way as long as it may live
  turn.setTimer('forget', turn.now + GRACE_MS + (turn.state.ceded ? MAX_CALL_MS : 0))
}
