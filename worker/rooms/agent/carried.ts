import type { Env } from '../../env'
import { asking, poolRoom } from '../doors'
import type { PoolPort } from '../ports'

/** What an AgentRoom must get to a pool whatever happens: journalled, told again until it is heard. */
export type Carried =
  | { kind: 'book-missing'; poolId: string; booking: Parameters<PoolPort['bookMissing']>[0] }
  | { kind: 'release-agent'; poolId: string; agentId: string; reason: string }

/** Answers the ids of leases that are no more. Idempotent. */
export async function carry(env: Env, told: Carried): Promise<string[]> {
  const door = () => poolRoom(env, told.poolId)
  if (told.kind === 'book-missing') {
    await asking(door, (pool) => pool.bookMissing(told.booking))
    return []
  }
  const { released } = await asking(door, (pool) => pool.releaseAgent(told.agentId, told.reason))
  return released.map(({ entryId, token }) => `${told.poolId}:${entryId}:${token}`)
}
