import type { OpenWork } from '#shared/protocol/open-work'

/** What is closed waits for nobody. */
const OPEN = "e.state IN ('pending','leased','paused','unreachable')"
const MOST_CALLBACKS = 200

/** POOL-24: what waits for this person, whatever pools they are a member of now. */
export async function openWorkOf(db: D1Database, userId: string): Promise<OpenWork> {
  const [pools, callbacks] = await db.batch<never>([
    db
      .prepare(
        `SELECT p.id AS poolId, p.name AS poolName, sum(e.owner_id IS ?1) AS owned, sum(e.callback_for IS ?1) AS promised
         FROM entries e JOIN pools p ON p.id=e.pool_id
         WHERE (e.owner_id=?1 OR e.callback_for=?1) AND ${OPEN} GROUP BY p.id ORDER BY p.created_at`,
      )
      .bind(userId),
    db
      .prepare(
        `SELECT p.id AS poolId, p.name AS poolName, p.settings->>'$.timeZone' AS timeZone, e.entry_id AS entryId, c.name AS customerName,
           coalesce(c.phone, '') AS phone, e.callback_at AS at
         FROM entries e JOIN pools p ON p.id=e.pool_id LEFT JOIN customers c ON c.id=e.customer_id
         WHERE e.callback_for=?1 AND ${OPEN} ORDER BY e.callback_at LIMIT ?2`,
      )
      .bind(userId, MOST_CALLBACKS),
  ])
  return { pools: pools!.results, callbacks: callbacks!.results }
}
