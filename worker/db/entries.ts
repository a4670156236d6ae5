import type { PoolEntry } from '#shared/protocol/pools'

export type EntryQuery = { poolId: string; state?: string; cursor?: string; limit: number }

/** A pool's entries in the order they arrived; the cursor is the last arrival number shown. */
export async function listEntries(
  db: D1Database,
  query: EntryQuery,
): Promise<{ items: PoolEntry[]; nextCursor: string | null }> {
  const { results } = await db
    .prepare(
      `SELECT e.entry_id AS id, e.pool_id AS poolId, e.customer_id AS customerId, c.name AS customerName, coalesce(c.phone, '') AS phone,
         coalesce(c.phone_given, '') AS phoneGiven, c.user_code AS userCode, e.state, e.priority, e.attempts, e.owner_id AS ownerId,
         e.due_at AS dueAt, e.last_disposition AS lastDisposition
       FROM entries e LEFT JOIN customers c ON c.id=e.customer_id
       WHERE e.pool_id=?1 AND CAST(e.entry_id AS INTEGER)>?2 ${query.state ? 'AND e.state=?4' : ''}
       ORDER BY CAST(e.entry_id AS INTEGER) LIMIT ?3`,
    )
    .bind(query.poolId, Number(query.cursor ?? 0), query.limit + 1, ...(query.state ? [query.state] : []))
    .all<PoolEntry>()
  const items = results.slice(0, query.limit)
  return { items, nextCursor: results.length > query.limit ? items.at(-1)!.id : null }
}
