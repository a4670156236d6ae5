import { asc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { trunks } from './schema'

export type TrunkRow = typeof trunks.$inferSelect

export async function readTrunks(db: D1Database): Promise<TrunkRow[]> {
  return drizzle(db).select().from(trunks).orderBy(asc(trunks.createdAt), asc(trunks.id)).all()
}

export async function readTrunk(db: D1Database, id: string): Promise<TrunkRow | null> {
  return (await drizzle(db).select().from(trunks).where(eq(trunks.id, id)).get()) ?? null
}

export async function insertTrunk(db: D1Database, row: typeof trunks.$inferInsert): Promise<void> {
  await drizzle(db).insert(trunks).values(row)
}

/** Null: it is gone. */
export async function updateTrunk(
  db: D1Database,
  id: string,
  change: Pick<TrunkRow, 'settings'> & Partial<Pick<TrunkRow, 'secret'>>,
): Promise<TrunkRow | null> {
  const rows = await drizzle(db)
    .update(trunks)
    .set({ ...change, version: sql`${trunks.version} + 1` })
    .where(eq(trunks.id, id))
    .returning()
  return rows[0] ?? null
}

export async function deleteTrunk(db: D1Database, id: string): Promise<boolean> {
  const gone = await drizzle(db).delete(trunks).where(eq(trunks.id, id)).returning({ id: trunks.id })
  return gone.length === 1
}
