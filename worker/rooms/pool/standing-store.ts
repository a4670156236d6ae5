import type { Standing } from '#shared/domain/pool/ageing'

export type StoredStanding = Standing & { entryId: number; seenAt: number }
export type Walk = { after: number | null; seen: number; ranAt: number | null }
type Row = { id: number; seen_at: number; status: string; rank: number; ages_at: number | null }

const standingOf = (row: Row): StoredStanding => ({
  entryId: row.id,
  seenAt: row.seen_at,
  status: row.status,
  rank: row.rank,
  agesAt: row.ages_at,
})

/**
 * POOL-21, 22: where entries stand in the list. A table of its own, kept only by pools that are in list mode or age, so
 * that a pull's indexes stay what they are. `standing_order` is the list; `standing_age` finds whom time alone ages.
 */
export class StandingStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS standing (
        id INTEGER PRIMARY KEY,
        seen_at INTEGER NOT NULL,
        status TEXT NOT NULL,
        rank INTEGER NOT NULL,
        ages_at INTEGER
      );
      CREATE INDEX IF NOT EXISTS standing_order ON standing(rank, id);
      CREATE INDEX IF NOT EXISTS standing_status ON standing(status, id);
      CREATE INDEX IF NOT EXISTS standing_age ON standing(ages_at) WHERE ages_at IS NOT NULL;
      CREATE TABLE IF NOT EXISTS status_count (status TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
    `)
  }

  get(entryId: number): StoredStanding | null {
    const row = this.sql.exec<Row>('SELECT * FROM standing WHERE id=?', entryId).toArray()[0]
    return row ? standingOf(row) : null
  }

  /** How far a walk over all entries has come; `after` null: none is on its way. */
  walk(): Walk {
    const row = this.sql.exec<{ value: string }>("SELECT value FROM setting WHERE key='ageing'").toArray()[0]
    return row ? (JSON.parse(row.value) as Walk) : { after: null, seen: 0, ranAt: null }
  }

  setWalk(walk: Walk): void {
    this.sql.exec("INSERT OR REPLACE INTO setting (key, value) VALUES ('ageing', ?)", JSON.stringify(walk))
  }

  /** True: the list shows it elsewhere than before. */
  put(entryId: number, seenAt: number, { status, rank, agesAt }: Standing): boolean {
    const was = this.get(entryId)
    const isSame = was?.status === status && was.rank === rank
    if (isSame && was.seenAt === seenAt && was.agesAt === agesAt) return false
    this.sql.exec(
      `INSERT INTO standing (id, seen_at, status, rank, ages_at) VALUES (?,?,?,?,?)
       ON CONFLICT(id) DO UPDATE SET seen_at=excluded.seen_at, status=excluded.status, rank=excluded.rank, ages_at=excluded.ages_at`,
      entryId,
      seenAt,
      status,
      rank,
      agesAt,
    )
    if (was?.status !== status) {
      if (was) this.count(was.status, -1)
      this.count(status, 1)
    }
    return !isSame
  }

  /** Entries that left the pool. */
  remove(entryIds: readonly number[]): void {
    for (const id of entryIds) {
      const was = this.get(id)
      if (!was) continue
      this.sql.exec('DELETE FROM standing WHERE id=?', id)
      this.count(was.status, -1)
    }
  }

  /** After this place in the list; of one status where asked. */
  page(after: { rank: number; id: number } | null, status: string | null, limit: number): StoredStanding[] {
    const { rank, id } = after ?? { rank: -1, id: 0 }
    const rows = status
      ? this.sql.exec<Row>('SELECT * FROM standing WHERE status=? AND id>? ORDER BY id LIMIT ?', status, id, limit)
      : this.sql.exec<Row>('SELECT * FROM standing WHERE (rank, id)>(?,?) ORDER BY rank, id LIMIT ?', rank, id, limit)
    return rows.toArray().map(standingOf)
  }

  /** The same of these entries alone. */
  pageAmong(
    ids: readonly number[],
    after: { rank: number; id: number } | null,
    status: string | null,
    limit: number,
  ): StoredStanding[] {
    const { rank, id } = after ?? { rank: -1, id: 0 }
    return this.sql
      .exec<Row>(
        `SELECT standing.* FROM json_each(?1) j CROSS JOIN standing ON standing.id=j.value
           WHERE (rank, standing.id)>(?2,?3) AND (?4 IS NULL OR status=?4) ORDER BY rank, standing.id LIMIT ?5`,
        JSON.stringify(ids),
        rank,
        id,
        status,
        limit,
      )
      .toArray()
      .map(standingOf)
  }

  /** Whom time has aged since, oldest first. */
  aged(now: number, limit: number): StoredStanding[] {
    return this.sql
      .exec<Row>('SELECT * FROM standing WHERE ages_at<=? ORDER BY ages_at LIMIT ?', now, limit)
      .toArray()
      .map(standingOf)
  }

  byStatus(): Record<string, number> {
    const rows = this.sql.exec<{ status: string; n: number }>('SELECT status, n FROM status_count WHERE n>0').toArray()
    return Object.fromEntries(rows.map((row) => [row.status, row.n]))
  }

  private count(status: string, by: number): void {
    this.sql.exec(
      'INSERT INTO status_count (status, n) VALUES (?1,?2) ON CONFLICT(status) DO UPDATE SET n=n+?2',
      status,
      by,
    )
  }
}
