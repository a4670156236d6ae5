import { isTrunk } from '../../carriers/trunk'
import type { SipResponse } from '../message'
import type { Leg } from './state'

/** A leg of which nothing is known yet but whose it is. */
export function newLeg(n: number, aor: string, instance: string, localTag: string): Leg {
  return {
    n,
    aor,
    instance,
    state: 'early',
    callId: '',
    localTag,
    remoteTag: null,
    local: '',
    remote: '',
    remoteTarget: '',
    localSeq: 0,
    remoteSeq: 0,
    invite: null,
    hasRung: false,
    status: null,
    asked: null,
    ok: null,
    ackOwed: null,
    acked: null,
    sdp: null,
    raised: 0,
    held: false,
  }
}

/** RFC 3261 §12.1.2: the route set of the dialog a 2xx makes, from the caller's side in reverse order. */
export function learnRoutes(leg: Leg, response: SipResponse): void {
  if (isTrunk(leg.aor)) leg.routes = (response.list('record-route') ?? []).reverse()
}

/** The Route headers of every request in the leg's dialog (§12.2.1.1). */
export const routeLines = (leg: Leg): string[] => (leg.routes ?? []).map((route) => `Route: ${route}`)
