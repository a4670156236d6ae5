import { ok, refuse, type Result } from '../../result'

/** AGENT-2. `unreachable`: available, but the telephone's page does not answer (PHONE-8). */
export type AgentState =
  'offline' | 'available' | 'with-customer' | 'ringing' | 'on-call' | 'wrap-up' | 'not-ready' | 'unreachable'
export type Chosen = Extract<AgentState, 'offline' | 'available' | 'not-ready'>
export type LiveCall = { callId: string; phase: 'ringing' | 'talking'; since: number }
/** `leaseId`: whose disposition ends it early. Times in epoch ms. */
export type WrapUp = { leaseId: string; since: number; endsAt: number; lengthMs: number; extended: boolean }

/**
 * What an agent chose, and what happens to them. The state is derived, so that nothing has to be put back after it:
 *
 *   a call talks ─▶ on-call ─┐ the first of these that holds
 *   a call rings ─▶ ringing  │
 *   wrap-up runs ─▶ wrap-up  │
 *   no device    ─▶ offline  │   chosen: offline │ not-ready(reason) │ available ──the page stands still──▶ unreachable
 *   chosen       ─▶ …        │                                            │ a lease in hand
 *                            ┘                                            ▼
 *                                                                   with-customer
 */
export type Presence = {
  chosen: { state: Chosen; reason: string | null; since: number }
  /** Since when no device of a browser agent has been connected, past the grace; null: connected, or a program. */
  awaySince: number | null
  /** Since when the telephone has not answered (`reachability.ts`); null: it does, or there is none. */
  unreachableSince: number | null
  /** Since when a lease is in hand, and when it lapses. */
  lease: { since: number; expiresAt: number } | null
  calls: LiveCall[]
  wrapUp: WrapUp | null
}
export type Shown = { state: AgentState; reason: string | null; since: number }

export const ABSENT: Presence = {
  chosen: { state: 'offline', reason: null, since: 0 },
  awaySince: null,
  unreachableSince: null,
  lease: null,
  calls: [],
  wrapUp: null,
}

/** AGENT-2: the state shown now, and since when it can be known to hold. */
export function stateOf(presence: Presence, now: number): Shown {
  const { chosen, awaySince, unreachableSince, lease, calls, wrapUp } = presence
  const talking = calls.find((call) => call.phase === 'talking')
  if (talking) return { state: 'on-call', reason: null, since: talking.since }
  const ringing = calls[0]
  if (ringing) return { state: 'ringing', reason: null, since: ringing.since }
  if (wrapUp && wrapUp.endsAt > now) return { state: 'wrap-up', reason: null, since: wrapUp.since }
  if (awaySince !== null && chosen.state !== 'offline') return { state: 'offline', reason: null, since: awaySince }
  if (chosen.state === 'available' && unreachableSince !== null)
    return { state: 'unreachable', reason: null, since: unreachableSince }
  if (chosen.state === 'available' && lease && lease.expiresAt > now) {
    return { state: 'with-customer', reason: null, since: lease.since }
  }
  return { state: chosen.state, reason: chosen.reason, since: chosen.since }
}

/**
 * The agent chooses. Going available needs a registered phone only where calls are made in the browser. Choosing ends a
 * wrap-up; what is owed stays owed. Choosing the same again keeps the time it is held since.
 */
export function choose(
  presence: Presence,
  wish: { state: Chosen; reason: string | null },
  phone: { needed: boolean; registered: boolean },
  now: number,
): Result<Presence, 'phone-not-registered'> {
  if (wish.state === 'available' && phone.needed && !phone.registered) return refuse('phone-not-registered')
  const reason = wish.state === 'not-ready' ? wish.reason : null
  const { chosen } = presence
  const same = chosen.state === wish.state && chosen.reason === reason && presence.awaySince === null
  return ok({
    ...presence,
    chosen: { state: wish.state, reason, since: same ? chosen.since : now },
    awaySince: null,
    unreachableSince: null,
    wrapUp: null,
  })
}

/** POOL-9: pulling needs available or with-customer. */
export function mayPull(presence: Presence, now: number): boolean {
  const { state } = stateOf(presence, now)
  return state === 'available' || state === 'with-customer'
}

/** A call of this agent rings or talks; one known already only changes its phase. */
export function callGoesOn(presence: Presence, callId: string, phase: LiveCall['phase'], now: number): Presence {
  const known = presence.calls.find((call) => call.callId === callId)
  if (known?.phase === phase) return presence
  const others = presence.calls.filter((call) => call.callId !== callId)
  return { ...presence, calls: [...others, { callId, phase, since: now }] }
}

/** POOL-17: a call for a lease is followed by wrap-up while its disposition is owed; an extension call by nothing. */
export function callEnded(
  presence: Presence,
  callId: string,
  wrapUp: { leaseId: string; lengthMs: number } | null,
  now: number,
): Presence {
  const calls = presence.calls.filter((call) => call.callId !== callId)
  if (wrapUp === null || wrapUp.lengthMs <= 0) return { ...presence, calls }
  const { leaseId, lengthMs } = wrapUp
  return { ...presence, calls, wrapUp: { leaseId, since: now, endsAt: now + lengthMs, lengthMs, extended: false } }
}

/** POOL-17: its time is over. One extension, given while the disposition is still owed; then what was chosen counts again. */
export function wrapUpOver(presence: Presence, owes: boolean, now: number): Presence {
  const { wrapUp } = presence
  if (!wrapUp || wrapUp.endsAt > now) return presence
  if (wrapUp.extended || !owes) return { ...presence, wrapUp: null }
  return { ...presence, wrapUp: { ...wrapUp, endsAt: wrapUp.endsAt + wrapUp.lengthMs, extended: true } }
}

/** The disposition is said: its wrap-up ends at once. */
export function disposed(presence: Presence, leaseId: string): Presence {
  return presence.wrapUp?.leaseId === leaseId ? { ...presence, wrapUp: null } : presence
}

/** POOL-17: a disposition is owed only for a call that reached somebody's line; one that we could not place owes nothing. */
export function callHappened(call: { rang: boolean; answered: boolean; sipStatus: number | null }): boolean {
  if (call.answered || call.rang) return true
  const status = call.sipStatus ?? 0
  return (status >= 400 && status < 500 && status !== 487 && status !== 408) || status >= 600
}
