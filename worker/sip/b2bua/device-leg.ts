import { quoted } from '../grammar'
import { keyLines } from './keys'
import { newLeg } from './leg'
import type { Leg } from './state'
import type { Turn } from './turn'

/** Rings one device of whom a call goes to. */
export function ringDevice(turn: Turn, aor: string, instance: string, contact: string): void {
  const { state, caller } = turn
  const n = state.legs.length
  const leg: Leg = {
    ...newLeg(n, aor, instance, turn.mint.token()),
    callId: `${state.id}.${n}@edge`,
    local: `${quoted(state.callerName)} <sip:${encodeURIComponent(state.callerUser)}@${state.host}>`,
    remote: `<sip:${encodeUser(state.dialled)}@${state.host}>`,
    remoteTarget: contact,
  }
  state.legs.push(leg)
  const { branch, cseq } = turn.request(leg, 'INVITE', {
    body: caller.sdp ?? '',
    headers: [`X-Switchroom-Call: ${state.id}`, ...keyLines(caller)],
  })
  leg.invite = { branch, cseq }
}

/** `+` stands as it is in a user part (RFC 3261 §25.1 user-unreserved). */
const encodeUser = (user: string) => encodeURIComponent(user).replaceAll('%2B', '+')
