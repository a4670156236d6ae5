import { callOf } from '#shared/domain/call/part'
import { shardOf } from '#shared/domain/number/shard'
import type { Env } from '../env'
import type { RecordingPort } from './ledger/recording-port'
import type { MeterPort } from './meter/meter-port'
import type { AgentPort, CallPort, FloorPort, LedgerPort, NumberPort, PoolPort, TrunkPort } from './ports'
import { withTimeout } from './room'

/** Rooms by name, seen only through their ports (the runtime's stub types lose unions). */
export const agentRoom = (env: Env, userId: string) => env.AGENT.getByName(userId) as unknown as AgentPort
export const poolRoom = (env: Env, poolId: string) => env.POOL.getByName(poolId) as unknown as PoolPort
/** By the call's id, or that of a part a transfer brought (`<call>.<n>`). */
export const callRoom = (env: Env, callId: string) => env.CALL.getByName(callOf(callId)) as unknown as CallPort
export const floorRoom = (env: Env, team: string) => env.FLOOR.getByName(team) as unknown as FloorPort
export const trunkRoom = (env: Env, trunkId: string) => env.TRUNK.getByName(trunkId) as unknown as TrunkPort
/** Beside every call to a number, on the way of none (decision 0160). */
export const meterRoom = (env: Env) => env.METER.getByName('calls') as unknown as MeterPort
/** The shard that keeps this number. */
export const numberRoom = (env: Env, number: string) => numberShard(env, shardOf(number, env.NUMBER_KEY))
export const numberShard = (env: Env, shard: number) =>
  env.NUMBER.getByName(`numbers-${shard}`) as unknown as NumberPort

/** Eight shards, by the id of the call, or of the recording. */
export function ledgerRoom(env: Env, callId: string): LedgerPort & RecordingPort {
  const shard = [...callId].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7) % 8
  return env.LEDGER.getByName(`ledger-${shard}`) as unknown as LedgerPort & RecordingPort
}

/** PHONE-11: the one that deletes, once a day, what has been kept long enough. */
export const retentionRoom = (env: Env): Pick<RecordingPort, 'deleteDaily'> =>
  env.LEDGER.getByName('ledger-0') as unknown as RecordingPort

/** How long one room waits for another. */
export const ROOM_TIMEOUT_MS = 2_000

type Within = <T>(answer: Promise<T>, ms: number) => Promise<T>

/**
 * Asks another room with a time-out; a broken stub is replaced and asked once more. Only for what may be asked twice. A room
 * that asks with every request lends its `Patience`.
 */
export async function asking<P, T>(
  door: () => P,
  ask: (room: P) => Promise<T>,
  within: Within = withTimeout,
): Promise<T> {
  try {
    return await within(ask(door()), ROOM_TIMEOUT_MS)
  } catch {
    return within(ask(door()), ROOM_TIMEOUT_MS)
  }
}
