import { boundsOf } from './day'

/** Empty: not filtered by it. */
export type Filters = { poolId: string; agentId: string; day: string }
export const NO_FILTERS: Filters = { poolId: '', agentId: '', day: '' }
export const isFiltered = (filters: Filters): boolean => Object.values(filters).some((value) => value !== '')

/** What the books are asked for. `zone`: on whose clock the day begins. */
export function bookQuery(
  { poolId, agentId, day }: Filters,
  zone: string,
  cursor: string | null,
  limit: number,
): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit) })
  if (poolId) query.set('poolId', poolId)
  if (agentId) query.set('agentId', agentId)
  const bounds = day ? boundsOf(day, zone) : null
  if (bounds) {
    query.set('from', String(bounds.from))
    query.set('to', String(bounds.to))
  }
  if (cursor) query.set('cursor', cursor)
  return query
}
