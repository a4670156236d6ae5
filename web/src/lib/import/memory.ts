import type { Match } from '#shared/domain/import/columns'
import { importMemory, type ImportMemory } from '#shared/protocol/imports'
import { api } from '$lib/api/client'
import type { ListHead } from './list-file'

/** What the pool remembers of a file before it is sent; null: it cannot say. */
export async function remembered(poolId: string, { sha256, signature }: ListHead): Promise<ImportMemory | null> {
  const query = new URLSearchParams({ sha256, signature })
  const path = `/api/pools/${encodeURIComponent(poolId)}/import-memory?${query}`
  const reply = await api.get(path, { schema: importMemory })
  return reply.ok ? reply.value : null
}

/** IMP-5: the half-sent import of the same file with the same columns; null: there is none. */
export function halfSent(memory: ImportMemory | null, { columns }: ListHead): ImportMemory['open'] {
  const open = memory?.open ?? null
  return open && JSON.stringify(open.columns) === JSON.stringify(columns) ? open : null
}

/** IMP-2: what was remembered of such headers, by column of the sheet; null: nothing, or it is what was recognised anyway. */
export function matchesOf({ columns, places }: ListHead, memory: ImportMemory | null): Match[] | null {
  if (!memory?.columns) return null
  const left = [...memory.columns]
  const matches: Match[] = []
  columns.forEach(({ header }, index) => {
    const at = left.findIndex((column) => column.header === header)
    matches[places[index]!] = at === -1 ? 'ignore' : (left.splice(at, 1)[0]!.field as Match)
  })
  const isNews = columns.some(({ field }, index) => matches[places[index]!] !== field)
  return isNews && matches.includes('phone') ? matches : null
}

/** The columns of a file looked at anew, as they were matched when it was read. */
export function asMatched(looked: ListHead, before: ListHead | null): ListHead {
  if (!before) return looked
  const fields = new Map(before.places.map((place, index) => [place, before.columns[index]!.field]))
  const columns = looked.columns.map((column, index) => ({
    ...column,
    field: fields.get(looked.places[index]!) ?? 'ignore',
  }))
  return { ...looked, columns }
}

/** The numbers of the chunks that are not there yet, on and on. */
export function* chunksLeft(there: readonly number[]): Generator<number, never> {
  const known = new Set(there)
  for (let n = 0; ; n += 1) if (!known.has(n)) yield n
}
