import { callPage, type CallView } from '#shared/protocol/calls'
import { api, type Reply } from '$lib/api/client'
import type { Filters } from '../attempts/attempt-api'
import { boundsOf } from '../attempts/day'

export type CallPage = { items: CallView[]; nextCursor: string | null }

/** `zone`: on whose clock the day begins. */
export function listCalls(
  { poolId, agentId, day }: Filters,
  zone: string,
  cursor: string | null,
  limit: number,
): Promise<Reply<CallPage>> {
  const query = new URLSearchParams({ limit: String(limit) })
  if (poolId) query.set('poolId', poolId)
  if (agentId) query.set('agentId', agentId)
  const bounds = day ? boundsOf(day, zone) : null
  if (bounds) {
    query.set('from', String(bounds.from))
    query.set('to', String(bounds.to))
  }
  if (cursor) query.set('cursor', cursor)
  return api.get(`/api/calls?${query}`, { schema: callPage })
}
