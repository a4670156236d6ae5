import { rowsOfPart } from '#shared/domain/import/packed-row'
import { codeOf, columnsOf, e164Of, lineOf, linesOf, type PartColumns } from '#shared/domain/import/part-columns'
import type { StagedRow } from '#shared/domain/import/staged'
import type { Finding, Found } from '#shared/domain/import/verdict'
import { notableIn, packed, tallyOf, unpacked, type PartDone, type Tally } from './import-findings'
import { ImportNumbers } from './import-numbers'
import { packedDone, unpackedDone } from './import-done'

/** Rows as they travel between the edge and their room: their text, which is kept as it came, and `PartColumns` as JSON. */
export type StagedPart = { text: string; columns: string }
/** Some hundred rows of a list as they were judged: row by row a finding, `findings` by their place where it is not plainly new. */
export type Part = { id: number; rows: StagedRow[]; found: Found[] }
type PartRow = { id: number; findings: string }
type NewPart = { no: number; part: StagedPart; columns: PartColumns; notable: ReadonlyMap<number, Found>; tally: Tally }
export type FirstRow = { row: number; part: number; userCode: string | null }

/** The rows of imports, in parts. */
export class ImportParts {
  constructor(private readonly sql: SqlStorage) {}

  add({ no, part, columns, notable, tally }: NewPart): number {
    const lines = linesOf(columns)
    const { id } = this.sql
      .exec<{ id: number }>(
        'INSERT INTO import_part (no, first_row, last_row, rows, findings, tally) VALUES (?,?,?,?,?,?) RETURNING id',
        no,
        columns.rows ? Math.min(...lines) : lines[0]!,
        columns.rows ? Math.max(...lines) : lines.at(-1)!,
        lines.length,
        notableIn(notable),
        JSON.stringify(tally),
      )
      .one()
    this.sql.exec('INSERT INTO import_body (part, body, columns) VALUES (?,?,?)', id, part.text, part.columns)
    return id
  }

  /** Whether one of these rows of the sheet came before; parts are ranges, and seldom overlap. */
  hasRow(no: number, rows: readonly number[]): boolean {
    const [first, last] = [Math.min(...rows), Math.max(...rows)]
    const overlapping = this.sql
      .exec<{ id: number }>('SELECT id FROM import_part WHERE no=? AND first_row<=? AND last_row>=?', no, last, first)
      .toArray()
    const asked = new Set(rows)
    return overlapping.some(({ id }) => linesOf(this.columns(id)).some((row) => asked.has(row)))
  }

  /** Whether these are the parts that were kept under these numbers. */
  areAsKept(ids: readonly number[], parts: readonly StagedPart[]): boolean {
    if (ids.length !== parts.length) return false
    return ids.every((id, index) => this.body(id) === parts[index]!.text)
  }

  get(id: number): Part {
    const row = this.sql.exec<PartRow>('SELECT id, findings FROM import_part WHERE id=?', id).one()
    const rows = rowsOfPart(this.body(id))
    return { id, rows, found: unpacked(row.findings, rows.length) }
  }

  setFound({ id, rows, found }: Part): void {
    const tally = JSON.stringify(tallyOf(rows, found))
    this.sql.exec('UPDATE import_part SET findings=?, tally=? WHERE id=?', packed(found), tally, id)
  }

  /** The first row of every number, read from the parts. */
  numbersOf(no: number): ImportNumbers {
    const numbers = new ImportNumbers(false)
    const ids = this.sql.exec<{ id: number }>('SELECT id FROM import_part WHERE no=?', no).toArray()
    for (const { id } of ids) {
      const columns = this.columns(id)
      columns.phones.forEach((digits, index) => {
        if (digits !== 0) numbers.putLower(digits, lineOf(columns, index))
      })
    }
    return numbers
  }

  /** Where a row of the sheet is kept, and its user code. */
  find(no: number, row: number): FirstRow {
    const parts = this.sql
      .exec<{ id: number }>(
        'SELECT id FROM import_part WHERE no=?1 AND first_row<=?2 AND last_row>=?2 ORDER BY first_row DESC',
        no,
        row,
      )
      .toArray()
    for (const { id } of parts) {
      const columns = this.columns(id)
      const index = linesOf(columns).indexOf(row)
      if (index !== -1) return { row, part: id, userCode: codeOf(columns, index) }
    }
    throw new Error(`row ${row} of import ${no} is not kept`)
  }

  /** The first part, in the order of the sheet, that is not committed. */
  nextToCommit(no: number): number | null {
    const query = 'SELECT id FROM import_part WHERE no=? AND done IS NULL ORDER BY first_row, id LIMIT 1'
    return this.sql.exec<{ id: number }>(query, no).toArray()[0]?.id ?? null
  }

