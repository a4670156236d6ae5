import { and, desc, eq, lt, or } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { ImportSummary } from '#shared/protocol/imports'
import { imports } from './schema'

export type ImportQuery = { poolId: string; cursor?: string; limit: number }

/** IMP-5: the record of a pool's imports, newest first; the cursor is `createdAt:id` of the last one shown. */
export async function listImports(
  db: D1Database,
  query: ImportQuery,
): Promise<{ items: ImportSummary[]; nextCursor: string | null }> {
  const rows = await drizzle(db)
    .select()
    .from(imports)
    .where(and(eq(imports.poolId, query.poolId), query.cursor ? before(query.cursor) : undefined))
    .orderBy(desc(imports.createdAt), desc(imports.id))
    .limit(query.limit + 1)
  const shown = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? shown.at(-1) : undefined
  return { items: shown.map(viewOf), nextCursor: last ? `${last.createdAt}:${last.id}` : null }
}

function before(cursor: string) {
  const colon = cursor.indexOf(':')
  const createdAt = Number(cursor.slice(0, colon))
  return or(
    lt(imports.createdAt, createdAt),
    and(eq(imports.createdAt, createdAt), lt(imports.id, cursor.slice(colon + 1))),
  )
}

function viewOf({ byId, byName, counts, state, ...row }: typeof imports.$inferSelect): ImportSummary {
  const byVerdict = JSON.parse(counts) as ImportSummary['counts']
  const rowCount = Object.values(byVerdict).reduce((sum, count) => sum + count, 0)
  return { ...row, state: state as ImportSummary['state'], counts: byVerdict, rowCount, by: { id: byId, name: byName } }
}
