import type { LeaseView } from '#shared/protocol/pulls'
import type { Owed } from '#shared/protocol/live'
import type { PoolView } from '#shared/protocol/pools'
import type { HangupCause } from '../phone/phone'

/** The customer in hand: what the server granted, and what this device has learnt about it since. */
export type Hand = {
  view: LeaseView
  /** `poolId:entryId:token`. */
  leaseId: string
  expiresAt: number
  /** The hold ended without this desk: by a supervisor (`by`), or lapsed and given back. The work stays (POOL-5). */
  freed: { at: number; by: string | null; reason: string | null } | null
  /** POOL-5: a late word completed the customer meanwhile; who said it. */
  warnedBy?: string | null
  /** POOL-17: asked after the desk had died; the call is over and may be booked with its disposition missing. */
  owed: Owed | null
  /** The last call made for this customer from here; survives a reload, so that the attempt names it (POOL-12). */
  call: HandCall | null
}
export type HandCall = {
  id: string
  isOver: boolean
  wasAnswered: boolean
  cause: HangupCause | null
  endedAt: number | null
  talkMs: number | null
}

export function handOf(view: LeaseView): Hand {
  return { view, leaseId: view.lease.id, expiresAt: view.lease.expiresAt, freed: null, owed: null, call: null }
}

export const leaseIdOf = (of: { poolId: string; entryId: string; token: number }): string =>
  `${of.poolId}:${of.entryId}:${of.token}`

/** POOL-15: the clock of the customer in hand: as the list, their number or the pool say. */
export const zoneOf = ({ customer, pool }: Pick<LeaseView, 'customer' | 'pool'>): string =>
  customer.zone ?? customer.timeZone ?? pool.timeZone

/** Order is kept per customer (SYNC-2): the same person may stand in several pools. */
export const subjectOf = (hand: Hand): string =>
  hand.owed ? `${hand.owed.poolId}:${hand.owed.entryId}` : hand.view.customer.id

/** POOL-17: what is known of an owed one is what the call knew; the pool gives its dispositions. */
export function handOfOwed(
  owed: Owed,
  pool: Pick<
    PoolView,
    | 'id'
    | 'name'
    | 'timeZone'
    | 'country'
    | 'script'
    | 'scripts'
    | 'form'
    | 'wrapUpSeconds'
    | 'dispositions'
    | 'maxAttempts'
  >,
): Hand {
  const leaseId = leaseIdOf(owed)
  const view: LeaseView = {
    lease: { id: leaseId, token: owed.token, expiresAt: owed.endedAt, since: owed.endedAt },
    customer: {
      id: leaseId,
      name: owed.customerName,
      phone: owed.phone,
      phoneGiven: owed.phone,
      userCode: null,
      email: null,
      notes: null,
      language: null,
      timeZone: null,
      tags: [],
      custom: {},
    },
    entry: {
      id: owed.entryId,
      poolId: owed.poolId,
      attempt: 1,
      maxAttempts: pool.maxAttempts,
      priority: 0,
      callback: null,
    },
    pool: {
      id: pool.id,
      name: pool.name,
      timeZone: pool.timeZone,
      country: pool.country,
      script: pool.script,
      wrapUpSeconds: pool.wrapUpSeconds,
      dispositions: pool.dispositions,
      ...(pool.scripts && { scripts: pool.scripts }),
      ...(pool.form && { form: pool.form }),
    },
    history: [],
  }
  const call: HandCall | null = owed.callId
    ? {
        id: owed.callId,
        isOver: true,
        wasAnswered: owed.talkMs > 0,
        cause: null,
        endedAt: owed.endedAt,
        talkMs: owed.talkMs,
      }
    : null
  return { view, leaseId, expiresAt: owed.endedAt, freed: null, owed, call }
}
