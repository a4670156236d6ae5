import { page } from '#shared/protocol/common'
import { ageingRun, listFound, listPage } from '#shared/protocol/list-mode'
import { poolView } from '#shared/protocol/pools'
import { leaseView } from '#shared/protocol/pulls'
import { api } from '$lib/api/client'

const at = (poolId: string, rest: string) => `/api/pools/${encodeURIComponent(poolId)}/${rest}`
const pools = page(poolView)

/** The requests of the list and of ageing (POOL-21, 22). */
export const readPools = () => api.get('/api/pools', { schema: pools })
export function readList(poolId: string, query: { status: string | null; cursor: string | null }) {
  const params = new URLSearchParams({ limit: '50' })
  if (query.status) params.set('status', query.status)
  if (query.cursor) params.set('cursor', query.cursor)
  return api.get(at(poolId, `list?${params}`), { schema: listPage })
}
/** Search and status narrow together. */
export const searchList = (
  poolId: string,
  { text, ...query }: { text: string; status: string | null; cursor: string | null },
) => api.post(at(poolId, 'list/search'), { body: { text, ...query, limit: 50 }, schema: listFound })
export const takeEntry = (poolId: string, entryId: string, id: string) =>
  api.post(at(poolId, `entries/${encodeURIComponent(entryId)}/take`), { body: { id }, schema: leaseView })
export const readAgeing = (poolId: string) => api.get(at(poolId, 'ageing'), { schema: ageingRun })
export const ageNow = (poolId: string) => api.post(at(poolId, 'ageing'), { schema: ageingRun })
