import { hoursPacks, hoursPreview, whyEntry, whyNothing, type PoolHours } from '#shared/protocol/pool-hours'
import { api } from '$lib/api/client'

const pathOf = (poolId: string) => `/api/pools/${encodeURIComponent(poolId)}`

export const readPacks = () => api.get('/api/calling-hours/packs', { schema: hoursPacks })
export const previewHours = (poolId: string, hours: PoolHours | null) =>
  api.post(`${pathOf(poolId)}/hours/preview`, { body: { hours }, schema: hoursPreview })
export const readWhy = (poolId: string) => api.get(`${pathOf(poolId)}/why`, { schema: whyNothing })
export const readWhyEntry = (poolId: string, entryId: string) =>
  api.get(`${pathOf(poolId)}/entries/${encodeURIComponent(entryId)}/why`, { schema: whyEntry })
