import { policyOf, type Policy } from '#shared/domain/recording/policy'
import { findCall } from '../db/calls'
import { poolById } from '../db/pools'
import { readRecordingSettings } from '../db/recording-settings'
import { userById } from '../db/users'
import type { Env } from '../env'
import { callRoom } from '../rooms/doors'
import type { Actor } from '../rooms/ports'
import { vaultOf } from './vault'

export type RecordedCall = {
  callId: string
  other: string
  poolId: string | null
  direction: 'outgoing' | 'internal' | 'incoming'
  startedAt: number
  endedAt: number | null
}

/** The call as this person took part in it, live or in the books; null: they did not, or it is not booked yet. */
export async function callOf(env: Env, actor: Actor, callId: string): Promise<RecordedCall | null> {
  const room = callRoom(env, callId)
  const [parties, picture] = await Promise.all([room.parties(), room.picture()])
  if (picture) return parties.includes(actor.userId) ? seenBy(actor, picture) : null
  const booked = await findCall(env.DB, callId)
  if (!booked) return null
  if (booked.agentId !== actor.userId) {
    const user = booked.direction === 'internal' ? await userById(env.DB, actor.userId) : null
    if (!user || ![user.username, user.extension].includes(booked.other)) return null
  }
  return seenBy(actor, booked)
}

type Seen = RecordedCall & { agentId: string; agentName: string }
/** Who was called by a colleague has the colleague on the other side. */
function seenBy(actor: Actor, { callId, other, poolId, direction, startedAt, endedAt, agentId, agentName }: Seen) {
  return { callId, other: agentId === actor.userId ? other : agentName, poolId, direction, startedAt, endedAt }
}

/** PHONE-11: `off` too where this deployment keeps no recordings. */
export async function policyFor(env: Env, call: RecordedCall): Promise<Policy> {
  if (!vaultOf(env)) return 'off'
  const [settings, pool] = await Promise.all([
    readRecordingSettings(env.DB),
    call.poolId ? poolById(env.DB, call.poolId) : null,
  ])
  return policyOf({ direction: call.direction, pool }, settings)
}
