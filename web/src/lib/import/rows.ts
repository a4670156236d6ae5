import { rowPage, type RowVerdict, type Verdict } from '#shared/protocol/imports'
import { api, type Reply } from '$lib/api/client'

export type RowsShown = { verdicts: Verdict[]; warned: boolean }
/** A page of an import's rows with their verdicts. */
export function listRows(
  importId: string,
  { verdicts, warned }: RowsShown,
  cursor: string | null,
): Promise<Reply<{ items: RowVerdict[]; nextCursor: string | null }>> {
  const query = new URLSearchParams({ limit: '100' })
  if (verdicts.length > 0) query.set('verdict', verdicts.join(','))
  if (warned) query.set('warned', 'true')
  if (cursor !== null) query.set('cursor', cursor)
  return api.get(`/api/imports/${encodeURIComponent(importId)}/rows?${query}`, { schema: rowPage })
}
