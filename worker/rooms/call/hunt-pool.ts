import { huntable, waveMs, waveSize } from '#shared/domain/trunk/hunt'
import type { PoolNumber } from '#shared/protocol/trunks'
import { findByDialled } from '../../db/directory'
import type { Env } from '../../env'
import { log } from '../../log'
import { agentRoom, asking, floorRoom, poolRoom } from '../doors'
import { MAIN_TEAM } from '../ports'
import { withTimeout } from '../room'
import type { KnownCaller } from './call-store'
import { nowhere, type Routed } from './routed'

const TIMEOUT_MS = 2_000
/** So many agents are asked at once whether they are there. */
const ASKED_AT_ONCE = 10
type Agent = { aor: string; name: string; devices: { instance: string; contact: string }[] }

/**
 * SIP-9: the next wave of a call for a pool: its available agents whom no wave has rung yet, who is idle longest first, by the floor's
 * picture and then by each agent's own room; nobody left: the fallback agent; else the caller hears what the number's settings say.
 * `rangMs`: since the call came in. A closed pool rings nobody.
 */
export async function huntPool(
  env: Env,
  rings: PoolNumber,
  on: { from: string; rung: string[]; rangMs: number; now: number },
): Promise<Routed> {
  const pool = await asking(
    () => poolRoom(env, rings.poolId),
    (room) => room.settings(),
  ).catch(noted('pool of a number did not answer'))
  const owner = { userId: rings.poolId, name: pool?.name ?? '' }
  const isFirst = on.rung.length === 0
  const known = isFirst && pool ? await whoCalls(env, rings.poolId, on.from) : null
  const ringMs = waveMs(rings, on.rangMs)
  const wave = ringMs === 0 ? [] : await nextWave(env, rings, pool?.state === 'closed' ? [] : (pool?.members ?? []), on)
  const base = { calleeAor: null, other: on.from, direction: 'incoming' as const, agent: owner }
  if (wave.length === 0) {
    const [status, reason] =
      rings.nobody === 'busy' ? ([486, 'Busy Here'] as const) : ([480, 'Nobody Available'] as const)
    return { ...nowhere(on.from, status, reason, 'unavailable', 'incoming'), agent: owner, ...(known ? { known } : {}) }
  }
  const callerName = known?.customerName
  const route = { to: 'agents' as const, agents: wave, ringMs, ...(callerName ? { callerName } : {}) }
  return { ...base, route, ...(known ? { known } : {}) }
}

async function nextWave(
  env: Env,
  rings: PoolNumber,
  members: 'everyone' | string[],
  { rung, now }: { rung: string[]; now: number },
): Promise<Agent[]> {
  const available = await asking(
    () => floorRoom(env, MAIN_TEAM),
    (floor) => floor.available(),
  ).catch(noted('floor did not say who is available'))
  const candidates = huntable(
    (available ?? []).map(({ agentId }) => agentId),
    members,
    rung,
  )
  const size = waveSize(rings)
  const wave: Agent[] = []
  while (wave.length < size && candidates.length > 0) {
    const some = candidates.splice(0, ASKED_AT_ONCE)
    const there = await Promise.all(some.map((id) => reachable(env, id, now).catch(noted('agent did not answer'))))
    wave.push(...there.filter((agent) => agent !== null).slice(0, size - wave.length))
  }
  const { fallbackUserId } = rings
  if (wave.length > 0 || fallbackUserId === null || rung.includes(fallbackUserId)) return wave
  const fallback = await devicesOf(env, fallbackUserId, now).catch(noted('fallback agent did not answer'))
  return fallback ? [fallback] : []
}

/** By the agent's own room, which knows first: available, with a telephone. */
async function reachable(env: Env, userId: string, now: number): Promise<Agent | null> {
  const { state } = await withTimeout(agentRoom(env, userId).presence(), TIMEOUT_MS)
  return state === 'available' ? devicesOf(env, userId, now) : null
}

async function devicesOf(env: Env, userId: string, now: number): Promise<Agent | null> {
  const [devices, user] = await Promise.all([
    withTimeout(agentRoom(env, userId).bindings(), TIMEOUT_MS),
    withTimeout(findByDialled(env.DB, userId, now), TIMEOUT_MS),
  ])
  return devices.length > 0 && user ? { aor: userId, name: user.name, devices } : null
}

/** Who calls, if the pool has them: for the screen of whom it rings. Rings all the same when the pool does not say. */
async function whoCalls(env: Env, poolId: string, number: string): Promise<KnownCaller | null> {
  const found = await withTimeout(poolRoom(env, poolId).whoCalls(number), TIMEOUT_MS).catch(
    noted('caller not looked up'),
  )
  return found && { poolId, ...found }
}

const noted = (message: string) => (fault: unknown) => {
  log.warn(message, { fault })
  return null
}
