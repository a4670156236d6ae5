import { quoted } from '../grammar'
import type { SipRequest } from '../message'
import { newLeg } from './leg'
import { TRANSACTION_MS, type B2bua, type Leg } from './state'
import type { Turn } from './turn'

/** What is dialled for the echo test. */
export const ECHO = 'echo'
/** On the caller's INVITE: its page answers itself. On the INVITE to it, which the edge alone writes: this is that call. */
export const ECHO_HEADER = 'X-Switchroom-Echo'
/** A page answers within moments, and ends its test; one that did not has gone. */
const RING_MS = 10_000
const MAX_MS = 120_000

/**
 * PHONE-5, 6: a call to `echo` of a device that says it answers itself comes back to that very device (decision 0215). Without that
 * word it is a call like any, so that no telephone rings that cannot take its own call.
 */
export function asEcho(opened: B2bua, invite: SipRequest): B2bua {
  const isEcho = invite.target.user === ECHO && invite.header(ECHO_HEADER.toLowerCase()) === 'self'
  return isEcho ? { ...opened, isEcho } : opened
}

/** Back over the device it came from, whether that is registered or only a socket. */
export function ringBack(turn: Turn): void {
  const { caller, state, now } = turn
  if (state.isRouted || !caller.asked) return
  state.isRouted = true
  state.maxMs = MAX_MS
  const n = state.legs.length
  const leg: Leg = {
    ...newLeg(n, caller.aor, caller.instance, turn.mint.token()),
    callId: `${state.id}.${n}@edge`,
    local: `${quoted(state.callerName)} <sip:${encodeURIComponent(state.callerUser)}@${state.host}>`,
    remote: `<sip:${ECHO}@${state.host}>`,
    remoteTarget: caller.remoteTarget,
  }
  state.legs.push(leg)
  const headers = [`X-Switchroom-Call: ${state.id}`, `${ECHO_HEADER}: self`]
  const { branch, cseq } = turn.request(leg, 'INVITE', { body: caller.sdp ?? '', headers })
  leg.invite = { branch, cseq }
  turn.setTimer('ring', now + RING_MS)
  turn.setTimer('fork', now + TRANSACTION_MS)
}
