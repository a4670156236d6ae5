import { isTrunkAtFault } from '#shared/domain/trunk/choice'
import { isTrunk, SBC } from '../../carriers/trunk'
import type { SipRequest, SipResponse } from '../message'
import { challengeLines } from '../trunk/signed'
import { newLeg } from './leg'
import { firstOffer } from './move'
import type { Route } from './set-up'
import type { B2bua, Leg } from './state'
import { askedTimer, takeMinimum } from './session-timer'
import type { Turn } from './turn'

/** Who calls, as it is shown: the address of From, and whole header lines beside it. */
export type Identity = { local: string; identity: string[] }

/** A trunk whose SBC says nothing at all for this long is passed over; SBCs answer 100 within milliseconds. */
const TRUNK_SILENT_MS = 4_000

/**
 * SIP-9: legs to and from an SBC. They differ from a phone's in three things: the SBC is a proxy that stays in the dialog
 * (Record-Route, RFC 3261 §12.1), it asks for credentials (§22), and another trunk is tried when this one is at fault.
 */
export function ringTrunk(turn: Turn, route: Extract<Route, { to: 'trunk' }>): void {
  const { state } = turn
  const { aor, uri, local, identity, keys } = route
  const leg: Leg = {
    ...newLeg(state.legs.length, aor, SBC, turn.mint.token()),
    local,
    remote: `<${uri}>`,
    remoteTarget: uri,
    identity,
    ...(keys && { keys }),
  }
  leg.callId = `${state.id}.${leg.n}@edge`
  state.legs.push(leg)
  state.triedTrunks = [...(state.triedTrunks ?? []), aor]
  inviteTrunk(turn, leg, [])
  turn.setTimer('ring', turn.now + route.ringMs)
  turn.setTimer('fork', turn.now + TRUNK_SILENT_MS)
}

export function inviteTrunk(turn: Turn, leg: Leg, headers: string[]): void {
  const kept = leg.part === undefined ? null : turn.leg(turn.state.move!.kept)!
  const body = kept ? firstOffer(kept) : (turn.caller.sdp ?? '')
  const { branch, cseq } = turn.request(leg, 'INVITE', { body, headers: [...(leg.identity ?? []), ...headers] })
  leg.invite = { branch, cseq }
}

/** A call that an SBC brings: what was dialled is not in its Request-URI alone, and it stays in the dialog by its own route. */
export function fromTrunk(
  state: B2bua,
  request: SipRequest,
  trunk: { number: string; domain: string; keys?: 'info' },
): B2bua {
  const [caller, ...rest] = state.legs
  const routes = request.list('record-route') ?? []
  const asked = caller!.asked && {
    ...caller!.asked,
    // §12.1.1: the answers that make the dialog repeat them
    echo: [...caller!.asked.echo, ...routes.map((route) => ['record-route', route] as const)],
  }
  const leg = { ...caller!, routes, asked, ...(trunk.keys && { keys: trunk.keys }) }
  askedTimer(leg, request, state.call.startedAt)
  return { ...state, dialled: trunk.number, host: trunk.domain, legs: [leg, ...rest] }
}

/** §22.2: a challenged INVITE is sent once more; the trunk's room puts the credentials in. False: it stays refused. */
export function answerChallenge(turn: Turn, leg: Leg, response: SipResponse): boolean {
  const { status } = response
  if ((status !== 401 && status !== 407) || !isTrunk(leg.aor) || leg.isChallenged || leg.state !== 'early') return false
  if (leg.part !== undefined && leg.part !== turn.state.move?.n) return false
  leg.isChallenged = true
  inviteTrunk(
    turn,
    leg,
    challengeLines(status, response.all(status === 407 ? 'proxy-authenticate' : 'www-authenticate')),
  )
  return true
}

/** RFC 4028 §7.3: an INVITE whose session was too brief for the SBC is sent once more. False: it stays refused. */
export function answerTooBrief(turn: Turn, leg: Leg, response: SipResponse): boolean {
  if (response.status !== 422 || leg.state !== 'early' || !takeMinimum(leg, response)) return false
  if (leg.part !== undefined && leg.part !== turn.state.move?.n) return false
  inviteTrunk(turn, leg, [])
  return true
}

/** Nobody was reached because the trunk failed: the room asks for the next way. False: the refusal stands. */
export function passesOn(turn: Turn): boolean {
  const { caller, state } = turn
  const last = turn.rung.at(-1)
  if (!last || !isTrunk(last.aor) || last.status === null || !isTrunkAtFault(last.status) || caller.hasRung)
    return false
  state.isRouted = false
  turn.clearTimer('ring')
  turn.clearTimer('fork')
  return true
}
