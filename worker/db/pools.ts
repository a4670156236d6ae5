import { pool as poolSchema, type Pool } from '#shared/protocol/pools'

/** Pools as people configured them. A pull never asks here: each PoolRoom has its own copy. */
type Row = { settings: string }
const parsed = (row: Row): Pool => poolSchema.parse(JSON.parse(row.settings))

export async function poolIds(db: D1Database): Promise<string[]> {
  const { results } = await db.prepare('SELECT id FROM pools').all<{ id: string }>()
  return results.map((row) => row.id)
}

export async function poolById(db: D1Database, id: string): Promise<Pool | null> {
  const row = await db.prepare('SELECT settings FROM pools WHERE id=?').bind(id).first<Row>()
  return row && parsed(row)
}

/** Newest last; `memberId`: only those this agent may pull from. */
export async function listPools(db: D1Database, memberId?: string): Promise<Pool[]> {
  const { results } = await db.prepare('SELECT settings FROM pools ORDER BY created_at, id').all<Row>()
  const all = results.map(parsed)
  return memberId ? all.filter((one) => one.members === 'everyone' || one.members.includes(memberId)) : all
}

/** Writes the settings and who may pull. False: someone else changed the pool since `version - 1` was read. */
export async function savePool(db: D1Database, pool: Pool): Promise<boolean> {
  const written = await db
    .prepare(
      `INSERT INTO pools (id, name, country, state, settings, version, created_at) VALUES (?,?,?,?,?,?,?)
       ON CONFLICT(id) DO UPDATE SET name=excluded.name, state=excluded.state, settings=excluded.settings, version=excluded.version
       WHERE pools.version=excluded.version-1`,
    )
    .bind(pool.id, pool.name, pool.country, pool.state, JSON.stringify(pool), pool.version, pool.createdAt)
    .run()
  if (written.meta.changes === 0) return false
  // a member's row keeps the place this pool has in the member's own order (POOL-9)
  const members = JSON.stringify(pool.members === 'everyone' ? [] : pool.members)
  await db.batch([
    db
      .prepare('DELETE FROM pool_members WHERE pool_id=?1 AND user_id NOT IN (SELECT value FROM json_each(?2))')
      .bind(pool.id, members),
    db
      .prepare('INSERT OR IGNORE INTO pool_members (pool_id, user_id) SELECT ?1, value FROM json_each(?2)')
      .bind(pool.id, members),
  ])
  return true
}
