import { listPools, poolById } from './db/pools'
import type { Env } from './env'
import { keepPool } from './pools'
import { RefusalError } from './refusals'
import { poolRoom } from './rooms/doors'
import type { Actor } from './rooms/ports'

/** A pool may be changed by somebody else at the same moment. */
const TRIES = 4

/**
 * POOL-9: after a team changed (or is gone), every pool that names it gets its members anew; who is none any more lets go of
 * what they hold there (POOL-24).
 */
export async function teamChanged(env: Env, actor: Actor, teamId: string, isGone = false): Promise<void> {
  for (const { id, teams } of await listPools(env.DB)) {
    if (teams?.includes(teamId)) await remake(env, actor, id, isGone ? teamId : null)
  }
}

async function remake(env: Env, { userId, name, role }: Actor, poolId: string, without: string | null): Promise<void> {
  for (let tries = 1; ; tries++) {
    const pool = await poolById(env.DB, poolId)
    if (!pool) return
    const teams = pool.teams?.filter((id) => id !== without)
    try {
      await keepPool(env, { ...pool, teams, version: pool.version + 1 })
      await poolRoom(env, poolId).releaseFor({ userId, name, role }, null, '')
      return
    } catch (fault) {
      if (tries === TRIES || !(fault instanceof RefusalError) || fault.code !== 'conflict') throw fault
    }
  }
}
