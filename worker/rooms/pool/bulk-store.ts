import type { BulkAction } from '#shared/domain/pool/bulk'
import { needles, searchable } from '#shared/domain/pool/entry-filter'
import type { BulkRow, BulkSelection, BulkView } from '#shared/protocol/bulk'
import { entryWhere, type EntryColumns } from '../../db/entry-where'
import { IS_ON_LIST } from './list-members'

export type BulkHead = {
  action: BulkAction
  selection: BulkSelection
  reason: string
  by: { id: string; name: string; role: 'supervisor' | 'administrator' }
  /** The newest arrival when it was asked for: who comes later is not meant. */
  upTo: number
}
export type StoredBulk = {
  id: string
  head: BulkHead
  state: BulkView['state']
  /** Collected up to this arrival. */
  collectedTo: number
  total: number
  done: number
  unchanged: number
  refusals: number
  createdAt: number
  endedAt: number | null
}
type Row = Omit<StoredBulk, 'head'> & { head: string }

const IN_ROOM: EntryColumns = {
  state: 'entry.state',
  owner: 'entry.owner',
  priority: 'entry.priority',
  tries: 'entry.attempts',
  lastDisposition: 'entry.last_disposition',
  tags: 'card.tags',
  callbackAt: 'entry.callback_at',
  callbackFor: 'entry.callback_for',
  onList: IS_ON_LIST,
  search: null,
}
const KEPT_MS = 7 * 24 * 3600_000
const KEPT_STEP = 2_000

