import type { FieldChange, FieldValue } from '#shared/domain/pool/card-edit'

/** Who changed a field: a person by hand, or a list. */
export type EditedBy = { id: string; name: string; how: 'person' | 'import' }
export type CardEdit = FieldChange & { n: number; at: number; by: EditedBy }

type Row = {
  n: number
  field: string
  at: number
  by: string
  by_name: string
  how: string
  from: string
  to: string
}

/**
 * POOL-23: every change of a customer's fields: who, when, from, to. A field that a person changed is marked by its rows
 * here (`edited`): an import keeps it (IMP-4).
 */
export class EditStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS card_edit (
        n INTEGER PRIMARY KEY,
        id INTEGER NOT NULL,
        field TEXT NOT NULL,
        at INTEGER NOT NULL,
        by TEXT NOT NULL,
        by_name TEXT NOT NULL,
        how TEXT NOT NULL,
        "from" TEXT NOT NULL,
        "to" TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS card_edit_of ON card_edit(id, n);
    `)
  }

  add(entryId: number, changes: readonly FieldChange[], by: EditedBy, at: number): void {
    for (const { field, from, to } of changes) {
      this.sql.exec(
        'INSERT INTO card_edit (id, field, at, by, by_name, how, "from", "to") VALUES (?,?,?,?,?,?,?,?)',
        entryId,
        field,
        at,
        by.id,
        by.name,
        by.how,
        JSON.stringify(from),
        JSON.stringify(to),
      )
    }
  }

  /** The fields of this customer that a person changed by hand: `name`, …, `custom.KEY`. */
  edited(entryId: number): Set<string> {
    const rows = this.sql
      .exec<{ field: string }>("SELECT DISTINCT field FROM card_edit WHERE id=? AND how='person'", entryId)
      .toArray()
    return new Set(rows.map((row) => row.field))
  }

  /** Newest first; `before` is the `n` of the last one seen. */
  history(entryId: number, before: number | null, limit: number): CardEdit[] {
    return this.sql
      .exec<Row>(
        'SELECT n, field, at, by, by_name, how, "from", "to" FROM card_edit WHERE id=? AND n<? ORDER BY n DESC LIMIT ?',
        entryId,
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
      )
      .toArray()
      .map((row) => ({
        n: row.n,
        field: row.field,
        at: row.at,
        by: { id: row.by, name: row.by_name, how: row.how as EditedBy['how'] },
        from: JSON.parse(row.from) as FieldValue,
        to: JSON.parse(row.to) as FieldValue,
      }))
  }
}
