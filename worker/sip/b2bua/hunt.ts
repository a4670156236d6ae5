import { end, isOver, touch } from '#shared/domain/call/call'
import { ringDevice } from './device-leg'
import { cancel } from './ending'
import type { Route } from './set-up'
import { TRANSACTION_MS, type Leg } from './state'
import type { Turn } from './turn'

/** The agents of a pool that a wave did not reach are let go with it: no missed call of theirs (RFC 3326). */
const WAVE_OVER = 'Reason: SIP;cause=480;text="Rung on"'

/**
 * SIP-9: a call for a pool rings agents in waves. A wave that brought nobody sets the call back to "not routed", as a trunk at
 * fault does: the room asks whom to ring next, also after an eviction.
 */
export function ringWave(turn: Turn, route: Extract<Route, { to: 'agents' }>): void {
  const { state, caller } = turn
  state.hunt ??= { rung: [] }
  if (route.callerName) state.callerName = route.callerName
  for (const { aor, name, devices } of route.agents) {
    state.hunt.rung.push({ aor, name })
    for (const { instance, contact } of devices) ringDevice(turn, aor, instance, contact)
  }
  // the caller's side gives up an INVITE it hears nothing of (RFC 3261 §13.3.1.1)
  if (caller.hasRung && caller.asked) turn.respond(caller, caller.asked.echo, 180, 'Ringing')
  state.call = touch(state.call)
  turn.setTimer('ring', turn.now + route.ringMs)
  turn.setTimer('fork', turn.now + TRANSACTION_MS)
}

/** The ring time of a wave is over: true, if the call rings agents of a pool. */
export function waveOver(turn: Turn): boolean {
  if (!turn.state.hunt) return false
  for (const leg of turn.rung) {
    // said first: who declined or was busy keeps their own word
    if (leg.state === 'early') leg.status = 480
    cancel(turn, leg, WAVE_OVER)
  }
  return huntsOn(turn)
}

/** Nobody rings any more. */
export function huntsOn(turn: Turn): boolean {
  const { state } = turn
  if (!state.hunt || isOver(state.call)) return false
  state.isRouted = false
  turn.clearTimer('ring')
  turn.clearTimer('fork')
  return true
}

/** A final refusal of one agent says nothing of the others, also a 6xx (RFC 3261 §16.7 step 5 is about one user). */
export const isBesides = (turn: Turn, leg: Leg, other: Leg): boolean =>
  turn.state.hunt !== undefined && leg.aor !== other.aor

/** Who of the hunted rings no more is told so: how the call was for them stays with it. */
export function followHunt(turn: Turn): void {
  const { state } = turn
  const { hunt } = state
  if (!hunt) return
  for (const one of hunt.rung) {
    const legs = turn.rung.filter(({ aor, part }) => aor === one.aor && part === undefined)
    if (legs.some((leg) => leg.state === 'up')) hunt.by ??= one.aor
    if (one.left || hunt.by === one.aor || legs.some((leg) => leg.state === 'early')) continue
    const rang = { ...state.call, state: 'ringing' as const, answeredAt: null, endedAt: null }
    const status = legs.find((leg) => leg.status !== null)?.status ?? null
    one.left = end(rang, status === null ? 'caller' : 'callee', status ?? 487, turn.now)
    state.call = touch(state.call)
  }
}