/** POOL-24: bulk actions and what became of each of their entries. The selection is a set of rows, frozen before anything is done. */
export class BulkStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS bulk (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        head TEXT NOT NULL,
        state TEXT NOT NULL,
        collected_to INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0,
        done INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        refusals INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        ended_at INTEGER
      );
      CREATE TABLE IF NOT EXISTS bulk_row (
        bulk_id TEXT NOT NULL, entry_id INTEGER NOT NULL, outcome TEXT, PRIMARY KEY (bulk_id, entry_id)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS bulk_row_left ON bulk_row(bulk_id, entry_id) WHERE outcome IS NULL;
    `)
  }

  add(id: string, head: BulkHead, now: number): void {
    this.sql.exec(
      "INSERT INTO bulk (id, head, state, created_at) VALUES (?,?,'collecting',?)",
      id,
      JSON.stringify(head),
      now,
    )
  }

  get(id: string): StoredBulk | null {
    return this.read('WHERE id=?', id)[0] ?? null
  }

  /** Newest first. */
  list(limit: number): StoredBulk[] {
    return this.read('ORDER BY n DESC LIMIT ?', limit)
  }

  /** The one whose turn it is: one after another, in the order they were asked for. */
  current(): StoredBulk | null {
    return this.read("WHERE state IN ('collecting','working') ORDER BY n LIMIT 1")[0] ?? null
  }

  put(bulk: StoredBulk): void {
    this.sql.exec(
      'UPDATE bulk SET state=?, collected_to=?, total=?, done=?, unchanged=?, refusals=?, ended_at=? WHERE id=?',
      bulk.state,
      bulk.collectedTo,
      bulk.total,
      bulk.done,
      bulk.unchanged,
      bulk.refusals,
      bulk.endedAt,
      bulk.id,
    )
  }

  /** The selected ones among the arrivals after `from`, up to `to`. */
  collect(bulk: StoredBulk, from: number, to: number, now: number): void {
    const { selection } = bulk.head
    const chosen = 'entries' in selection ? namedWhere(selection.entries) : filterWhere(selection, now)
    const text = 'entries' in selection ? undefined : selection.filter.text
    const some = `FROM entry JOIN card ON card.id=entry.id WHERE entry.id>? AND entry.id<=? AND ${chosen.sql}`
    const insert = 'INSERT OR IGNORE INTO bulk_row (bulk_id, entry_id) SELECT ?, '
    if (text === undefined) {
      this.sql.exec(`${insert} entry.id ${some}`, bulk.id, from, to, ...chosen.binds)
      return
    }
    const parts = needles(text)
    const ids = this.sql
      .exec<{ id: number; phone: string; name: string | null; userCode: string | null }>(
        `SELECT entry.id, phone, name, user_code AS userCode ${some}`,
        from,
        to,
        ...chosen.binds,
      )
      .toArray()
      .filter((row) => parts.some((part) => searchable(row, row.phone).includes(part)))
      .map(({ id }) => id)
    this.sql.exec(`${insert} value FROM json_each(?)`, bulk.id, JSON.stringify(ids))
  }

  /** The next entries that nothing has become of yet. */
  left(id: string, limit: number): number[] {
    return this.sql
      .exec<{ entry_id: number }>(
        'SELECT entry_id FROM bulk_row INDEXED BY bulk_row_left WHERE bulk_id=? AND outcome IS NULL ORDER BY entry_id LIMIT ?',
        id,
        limit,
      )
      .toArray()
      .map((row) => row.entry_id)
  }

  counted(id: string): number {
    return this.sql.exec<{ n: number }>('SELECT count(*) AS n FROM bulk_row WHERE bulk_id=?', id).one().n
  }

  settle(id: string, outcomes: readonly (readonly [entryId: number, outcome: string])[]): void {
    // by key, row by row: as UPDATE … FROM the planner would look at all rows for each of these
    this.sql.exec(
      `INSERT INTO bulk_row (bulk_id, entry_id, outcome) SELECT ?1, value->>0, value->>1 FROM json_each(?2) WHERE true
       ON CONFLICT(bulk_id, entry_id) DO UPDATE SET outcome=excluded.outcome`,
      id,
      JSON.stringify(outcomes),
    )
  }

  /** The report, in the order of arrival; one that went to another pool is told by what is kept of it here. */
  rows(id: string, after: number, limit: number): BulkRow[] {
    return this.sql
      .exec<Omit<BulkRow, 'entryId'> & { id: number }>(
        `SELECT r.entry_id AS id, r.outcome, coalesce(e.phone, m.phone, '') AS phone,
           c.name, c.user_code AS userCode
         FROM bulk_row r LEFT JOIN entry e ON e.id=r.entry_id LEFT JOIN card c ON c.id=r.entry_id LEFT JOIN moved_entry m ON m.id=r.entry_id
         WHERE r.bulk_id=? AND r.entry_id>? ORDER BY r.entry_id LIMIT ?`,
        id,
        after,
        limit,
      )
      .toArray()
      .map(({ id: entryId, ...row }) => ({ entryId: String(entryId), ...row }))
  }

  /** Reports are kept for a week; some of the oldest go whenever another is asked for. */
  forgetOld(now: number): void {
    const old = this.read("WHERE ended_at<? AND state IN ('finished','cancelled') ORDER BY n LIMIT 1", now - KEPT_MS)[0]
    if (!old) return
    const gone = this.sql.exec(
      'DELETE FROM bulk_row WHERE bulk_id=?1 AND entry_id IN (SELECT entry_id FROM bulk_row WHERE bulk_id=?1 LIMIT ?2)',
      old.id,
      KEPT_STEP,
    )
    if (gone.rowsWritten === 0) this.sql.exec('DELETE FROM bulk WHERE id=?', old.id)
  }

  private read(rest: string, ...bound: (string | number)[]): StoredBulk[] {
    return this.sql
      .exec<Row>(
        `SELECT id, head, state, collected_to AS collectedTo, total, done, unchanged, refusals, created_at AS createdAt, ended_at AS endedAt
         FROM bulk ${rest}`,
        ...bound,
      )
      .toArray()
      .map((row) => ({ ...row, head: JSON.parse(row.head) as BulkHead }))
  }
}

function namedWhere(entries: string[]) {
  return { sql: 'entry.id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))', binds: [JSON.stringify(entries)] }
}
function filterWhere({ filter, except }: Extract<BulkSelection, { filter: unknown }>, now: number) {
  const where = entryWhere(filter, IN_ROOM, now)
  if (except.length === 0) return where
  const named = namedWhere(except)
  return { sql: `${where.sql} AND NOT ${named.sql}`, binds: [...where.binds, ...named.binds] }
}
