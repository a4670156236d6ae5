import { trunksFor } from '#shared/domain/trunk/choice'
import { carrierOf } from '../../carriers/carrier'
import { trunkAor, trunkIdOf } from '../../carriers/trunk'
import { enabledTrunks, shownNumber, type KnownTrunk } from '../../carriers/trunk-book'
import { findByDialled, isOnDoNotCallList } from '../../db/directory'
import type { Env } from '../../env'
import { log } from '../../log'
import type { Route } from '../../sip/b2bua/set-up'
import { RING_MS } from '../../sip/b2bua/state'
import { agentRoom, poolRoom, trunkRoom } from '../doors'
import type { CallerContext } from '../ports'
import { withTimeout } from '../room'
import { guardDial } from './dial-guard'
import { huntPool } from './hunt-pool'
import { nowhere, type Routed } from './routed'

/** The call that is routed, the trunks (AORs) that failed it, and the agents of a pool it has rung, since when it rings. */
export type OnCall = { callId: string; tried: string[]; rung?: string[]; since?: number }

const TIMEOUT_MS = 2_000

/**
 * SIP-3: an extension, user name or user id rings that user's devices; a number (E.164) goes to the carrier. A number on the
 * do-not-call list is refused, also in the hand of who holds the customer. Refusals carry X-Switchroom-Refusal with a closed code.
 */
export async function routeCall(
  env: Env,
  dialled: string,
  caller: CallerContext,
  now: number,
  on: OnCall,
): Promise<Routed> {
  try {
    if (caller.trunk) return await fromTrunkNumber(env, caller.trunk, now, on)
    const number = asNumber(dialled)
    if (number) {
      const dial = guardDial(number, caller)
      if (!dial.ok) return nowhere(number, 403, 'Not Allowed', dial.refusal, 'outgoing')
      return { ...(await toNumber(env, number, caller, on)), dial: dial.value }
    }
    const user = await withTimeout(findByDialled(env.DB, dialled, now), TIMEOUT_MS)
    if (!user) return nowhere(dialled, 404, 'Not Found', isDigits(dialled) ? 'number-not-dialable' : 'not-found')
    const { userId, username, name, extension } = user
    const route = { ...(await devicesOf(env, userId)), callee: { name, user: extension ?? username } }
    return { route, calleeAor: userId, other: name, direction: 'internal' }
  } catch (fault) {
    log.warn('call not routed', { fault })
    return nowhere(dialled, 503, 'Service Unavailable', 'unavailable')
  }
}

/** SIP-9: a number of a trunk rings the telephones of whose it is, or agents of a pool. Queues and flows branch off here. */
async function fromTrunkNumber(
  env: Env,
  { rings, from }: NonNullable<CallerContext['trunk']>,
  now: number,
  { rung = [], since = now }: OnCall,
): Promise<Routed> {
  if ('poolId' in rings) return huntPool(env, rings, { from, rung, rangMs: now - since, now })
  const { userId, ringSeconds } = rings
  const user = await withTimeout(findByDialled(env.DB, userId, now), TIMEOUT_MS)
  if (!user) return nowhere(from, 480, 'Nobody Answers This Number', 'not-found', 'incoming')
  const agent = { userId: user.userId, name: user.name }
  const route = await devicesOf(env, user.userId)
  const timed = ringSeconds === undefined ? route : { ...route, ringMs: ringSeconds * 1_000 }
  return { route: timed, calleeAor: user.userId, other: from, direction: 'incoming', agent }
}

async function toNumber(env: Env, number: string, caller: CallerContext, on: OnCall): Promise<Routed> {
  const trunks = await enabledTrunks(env)
  const carrier = carrierOf(env)
  if (trunks.length === 0 && !carrier) return nowhere(number, 503, 'No Carrier', 'no-carrier', 'outgoing')
  const [barred, closed] = await withTimeout(
    Promise.all([isBarred(env, number, caller.lease), isClosed(env, number, caller)]),
    TIMEOUT_MS,
  )
  if (barred) return nowhere(number, 403, 'Do Not Call', 'do-not-call', 'outgoing')
  if (closed) return nowhere(number, 403, 'Outside Hours', 'outside-hours', 'outgoing')
  if (trunks.length > 0) return await byTrunk(env, trunks, number, caller, on)
  const { aor } = carrier!.route(number)
  return { route: await devicesOf(env, aor), calleeAor: aor, other: number, direction: 'outgoing' }
}

/** The first trunk that may, works and has a channel free; those that failed this call are not asked again. */
async function byTrunk(
  env: Env,
  trunks: KnownTrunk[],
  number: string,
  { userId, lease }: CallerContext,
  { callId, tried }: OnCall,
): Promise<Routed> {
  const isCustomers = lease !== null && [lease.phone, ...(lease.phones ?? [])].includes(number)
  const shown = await shownNumber(env, { userId, poolId: isCustomers ? lease.poolId : null })
  for (const { id } of trunksFor(trunks, number, tried.map(trunkIdOf))) {
    const claim = await withTimeout(trunkRoom(env, id).claim(callId, number, shown), TIMEOUT_MS).catch(
      (fault: unknown) => {
        log.warn('trunk did not answer', { trunkId: id, fault })
        return { refused: 'down' as const }
      },
    )
    if ('refused' in claim) continue
    const aor = trunkAor(id)
    const route: Route = { to: 'trunk', aor, ...claim, ringMs: ringMsOf(env) ?? RING_MS }
    return { route, calleeAor: aor, other: number, direction: 'outgoing', claimed: id }
  }
  return nowhere(number, 503, 'No Trunk', 'trunk-unavailable', 'outgoing')
}

/** POOL-16: the pool that gave the customer knows at once; of a number that is not the customer's the global list is asked. */
async function isBarred(env: Env, number: string, lease: CallerContext['lease']): Promise<boolean> {
  if (lease && (await poolRoom(env, lease.poolId).isBarred(number))) return true
  return lease?.phone !== number && (await isOnDoNotCallList(env.DB, number))
}

/** POOL-18, 20: pulled within hours, dialled after closing. What was checked stays with the attempt. */
async function isClosed(env: Env, number: string, { lease, userId }: CallerContext): Promise<boolean> {
  if (!lease) return false
  const { entryId, token } = lease
  const checked = await poolRoom(env, lease.poolId).checkDial({ entryId, token, agentId: userId, number })
  return 'refused' in checked && checked.refused === 'outside-hours'
}

async function devicesOf(env: Env, aor: string): Promise<Extract<Route, { to: 'devices' }>> {
  const devices = await withTimeout(agentRoom(env, aor).bindings(), TIMEOUT_MS)
  return { to: 'devices', aor, devices, ringMs: ringMsOf(env) }
}

const ringMsOf = (env: Env) => (Number(env.RING_SECONDS) > 0 ? Number(env.RING_SECONDS) * 1000 : undefined)

/** E.164, with the marks people put between digits (RFC 3966 visual separators). Null: not a number with its country. */
export function asNumber(dialled: string): string | null {
  const bare = dialled.replace(/[-.() ]/g, '')
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : null
}

const isDigits = (dialled: string) => /^[\d*#+().\- ]{5,}$/.test(dialled)
