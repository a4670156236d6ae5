import { checkNumbers, STALE_CHECK, type Check } from '../db/do-not-call'
import type { Env } from '../env'
import { isRefusal, type Asked } from '../rooms/ports'

const TRIES = 5

/**
 * POOL-16: what comes into a pool is looked up on the lists first, and the pool takes it only while it has heard of no newer
 * version of them than the check was made against (decision 0110); else they are asked again.
 */
export async function checkedAgainstLists<T>(
  env: Pick<Env, 'DB'>,
  poolId: string,
  phones: string[],
  put: (check: Check) => Promise<Asked<T>>,
): Promise<Asked<T>> {
  for (let tried = 1; ; tried += 1) {
    const reply = await put(await checkNumbers(env.DB, poolId, phones))
    if (!isRefusal(reply) || reply.detail !== STALE_CHECK || tried === TRIES) return reply
  }
}
