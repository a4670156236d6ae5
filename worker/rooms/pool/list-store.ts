import { searchable } from '#shared/domain/pool/entry-filter'
import type { Entry } from '#shared/domain/pool/entry'
import { LISTS_OF_ENTRY, ListMembers } from './list-members'

/** How an entry stands in D1's list of entries; a change of its shape raises SHAPE, and every pool tells its entries anew. */
export type ListedEntry = {
  entryId: string
  customerId: string
  state: Entry['state']
  priority: number
  attempts: number
  tries: number
  ownerId: string | null
  dueAt: number | null
  callbackAt: number | null
  callbackFor: string | null
  lastDisposition: string | null
  tags: string
  lists: string
  search: string
}
const SHAPE = '2'
const TOLD_STEP = 1_000

type Row = Omit<ListedEntry, 'entryId' | 'search'> & {
  id: number
  phone: string
  name: string | null
  userCode: string | null
}

/** POOL-24: entries as lists show them: one query however many. */
export class ListStore {
  readonly members: ListMembers

  constructor(private readonly sql: SqlStorage) {
    this.members = new ListMembers(sql)
    // a new pool has nothing to tell anew
    if (this.hasUntold && sql.exec('SELECT 1 FROM entry LIMIT 1').toArray().length === 0) this.untold()
  }

  listed(ids: number[]): ListedEntry[] {
    return this.sql
      .exec<Row>(
        `SELECT entry.id, customer_id AS customerId, state, priority, attempts+earlier AS attempts, attempts AS tries, owner AS ownerId,
           coalesce(callback_at, due_at) AS dueAt, callback_at AS callbackAt, callback_for AS callbackFor, last_disposition AS lastDisposition,
           tags, phone, name, user_code AS userCode,
           ${LISTS_OF_ENTRY} AS lists
         FROM entry JOIN card ON card.id=entry.id WHERE entry.id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      )
      .toArray()
      .map(({ id, phone, name, userCode, ...row }) => ({
        ...row,
        entryId: String(id),
        search: searchable({ name, userCode }, phone),
      }))
  }

  /**
   * The next entries that D1 has only in an older shape; none: it has all. Begins by itself in a pool that an older release
   * filled, and is over at once in a new one.
   */
  untold(): number[] {
    const told = this.setting('list-told')
    if (told === SHAPE) return []
    const after = told?.startsWith(`${SHAPE}:`) ? Number(told.slice(SHAPE.length + 1)) : 0
    const ids = this.sql
      .exec<{ id: number }>('SELECT id FROM entry WHERE id>? ORDER BY id LIMIT ?', after, TOLD_STEP)
      .toArray()
      .map(({ id }) => id)
    this.sql.exec(
      "INSERT OR REPLACE INTO setting (key, value) VALUES ('list-told', ?)",
      ids.length < TOLD_STEP ? SHAPE : `${SHAPE}:${ids.at(-1)}`,
    )
    return ids
  }

  get hasUntold(): boolean {
    return this.setting('list-told') !== SHAPE
  }

  private setting(key: string): string | undefined {
    return this.sql.exec<{ value: string }>('SELECT value FROM setting WHERE key=?', key).toArray()[0]?.value
  }
}
