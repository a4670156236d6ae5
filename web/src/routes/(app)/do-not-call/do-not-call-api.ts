import { page } from '#shared/protocol/common'
import { doNotCallEntry } from '#shared/protocol/do-not-call'
import { api } from '$lib/api/client'

const numberPage = page(doNotCallEntry)
export function listNumbers(q: string, cursor: string | null = null) {
  const params = new URLSearchParams({ limit: '50' })
  if (q) params.set('q', q)
  if (cursor) params.set('cursor', cursor)
  return api.get(`/api/do-not-call?${params}`, { schema: numberPage })
}
/** Adding it twice changes nothing: the first entry stands. */
export const addNumber = (number: string, reason?: string | null) =>
  api.put(`/api/do-not-call/${encodeURIComponent(number)}`, { body: reason ? { reason } : {}, schema: doNotCallEntry })
export const removeNumber = (number: string) => api.delete(`/api/do-not-call/${encodeURIComponent(number)}`)
