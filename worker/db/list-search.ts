import { folded } from '#shared/domain/pool/entry-filter'
import { MOST_FOUND } from '#shared/protocol/list-mode'

/** The name and the code of what a search looks through: its number, the last word, is cut off. */
const WORDS = "rtrim(e.search, '0123456789')"
/** As many digits as an agent sees of a number. */
const SHOWN_DIGITS = /^\d{2,4}$/

/**
 * POOL-22: who of a pool has this in their name or code, in order of arrival; digits also find the end of a number, but never
 * more of it than the list shows. Without case and accents. One more than MOST_FOUND: there are more.
 */
export async function findInList(db: D1Database, poolId: string, text: string): Promise<number[]> {
  const wanted = folded(text)
  const like = wanted.replace(/[\\%_]/g, '\\$&')
  const isEnd = SHOWN_DIGITS.test(wanted)
  const { results } = await db
    .prepare(
      `SELECT CAST(e.entry_id AS INTEGER) AS id FROM entries e
         WHERE e.pool_id=? AND (${WORDS} LIKE ? ESCAPE '\\'${isEnd ? ' OR e.search LIKE ?' : ''})
         ORDER BY CAST(e.entry_id AS INTEGER) LIMIT ?`,
    )
    .bind(poolId, `%${like}%`, ...(isEnd ? [`%${like}`] : []), MOST_FOUND + 1)
    .all<{ id: number }>()
  return results.map(({ id }) => id)
}
