import type { AgentState } from '#shared/protocol/session'
import type { Disposition } from '#shared/protocol/pools'
import type { Missing } from './draft'

/** The one key at the foot of the desk: one place, its word changes, and it says what will happen. */
export type MainKey =
  | { does: 'go-available' }
  | { does: 'next' }
  | { does: 'save'; disposition: Disposition; callbackAt: number | null; goesOn: boolean; isOffline: boolean }
  /** Cannot be pressed, and says why. */
  | {
      does: 'nothing'
      why: 'pulling' | 'in-call' | 'choose' | Exclude<Missing, 'disposition'>
    }

export type DeskMoment = {
  isPulling: boolean
  presence: AgentState
  isInCall: boolean
  hasHand: boolean
  chosen: Disposition | null
  missing: Missing | null
  callbackAt: number | null
  isOffline: boolean
}

export function mainKeyOf(desk: DeskMoment): MainKey {
  if (desk.hasHand) {
    if (desk.isInCall) return { does: 'nothing', why: 'in-call' }
    if (desk.missing === 'disposition' || !desk.chosen) return { does: 'nothing', why: 'choose' }
    if (desk.missing) return { does: 'nothing', why: desk.missing }
    return {
      does: 'save',
      disposition: desk.chosen,
      callbackAt: desk.callbackAt,
      goesOn: mayGoOn(desk.presence),
      isOffline: desk.isOffline,
    }
  }
  if (desk.isPulling) return { does: 'nothing', why: 'pulling' }
  if (desk.isInCall) return { does: 'nothing', why: 'in-call' }
  return mayGoOn(desk.presence) ? { does: 'next' } : { does: 'go-available' }
}

/** POOL-9: pulling needs available or with-customer; wrap-up ends with the disposition. */
export const mayGoOn = (presence: AgentState): boolean =>
  presence !== 'not-ready' && presence !== 'offline' && presence !== 'unreachable'
