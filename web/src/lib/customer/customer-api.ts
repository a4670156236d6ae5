import { attemptPage } from '#shared/protocol/attempts'
import { page } from '#shared/protocol/common'
import type { FieldChange } from '#shared/domain/pool/card-edit'
import { cardEdit, entryCard, entryCardChanged, lockReply } from '#shared/protocol/customer-edit'
import { api } from '$lib/api/client'
import type { Place } from './place'

const at = ({ poolId, entryId }: Place, rest: string) =>
  `/api/pools/${encodeURIComponent(poolId)}/entries/${encodeURIComponent(entryId)}/${rest}`
const history = page(cardEdit)

/** The requests of whoever edits a customer (POOL-23). */
export const readCard = (place: Place) => api.get(at(place, 'customer'), { schema: entryCard })
export const changeCard = (place: Place, body: { id: string; lockId?: string; changes: FieldChange[] }) =>
  api.patch(at(place, 'customer'), { body, schema: entryCardChanged })
export const readHistory = (place: Place, cursor: string | null) =>
  api.get(at(place, `customer/history${cursor ? `?cursor=${cursor}` : ''}`), { schema: history })
/** What was tried on them, in all pools. */
export const readAttempts = (customerId: string, cursor: string | null) =>
  api.get(`/api/attempts?${new URLSearchParams({ customerId, limit: '20', ...(cursor && { cursor }) })}`, {
    schema: attemptPage,
  })
export const askLock = (place: Place, lockId: string, step: 'open' | 'renew' | 'take-over') =>
  api.post(at(place, 'lock'), { body: { lockId, step }, schema: lockReply })
export const giveLock = (place: Place, lockId: string) => api.delete(at(place, `lock/${lockId}`))
