/** Arrival numbers that one mask tells of: whole numbers of SQLite have 63 bits to use, JavaScript's bits are 32. */
const BLOCK = 32

/**
 * POOL-24: which lists brought an entry or named it. A list brings hundreds of thousands, mostly one arrival number after the other: a row
 * says it of 32 of them, and lists go by a number instead of their name. A row for each of them, and an index the other
 * way, were half of all that a list wrote.
 */
export class ListMembers {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS list_name (no INTEGER PRIMARY KEY, import_id TEXT NOT NULL UNIQUE);
      CREATE TABLE IF NOT EXISTS list_member (
        block INTEGER NOT NULL, list INTEGER NOT NULL, mask INTEGER NOT NULL, PRIMARY KEY (block, list)
      ) WITHOUT ROWID;
    `)
    this.takeOver()
  }

  /** Until decision 0170 there was a row for every entry of every list. */
  private takeOver(): void {
    if (this.sql.exec("SELECT 1 FROM sqlite_master WHERE name='entry_list'").toArray().length === 0) return
    this.sql.exec(`
      INSERT INTO list_name (import_id) SELECT DISTINCT import_id FROM entry_list;
      INSERT INTO list_member (block, list, mask) SELECT entry_id/${BLOCK}, no, sum(1<<(entry_id%${BLOCK}))
        FROM entry_list JOIN list_name USING (import_id) GROUP BY 1, 2;
      DROP TABLE entry_list;
    `)
  }

  /** These entries stand in that list. */
  put(importId: string, entries: readonly number[]): void {
    if (entries.length === 0) return
    const masks = new Map<number, number>()
    for (const id of entries) {
      const block = Math.floor(id / BLOCK)
      masks.set(block, (masks.get(block) ?? 0) | (1 << (id % BLOCK)))
    }
    this.sql.exec(
      `INSERT OR FAIL INTO list_member (block, list, mask) SELECT value->>0, ?1, value->>1 FROM json_each(?2) WHERE true
         ON CONFLICT(block, list) DO UPDATE SET mask=mask|excluded.mask`,
      this.numberOf(importId),
      // bits without a sign
      JSON.stringify([...masks].map(([block, mask]) => [block, mask >>> 0])),
    )
  }

  private numberOf(importId: string): number {
    const query = 'SELECT no FROM list_name WHERE import_id=?'
    const known = this.sql.exec<{ no: number }>(query, importId).toArray()[0]
    return (
      known?.no ??
      this.sql.exec<{ no: number }>('INSERT INTO list_name (import_id) VALUES (?) RETURNING no', importId).one().no
    )
  }
}

const IN_BLOCK = `m.block=entry.id/${BLOCK} AND (m.mask>>(entry.id%${BLOCK})&1)=1`
/** Of the row `entry`: the names of its lists as JSON; and whether it stands in the one that is bound. */
export const LISTS_OF_ENTRY = `(SELECT json_group_array(import_id) FROM list_member m JOIN list_name ON no=m.list WHERE ${IN_BLOCK})`
export const IS_ON_LIST = `EXISTS (SELECT 1 FROM list_member m WHERE ${IN_BLOCK} AND m.list=(SELECT no FROM list_name WHERE import_id=?))`
