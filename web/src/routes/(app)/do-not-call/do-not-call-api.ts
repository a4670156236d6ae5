import { page } from '#shared/protocol/common'
import { doNotCallEntry } from '#shared/protocol/pools'
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

/** As people write it → E.164, or null: spaces, dashes, brackets and 00 are theirs; a country code is a must. */
export function e164Of(written: string): string | null {
  const bare = written.replace(/[\s().\-\u2010-\u2015\u200e\u200f/]/g, '').replace(/^00/, '+')
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : null
}

/** A number inside a sentence that may run right to left: kept whole and left to right, where no `<bdi>` can stand. */
export const isolated = (number: string): string => `\u2066${number}\u2069`
