import { GLOBAL } from './db/do-not-call'
import { poolById, poolIds } from './db/pools'
import type { Env } from './env'
import { RefusalError } from './refusals'
import { asking, poolRoom } from './rooms/doors'
import type { PoolPort } from './rooms/ports'

/** Refuses unknown-pool: a list is the global one or a pool's. */
export async function knownList(env: Env, list: string): Promise<void> {
  if (list !== GLOBAL && !(await poolById(env.DB, list))) throw new RefusalError('unknown-pool')
}

/**
 * POOL-16: the pools that follow a list hear of a change before it is acknowledged. One that does not answer makes the whole
 * request fail: the list in D1 stands, and asking again finishes it.
 */
export async function tellFollowers(env: Env, list: string, tell: (pool: PoolPort) => Promise<void>): Promise<void> {
  const ids = list === GLOBAL ? await poolIds(env.DB) : [list]
  const told = await Promise.allSettled(ids.map((id) => asking(() => poolRoom(env, id), tell)))
  if (told.some((one) => one.status === 'rejected')) throw new RefusalError('unavailable')
}
