import * as z from 'zod'
import { bulkList, bulkRowPage, bulkView, type NewBulk } from '#shared/protocol/bulk'
import {
  entryFacets,
  entryOutline,
  entryRowPage,
  entryView,
  type EntryRow,
  type EntrySearch,
  type newEntryView,
  type Shows,
} from '#shared/protocol/entries'
import { api, type Reply } from '$lib/api/client'

const inPool = (poolId: string) => `/api/pools/${encodeURIComponent(poolId)}`
const views = z.object({ items: z.array(entryView) })

export type EntryPage = { items: EntryRow[]; nextCursor: string | null }
export const searchEntries = (poolId: string, body: EntrySearch): Promise<Reply<EntryPage>> =>
  api.post(`${inPool(poolId)}/entries/search`, { body, schema: entryRowPage })
export const readOutline = (poolId: string, body: Shows & { after?: string | undefined }) =>
  api.post(`${inPool(poolId)}/entries/outline`, { body, schema: entryOutline })
export const readFacets = (poolId: string) => api.get(`${inPool(poolId)}/entries/facets`, { schema: entryFacets })

export const listViews = (poolId: string) => api.get(`${inPool(poolId)}/views`, { schema: views })
export const keepView = (poolId: string, body: z.input<typeof newEntryView>) =>
  api.post(`${inPool(poolId)}/views`, { body, schema: entryView })
export const removeView = (poolId: string, viewId: string) =>
  api.delete(`${inPool(poolId)}/views/${encodeURIComponent(viewId)}`)

export const startBulk = (poolId: string, body: NewBulk) =>
  api.post(`${inPool(poolId)}/bulk`, { body, schema: bulkView })
export const listBulks = (poolId: string) => api.get(`${inPool(poolId)}/bulk`, { schema: bulkList })
export const cancelBulk = (poolId: string, id: string) =>
  api.post(`${inPool(poolId)}/bulk/${encodeURIComponent(id)}/cancel`, { body: {}, schema: bulkView })
export const bulkRows = (poolId: string, id: string, cursor: string | null, limit: number) => {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor ? { cursor } : {}) })
  return api.get(`${inPool(poolId)}/bulk/${encodeURIComponent(id)}/rows?${query}`, { schema: bulkRowPage })
}
