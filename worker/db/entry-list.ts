import type * as z from 'zod'
import type { EntryFilter, EntrySort } from '#shared/domain/pool/entry-filter'
import type { entrySearch, EntryOutline, EntryRow } from '#shared/protocol/entries'
import { entryWhere, type EntryColumns } from './entry-where'

const PROJECTED: EntryColumns = {
  state: 'e.state',
  owner: 'e.owner_id',
  priority: 'e.priority',
  tries: 'e.tries',
  lastDisposition: 'e.last_disposition',
  tags: 'e.tags',
  callbackAt: 'e.callback_at',
  callbackFor: 'e.callback_for',
  onList: 'EXISTS (SELECT 1 FROM json_each(e.lists) WHERE value=?)',
  search: 'e.search',
}
const ARRIVAL = 'CAST(e.entry_id AS INTEGER)'
/** What each order goes by; nothing due comes last in either direction. */
const KEYS: Record<EntrySort['by'], string | null> = {
  arrival: null,
  name: 'e.search',
  priority: 'e.priority',
  attempts: 'e.tries',
  due: 'coalesce(e.due_at, 9e15)',
}
/** How many rows lie between two cursors of an outline. */
export const EVERY = 200

type Asked = { poolId: string; filter: EntryFilter; sort: EntrySort; now: number }
type Search = Asked & Pick<z.output<typeof entrySearch>, 'cursor' | 'limit' | 'whole'>

/**
 * POOL-24: how many match, and where every 200th stands. With it a list of any length is scrolled to any place at once
 * while each page is still read by its key, so that rows that come and go never shift or repeat what is shown.
 */
export async function outlineOf(db: D1Database, { poolId, filter, sort, now }: Asked): Promise<EntryOutline> {
  const where = entryWhere(filter, PROJECTED, now)
  const key = KEYS[sort.by]
  const matching = `FROM entries e WHERE e.pool_id=? AND ${where.sql}`
  const numbered = `SELECT row_number() OVER (ORDER BY ${orderOf(sort)}) AS n, ${key ?? 'NULL'} AS k, ${ARRIVAL} AS id ${matching}`
  const [counted, placed] = await db.batch<{ total: number } & { k: string | number | null; id: number }>([
    db.prepare(`SELECT count(*) AS total ${matching}`).bind(poolId, ...where.binds),
    db.prepare(`SELECT k, id FROM (${numbered}) WHERE n%${EVERY}=0 ORDER BY n`).bind(poolId, ...where.binds),
  ])
  return {
    total: counted!.results[0]!.total,
    every: EVERY,
    cursors: placed!.results.map(({ k, id }) => cursorOf(k, id)),
  }
}

/** A page in the order asked for, by key: what stands after the cursor. */
export async function searchEntries(
  db: D1Database,
  { poolId, filter, sort, now, cursor, limit, whole }: Search,
): Promise<{ items: EntryRow[]; nextCursor: string | null }> {
  const where = entryWhere(filter, PROJECTED, now)
  const key = KEYS[sort.by]
  const from = cursor === null ? null : placeOf(cursor)
  const beyond = sort.descending ? '<' : '>'
  const seek = from === null ? '1' : key ? `(${key}, ${ARRIVAL}) ${beyond} (?, ?)` : `${ARRIVAL} ${beyond} ?`
  const { results } = await db
    .prepare(
      `SELECT e.entry_id AS id, e.pool_id AS poolId, e.customer_id AS customerId, c.name AS customerName, coalesce(c.phone, '') AS phone,
         coalesce(c.phone_given, '') AS phoneGiven, c.user_code AS userCode, e.state, e.priority, e.attempts, e.tries, e.owner_id AS ownerId,
         e.due_at AS dueAt, e.last_disposition AS lastDisposition, e.callback_at AS callbackAt, e.callback_for AS callbackFor, e.tags,
         ${key ?? 'NULL'} AS k, ${ARRIVAL} AS n${whole ? ', c.email, c.notes, c.language, c.time_zone AS timeZone, c.custom' : ''}
       FROM (SELECT * FROM entries e WHERE e.pool_id=? AND ${where.sql} AND ${seek} ORDER BY ${orderOf(sort)} LIMIT ?) e
       LEFT JOIN customers c ON c.id=e.customer_id ORDER BY ${orderOf(sort)}`,
    )
    .bind(poolId, ...where.binds, ...(from === null ? [] : key ? [from.key!, from.id] : [from.id]), limit + 1)
    .all<Row>()
  const shown = results.slice(0, limit)
  const last = results.length > limit ? shown.at(-1) : undefined
  return { items: shown.map((row) => viewOf(row, whole)), nextCursor: last ? cursorOf(last.k, last.n) : null }
}

/** The tags that occur in a pool, as people wrote them. */
export async function tagsOf(db: D1Database, poolId: string): Promise<string[]> {
  const { results } = await db
    .prepare(
      "SELECT DISTINCT t.value AS tag FROM entries e, json_each(e.tags) t WHERE e.pool_id=? AND e.tags<>'[]' ORDER BY 1 LIMIT 500",
    )
    .bind(poolId)
    .all<{ tag: string }>()
  return results.map(({ tag }) => tag)
}

function orderOf({ by, descending }: EntrySort): string {
  const way = descending ? 'DESC' : 'ASC'
  const key = KEYS[by]
  return `${key ? `${key} ${way}, ` : ''}${ARRIVAL} ${way}`
}

const cursorOf = (key: string | number | null, id: number): string => JSON.stringify(key === null ? [id] : [id, key])

function placeOf(cursor: string): { id: number; key: string | number | null } {
  try {
    const [id, key = null] = JSON.parse(cursor) as [unknown, unknown?]
    const isKey = typeof key === 'string' || typeof key === 'number'
    return { id: Number(id) || 0, key: isKey ? key : 0 }
  } catch {
    return { id: 0, key: 0 }
  }
}

type Row = Omit<EntryRow, 'tags' | 'known'> & { tags: string; k: string | number | null; n: number } & Partial<
    Omit<NonNullable<EntryRow['known']>, 'custom'> & { custom: string }
  >
function viewOf(
  { tags, k: _k, n: _n, email, notes, language, timeZone, custom, ...row }: Row,
  whole: boolean,
): EntryRow {
  const known = {
    email: email ?? null,
    notes: notes ?? null,
    language: language ?? null,
    timeZone: timeZone ?? null,
    custom: JSON.parse(custom ?? '{}') as Record<string, string>,
  }
  return { ...row, tags: JSON.parse(tags) as string[], ...(whole ? { known } : {}) }
}
