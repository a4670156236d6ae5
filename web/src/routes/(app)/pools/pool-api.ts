import * as z from 'zod'
import { page, projection } from '#shared/protocol/common'
import { importPage } from '#shared/protocol/imports'
import { poolChanged, poolEntry, poolView, type newPool, type poolPatch } from '#shared/protocol/pools'
import { user } from '#shared/protocol/users'
import { api } from '$lib/api/client'

/** The requests of the pool pages. Each change carries a key made once, so that pressing again changes nothing twice. */
const poolPage = page(poolView)
const userPage = page(user)
const entryPage = page(poolEntry)
const supervised = z.object({ projection })

export const listPools = () => api.get('/api/pools', { schema: poolPage })
export const readPool = (id: string) => api.get(`/api/pools/${encodeURIComponent(id)}`, { schema: poolView })
export const makePool = (body: z.input<typeof newPool>, idempotencyKey: string) =>
  api.post('/api/pools', { body, idempotencyKey, schema: poolChanged })
export const changePool = (id: string, body: z.input<typeof poolPatch>) =>
  api.patch(`/api/pools/${encodeURIComponent(id)}`, { body, schema: poolChanged })
export const clonePool = (id: string, name: string, idempotencyKey: string) =>
  api.post(`/api/pools/${encodeURIComponent(id)}/clones`, { body: { name }, idempotencyKey, schema: poolChanged })
export const listImports = (id: string) =>
  api.get(`/api/pools/${encodeURIComponent(id)}/imports`, { schema: importPage })
export const listPeople = () => api.get('/api/users', { schema: userPage })

/** `state` null: every state. `after`: waits until that change shows (a list read right after changing it). */
export function listEntries(
  id: string,
  query: { state: string | null; cursor?: string | null; after?: string | null },
) {
  const params = new URLSearchParams({ limit: '50' })
  if (query.state) params.set('state', query.state)
  if (query.cursor) params.set('cursor', query.cursor)
  if (query.after) params.set('after', query.after)
  return api.get(`/api/pools/${encodeURIComponent(id)}/entries?${params}`, { schema: entryPage })
}
export const superviseEntry = (
  poolId: string,
  entryId: string,
  action: 'pause' | 'resume' | 'reopen',
  body: { id: string; reason: string },
) =>
  api.post(`/api/pools/${encodeURIComponent(poolId)}/entries/${encodeURIComponent(entryId)}/${action}`, {
    body,
    schema: supervised,
  })