  /**
   * POOL-1: the next parts to be committed, of so many rows, beginning with the first part that starts behind `after`; `to`: where
   * the last of them starts. Null: the parts up to there were given before.
   */
  ahead(no: number, after: number, limit: number): { parts: number[]; to: number } | null {
    const next = 'SELECT first_row FROM import_part WHERE no=? AND done IS NULL ORDER BY first_row, id LIMIT 1'
    const from = this.sql.exec<{ first_row: number }>(next, no).toArray()[0]
    if (!from || from.first_row <= after) return null
    // read to its end: a cursor that stays open keeps the log from being written back
    const open = this.sql
      .exec<{ id: number; first_row: number; rows: number }>(
        'SELECT id, first_row, rows FROM import_part WHERE no=? AND done IS NULL ORDER BY first_row, id LIMIT ?',
        no,
        limit,
      )
      .toArray()
    const parts: number[] = []
    let [rows, to] = [0, after]
    for (const part of open) {
      if (rows >= limit) break
      parts.push(part.id)
      rows += part.rows
      to = part.first_row
    }
    return { parts, to }
  }

  /** POOL-1: the numbers of a part that were new to the pool when it was staged. */
  newNumbers(id: number): string[] {
    const { findings } = this.sql.exec<{ findings: string }>('SELECT findings FROM import_part WHERE id=?', id).one()
    const notable = JSON.parse(findings) as Record<string, unknown>
    return this.columns(id).phones.flatMap((digits, index) => (digits === 0 || index in notable ? [] : e164Of(digits)))
  }

  setDone(part: number, done: PartDone): void {
    this.sql.exec('UPDATE import_part SET done=? WHERE id=?', packedDone(done), part)
  }

  /** What the commit did, in the order of the sheet, from the part that starts behind `after` until so many rows. */
  *done(no: number, after: number, limit: number): Generator<{ firstRow: number; rows: number; done: PartDone }> {
    const query =
      'SELECT first_row, rows, done FROM import_part WHERE no=? AND first_row>? AND done IS NOT NULL ORDER BY first_row, id LIMIT 1'
    for (let [rows, from] = [0, after]; rows < limit;) {
      const part = this.sql.exec<{ first_row: number; rows: number; done: string }>(query, no, from).toArray()[0]
      if (!part) return
      yield { firstRow: part.first_row, rows: part.rows, done: unpackedDone(part.done) }
      rows += part.rows
      from = part.first_row
    }
  }

  /** The first part whose commit is not undone. */
  nextToUndo(no: number): { id: number; done: PartDone } | null {
    const row = this.sql
      .exec<{ id: number; done: string }>(
        'SELECT id, done FROM import_part WHERE no=? AND done IS NOT NULL AND undone=0 ORDER BY first_row, id LIMIT 1',
        no,
      )
      .toArray()[0]
    return row ? { id: row.id, done: unpackedDone(row.done) } : null
  }

  setUndone(part: number): void {
    this.sql.exec('UPDATE import_part SET undone=1 WHERE id=?', part)
  }

  /** Parts that have a row beyond `after` and one of these findings (none: any), in the order of the sheet. */
  *with(no: number, findings: readonly Finding[], warned: boolean, after: number): Generator<Part> {
    const tallies = this.sql
      .exec<{ id: number; tally: string }>(
        'SELECT id, tally FROM import_part WHERE no=? AND last_row>? ORDER BY first_row, id',
        no,
        after,
      )
      .toArray()
    for (const { id, tally } of tallies) {
      const counts = JSON.parse(tally) as Tally
      const isAsked = findings.length === 0 || findings.some((finding) => counts[finding])
      if (isAsked && (!warned || counts.warned)) yield this.get(id)
    }
  }

  /** Those of imports that were settled so long ago go, a few at a time. True: there are more. */
  forget(settledBefore: number): boolean {
    const parts = `SELECT p.id FROM import_run r JOIN import_part p ON p.no=r.no WHERE r.settled_at<? LIMIT 10`
    const old = this.sql.exec<{ id: number }>(parts, settledBefore).toArray()
    const ids = JSON.stringify(old.map(({ id }) => id))
    this.sql.exec('DELETE FROM import_body WHERE part IN (SELECT value FROM json_each(?))', ids)
    this.sql.exec('DELETE FROM import_part WHERE id IN (SELECT value FROM json_each(?))', ids)
    return old.length > 0
  }

  private body(part: number): string {
    return this.sql.exec<{ body: string }>('SELECT body FROM import_body WHERE part=?', part).one().body
  }

  /** Of a part that an older release staged they are read from its rows. */
  private columns(part: number): PartColumns {
    const query = 'SELECT columns FROM import_body WHERE part=?'
    const { columns } = this.sql.exec<{ columns: string | null }>(query, part).one()
    return columns === null ? columnsOf(rowsOfPart(this.body(part))) : (JSON.parse(columns) as PartColumns)
  }
}
