import {
  doNotCallAnswer,
  doNotCallEntry,
  doNotCallImport,
  doNotCallPage,
  doNotCallReport,
} from '#shared/protocol/do-not-call'
import { api } from '$lib/api/client'

const at = (value: string, list: string) => `/api/do-not-call/${encodeURIComponent(value)}?list=${list}`

export function listNumbers(list: string, q: string, cursor: string | null = null) {
  const params = new URLSearchParams({ list, limit: '50' })
  if (q) params.set('q', q)
  if (cursor) params.set('cursor', cursor)
  return api.get(`/api/do-not-call?${params}`, { schema: doNotCallPage })
}
export const listBeginnings = (list: string) =>
  api.get(`/api/do-not-call/prefixes?list=${list}`, { schema: doNotCallPage })
export const barsOn = (number: string) =>
  api.get(`/api/do-not-call/${encodeURIComponent(number)}`, { schema: doNotCallAnswer })
/** Adding it twice changes nothing: the first entry stands. */
export const addValue = (value: string, list: string, reason?: string | null) =>
  api.put(at(value, list), { body: reason ? { reason } : {}, schema: doNotCallEntry })
export const removeValue = (value: string, list: string) => api.delete(at(value, list))

export const openImport = (body: { list: string; fileName: string; country: string; reason?: string }) =>
  api.post('/api/do-not-call/imports', { body, schema: doNotCallImport })
export const putChunk = (id: string, n: number, rows: string[], firstRow: number) =>
  api.put(`/api/do-not-call/imports/${id}/chunks/${n}?firstRow=${firstRow}`, {
    body: { rows },
    schema: doNotCallImport,
  })
export const finishImport = (id: string) =>
  api.post(`/api/do-not-call/imports/${id}/finish`, { schema: doNotCallReport })
