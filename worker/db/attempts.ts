import { and, desc, eq, gte, lt, or, type SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Attempt } from '#shared/protocol/attempts'
import { attempts, pools } from './schema'

export type AttemptQuery = {
  poolId?: string
  customerId?: string
  agentId?: string
  /** Epoch ms, inclusive. */
  from?: number
  /** Epoch ms, exclusive. */
  to?: number
  cursor?: string
  limit: number
}

/** IMP-7: the call log, newest first; the cursor is `at:id` of the last one shown. */
export async function listAttempts(
  db: D1Database,
  query: AttemptQuery,
): Promise<{ items: Attempt[]; nextCursor: string | null }> {
  const wanted: (SQL | undefined)[] = [
    query.poolId ? eq(attempts.poolId, query.poolId) : undefined,
    query.customerId ? eq(attempts.customerId, query.customerId) : undefined,
    query.agentId ? eq(attempts.agentId, query.agentId) : undefined,
    query.from === undefined ? undefined : gte(attempts.at, query.from),
    query.to === undefined ? undefined : lt(attempts.at, query.to),
    query.cursor ? before(query.cursor) : undefined,
  ]
  const rows = await drizzle(db)
    .select({ attempt: attempts, poolName: pools.name })
    .from(attempts)
    .leftJoin(pools, eq(pools.id, attempts.poolId))
    .where(and(...wanted))
    .orderBy(desc(attempts.at), desc(attempts.id))
    .limit(query.limit + 1)
  const shown = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? shown.at(-1)?.attempt : undefined
  return {
    items: shown.map((row) => viewOf(row.attempt, row.poolName)),
    nextCursor: last ? `${last.at}:${last.id}` : null,
  }
}

/** Null: it is not in the books (yet). */
export async function findAttempt(db: D1Database, id: string): Promise<Attempt | null> {
  const [row] = await drizzle(db)
    .select({ attempt: attempts, poolName: pools.name })
    .from(attempts)
    .leftJoin(pools, eq(pools.id, attempts.poolId))
    .where(eq(attempts.id, id))
    .limit(1)
  return row ? viewOf(row.attempt, row.poolName) : null
}

function before(cursor: string): SQL | undefined {
  const colon = cursor.indexOf(':')
  const at = Number(cursor.slice(0, colon))
  return or(lt(attempts.at, at), and(eq(attempts.at, at), lt(attempts.id, cursor.slice(colon + 1))))
}

function viewOf(
  { seq: _seq, flags, tags, answers, receipt, ...row }: typeof attempts.$inferSelect,
  poolName: string | null,
): Attempt {
  return {
    ...row,
    poolName: poolName ?? '',
    flags: JSON.parse(flags) as string[],
    tags: JSON.parse(tags) as string[],
    answers: JSON.parse(answers) as Attempt['answers'],
    receipt: receipt === null ? null : (JSON.parse(receipt) as Attempt['receipt']),
  }
}
