import { and, asc, eq, or } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { shows as showsSchema, type EntryView } from '#shared/protocol/entries'
import { entryViews } from './schema'

type Row = typeof entryViews.$inferSelect

/** One's own views of a pool's list, and what others share, by name. One that this release cannot read any more is left out. */
export async function listViews(db: D1Database, poolId: string, userId: string): Promise<EntryView[]> {
  const rows = await drizzle(db)
    .select()
    .from(entryViews)
    .where(and(eq(entryViews.poolId, poolId), or(eq(entryViews.userId, userId), eq(entryViews.isShared, true))))
    .orderBy(asc(entryViews.name), asc(entryViews.id))
  return rows.flatMap((row) => viewOf(row, userId) ?? [])
}

export async function insertView(db: D1Database, row: Row): Promise<void> {
  await drizzle(db).insert(entryViews).values(row).onConflictDoNothing()
}

/** Only its maker takes it away. False: there is none of theirs. */
export async function deleteView(db: D1Database, poolId: string, id: string, userId: string): Promise<boolean> {
  const mine = and(eq(entryViews.id, id), eq(entryViews.poolId, poolId), eq(entryViews.userId, userId))
  return (await drizzle(db).delete(entryViews).where(mine).returning({ id: entryViews.id })).length > 0
}

function viewOf({ id, name, isShared, userName, userId, shows }: Row, askedBy: string): EntryView | null {
  const parsed = showsSchema.safeParse(JSON.parse(shows))
  return parsed.success ? { id, name, isShared, isMine: userId === askedBy, by: userName, shows: parsed.data } : null
}
