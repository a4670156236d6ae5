import type { BulkView } from '#shared/protocol/bulk'
import { poolById } from './db/pools'
import { userById } from './db/users'
import type { Env } from './env'
import { granted } from './import/run'
import { RefusalError } from './refusals'
import { poolRoom } from './rooms/doors'
import type { Actor } from './rooms/ports'
import type { BulkAsked } from './rooms/pool/bulk-port'

/** POOL-24: what only D1 knows is checked before the pool's room takes it on: who may get customers, and which pool. */
export async function startBulk(
  env: Env,
  { userId, name, role }: Actor,
  poolId: string,
  asked: BulkAsked,
): Promise<BulkView> {
  const { action } = asked
  const pool = await poolById(env.DB, poolId)
  if (!pool) throw new RefusalError('unknown-pool')
  if (action.kind === 'transfer') {
    const target = action.toPoolId === poolId ? null : await poolById(env.DB, action.toPoolId)
    if (!target) throw new RefusalError('unknown-pool')
    if (target.state === 'closed') throw new RefusalError('pool-closed')
  }
  if ((action.kind === 'assign' || action.kind === 'hand-over') && action.to !== null) {
    const user = await userById(env.DB, action.to)
    const isMember = pool.members === 'everyone' || pool.members.includes(action.to)
    if (!user || user.disabledAt !== null || !isMember) throw new RefusalError('not-a-member')
  }
  return granted(await poolRoom(env, poolId).startBulk({ userId, name, role }, asked))
}
