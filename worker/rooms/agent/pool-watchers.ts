import type { RefusalCode } from '#shared/protocol/problem'
import { poolIds } from '../../db/pools'
import type { Env } from '../../env'
import { poolRoom } from '../doors'
import type { AgentProfile } from '../ports'

/** AUTH-3: closes a session's sockets on pools (topic `pool:ID`): an agent watches only pools of theirs, others any. */
export async function dropWatchers(
  env: Env,
  profile: AgentProfile | null,
  sessionId: string,
  code: RefusalCode,
): Promise<void> {
  const ids = profile?.role === 'agent' ? profile.pools.map(({ id }) => id) : await poolIds(env.DB)
  await Promise.allSettled(ids.map((id) => poolRoom(env, id).dropSession(sessionId, code)))
}
